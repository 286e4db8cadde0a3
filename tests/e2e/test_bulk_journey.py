"""Many rows at once, and reviewing, as somebody does both: with the mouse and at the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from the_app import App, open_store
from the_grid import (
    a_project,
    cell,
    expect_drawn,
    expect_saved,
    kept,
    kept_replies,
    open_table,
    row,
    undo_button,
    wait_until_kept,
)

from core.examples import Example

pytestmark = pytest.mark.browser

TEA = [(f"{('Green', 'Black')[n % 2]} {n}?", f"Brew tea for {n} minutes.") for n in range(60)]


def kept_examples(home: Path, project_id: str) -> list[Example]:
    """All examples in the database."""
    with open_store(home) as store:
        return [row.example for row in store.iterate_rows(project_id)]


def dialog(page: Page) -> Locator:
    """The dialog that is open."""
    return page.get_by_test_id("stDialog").get_by_role("dialog")


def press(page: Page, name: str) -> None:
    """Press a button of the dialog, and wait until the dialog is gone."""
    dialog(page).get_by_role("button", name=name, exact=True).click()
    expect(dialog(page)).to_have_count(0)
    expect_drawn(page)


def tick_all_found(page: Page, label: str) -> None:
    """Tick the page, then all that is found."""
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("button", name=label).click()


def test_all_that_is_found_is_tagged_after_a_look_and_one_undo_brings_it_back(
    app: App, page: Page
) -> None:
    """The dialog says how many; Undo takes the tag off all of them."""
    project = a_project(app.home, *TEA)
    open_table(page, app.address, project)
    tick_all_found(page, "Select all 60 examples")
    expect(page.get_by_text("60 selected")).to_be_visible()
    page.get_by_placeholder("Tag these …").fill("tea")
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_text("60 of 60 examples will change.")).to_be_visible()
    press(page, "Tag")
    expect(row(page, 1).locator(".tag")).to_contain_text("tea")
    assert {example.tags for example in kept_examples(app.home, project)} == {("tea",)}
    page.get_by_role("button", name="Clear selection").click()
    undo_button(page).click()
    expect(row(page, 1).locator(".tag")).to_have_count(0)
    assert {example.tags for example in kept_examples(app.home, project)} == {()}


def test_what_is_not_found_is_spared(app: App, page: Page) -> None:
    """The table narrowed by a search, ticked whole and deleted: the others stay."""
    project = a_project(app.home, *TEA)
    page.goto(f"{app.address}/editor?lang=en&project={project}&text=green")
    expect(page.locator("tr[data-id]")).to_have_count(30)
    expect_drawn(page)
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("tr[data-id]")).to_have_count(0)
    assert [asked for _, asked, _ in kept(app.home, project)] == [asked for asked, _ in TEA[1::2]]


def test_find_and_replace_at_the_keyboard(app: App, page: Page) -> None:
    """A pattern that cannot be read is a sentence; a good one shows what it would do, and does."""
    project = a_project(app.home, *TEA[:3])
    before = kept(app.home, project)
    open_table(page, app.address, project)
    page.keyboard.press("Control+h")
    expect(dialog(page).get_by_label("Find", exact=True)).to_be_focused()
    page.keyboard.type("(tea")
    dialog(page).get_by_text("Regular expression").click()
    expect(dialog(page).get_by_text("look again at character")).to_be_visible()
    expect(dialog(page).get_by_role("button", name="Replace", exact=True)).to_be_disabled()
    dialog(page).get_by_label("Find", exact=True).fill(r"tea for (\d)")
    dialog(page).get_by_label("Replace with").fill(r"\1 cups for \1")
    expect(dialog(page).get_by_text("3 examples will change, in 3 places.")).to_be_visible()
    expect(dialog(page).locator("ins").first).to_have_text("0 cups")
    press(page, "Replace")
    expect(cell(page, 3)).to_have_value("Brew 2 cups for 2 minutes.")
    assert kept_replies(app.home, project)[1] == "Brew 1 cups for 1 minutes."
    undo_button(page).click()
    expect(cell(page, 3)).to_have_value("Brew tea for 2 minutes.")
    assert kept(app.home, project) == before


def test_a_row_is_approved_at_the_keyboard_and_reopened_by_whoever_rewrites_it(
    app: App, page: Page
) -> None:
    """Alt R, down, Enter: the cursor is back in its cell; a letter more, and it is a draft."""
    project = a_project(app.home, *TEA[:2])
    open_table(page, app.address, project)
    review = row(page, 1).locator("button.review")
    cell(page, 1).click()
    page.keyboard.press("Alt+r")
    expect(page.get_by_role("menuitemradio", name="Draft")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitemradio", name="Approved")).to_be_focused()
    page.keyboard.press("Enter")
    expect(review).to_have_attribute("title", "Approved")
    expect(cell(page, 1)).to_be_focused()
    assert [e.review for e in kept_examples(app.home, project)] == ["approved", "draft"]
    page.keyboard.press("End")
    page.keyboard.type("!")
    expect(review).to_have_attribute("title", "Draft")
    page.keyboard.press("Escape")
    expect(review).to_have_attribute("title", "Approved")
    expect_saved(page)
    wait_until_kept(page, app.home, project, [["", *chat] for chat in TEA[:2]])


def test_a_note_is_written_beside_the_conversation_and_seen_in_the_table(
    app: App, page: Page
) -> None:
    """With the state of review and what the example is used for."""
    project = a_project(app.home, *TEA[:2])
    open_table(page, app.address, project)
    row(page, 2).locator("button.open").click()
    panel = page.locator("section.panel")
    panel.get_by_label("Note for reviewers").fill("Ask Ann about the minutes.")
    panel.get_by_role("combobox", name="Review").select_option("Ready")
    panel.get_by_role("switch", name="Keep for validation").click()
    expect(panel.locator('.saved[data-state="saved"]')).to_be_visible()
    expect(row(page, 2).get_by_text("Validation", exact=True)).to_be_visible()
    expect(row(page, 2).locator("button.review")).to_have_attribute("title", "Ready")
    noted = row(page, 2).locator("button.noted")
    expect(noted).to_have_attribute("title", "Ask Ann about the minutes.")
    example = kept_examples(app.home, project)[1]
    assert (example.note, example.review, example.held_out) == (
        "Ask Ann about the minutes.", "ready", True,
    )  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_menus_and_dialogs_are_for_everybody(app: App, page: Page, theme: str) -> None:
    """Names, roles and contrast, as axe-core sees them."""
    project = a_project(app.home, *TEA[:3])
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    open_table(page, app.address, project)
    row(page, 1).locator("button.review").click()
    found = grave_violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Select example 2").check()
    page.get_by_role("button", name="More").click()
    found += grave_violations(page)
    page.get_by_role("menuitem", name="Find and replace …").click()
    dialog(page).get_by_label("Find", exact=True).fill("tea")
    expect(dialog(page).locator("del").first).to_be_visible()
    found += grave_violations(page)
    page.emulate_media(color_scheme="light")
    assert found == []


def grave_violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, and where."""
    rules = Axe().run(page).response["violations"]
    grave = [rule for rule in rules if rule["impact"] in {"serious", "critical"}]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in grave for node in rule["nodes"]]
