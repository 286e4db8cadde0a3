"""Nothing typed is lost: to another tab, a broken wire, a dead server, or haste."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from a_clipboard import put_on_clipboard
from a_wire import a_wire
from playwright.sync_api import Browser, Page, WebSocket, expect
from the_app import App, a_tab
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
    state,
    undo_button,
    wait_until_kept,
    write,
)

pytestmark = pytest.mark.browser

KEY = 60  # milliseconds between two keys of a fast typist
PAGE = 50  # examples on a page of the table
PAUSE = 250  # milliseconds after the last key until it is sent
LARGEST = 100_000  # bytes of one update, at most
SMALL = 24_000  # bytes after one edit, the figures and the list of models beside the table included


@pytest.fixture
def project(app: App) -> str:
    """A project of two examples."""
    return a_project(app.home, RAIN, SNOW)


@pytest.fixture(scope="module")
def other_page(browser: Browser) -> Iterator[Page]:
    """The tab of somebody else."""
    with a_tab(browser) as page:
        yield page


@pytest.fixture
def tabs(page: Page, other_page: Page, app: App, project: str) -> tuple[Page, Page]:
    """The project open in the tabs of two people."""
    for tab in (page, other_page):
        open_table(tab, app.address, project)
    return page, other_page


def test_two_tabs_in_different_cells_of_a_row(
    app: App, tabs: tuple[Page, Page], project: str
) -> None:
    """Both edits are kept, also the one that did not know of the other."""
    one, two = tabs
    write(one, 1, "Does it rain?", "user")
    expect_saved(one)
    write(two, 1, "It does.")
    expect_saved(two)
    assert kept(app.home, project)[0] == ["", "Does it rain?", "It does."]
    expect(cell(two, 1, "user")).to_have_value("Does it rain?")


@pytest.mark.parametrize(
    ("choice", "stands"), [("Use mine", "Mine."), ("Use the other", "Theirs.")]
)
def test_two_tabs_in_the_same_cell(
    app: App, tabs: tuple[Page, Page], project: str, choice: str, stands: str
) -> None:
    """The second is told, sees both texts, and decides; until then nothing is overwritten."""
    one, two = tabs
    write(one, 1, "Theirs.")
    expect_saved(one)
    write(two, 1, "Mine.")
    told = two.get_by_role("alert")
    expect(told).to_contain_text("changed in another tab")
    expect(told).to_contain_text("Mine.")
    expect(told).to_contain_text("Theirs.")
    expect(cell(two, 1)).to_have_value("Mine.")
    assert kept_replies(app.home, project)[0] == "Theirs."
    two.get_by_role("button", name=choice).click()
    expect(told).to_have_count(0)
    expect(cell(two, 1)).to_have_value(stands)
    expect_saved(two)
    assert kept_replies(app.home, project)[0] == stands


def test_a_question_about_a_cell_outlives_a_reload(
    app: App, tabs: tuple[Page, Page], project: str
) -> None:
    """What was refused is still there to decide about."""
    one, two = tabs
    write(one, 1, "Theirs.")
    expect_saved(one)
    write(two, 1, "Mine.")
    expect(two.get_by_role("alert")).to_be_visible()
    two.reload()
    expect(cell(two, 1)).to_have_value("Theirs.")
    expect(two.get_by_role("alert")).to_contain_text("Mine.")
    two.get_by_role("button", name="Use mine").click()
    expect_saved(two)
    expect(cell(two, 1)).to_have_value("Mine.")
    assert kept_replies(app.home, project)[0] == "Mine."


def test_undo_does_not_overwrite_what_another_tab_wrote_since(
    app: App, tabs: tuple[Page, Page], project: str
) -> None:
    """It says so, and nothing is changed."""
    one, two = tabs
    write(one, 1, "First.")
    one.keyboard.press("Tab")
    expect_saved(one)
    expect(undo_button(one)).to_be_enabled()
    two.reload()
    expect(cell(two, 1)).to_have_value("First.")
    write(two, 1, "Second.")
    expect_saved(two)
    undo_button(one).click()
    expect(one.get_by_role("alert")).to_contain_text("edited again")
    assert kept_replies(app.home, project)[0] == "Second."


def test_a_row_deleted_elsewhere_gives_its_text_back(
    app: App, tabs: tuple[Page, Page], project: str
) -> None:
    """What was typed into it is kept, and can be added as a new example."""
    one, two = tabs
    one.get_by_role("checkbox", name="Select example 1", exact=True).check()
    one.get_by_role("button", name="Delete").click()
    expect_saved(one)
    write(two, 1, "Written in vain?")
    told = two.get_by_role("alert")
    expect(told).to_contain_text("Written in vain?")
    two.get_by_role("button", name="Add it as a new example").click()
    expect(told).to_have_count(0)
    expect_saved(two)
    assert kept_replies(app.home, project) == [SNOW[1], "Written in vain?"]


@pytest.mark.parametrize("link", ["Train", "History", "Projects"])
def test_the_last_words_before_another_page_are_saved(
    app: App, page: Page, project: str, link: str
) -> None:
    """Who types and turns to the menu at once finds there what was typed."""
    open_table(page, app.address, project)
    write(page, 1, "Last words.")
    page.get_by_test_id("stSidebar").get_by_role("link", name=link, exact=True).click()
    expect(page.locator(".grid")).to_have_count(0)
    expect_drawn(page)
    assert kept_replies(app.home, project)[0] == "Last words."


def test_the_last_words_before_a_page_is_turned_are_saved(app: App, page: Page) -> None:
    """The row goes from the page while the cursor is still in it."""
    project = a_project(app.home, *[("Question?", "Reply.")] * (PAGE + 1))
    open_table(page, app.address, project)
    write(page, PAGE, "Last words.")
    page.get_by_role("button", name="Next page").click()
    expect(cell(page, PAGE + 1)).to_be_visible()
    expect_saved(page)
    assert kept_replies(app.home, project)[PAGE - 1] == "Last words."
    page.get_by_role("button", name="Previous page").click()
    expect(cell(page, PAGE)).to_have_value("Last words.")


def test_the_last_words_before_a_reload_are_saved(app: App, page: Page, project: str) -> None:
    """They wait in the browser, and are shown and sent when the page is back."""
    page.once("dialog", lambda question: question.accept())
    open_table(page, app.address, project)
    write(page, 1, "Last words.")
    page.reload()
    expect(cell(page, 1)).to_have_value("Last words.")
    expect_saved(page)
    assert kept_replies(app.home, project)[0] == "Last words."


def test_a_dropped_connection_is_told_and_what_was_typed_is_sent_again(
    app: App, page: Page, project: str
) -> None:
    """Writing goes on without a server; when it is back everything arrives."""
    with a_wire(app.port) as wire:
        open_table(page, wire.address, project)
        write(page, 1, "Heard. ")
        expect_saved(page)
        wire.cut()
        page.keyboard.type("Unheard.")
        expect(state(page, "unsaved")).to_contain_text("Not saved yet")
        page.keyboard.type(" Still writing.")
        expect(cell(page, 1)).to_be_focused()
        assert kept_replies(app.home, project)[0] == "Heard. "
        wire.mend()
        expect_saved(page)
        expect(cell(page, 1)).to_be_focused()
        assert kept_replies(app.home, project)[0] == "Heard. Unheard. Still writing."
        expect(page.get_by_role("dialog")).to_have_count(0)
        leave(page)  # and the page around the table is there for the mouse again
        undo_button(page).click()
        expect(cell(page, 1)).to_have_value(RAIN[1])


def test_who_never_stops_typing_is_told_too(app: App, page: Page, project: str) -> None:
    """That nothing is saved does not have to wait for a pause."""
    with a_wire(app.port) as wire:
        open_table(page, wire.address, project)
        write(page, 1, "Heard. ")
        expect_saved(page)
        wire.cut()
        page.keyboard.type("And so he went on and on.", delay=KEY)
        assert state(page, "unsaved").is_visible()
        wire.mend()
        expect_saved(page)
        assert kept_replies(app.home, project)[0].endswith("on and on.")


def test_what_arrived_though_its_answer_was_lost_is_done_once(
    app: App, page: Page, project: str
) -> None:
    """The browser sends it again; the rows of a paste are there once, and one undo is enough."""
    before = kept(app.home, project)
    after = [["", *RAIN], ["", "Hail?", "Duck."], ["", "Fog?", "Wait."]]
    with a_wire(app.port) as wire:
        open_table(page, wire.address, project)
        put_on_clipboard(page, text="Hail?\tDuck.\nFog?\tWait.\n")
        wire.lose_answers()
        cell(page, 2, "user").click()
        page.keyboard.press("ControlOrMeta+v")
        wait_until_kept(page, app.home, project, after)
        expect(state(page, "unsaved")).to_be_visible()
        wire.cut()
        wire.mend()
        expect_saved(page)
        expect(page.locator("tr[data-id]")).to_have_count(3)
        assert kept(app.home, project) == after
        undo_button(page).click()
        expect(page.locator("tr[data-id]")).to_have_count(2)
        assert kept(app.home, project) == before


def test_a_killed_server_loses_nothing(app: App, page: Page, project: str) -> None:
    """What was acknowledged is in the database; what was not is sent to the next server."""
    open_table(page, app.address, project)
    write(page, 1, "Acknowledged.")
    page.keyboard.press("Enter")
    expect_saved(page)
    page.keyboard.type("Half a sen", delay=KEY)
    app.kill()
    page.keyboard.type("tence, then the rest.", delay=KEY)
    expect(state(page, "unsaved")).to_be_visible()
    replies = kept_replies(app.home, project)
    assert replies[0] == "Acknowledged."
    assert "Half a sentence, then the rest.".startswith(replies[1]) or replies[1] == SNOW[1]
    app.start()
    expect_saved(page)
    expect(cell(page, 2)).to_have_value("Half a sentence, then the rest.")
    assert kept_replies(app.home, project) == ["Acknowledged.", "Half a sentence, then the rest."]


def test_a_reload_without_a_server_loses_nothing(app: App, page: Page, project: str) -> None:
    """What waits to be sent waits through a reload, too."""
    page.once("dialog", lambda question: question.accept())  # leave although something is unsaved
    open_table(page, app.address, project)
    app.kill()
    write(page, 1, "Into the void.")
    expect(state(page, "unsaved")).to_be_visible()
    page.goto("about:blank")
    app.start()
    open_table(page, app.address, project)
    expect(cell(page, 1)).to_have_value("Into the void.")
    expect_saved(page)
    assert kept_replies(app.home, project)[0] == "Into the void."


def test_a_hundred_rapid_edits_lose_nothing(app: App, page: Page) -> None:
    """Two columns of fifty rows, typed by somebody who never waits."""
    project = a_project(app.home, *[("Question?", "Reply.")] * PAGE)
    open_table(page, app.address, project)
    for column, letter in (("user", "q"), ("assistant", "r")):
        cell(page, 1, column).click()
        page.keyboard.press("ControlOrMeta+a")
        for number in range(PAGE):
            page.keyboard.type(f"{letter}{number % 10}", delay=KEY)
            if number < PAGE - 1:
                page.keyboard.press("Enter")
                page.wait_for_timeout(KEY)
    expect_saved(page)
    expected = [["", f"q{number % 10}", f"r{number % 10}"] for number in range(PAGE)]
    assert kept(app.home, project) == expected
    for number in (1, PAGE):
        expect(cell(page, number)).to_have_value(expected[number - 1][2])


class Frames:
    """What came over the page's websocket, by the byte."""

    def __init__(self, page: Page) -> None:
        self.sizes: list[int] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.sizes.append(len(data)))


