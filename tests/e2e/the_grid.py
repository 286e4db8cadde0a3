"""The table of examples as a writer meets it: its cells by their names, what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from the_app import PATIENCE, open_store

from core.cells import COLUMNS, text_of
from core.editing import add_example
from core.examples import Example
from core.transfer import create_project

RAIN = ("Will it rain?", "Only on your parade.")
SNOW = ("Will it snow?", "Next door.")
HEADS = {"system": "Instructions", "user": "Someone asks", "assistant": "You answer"}
expect.set_options(timeout=PATIENCE * 1_000)


def a_project(home: Path, *chats: Sequence[str]) -> str:
    """The id of a new project with these examples, each a question and a reply."""
    with open_store(home) as store:
        project = create_project(store, "Weather")
        for question, reply in chats:
            add_example(store, project, an_example(question, reply))
        return project.id


def an_example(question: str, reply: str) -> Example:
    """One question and its reply."""
    said = [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]
    return Example.from_json({"messages": said})


def kept(home: Path, project_id: str) -> list[list[str]]:
    """What the database has: instructions, question and reply of every example."""
    with open_store(home) as store:
        rows = list(store.iterate_rows(project_id))
    return [[text_of(row.example, column) for column in COLUMNS] for row in rows]


def kept_replies(home: Path, project_id: str) -> list[str]:
    """The reply of every example in the database."""
    return [reply for _, _, reply in kept(home, project_id)]


def wait_until_kept(page: Page, home: Path, project_id: str, expected: list[list[str]]) -> None:
    """Wait until the database has this, whatever the page says."""
    for _ in range(PATIENCE * 10):
        if kept(home, project_id) == expected:
            return
        page.wait_for_timeout(100)
    assert kept(home, project_id) == expected


def open_table(page: Page, address: str, project_id: str) -> None:
    """Open the editor and wait until the table is there."""
    page.goto(f"{address}/editor?lang=en&project={project_id}")
    expect(cell(page, 1)).to_be_visible()
    expect_drawn(page)


def expect_drawn(page: Page) -> None:
    """Wait until the page is drawn to its end."""
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()


def cell(page: Page, number: int, column: str = "assistant") -> Locator:
    """A cell by the name that a screen reader says; rows count from 1."""
    return page.get_by_role("textbox", name=f"{HEADS[column]}, example {number}", exact=True)


def write(page: Page, number: int, text: str, column: str = "assistant") -> None:
    """Type over what stands in a cell, and stay in it."""
    cell(page, number, column).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def leave(page: Page) -> None:
    """Leave the cell one is in, with the mouse."""
    page.locator(".ts-lead").click()


def row(page: Page, number: int) -> Locator:
    """A row of the table."""
    return page.locator("tr[data-id]").nth(number - 1)


def tokens(page: Page, number: int) -> Locator:
    """The tokens that a row says it costs."""
    return row(page, number).locator("td.tokens")


def total(page: Page) -> Locator:
    """The tokens of all examples, in the headline."""
    return page.locator(".ts-figures b").first


def state(page: Page, name: str) -> Locator:
    """What the table says about what was typed: saved, saving or unsaved."""
    return page.locator(f'.grid .saved[data-state="{name}"]')


def expect_saved(page: Page) -> None:
    """Wait until the table says that everything typed is saved."""
    expect(state(page, "saved")).to_be_visible()


def undo_button(page: Page) -> Locator:
    """The button that takes back the last change and says which that is."""
    return page.locator('button[name="undo"]')


def redo_button(page: Page) -> Locator:
    """The button that takes back the taking back."""
    return page.locator('button[name="redo"]')
