"""ui/feed.py: however many updates are lost, the browser ends with exactly the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from ui.feed import KEPT, Feed

Page = list[dict[str, Any]]


def a_page(**texts: str) -> Page:
    """Rows by their ids: `a_page(r1="one")`."""
    return [{"id": int(name[1:]), "text": text} for name, text in texts.items()]


def sent_ids(update: dict[str, Any]) -> list[int]:
    """Which rows travel with an update."""
    return [row["id"] for row in update["rows"]]


@dataclass
class Browser:
    """What `static/grid.js` does with an update, row by row."""

    epoch: str = ""
    revision: int = 0
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    def take(self, update: dict[str, Any]) -> bool:
        """Apply an update; False where it builds on something that never came."""
        if update["base"] is None:
            self.epoch = update["epoch"]
        elif update["epoch"] != self.epoch or update["base"] > self.revision:
            self.revision = 0
            return False
        self.revision = update["revision"]
        held = self.rows | {row["id"]: row for row in update["rows"]}
        self.rows = {row_id: held[row_id] for row_id in update["order"]}
        return True

    def speak(self, feed: Feed) -> None:
        """Whatever is sent tells what was seen."""
        feed.acknowledge(self.epoch, self.revision)


def test_the_first_update_is_whole() -> None:
    """It builds on nothing and brings every row, in their order."""
    update = Feed().update(a_page(r2="b", r1="a"))
    assert (update["base"], update["order"], sent_ids(update)) == (None, [2, 1], [2, 1])


def test_an_acknowledged_row_does_not_travel_again() -> None:
    """Only the one that changed."""
    feed, browser = Feed(), Browser()
    browser.take(feed.update(a_page(r1="a", r2="b")))
    browser.speak(feed)
    update = feed.update(a_page(r1="a", r2="c"))
    assert sent_ids(update) == [2]
    browser.take(update)
    assert list(browser.rows.values()) == a_page(r1="a", r2="c")


def test_a_row_travels_until_it_is_acknowledged() -> None:
    """The first update that had it may have been lost."""
    feed, browser = Feed(), Browser()
    browser.take(feed.update(a_page(r1="a")))
    browser.speak(feed)
    feed.update(a_page(r1="b"))  # never arrives
    update = feed.update(a_page(r1="b"))
    assert sent_ids(update) == [1]
    assert browser.take(update)


def test_a_row_changed_and_changed_back_travels() -> None:
    """The browser may hold what stood there in between."""
    feed, browser = Feed(), Browser()
    browser.take(feed.update(a_page(r1="a")))
    browser.speak(feed)
    browser.take(feed.update(a_page(r1="b")))  # arrives, and is not acknowledged
    update = feed.update(a_page(r1="a"))
    assert sent_ids(update) == [1]
    browser.take(update)
    assert browser.rows[1]["text"] == "a"


def test_a_row_out_of_the_page_is_forgotten_and_comes_back_whole() -> None:
    """Who turns the page and turns back sees it."""
    feed, browser = Feed(), Browser()
    for page in (a_page(r1="a", r2="b"), a_page(r2="b"), a_page(r1="a", r2="b")):
        update = feed.update(page)
        assert browser.take(update)
        browser.speak(feed)
        assert list(browser.rows.values()) == page
    assert sent_ids(update) == [1]


def test_a_browser_of_another_epoch_gets_everything() -> None:
    """A server that was started anew knows nothing of what it held."""
    feed = Feed()
    feed.update(a_page(r1="a"))
    feed.acknowledge("another", 1)
    assert feed.update(a_page(r1="a"))["base"] is None


def test_who_asks_gets_everything() -> None:
    """Revision 0 is a browser that holds nothing."""
    feed = Feed()
    feed.update(a_page(r1="a"))
    feed.acknowledge(feed.epoch, 0)
    update = feed.update(a_page(r1="a"))
    assert (update["base"], sent_ids(update)) == (None, [1])


def test_a_silent_browser_gets_everything_in_the_end() -> None:
    """What was sent to it is not kept for ever."""
    feed, browser = Feed(), Browser()
    browser.take(feed.update(a_page(r1="a")))
    browser.speak(feed)
    bases = [feed.update(a_page(r1="a"))["base"] for _ in range(2 * KEPT)]
    assert bases[: KEPT - 1] == [1] * (KEPT - 1)
    assert None in bases


class AnyConnection(RuleBasedStateMachine):
    """Rows change, updates are lost, the browser speaks when it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed()
        self.browser = Browser()
        self.page: Page = a_page(r1="a")
        self.latest: tuple[str, int] | None = None  # the update that showed the rows as they are
        self.in_step = False  # the browser has said that it took that one

    def send(self) -> dict[str, Any]:
        """The next update; it brings no row that is known to be there."""
        update = self.feed.update(self.page)
        assert not (self.in_step and update["rows"])
        self.latest = (update["epoch"], update["revision"])
        self.in_step = False
        return update

    @rule(page=st.dictionaries(st.integers(1, 4), st.sampled_from("abc"), max_size=4))
    def rows_change(self, page: dict[int, str]) -> None:
        """They are edited, added, deleted, put in another order; or the page is turned."""
        self.page = [{"id": row_id, "text": text} for row_id, text in page.items()]
        self.latest, self.in_step = None, False

    @rule()
    def an_update_is_lost(self) -> None:
        """As where Streamlit is in a hurry."""
        self.send()

    @rule()
    def an_update_arrives(self) -> None:
        """The browser shows the rows; where it cannot take the update, it asks, and then does."""
        if not self.browser.take(self.send()):
            self.browser.speak(self.feed)
            assert self.browser.take(self.send())
        assert list(self.browser.rows.values()) == self.page

    @rule()
    def the_browser_speaks(self) -> None:
        """It says what it has seen."""
        self.browser.speak(self.feed)
        self.in_step = self.latest == (self.browser.epoch, self.browser.revision)

    @rule()
    def the_server_forgets(self) -> None:
        """It was started anew, or the page was run whole."""
        self.feed = Feed()
        self.latest, self.in_step = None, False


AnyConnection.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAnyConnection = AnyConnection.TestCase
