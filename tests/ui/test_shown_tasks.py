"""ui/tasks.py: long work as a page shows it: while it runs, stopped, failed and done."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import BadInput
from core.tasks import Task, find_task, forget_task, start_task
from core.words import say

PATIENCE = 30  # seconds
KEY = "shown"


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    """Lets the work go on that waits for it; at the end no task is left."""
    event = threading.Event()
    yield event
    event.set()
    if task := find_task(KEY):
        task.wait(PATIENCE)
    forget_task(KEY)


def page() -> None:
    """Nothing but the task, and its result."""
    import streamlit as st

    from ui.tasks import show_task

    task = show_task("shown", "Baking")
    st.markdown("nothing" if task is None else f"result {task.result}")


def look(app: AppTest) -> list[str]:
    """What the page says, the bars by their text."""
    bars = [node.proto.text for node in app.get("progress")]
    notes = [node.proto.body for node in app.get("html")]
    return [*bars, *notes, *(each.value for each in (*app.markdown, *app.error))]


def test_without_a_task_there_is_nothing() -> None:
    """Neither a bar nor a button."""
    app = AppTest.from_function(page).run()
    assert look(app) == ["nothing"]
    assert list(app.button) == []


def test_while_it_runs_it_can_be_stopped(go_on: threading.Event) -> None:
    """The bar says how far it is; once stopped, that it was, until somebody has read it."""

    def work(task: Task[None]) -> None:
        task.advance(1_200)
        assert go_on.wait(PATIENCE)
        task.advance(1)

    task = start_task(KEY, work, total=5_000)
    app = AppTest.from_function(page).run()
    assert look(app) == ["Baking · 1,200 of 5,000", "nothing"]
    app = app.button(key=f"stop_{KEY}").click().run()
    stop = app.button(key=f"stop_{KEY}")
    assert (stop.label, stop.disabled) == (say("en", "task.stopping"), True)
    go_on.set()
    assert task.wait(PATIENCE)
    app = app.run()
    assert say("en", "error.stopped") in look(app)[0]
    app = app.button(key=f"read_{KEY}").click().run()
    assert look(app) == ["nothing"]


def test_what_went_wrong_is_told() -> None:
    """In the words for its code, until somebody has read it."""

    def work(task: Task[None]) -> None:
        raise BadInput("bad_pattern", place=3)

    assert start_task(KEY, work).wait(PATIENCE)
    app = AppTest.from_function(page).run()
    assert [error.value for error in app.error] == [say("en", "error.bad_pattern", place=3)]
    app.button(key=f"read_{KEY}").click().run()
    assert find_task(KEY) is None


def test_its_result_is_the_page_s() -> None:
    """Also when it is small: then it is done before anything is shown of it."""
    start_task(KEY, lambda task: 42)
    app = AppTest.from_function(page).run()
    assert look(app) == ["result 42"]
    assert list(app.button) == []
    forget_task(KEY)
