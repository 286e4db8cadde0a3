"""Long work on a page: how far it is, how long it will take, and Stop; also after a reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.tasks import Task, find_task, forget_task
from ui import state
from ui.frame import page_errors
from ui.parts import show_note
from ui.text import duration, markdown_for, t

EVERY = 0.5  # seconds between two looks
AT_ONCE = 0.4  # seconds in which small work is done before anything is shown of it

Amount = Callable[[Task[Any]], str]  # how far a task is, in the units it counts


def show_task(
    key: str,
    doing: str,
    amount: Amount | None = None,
    *,
    can_stop: bool = True,
    writes: bool = True,
    waits: bool = True,
) -> Task[Any] | None:
    """Show the task known as `key`; returns it once it is done, for the page to show its result.

    While it runs there is a bar with the sentence `doing`, and Stop. One that was stopped or has
    failed is shown with the reason until somebody has read it. None in all these cases, and where
    there is no such task. What `writes` may have ended while this run of the page had read what it
    changed, so the page is drawn once more. It `waits` a moment for what has only begun, as
    that may be done before anything is shown of it.
    """
    task = find_task(key)
    if task is None:
        return None
    if waits:
        task.wait(max(0.0, AT_ONCE - task.seconds))
    if task.state == "running":
        st.fragment(_show_live, run_every=EVERY)(key, doing, amount or _count_of, can_stop)
    elif task.state != "done":
        _show_ending(key, task)
    elif writes and st.session_state.get(f"{state.TASK_SEEN}_{key}") is not task:
        st.session_state[f"{state.TASK_SEEN}_{key}"] = task
        st.rerun()
    return task if task.state == "done" else None


def is_running(key: str) -> bool:
    """Whether there is such a task at work."""
    task = find_task(key)
    return task is not None and task.state == "running"


def keep_to(slot: str, key: str) -> bool:
    """Whether the task `key` is yet to be started.

    What this session waited for in the same slot before is given up: it is not wanted any more.
    """
    before = st.session_state.get(slot, key)
    st.session_state[slot] = key
    if before != key:
        give_up(before)
    return find_task(key) is None


def give_up(key: str) -> None:
    """Nobody waits for this task any more, if there is one."""
    task = find_task(key)
    if task is not None:
        task.stop()
        forget_task(key)


def _show_live(key: str, doing: str, amount: Amount, can_stop: bool) -> None:
    with page_errors():
        task = find_task(key)
        if task is None or task.state != "running":
            st.rerun()  # draws the page with what has come of it
        with st.container(border=True, key=f"card_task_{key}"):
            st.progress(task.share or 0.0, text=_words(task, doing, amount))
            if can_stop:
                words = t("task.stopping") if task.is_stopping else t("task.stop")
                st.button(words, key=f"stop_{key}", icon=":material/stop:",
                          disabled=task.is_stopping, on_click=task.stop)  # fmt: skip


def _words(task: Task[Any], doing: str, amount: Amount) -> str:
    left = task.seconds_left
    told = [doing, amount(task), "" if left is None else t("task.left", time=duration(left))]
    return " · ".join(filter(None, told))


def _count_of(task: Task[Any]) -> str:
    """So many of so many."""
    if not task.total:
        return f"{task.done:,}" if task.done else ""
    return t("task.of", done=f"{min(task.done, task.total):,}", total=f"{task.total:,}")


def percent_of(task: Task[Any]) -> str:
    """How far it is where its units say nothing to a person."""
    return "" if task.share is None else f"{task.share:.0%}"


def _show_ending(key: str, task: Task[Any]) -> None:
    with st.container(border=True, key=f"card_ending_{key}"):
        if task.problem is None:
            show_note(t("error.stopped"))
        else:
            st.error(markdown_for(task.problem))
        st.button(t("task.read"), key=f"read_{key}", on_click=forget_task, args=(key,))
