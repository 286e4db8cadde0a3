"""Ranges go from spreadsheets into the table, and from the table into spreadsheets."""

from __future__ import annotations

import pytest
from a_clipboard import put_on_clipboard, read_clipboard
from playwright.sync_api import Page, expect
from the_app import ROOT, App
from the_grid import (
    RAIN,
    SNOW,
    a_project,
    cell,
    expect_saved,
    kept,
    kept_replies,
    open_table,
    undo_button,
)

pytestmark = pytest.mark.browser

SHAPES = ROOT / "tests" / "data" / "clipboard"
CELLS = [
    ["Question", "Reply", "Note"],
    ["Will it rain?\nAsk for tomorrow too.", "Sunny,  with two spaces.", ""],
    ["今天冷不冷？", '她说："不冷"。\n第二行', '"Hello," she said'],
    ['"ready"', "", "Paws & claws <3"],
]


@pytest.fixture
def project(app: App, page: Page) -> str:
    """A project of two examples, open in the tab."""
    project = a_project(app.home, RAIN, SNOW)
    open_table(page, app.address, project)
    return project


def paste(page: Page, *, text: str, html: str = "", at: tuple[int, str]) -> None:
    """Paste into a cell what another program has copied."""
    put_on_clipboard(page, text=text, html=html)
    cell(page, *at).click()
    page.keyboard.press("ControlOrMeta+v")


@pytest.mark.parametrize("program", ["excel", "sheets", "numbers", "wps"])
def test_a_range_of_a_spreadsheet_is_pasted_into_the_cells(
    app: App, page: Page, project: str, program: str
) -> None:
    """From the cell on, and into new examples at the end; one undo takes it all back."""
    html, text = ((SHAPES / f"{program}.{kind}").read_bytes().decode() for kind in ("html", "txt"))
    paste(page, text=text, html=html, at=(1, "system"))
    expect(page.locator("tr[data-id]")).to_have_count(4)
    expect(cell(page, 1, "user")).to_have_value("Reply")
    expect_saved(page)
    assert kept(app.home, project) == CELLS
    expect(undo_button(page)).to_contain_text("4")
    undo_button(page).click()
    expect(page.locator("tr[data-id]")).to_have_count(2)
    expect_saved(page)
    assert kept(app.home, project) == [["", *RAIN], ["", *SNOW]]


def test_a_column_goes_down_from_the_cell_it_is_pasted_into(
    app: App, page: Page, project: str
) -> None:
    """What stands above and beside it stays."""
    html = "<table><tr><td>One<br>line</td></tr><tr><td>Two</td></tr></table>"
    paste(page, text='"One\nline"\nTwo\n', html=html, at=(2, "assistant"))
    expect(page.locator("tr[data-id]")).to_have_count(3)
    expect_saved(page)
    assert kept(app.home, project) == [
        ["", *RAIN],
        ["", SNOW[0], "One\nline"],
        ["", "", "Two"],
    ]


def test_named_columns_go_where_they_belong(app: App, page: Page, project: str) -> None:
    """A first line of column names is obeyed, whatever their order."""
    paste(page, text="Reply\tQuestion\nBrr.\tCold?\n", at=(1, "user"))
    expect(cell(page, 1, "user")).to_have_value("Cold?")
    expect_saved(page)
    assert kept(app.home, project) == [["", "Cold?", "Brr."], ["", *SNOW]]


def test_paragraphs_are_one_text(app: App, page: Page, project: str) -> None:
    """Prose of several lines goes into the cell, at the cursor."""
    put_on_clipboard(page, text="First line.\n\nSecond: tea.")
    cell(page, 1).click()
    page.keyboard.press("End")
    page.keyboard.press("ControlOrMeta+v")
    expect_saved(page)
    expect(cell(page, 1)).to_be_focused()
    assert kept_replies(app.home, project)[0] == RAIN[1] + "First line.\n\nSecond: tea."


def test_too_many_columns_are_refused_in_words(app: App, page: Page, project: str) -> None:
    """Nothing is changed, and the way to bring them in is told."""
    paste(page, text="a\tb\tc\td\n", at=(1, "user"))
    expect(page.locator(".said")).to_contain_text("These are 4 columns")
    assert kept(app.home, project) == [["", *RAIN], ["", *SNOW]]


def test_typing_before_and_after_a_paste_is_kept(app: App, page: Page, project: str) -> None:
    """The paste comes between them, as it was done."""
    put_on_clipboard(page, text="Hail?\tDuck.\nFog?\tWait.\nWind?\tHold on.\n")
    cell(page, 1).click()
    page.keyboard.press("Home")
    page.keyboard.type("Mine. ")
    cell(page, 2, "user").click()
    page.keyboard.press("ControlOrMeta+v")
    cell(page, 1).click()
    page.keyboard.press("End")
    page.keyboard.type(" Yours.")
    expect(page.locator("tr[data-id]")).to_have_count(4)
    expect_saved(page)
    assert kept(app.home, project) == [
        ["", RAIN[0], f"Mine. {RAIN[1]} Yours."],
        ["", "Hail?", "Duck."],
        ["", "Fog?", "Wait."],
        ["", "Wind?", "Hold on."],
    ]


def test_ticked_rows_are_copied_as_a_range(app: App, page: Page, project: str) -> None:
    """As a spreadsheet would copy them, and back again the same."""
    cell(page, 2, "user").click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type('Or "sleet"?')
    expect_saved(page)
    page.get_by_role("checkbox", name="Select example 1", exact=True).check()
    page.get_by_role("checkbox", name="Select example 2").click(modifiers=["Shift"])
    page.keyboard.press("ControlOrMeta+c")
    expect(page.locator(".said")).to_have_text("Copied 2 examples.")
    copied = read_clipboard(page)
    assert copied["text"].replace("\r\n", "\n") == (
        '\tWill it rain?\tOnly on your parade.\n\t"Will it snow?\nOr ""sleet""?"\tNext door.\n'
    )
    before = kept(app.home, project)
    page.get_by_role("button", name="Add example").click()
    expect(cell(page, 3, "user")).to_be_focused()
    page.keyboard.press("ControlOrMeta+v")
    expect(page.locator("tr[data-id]")).to_have_count(4)
    expect_saved(page)
    assert kept(app.home, project) == before + before


def test_marked_text_is_copied_as_text(page: Page, project: str) -> None:
    """Ticked rows do not get in the way of copying a word."""
    page.get_by_role("checkbox", name="Select example 1", exact=True).check()
    cell(page, 2).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+c")
    assert read_clipboard(page)["text"] == SNOW[1]
