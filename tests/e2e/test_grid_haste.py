"""The table under the hands of somebody who is quicker than the connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from a_wire import Wire, a_wire
from playwright.sync_api import Page, expect
from the_app import App, open_store
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
    row,
    undo_button,
    write,
)

from core.transfer import create_project

pytestmark = pytest.mark.browser

LATE = 0.3  # seconds that everything takes longer, there and back
PAUSE = 250  # milliseconds after the last key until it is sent
PRESS = 900  # milliseconds between pressing a button and letting go: an answer comes between
PAGE = 50  # examples on a page of the table
LONG = "Rain. " * 10_000


@pytest.fixture
def wire(app: App) -> Iterator[Wire]:
    """The connection, to be slowed down."""
    with a_wire(app.port) as wire:
        yield wire


@pytest.fixture
def project(app: App, page: Page, wire: Wire) -> str:
    """A project of two examples, open in the tab, on a slow connection."""
    project = a_project(app.home, RAIN, SNOW)
    open_slowly(page, wire, project)
    return project


def open_slowly(page: Page, wire: Wire, project: str) -> None:
    """Open the table; from then on the connection is slow."""
    open_table(page, wire.address, project)
    wire.slow_down(LATE)


def test_a_second_visit_before_the_first_is_saved_is_no_conflict(
    app: App, page: Page, project: str
) -> None:
    """Nobody else wrote there: the later text follows the earlier one."""
    write(page, 1, "First.")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.type(" Second.")
    page.keyboard.press("Tab")
    expect_saved(page)
    assert kept_replies(app.home, project)[0] == "First. Second."
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_was_taken_back_is_not_shown_again_by_a_late_answer(
    app: App, page: Page, project: str
) -> None:
    """Escape after it was sent, and out of the cell before the answer."""
    write(page, 1, "Never mind")
    page.wait_for_timeout(PAUSE + 100)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect_saved(page)
    assert kept_replies(app.home, project)[0] == RAIN[1]
    expect(cell(page, 1)).to_have_value(RAIN[1])


def test_undo_right_after_typing_takes_that_back(app: App, page: Page, project: str) -> None:
    """Not what was done before, which is all the page knows of as yet."""
    write(page, 2, "Snowed.")
    leave(page)
    expect_saved(page)
    write(page, 1, "Oops.")
    leave(page)
    page.keyboard.press("ControlOrMeta+z")
    expect(cell(page, 1)).to_have_value(RAIN[1])
    expect_saved(page)
    assert kept_replies(app.home, project) == [RAIN[1], "Snowed."]


def test_a_button_pressed_while_an_answer_comes_is_pressed(
    app: App, page: Page, wire: Wire, project: str
) -> None:
    """The answer to what was typed before must not take the button from under the finger."""
    wire.slow_down(0)
    write(page, 1, "Dry. ")
    fix = row(page, 1).locator("td.assistant button.fix")
    expect(fix).to_be_visible()
    page.keyboard.type(" ")
    fix.click(delay=PRESS)
    expect(cell(page, 1)).to_have_value("Dry.")
    page.keyboard.type(" ")
    write(page, 2, "White.")
    page.get_by_role("button", name="Add example").click(delay=PRESS)
    expect(cell(page, 3, "user")).to_be_focused()


def test_example_after_example_is_written_without_waiting(app: App, page: Page, wire: Wire) -> None:
    """Each is there at once and takes what is typed; Enter on a blank one adds none."""
    with open_store(app.home) as store:
        project = create_project(store, "Blank").id
    page.goto(f"{wire.address}/editor?lang=en&project={project}")
    expect_drawn(page)
    wire.slow_down(LATE)
    page.get_by_role("button", name="Add example").click()
    for keys in ("Rain?", "Tab", "No.", "Enter", "Snow?", "Tab", "Yes.", "Enter", "Enter", "Sun?"):
        if keys in {"Tab", "Enter"}:
            page.keyboard.press(keys)
        else:
            page.keyboard.type(keys)
    expect_saved(page)
    expected = [["", "Rain?", "No."], ["", "Snow?", "Yes."], ["", "Sun?", ""]]
    assert kept(app.home, project) == expected
    expect(cell(page, 3, "user")).to_be_focused()
    expect(cell(page, 3, "user")).to_have_value("Sun?")
    undo_button(page).click()
    expect(cell(page, 3, "user")).to_have_value("")


def test_an_example_begun_on_a_full_page_goes_on_on_the_next(
    app: App, page: Page, wire: Wire
) -> None:
    """The page is turned under the one who writes."""
    project = a_project(app.home, *[RAIN] * PAGE)
    open_slowly(page, wire, project)
    cell(page, PAGE).click()
    page.keyboard.press("Enter")
    page.keyboard.type("And the day after tomorrow?", delay=60)
    expect_saved(page)
    expect(page.locator("tr[data-id]")).to_have_count(1)
    expect(cell(page, PAGE + 1, "user")).to_be_focused()
    assert kept(app.home, project)[PAGE:] == [["", "And the day after tomorrow?", ""]]


def test_examples_begun_without_a_server_outlive_a_reload(
    app: App, page: Page, wire: Wire, project: str
) -> None:
    """They wait in the browser with what was written in them."""
    page.once("dialog", lambda question: question.accept())
    wire.cut()
    cell(page, 2).click()
    page.keyboard.press("Enter")
    page.keyboard.type("Hail?")
    page.keyboard.press("Tab")
    page.keyboard.type("Duck.")
    page.goto("about:blank")
    wire.slow_down(0)
    wire.mend()
    open_table(page, wire.address, project)
    expect_saved(page)
    expect(cell(page, 3)).to_have_value("Duck.")
    assert kept(app.home, project)[2:] == [["", "Hail?", "Duck."]]


def test_escape_in_a_long_text_leaves_it_whole(app: App, page: Page, wire: Wire) -> None:
    """It was cut to travel; the cell as it was before is all of it."""
    project = a_project(app.home, ("One?", LONG), ("Two?", LONG))
    open_table(page, wire.address, project)
    cell(page, 1).click()
    expect(cell(page, 1)).to_have_value(LONG)
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    page.keyboard.type("!")
    expect_saved(page)
    assert kept_replies(app.home, project)[0] in {f"{LONG}!", f"!{LONG}"}


def test_another_project_by_the_address_has_an_outbox_of_its_own(
    app: App, page: Page, wire: Wire, project: str
) -> None:
    """The table stays on the page; what waits for one project is not sent to the other."""
    other = a_project(app.home, ("Will the sun shine?", "Until you go out."))
    wire.slow_down(0)
    page.evaluate(
        """project => {
            const address = new URL(location.href);
            address.searchParams.set("project", project);
            history.pushState({}, "", address);
            window.dispatchEvent(new PopStateEvent("popstate"));
        }""",
        other,
    )
    expect(cell(page, 1)).to_have_value("Until you go out.")
    write(page, 1, "Always.")
    names = page.evaluate("Object.keys(sessionStorage)")
    assert [name for name in names if name.endswith(project)] == []
    expect_saved(page)
    assert kept_replies(app.home, other) == ["Always."]
    assert kept_replies(app.home, project) == [RAIN[1], SNOW[1]]
