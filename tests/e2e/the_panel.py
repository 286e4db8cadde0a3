"""The conversation panel as a writer meets it: its bubbles by their names, what is kept of them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect
from the_app import PATIENCE, open_store
from the_grid import expect_drawn, row

from core.editing import add_example, save_system_prompt
from core.examples import Example
from core.transfer import create_project

Messages = list[dict[str, Any]]
expect.set_options(timeout=PATIENCE * 1_000)

WHO = {"user": "Someone asks", "assistant": "You answer", "tool": "A tool answers"}


def a_chat(*texts: str) -> Messages:
    """Questions and replies in turn."""
    roles = ("user", "assistant")
    return [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]


def a_project_of(home: Path, *conversations: Messages, prompt: str = "") -> str:
    """The id of a new project with these examples."""
    with open_store(home) as store:
        project = create_project(store, "Chats")
        for messages in conversations:
            add_example(store, project, Example.from_json({"messages": messages}))
        if prompt:
            save_system_prompt(store, project, prompt)
        return project.id


def kept_messages(home: Path, project_id: str, number: int = 1) -> Messages:
    """The messages of an example in the database, as they would be exported."""
    with open_store(home) as store:
        found = store.load_rows(project_id, offset=number - 1, limit=1)[0]
        messages: Messages = found.example.to_json()["messages"]
        return messages


def kept_texts(home: Path, project_id: str, number: int = 1) -> list[str]:
    """What each message of an example in the database says."""
    return [message["content"] for message in kept_messages(home, project_id, number)]


def wait_until_kept(home: Path, project_id: str, texts: list[str]) -> None:
    """Wait until the database has these texts in its first example."""
    deadline = time.monotonic() + PATIENCE
    while kept_texts(home, project_id) != texts and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kept_texts(home, project_id) == texts


def kept_kinds(home: Path, project_id: str) -> list[str]:
    """The kinds of all changes, the newest first."""
    with open_store(home) as store:
        return [change.kind for change in store.load_changes(project_id)]


def panel(page: Page) -> Locator:
    """The panel."""
    return page.locator("section.panel")


def open_panel(page: Page, address: str, project_id: str, number: int = 1) -> None:
    """Open the editor, and in it the conversation of an example."""
    page.goto(f"{address}/editor?lang=en&project={project_id}")
    row(page, number).locator("button.open").click()
    expect_open(page, number)


def expect_open(page: Page, number: int) -> None:
    """Wait until this example is the one in the panel."""
    expect(panel(page).get_by_role("heading", name=f"Example {number}", exact=True)).to_be_visible()
    expect_drawn(page)


def bubble(page: Page, turn: int, role: str = "assistant") -> Locator:
    """The text of a turn by the name that a screen reader says; turns count from 1."""
    return panel(page).get_by_role("textbox", name=f"{WHO[role]}, turn {turn}", exact=True)


def turn_of(page: Page, turn: int) -> Locator:
    """A turn with all that belongs to it."""
    return panel(page).locator("li.turn").nth(turn - 1)


def press(page: Page, turn: int, name: str) -> None:
    """Press one of a turn's own buttons."""
    found = turn_of(page, turn)
    found.hover()
    found.get_by_role("button", name=name, exact=True).click()


def instructions(page: Page) -> Locator:
    """The instructions of the open example."""
    return panel(page).get_by_role("textbox", name="Instructions of this example")


def learning(page: Page, turn: int) -> Locator:
    """The switch "Learn from this reply" of a turn."""
    return turn_of(page, turn).get_by_role("switch", name="Learn from this reply")


def expect_panel_saved(page: Page) -> None:
    """Wait until the panel says that everything is saved."""
    expect(panel(page).locator('.saved[data-state="saved"]')).to_be_visible()


def expect_texts(page: Page, *texts: str) -> None:
    """Wait until the turns say this, in this order."""
    found = panel(page).locator('li.turn textarea[name="content"]')
    expect(found).to_have_count(len(texts))
    for at, text in enumerate(texts):
        expect(found.nth(at)).to_have_value(text)


def field(page: Page, name: str) -> Locator:
    """A field of a form, by its label."""
    return panel(page).get_by_label(re.compile(f"^{re.escape(name)}"))


def a_call(arguments: str = '{"city": "Wuhan"}', **more: str) -> Mapping[str, Any]:
    """One tool call as OpenAI writes it."""
    function = {"name": "get_weather", "arguments": arguments}
    return {"id": "call_1", "type": "function", "function": function, **more}
