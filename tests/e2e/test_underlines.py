"""What a finding is about is marked where it stands, moves with its words, and is mended there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from the_app import App, open_store
from the_grid import (
    an_example,
    cell,
    expect_drawn,
    expect_saved,
    kept_replies,
    open_table,
    row,
    undo_button,
)
from the_panel import expect_open

from core.brand.values import BrandRule
from core.editing import add_example, change_checks
from core.rules import Checks
from core.transfer import create_project

pytestmark = pytest.mark.browser

RULES = (
    BrandRule("prefer", "e-mail", "email"),
    BrandRule("style", "full_width"),
    BrandRule("avoid", "cheap"),
)
REPLIES = (
    "We send an e-mail. Then another e-mail.",
    "👍👍 好的,我们 e-mail 给您",
    "One\r\n\r\ntwo e-mail",
    "A long reply that fills the cell. " * 400 + "An e-mail.",
)
# Where the lines are drawn, beside where the text area itself has those characters: a range in a
# copy that the browser lays out as a text area would, made without any code of ours.
MEASURE = """
(area) => {
  const copy = area.parentElement.querySelector(".lines");
  const looks = getComputedStyle(area);
  const other = document.createElement("div");
  for (const name of looks) other.style.setProperty(name, looks.getPropertyValue(name));
  Object.assign(other.style, {position: "fixed", height: "auto", maxHeight: "none", left: "0",
    top: "0", width: area.clientWidth + "px", boxSizing: "border-box", whiteSpace: "pre-wrap"});
  other.textContent = area.value;
  area.getRootNode().append(other);
  const box = other.getBoundingClientRect(), at = copy.getBoundingClientRect();
  let from = 0;
  const found = [...copy.querySelectorAll("mark")].map((mark) => {
    from = area.value.indexOf(mark.textContent, from);
    const range = document.createRange();
    range.setStart(other.firstChild, from);
    range.setEnd(other.firstChild, from + mark.textContent.length);
    from += 1;
    const {left, top, width} = range.getBoundingClientRect(), drawn = mark.getBoundingClientRect();
    return [left - box.left - (drawn.left - at.left),
            top - box.top - (drawn.top - at.top) - copy.scrollTop, width - drawn.width];
  });
  other.remove();
  return found;
}
"""


def a_brand(home: Path, replies: Sequence[str]) -> str:
    """The id of a project with our rules and these replies."""
    with open_store(home) as store:
        project = create_project(store, "Brand")
        project = change_checks(store, project, lambda _: Checks(brand=RULES))
        for number, reply in enumerate(replies):
            add_example(store, project, an_example(f"Question {number}?", reply))
        return project.id


@pytest.fixture
def project(app: App, page: Page) -> str:
    """A project of the replies above, open in the tab."""
    project = a_brand(app.home, REPLIES)
    open_table(page, app.address, project)
    return project


def marks(scope: Locator) -> Locator:
    """What is marked within a row or a bubble."""
    return scope.locator(".lines mark")


def put_caret(area: Locator, at: int) -> None:
    """Put the cursor behind so many characters."""
    area.click()
    area.evaluate("(area, at) => area.setSelectionRange(at, at)", at)


def offsets(area: Locator) -> list[list[float]]:
    """How far each line is from its words: to the right, downwards, and in its width, in pixels."""
    found: Any = area.evaluate(MEASURE)
    return found  # type: ignore[no-any-return]


def is_below_its_words(area: Locator) -> bool:
    """Whether every line is drawn exactly below its words, to the pixel."""
    found = offsets(area)
    return bool(found) and all(abs(off) <= 1 for each in found for off in each)


def test_every_place_is_marked_exactly(page: Page, project: str) -> None:
    """Behind emoji, Chinese and line breaks, and in a cell that scrolls."""
    expect(marks(row(page, 1))).to_have_text(["e-mail", "e-mail"])
    expect(marks(row(page, 2))).to_have_text([",", "e-mail"])
    expect(marks(row(page, 3))).to_have_text(["e-mail"])
    expect(marks(row(page, 4))).to_have_text(["e-mail"])
    assert [is_below_its_words(cell(page, number)) for number in (1, 2, 3, 4)] == [True] * 4


def test_a_mark_scrolls_with_its_words(page: Page, project: str) -> None:
    """In a cell that is too long to be seen whole."""
    long = cell(page, 4)
    long.evaluate("(area) => (area.scrollTop = area.scrollHeight)")
    copy = row(page, 4).locator("td.assistant .lines")
    page.wait_for_function(
        "([copy, area]) => Math.abs(copy.scrollTop - area.scrollTop) < 1 && area.scrollTop > 0",
        arg=[copy.element_handle(), long.element_handle()],
    )
    assert is_below_its_words(long)


def test_a_mark_moves_with_its_words_while_one_types(app: App, page: Page, project: str) -> None:
    """At once, before the server has heard of it; what is typed is kept as it is typed."""
    put_caret(cell(page, 1), 0)
    page.keyboard.insert_text("Dear friend, 您好 ")
    assert marks(row(page, 1)).all_inner_texts() == ["e-mail", "e-mail"]
    assert is_below_its_words(cell(page, 1))
    expect(cell(page, 1)).to_be_focused()
    expect_saved(page)
    assert is_below_its_words(cell(page, 1))
    assert kept_replies(app.home, project)[0] == f"Dear friend, 您好 {REPLIES[0]}"


def test_a_mark_goes_when_its_words_change_and_comes_when_they_do(page: Page, project: str) -> None:
    """What is half typed is not marked for what stood there before."""
    put_caret(cell(page, 1), len("We send an e-"))
    page.keyboard.press("Backspace")
    assert marks(row(page, 1)).all_inner_texts() == ["e-mail"]
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text(" It is cheap.")
    expect(marks(row(page, 1))).to_have_text(["e-mail", "cheap"])
    assert is_below_its_words(cell(page, 1))


def test_a_mark_disturbs_no_input_method(app: App, page: Page, project: str) -> None:
    """While it composes the mark moves along, and the text arrives whole."""
    put_caret(cell(page, 1), 0)
    keyboard = page.context.new_cdp_session(page)
    for text in ("n", "ni", "ni hao"):
        place = {"selectionStart": len(text), "selectionEnd": len(text)}
        keyboard.send("Input.imeSetComposition", {"text": text, **place})
        assert marks(row(page, 1)).all_inner_texts() == ["e-mail", "e-mail"]
        assert is_below_its_words(cell(page, 1))
    keyboard.send("Input.insertText", {"text": "你好"})
    expect_saved(page)
    assert kept_replies(app.home, project)[0] == f"你好{REPLIES[0]}"


def test_one_press_writes_it_as_the_brand_does(app: App, page: Page, project: str) -> None:
    """In the whole reply, offered once; one undo brings the old words and their marks back."""
    fix = row(page, 1).get_by_role("button", name="Fix")
    expect(fix).to_have_count(1)
    fix.click()
    expect(cell(page, 1)).to_have_value("We send an email. Then another email.")
    expect(marks(row(page, 1))).to_have_count(0)
    expect_saved(page)
    assert kept_replies(app.home, project)[0] == "We send an email. Then another email."
    undo_button(page).click()
    expect(marks(row(page, 1))).to_have_text(["e-mail", "e-mail"])


def test_a_bubble_of_the_panel_is_marked_as_well(app: App, page: Page, project: str) -> None:
    """With the same places, and the same way to mend them."""
    row(page, 2).locator("button.open").click()
    expect_open(page, 2)
    bubble = page.locator("section.panel .turn.assistant")
    expect(marks(bubble)).to_have_text([",", "e-mail"])
    assert is_below_its_words(bubble.locator("textarea"))
    bubble.get_by_role("button", name="Fix").first.click()
    expect(bubble.locator("textarea")).to_have_value("👍👍 好的，我们 email 给您")
    expect(marks(bubble)).to_have_count(0)
    expect_drawn(page)


def test_marks_stay_where_they_belong_in_a_narrow_window(page: Page, project: str) -> None:
    """Lines break elsewhere, and the marks with them."""
    size = page.viewport_size
    try:
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(300)
        assert [is_below_its_words(cell(page, number)) for number in (1, 2, 3, 4)] == [True] * 4
    finally:
        page.set_viewport_size(size or {"width": 1440, "height": 1000})
