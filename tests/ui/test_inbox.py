"""ui/inbox.py: each thing a browser sends is carried out once, in order, and answered for."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

NOT_YET = {"tab": "", "n": 0}


def page() -> None:
    """A page with one component, which can be refused, fail, and find the disk full."""
    import streamlit as st

    from core.errors import BadInput, StorageFailed
    from ui.inbox import Item, answer, take_items

    def carry_out(item: Item) -> None:
        if item["kind"] == "disk_full" and not st.session_state.get("disk_mended"):
            raise StorageFailed("disk_full")
        if item["kind"] == "refused":
            raise BadInput("changed_elsewhere", theirs="Theirs.")
        if item["kind"] == "too_wide":
            raise BadInput("too_wide", n=4)
        if item["kind"] == "fault":
            raise ZeroDivisionError
        st.session_state.setdefault("done", []).append(item["n"])

    take_items("box", carry_out)
    st.session_state["answer"] = answer("box")


def an_inbox() -> AppTest:
    """The page, before anything came."""
    return AppTest.from_function(page).run()


def tell(app: AppTest, *items: tuple[int, str], tab: str = "tab") -> dict[str, Any]:
    """Send a message with all these items, (number, kind); returns the answer."""
    sent = [{"n": n, "kind": kind} for n, kind in items]
    app.session_state["box"] = {"sent": {"tab": tab, "items": sent}}
    app.run()
    answer: dict[str, Any] = app.session_state["answer"]
    return answer


def done(app: AppTest) -> list[int]:
    """The numbers of what was carried out."""
    return list(app.session_state["done"]) if "done" in app.session_state else []


def test_nothing_came_yet() -> None:
    """The answer is to nobody."""
    app = an_inbox()
    assert app.session_state["answer"] == {"ack": NOT_YET, "refused": []}


def test_items_are_carried_out_in_order_and_acknowledged() -> None:
    """Up to the last."""
    app = an_inbox()
    assert tell(app, (1, "do"), (2, "do")) == {"ack": {"tab": "tab", "n": 2}, "refused": []}
    assert done(app) == [1, 2]


def test_what_comes_again_is_not_carried_out_again() -> None:
    """A browser sends until it has heard the answer."""
    app = an_inbox()
    tell(app, (1, "do"))
    assert tell(app, (1, "do"), (2, "do"))["ack"]["n"] == 2
    assert done(app) == [1, 2]


def test_a_run_for_another_reason_answers_the_same() -> None:
    """The message of a run before is not read into this one."""
    app = an_inbox()
    before = tell(app, (1, "do"), (2, "refused"))
    app.run()
    assert app.session_state["answer"] == before
    assert done(app) == [1]


def test_a_refusal_has_its_reason_and_stands_until_it_was_heard() -> None:
    """While the item still comes, its answer may have been lost; then it is forgotten."""
    app = an_inbox()
    refused = [{"n": 1, "code": "changed_elsewhere", "theirs": "Theirs."}]
    assert tell(app, (1, "refused"), (2, "do"))["refused"] == refused
    assert tell(app, (1, "refused"), (2, "do"), (3, "do"))["refused"] == refused
    assert tell(app, (4, "do")) == {"ack": {"tab": "tab", "n": 4}, "refused": []}
    assert done(app) == [2, 3, 4]


def test_a_fact_of_a_refusal_is_not_taken_for_the_item_s_number() -> None:
    """Whatever the facts are called."""
    answer = tell(an_inbox(), (1, "too_wide"))
    assert answer["refused"] == [{"n": 1, "code": "too_wide"}]


def test_without_a_disk_nothing_is_acknowledged_and_all_comes_again() -> None:
    """What stood before the failure is; what failed and what follows waits in the browser."""
    app = an_inbox()
    assert tell(app, (1, "do"), (2, "disk_full"), (3, "do"))["ack"]["n"] == 1
    app.session_state["disk_mended"] = True
    assert tell(app, (2, "disk_full"), (3, "do")) == {"ack": {"tab": "tab", "n": 3}, "refused": []}
    assert done(app) == [1, 2, 3]


def test_a_fault_of_ours_is_told_and_not_sent_for_ever() -> None:
    """What follows it is carried out."""
    app = an_inbox()
    answer = tell(app, (1, "fault"), (2, "do"))
    assert answer == {"ack": {"tab": "tab", "n": 2}, "refused": [{"n": 1, "code": "not_saved"}]}
    assert done(app) == [2]


def test_another_tab_counts_from_one() -> None:
    """A reload is a new tab with numbers of its own, and an old refusal is none of its business."""
    app = an_inbox()
    tell(app, (1, "do"), (2, "refused"))
    assert tell(app, (1, "do"), tab="other") == {"ack": {"tab": "other", "n": 1}, "refused": []}
    assert done(app) == [1, 1]


@settings(max_examples=30, deadline=None)
@given(
    heard=st.lists(st.booleans(), min_size=1, max_size=6),
    refused=st.sets(st.integers(1, 6)),
)
def test_everything_is_dealt_with_once_whatever_answer_is_lost(
    heard: list[bool], refused: set[int]
) -> None:
    """One new item a message; each is carried out or refused once, and each refusal is heard."""
    app = an_inbox()
    waiting: list[tuple[int, str]] = []
    told: set[int] = set()
    for n, hears in enumerate([*heard, True], 1):
        waiting.append((n, "refused" if n in refused else "do"))
        answer = tell(app, *waiting)
        if hears:
            waiting = [item for item in waiting if item[0] > answer["ack"]["n"]]
            told |= {each["n"] for each in answer["refused"]}
    numbers = set(range(1, len(heard) + 2))
    assert done(app) == sorted(numbers - refused)
    assert told == numbers & refused
    assert waiting == []
