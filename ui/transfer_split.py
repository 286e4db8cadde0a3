"""Training and validation: a share of the examples is held out, by lot, as one step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.splitting import SplitPlan, apply_split, plan_split
from core.storage import Change, Part, Project, Store
from core.tasks import Task, forget_task, start_task
from ui.parts import show_facts, show_note
from ui.tasks import is_running, keep_to, show_task
from ui.text import t
from ui.undo import offer_undo

SHARES = range(5, 55, 5)  # percent
USUAL_SHARE = 10
MOST_TAGS = 8  # listed in the preview
PLAN = "split_plan"


def show_split(store: Store, project: Project) -> None:
    """The card with share, seed and tags, what comes of them, and the button that does it."""
    if not project.examples:
        return
    held = store.count_part(project.id, Part(held_out=True)).rows
    title = t("transfer.split_title_held", n=held) if held else t("transfer.split_title")
    box = st.expander(title, icon=":material/call_split:", key="split", on_change="rerun")
    key = f"split_{project.id}"
    with box:
        task = show_task(key, t("transfer.splitting"))
        if task is not None:
            _tell(store, project, key, task)
        if is_running(key) or not box.open:  # to draw lots takes a look at every example
            return
        show_note(t("transfer.split_lead"))
        plan = _choose_plan(store, project)
        if plan is not None:
            _show_plan(store, project, key, plan)


def _tell(store: Store, project: Project, key: str, task: Task[Change | None]) -> None:
    """Offer to take it back, and be ready for another."""
    held = store.count_part(project.id, Part(held_out=True)).rows
    offer_undo(task.result, t("transfer.split_done", n=held))
    forget_task(key)


def _choose_plan(store: Store, project: Project) -> SplitPlan | None:
    """What the choices come to, worked out beside the page where the project is large."""
    left, right = st.columns(2)
    with left:
        share = st.select_slider(
            t("transfer.split_share"), SHARES, USUAL_SHARE, key="split_share",
            format_func=lambda percent: f"{percent} %",
        )  # fmt: skip
    with right:
        seed = st.number_input(t("transfer.split_seed"), 0, 999_999, 1, key="split_seed",
                               help=t("transfer.split_seed_help"))  # fmt: skip
    by_tag = st.checkbox(t("transfer.split_by_tag"), value=True, key="split_by_tag")
    key = f"plan_{project.id}_{project.edited_at.timestamp()}_{share}_{seed}_{by_tag}"

    def work(task: Task[SplitPlan]) -> SplitPlan:
        return plan_split(store, project, share / 100, seed, by_tag=by_tag, advance=task.advance)

    if keep_to(PLAN, key):
        start_task(key, work, total=project.examples)
    task: Task[Any] | None = show_task(key, t("transfer.split_planning"), writes=False)
    return None if task is None else task.result


def _show_plan(store: Store, project: Project, key: str, plan: SplitPlan) -> None:
    """How many of what would be where, and the button that makes it so."""
    learned, held = plan.rows - plan.held_out, plan.held_out
    facts = [(t("transfer.split_facts"), t("transfer.split_fact", learned=learned, held=held))]
    tags = [(tag, rows, out) for tag, rows, out in plan.by_tag if tag]
    for tag, rows, out in tags[:MOST_TAGS]:
        facts.append((tag, t("transfer.split_fact", learned=rows - out, held=out)))
    show_facts(facts)
    if len(tags) > MOST_TAGS:
        show_note(t("transfer.split_more_tags", n=len(tags) - MOST_TAGS))
    if not plan.moves:
        show_note(t("transfer.split_same"))
        return
    st.button(t("transfer.split_do"), key="split_do", type="primary", on_click=_start,
              args=(store, project, key, plan))  # fmt: skip


def _start(store: Store, project: Project, key: str, plan: SplitPlan) -> None:
    def work(task: Task[Change | None]) -> Change | None:
        return apply_split(store, project, plan, advance=task.advance)

    start_task(key, work, total=len(plan.moves))