def test_only_what_changed_travels(app: App, page: Page) -> None:
    """A full page of long texts fits in one small update; an edit sends a fraction of it."""
    project = a_project(app.home, *[("Wie wird das Wetter? " * 40, "天气晴。" * 300)] * (PAGE + 1))
    frames = Frames(page)
    open_table(page, app.address, project)
    leave(page)
    frames.sizes.clear()
    page.get_by_role("button", name="Next page").click()
    expect(cell(page, PAGE + 1)).to_be_visible()
    page.get_by_role("button", name="Previous page").click()
    expect(cell(page, 1)).to_be_visible()
    expect_drawn(page)
    assert max(frames.sizes) <= LARGEST
    cell(page, 1).click()
    page.keyboard.press("End")
    page.wait_for_timeout(2 * PAUSE)
    expect_drawn(page)
    frames.sizes.clear()
    page.keyboard.type("!")
    expect_saved(page)
    expect_drawn(page)
    page.wait_for_timeout(2 * PAUSE)
    assert 0 < sum(frames.sizes) <= SMALL


def test_the_code_of_the_table_is_served_once(app: App, page: Page, project: str) -> None:
    """No rerun fetches or carries it again."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_table(page, app.address, project)
    ours = [url for url in asked if "/app/static/" in url]
    assert any("grid.js" in url for url in ours)
    assert len(ours) == len(set(ours))
    asked.clear()
    for text in ("One.", "Two."):
        write(page, 1, text)
        expect_saved(page)
    assert [url for url in asked if "/app/static/" in url] == []
    assert row(page, 1).is_visible()
