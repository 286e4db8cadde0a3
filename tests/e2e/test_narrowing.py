"""Finding things in the table: search, filters and order, kept through edits and reloads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from the_app import App, open_store
from the_grid import a_project, cell, expect_drawn, expect_saved, kept_replies, open_table, row

from core.bulk import apply_act, tagging

pytestmark = pytest.mark.browser

CHATS = (
    ("今天武汉的天气冷不冷？", "冷，但笑话更冷。"),
    ("Will it rain in London?", "Only on your parade."),
    ("Will it rain at home?", ""),
    ("Is the kettle on?", "It rains tea."),
)


@pytest.fixture
def project(app: App, page: Page) -> str:
    """A project in two languages, one reply missing, open in the tab."""
    project = a_project(app.home, *CHATS)
    open_table(page, app.address, project)
    return project


def search(page: Page) -> Locator:
    """The field to search in."""
    return page.get_by_role("searchbox", name="Search all examples …")


def found(page: Page) -> Locator:
    """How many are shown of how many."""
    return page.locator('.narrow [role="status"]')


def narrow(page: Page, name: str, value: str) -> None:
    """Choose in a filter; the filters are opened if need be."""
    select = page.locator(f'.narrow select[name="{name}"]')
    if not select.is_visible():
        page.get_by_role("button", name="Filter").click()
    select.select_option(value)


def test_one_finds_while_typing(page: Page, project: str) -> None:
    """A Chinese character, a word, nothing at all; and all of them again."""
    page.keyboard.press("ControlOrMeta+f")
    expect(search(page)).to_be_focused()
    page.keyboard.type("冷")
    expect(found(page)).to_have_text("1 of 4 examples")
    expect(search(page)).to_be_focused()
    search(page).fill("rain")
    expect(found(page)).to_have_text("3 of 4 examples")
    search(page).fill("snow")
    expect(found(page)).to_have_text("0 of 4 examples")
    expect(page.locator(".grid .empty")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(row(page, 4)).to_be_visible()
    expect(search(page)).to_have_value("")


def test_filters_hold_through_an_edit_and_a_reload(app: App, page: Page, project: str) -> None:
    """Who mends a row keeps it until they look again; a reload comes back to the same place."""
    narrow(page, "code", "missing_content")
    expect(found(page)).to_have_text("1 of 4 examples")
    expect(cell(page, 3)).to_be_visible()
    cell(page, 3).click()
    page.keyboard.type("Indoors, hardly.")
    expect_saved(page)
    expect(cell(page, 3)).to_be_focused()
    expect(found(page)).to_have_text("1 of 4 examples")
    page.reload()
    expect(found(page)).to_have_text("0 of 4 examples")
    assert kept_replies(app.home, project)[2] == "Indoors, hardly."
    page.get_by_role("button", name="No longer only").click()
    expect(row(page, 4)).to_be_visible()


def test_order_filters_and_the_open_example_stand_in_the_address(
    app: App, page: Page, project: str
) -> None:
    """The same address shows the same thing to somebody else."""
    with open_store(app.home) as store:
        ids = [each.id for each in store.iterate_rows(project)]
        apply_act(store, store.load_project(project), ids[1:], tagging("weather", on=True))
    page.reload()
    expect(cell(page, 1)).to_be_visible()
    narrow(page, "tag", "weather")
    expect(found(page)).to_have_text("3 of 4 examples")
    page.locator('.narrow select[name="sort"]').select_option("question")
    expect(row(page, 1).locator("textarea").nth(1)).to_have_value("Is the kettle on?")
    row(page, 2).locator("button.open").click()
    panel = page.get_by_role("heading", name="Example 3")
    expect(panel).to_be_visible()
    expect_drawn(page)
    assert f"tag=weather&sort=question&example={ids[2]}" in page.url
    page.goto("about:blank")
    page.go_back()
    expect(panel).to_be_visible()
    expect(found(page)).to_have_text("3 of 4 examples")
    expect(row(page, 1).locator("textarea").nth(1)).to_have_value("Is the kettle on?")
