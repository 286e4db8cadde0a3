"""Writing in the table: typing, input methods, the keyboard, taking back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from the_app import App, a_tab, open_store
from the_grid import (
    RAIN,
    SNOW,
    a_project,
    cell,
    expect_drawn,
    expect_saved,
    kept,
    kept_replies,
    leave,
    open_table,
    redo_button,
    row,
    state,
    tokens,
    total,
    undo_button,
    write,
)

from core.editing import add_example, save_system_prompt
from core.examples import Example, Message
from core.transfer import create_project

pytestmark = pytest.mark.browser

SUN = ("Will the sun shine?", "Until you go out.")
LONGER_THAN_THE_PAUSE = 700  # milliseconds; the table sends 250 after the last key


@pytest.fixture
def project(app: App, page: Page) -> str:
    """A project of three examples, open in the tab."""
    project = a_project(app.home, RAIN, SNOW, SUN)
    open_table(page, app.address, project)
    return project


def test_figures_and_findings_move_while_one_writes(app: App, page: Page, project: str) -> None:
    """Tokens, totals and findings follow the text; the cursor and what follows stay."""
    before, all_before = tokens(page, 1).inner_text(), total(page).inner_text()
    cell(page, 1).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Backspace")
    expect(row(page, 1).locator(".note.error")).to_be_visible()
    expect(cell(page, 1)).to_be_focused()
    page.keyboard.type("Rain? Not on us, and not on anybody else whom we know.\n".rstrip())
    expect(row(page, 1).locator(".note.error")).to_have_count(0)
    expect(tokens(page, 1)).not_to_have_text(before)
    expect(total(page)).not_to_have_text(all_before)
    expect(cell(page, 1)).to_be_focused()
    page.keyboard.type(" Well.")
    expect_saved(page)
    assert kept_replies(app.home, project)[0].endswith("whom we know. Well.")


def test_a_finding_is_mended_where_it_stands(app: App, page: Page, project: str) -> None:
    """The cell says what is wrong with it and offers the fix; one undo takes that back."""
    write(page, 2, "Next door. ")
    told = row(page, 2).locator("td.assistant .note")
    expect(told).to_contain_text("ends with spaces")
    page.keyboard.press("Tab")
    told.get_by_role("button", name="Fix").click()
    expect(told).to_have_count(0)
    expect(cell(page, 2)).to_have_value("Next door.")
    expect_saved(page)
    assert kept_replies(app.home, project)[1] == "Next door."
    undo_button(page).click()
    expect(cell(page, 2)).to_have_value("Next door. ")


def test_the_fix_of_the_cell_one_writes_in_is_shown_there(
    app: App, page: Page, project: str
) -> None:
    """What one has asked for may change the cell one is in; writing goes on from it."""
    write(page, 2, "Next door. ")
    row(page, 2).locator("td.assistant .note").get_by_role("button", name="Fix").click()
    expect(cell(page, 2)).to_have_value("Next door.")
    cell(page, 2).click()
    page.keyboard.press("End")
    page.keyboard.type(" Or here.")
    expect_saved(page)
    assert kept_replies(app.home, project)[1] == "Next door. Or here."


def test_line_breaks_and_spaces_are_kept(app: App, page: Page, project: str) -> None:
    """Shift+Enter breaks the line; the cell grows with it."""
    low = cell(page, 1).bounding_box()
    write(page, 1, "One,  two")
    for _ in range(3):
        page.keyboard.press("Shift+Enter")
    page.keyboard.type("  three ")
    expect_saved(page)
    high = cell(page, 1).bounding_box()
    assert low
    assert high
    assert high["height"] > low["height"]
    assert kept_replies(app.home, project)[0] == "One,  two\n\n\n  three "


def test_a_conversation_shows_its_ends_and_opens_whole(app: App, page: Page) -> None:
    """First question, last reply, how many turns lie between; the instructions it inherits."""
    said = [("user", "Rain?"), ("assistant", "No."), ("user", "Snow?"), ("assistant", "Neither.")]
    with open_store(app.home) as store:
        project = create_project(store, "Weather")
        save_system_prompt(store, project, "You joke about the weather.")
        add_example(store, project, Example(tuple(Message.of(*each) for each in said)))
    open_table(page, app.address, project.id)
    expect(cell(page, 1, "system")).to_have_value("")
    expect(cell(page, 1, "system")).to_have_attribute("placeholder", "You joke about the weather.")
    expect(cell(page, 1, "user")).to_have_value("Rain?")
    expect(cell(page, 1)).to_have_value("Neither.")
    row(page, 1).get_by_role("button", name="+2 turns").click()
    expect(page.get_by_role("heading", name="Example 1", exact=True)).to_be_visible()


def test_one_visit_is_one_change(app: App, page: Page, project: str) -> None:
    """However often it was sent, one undo takes back all that was typed in a cell."""
    write(page, 2, "Only here.")
    expect_saved(page)
    page.keyboard.type(" And there.")
    page.keyboard.press("Tab")
    expect_saved(page)
    assert kept_replies(app.home, project)[1] == "Only here. And there."
    undo_button(page).click()
    expect(cell(page, 2)).to_have_value(SNOW[1])
    expect_saved(page)
    assert kept_replies(app.home, project) == [RAIN[1], SNOW[1], SUN[1]]


def test_an_input_method_is_left_alone(app: App, page: Page, project: str) -> None:
    """Nothing is sent while it composes, Enter and Escape are its own, the text arrives whole."""
    sent: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    page.reload()
    write(page, 1, "好")
    expect_saved(page)
    sent.clear()
    keyboard = page.context.new_cdp_session(page)
    for text in ("n", "ni", "ni h", "ni hao"):
        place = {"selectionStart": len(text), "selectionEnd": len(text)}
        keyboard.send("Input.imeSetComposition", {"text": text, **place})
        page.wait_for_timeout(LONGER_THAN_THE_PAUSE / 2)
    page.wait_for_timeout(LONGER_THAN_THE_PAUSE)
    assert sent == []
    expect(cell(page, 1)).to_have_value("好ni hao")
    keyboard.send("Input.insertText", {"text": "你好"})
    expect(cell(page, 1)).to_have_value("好你好")
    expect_saved(page)
    expect(cell(page, 1)).to_be_focused()
    expect(cell(page, 1)).to_have_attribute("lang", "zh")
    assert kept_replies(app.home, project)[0] == "好你好"


def test_what_another_does_waits_for_the_input_method(
    app: App, browser: Browser, page: Page, project: str
) -> None:
    """A row that another tab changes is drawn anew around a composition, which goes on."""
    keyboard = page.context.new_cdp_session(page)
    cell(page, 1).click()
    page.keyboard.press("ControlOrMeta+a")
    place = {"selectionStart": 5, "selectionEnd": 5}
    keyboard.send("Input.imeSetComposition", {"text": "ni ha", **place})
    with a_tab(browser) as other:
        open_table(other, app.address, project)
        write(other, 1, "Shall it rain?", "user")
        expect_saved(other)
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", **place})
    keyboard.send("Input.insertText", {"text": "你好"})
    expect_saved(page)
    expect(cell(page, 1, "user")).to_have_value("Shall it rain?")
    assert kept(app.home, project)[0] == ["", "Shall it rain?", "你好"]


def test_the_keyboard_moves_as_in_a_spreadsheet(page: Page, project: str) -> None:
    """Tab and Shift+Tab sideways, Enter down, arrows at the edge of a text."""
    cell(page, 1, "user").click()
    for keys, number, column in (
        (["Tab"], 1, "assistant"),
        (["Tab"], 2, "system"),
        (["Shift+Tab"], 1, "assistant"),
        (["Enter"], 2, "assistant"),
        (["End", "ArrowDown"], 3, "assistant"),
        (["Home", "ArrowUp"], 2, "assistant"),
        (["Home", "ArrowLeft"], 2, "user"),
        (["Home", "ArrowRight"], 2, "user"),
        (["End", "ArrowRight"], 2, "assistant"),
    ):
        for key in keys:
            page.keyboard.press(key)
        expect(cell(page, number, column)).to_be_focused()


def test_enter_on_the_last_row_begins_a_new_example(app: App, page: Page, project: str) -> None:
    """One can write example after example without touching the mouse."""
    write(page, 3, "Until tomorrow.")
    page.keyboard.press("Enter")
    expect(cell(page, 4, "user")).to_be_focused()
    page.keyboard.type("And wind?")
    page.keyboard.press("Tab")
    page.keyboard.type("A little.")
    expect_saved(page)
    assert kept(app.home, project)[2:] == [
        ["", SUN[0], "Until tomorrow."],
        ["", "And wind?", "A little."],
    ]


def test_escape_brings_back_the_cell(app: App, page: Page, project: str) -> None:
    """What was typed in this visit is gone, here and in the database, and is no Change."""
    write(page, 1, "Never mind")
    expect_saved(page)
    page.keyboard.press("Escape")
    expect(cell(page, 1)).to_have_value(RAIN[1])
    expect_saved(page)
    page.keyboard.press("Tab")
    assert kept_replies(app.home, project)[0] == RAIN[1]
    page.reload()
    expect(undo_button(page)).to_contain_text("dded")  # what was done before the visit


def test_fill_down_repeats_the_cell_above(app: App, page: Page, project: str) -> None:
    """Into one cell, or from the first of the ticked rows into the others; one Change each."""
    write(page, 1, "Who knows.")
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+d")
    expect(cell(page, 2)).to_have_value("Who knows.")
    expect_saved(page)
    page.get_by_role("checkbox", name="Select example 1", exact=True).check()
    page.get_by_role("checkbox", name="Select example 3").click(modifiers=["Shift"])
    cell(page, 1, "user").click()
    page.keyboard.press("ControlOrMeta+d")
    expect(cell(page, 3, "user")).to_have_value(RAIN[0])
    expect_saved(page)
    assert kept(app.home, project) == [
        ["", RAIN[0], "Who knows."],
        ["", RAIN[0], "Who knows."],
        ["", RAIN[0], SUN[1]],
    ]
    page.get_by_role("button", name="Clear selection").click()
    undo_button(page).click()
    expect(cell(page, 2, "user")).to_have_value(SNOW[0])
    expect(cell(page, 3, "user")).to_have_value(SUN[0])


def test_undo_outlives_a_reload(app: App, page: Page, project: str) -> None:
    """The button and the keys take back, and back again, what was done before."""
    write(page, 1, "Once.")
    page.keyboard.press("Enter")
    page.keyboard.type("Twice.")
    expect_saved(page)
    page.reload()
    expect(cell(page, 2)).to_have_value("Twice.")
    expect_drawn(page)
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, 2)).to_have_value(SNOW[1])
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, 1)).to_have_value(RAIN[1])
    page.keyboard.press("ControlOrMeta+Shift+z")
    expect(cell(page, 1)).to_have_value("Once.")
    redo_button(page).click()
    expect(cell(page, 2)).to_have_value("Twice.")
    expect_saved(page)
    assert kept_replies(app.home, project) == ["Once.", "Twice.", SUN[1]]


def test_in_a_cell_the_browser_s_own_undo_comes_first(app: App, page: Page, project: str) -> None:
    """A slip is taken back letter by letter as anywhere, and only then whole changes."""
    write(page, 1, "Once.")
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("x")
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, 2)).to_have_value(SNOW[1])
    expect_saved(page)
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, 1)).to_have_value(RAIN[1])
    expect_saved(page)
    assert kept_replies(app.home, project) == [RAIN[1], SNOW[1], SUN[1]]


def test_many_undos_at_once_are_done_one_after_another(app: App, page: Page, project: str) -> None:
    """Keys pressed faster than the server answers are not lost."""
    for number in (1, 2, 3):
        write(page, number, f"Reply {number}.")
    leave(page)
    expect_saved(page)
    for _ in range(3):
        page.keyboard.press("ControlOrMeta+z")
    for number, (_, reply) in enumerate((RAIN, SNOW, SUN), start=1):
        expect(cell(page, number)).to_have_value(reply)
    expect_saved(page)
    assert kept_replies(app.home, project) == [RAIN[1], SNOW[1], SUN[1]]


def test_deleted_rows_come_back(app: App, page: Page, project: str) -> None:
    """Ticked rows are deleted together, and one undo brings them back to their places."""
    page.get_by_role("checkbox", name="Select example 1", exact=True).check()
    page.get_by_role("checkbox", name="Select example 2").click(modifiers=["Shift"])
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("tr[data-id]")).to_have_count(1)
    expect(undo_button(page)).to_contain_text("2")
    undo_button(page).click()
    expect(page.locator("tr[data-id]")).to_have_count(3)
    expect_saved(page)
    assert kept_replies(app.home, project) == [RAIN[1], SNOW[1], SUN[1]]


def test_the_shortcuts_stand_behind_a_question_mark(page: Page, project: str) -> None:
    """The key opens the sheet, unless one writes; Escape closes it."""
    cell(page, 1).click()
    page.keyboard.press("End")
    page.keyboard.type("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_have_count(0)
    leave(page)
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Repeat the text above")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(state(page, "saved")).to_be_visible()
