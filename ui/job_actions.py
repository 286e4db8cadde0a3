"""What can be done with a job now: stop it, let it rest, talk to what it made, begin again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import streamlit as st

from core.connecting import find_connection, profile_of
from core.errors import TonesmithError
from core.jobs import BAD_FILES, SAVED, FineTuningJob
from core.providers.place import Place
from core.providers.profiles import THIS_COMPUTER, Profile
from core.storage import Store
from core.training import (
    cancel_job,
    cancel_unsent,
    delete_model,
    pause_job,
    resume_job,
    resume_start,
)
from ui import state
from ui.connections import connect
from ui.frame import go_to
from ui.parts import show_note
from ui.text import markdown_for, t
from ui.train_again import choose_as_before

CAN_PAUSE = {"queued", "running"}

Act = Callable[[Store, Place, str], object]


def show_actions(store: Store, job: FineTuningJob) -> None:
    """The buttons for its state, the most likely one first."""
    profile = profile_of(find_connection(store, job.connection_id))
    with st.container(horizontal=True, vertical_alignment="center", key="next"):
        if profile is None:
            show_note(t("jobs.retired_note"), inline=True)
            if job.status == SAVED:
                _show_cancel(store, job)
            _show_again(store, job)
        elif job.is_active:
            _show_stop(store, job, profile)
        elif job.fine_tuned_model and not job.model_deleted:
            _show_model(store, job)
        else:
            _show_again(store, job)
    _show_problem(job)


def act_on(store: Store, job: FineTuningJob, act: Act) -> None:
    """Carry out a button's action; what fails stands on the page until the next one."""
    went_through(store, job, act)


def went_through(store: Store, job: FineTuningJob, act: Act) -> bool:
    """The same, and whether nothing failed."""

    def reach() -> None:
        with closing(connect(store, job.connection_id)) as place:
            act(store, place, job.id)

    return _carry_out(job, reach)


def _carry_out(job: FineTuningJob, act: Callable[[], object]) -> bool:
    problems = st.session_state.setdefault(state.JOB_PROBLEMS, {})
    problems.pop(job.id, None)
    try:
        act()
    except TonesmithError as problem:
        problems[job.id] = problem
    return job.id not in problems


def _show_problem(job: FineTuningJob) -> None:
    """Why the last button did not do what it says."""
    problem = st.session_state.get(state.JOB_PROBLEMS, {}).get(job.id)
    if problem is not None:
        st.error(markdown_for(problem))


def _cancel(store: Store, job: FineTuningJob) -> None:
    """Cancel a job; of one that never left there is nobody to tell, and no place is needed."""
    if job.status == SAVED:
        _carry_out(job, lambda: cancel_unsent(store, job.id))
    else:
        act_on(store, job, cancel_job)


def _show_stop(store: Store, job: FineTuningJob, profile: Profile) -> None:
    if job.status == SAVED:  # a crash came between saving and sending; nothing was ordered yet
        st.button(t("jobs.send_now"), key="send_now", type="primary",
                  on_click=act_on, args=(store, job, resume_start))  # fmt: skip
    if job.status == "paused":
        st.button(t("jobs.resume"), key="resume", type="primary", icon=":material/play_arrow:",
                  on_click=act_on, args=(store, job, resume_job))  # fmt: skip
    if "pause" in profile.offers and job.status in CAN_PAUSE:
        st.button(t("jobs.pause"), key="pause", icon=":material/pause:",
                  help=t("jobs.pause_help"),
                  on_click=act_on, args=(store, job, pause_job))  # fmt: skip
    _show_cancel(store, job)


def _show_cancel(store: Store, job: FineTuningJob) -> None:
    is_free = job.connection_id == THIS_COMPUTER or job.status == SAVED
    with st.popover(t("jobs.cancel"), icon=":material/stop:"):
        st.markdown(t("jobs.cancel_sure_here") if is_free else t("jobs.cancel_sure"))
        st.button(t("jobs.cancel_yes"), key="cancel", type="primary",
                  on_click=_cancel, args=(store, job))  # fmt: skip


def _show_model(store: Store, job: FineTuningJob) -> None:
    if st.button(t("jobs.compare"), key="compare", type="primary", icon=":material/forum:"):
        go_to("compare", job=job.id)
    _show_train_again(store, job)
    with st.popover(t("jobs.delete_model"), icon=":material/delete:", type="tertiary"):
        st.markdown(t("jobs.delete_sure"))
        st.button(t("jobs.delete_yes"), key="delete_model", type="primary",
                  on_click=act_on, args=(store, job, delete_model))  # fmt: skip


def _show_again(store: Store, job: FineTuningJob) -> None:
    """The way back: to the examples where they are to be mended, and to another training."""
    if job.model_deleted:
        show_note(t("jobs.model_deleted"), inline=True)
    to_mend = job.project_id is not None and job.error_code in BAD_FILES
    if to_mend and st.button(t("train.go_fix"), key="go_fix", type="primary"):
        go_to("editor", **_project(job))
    _show_train_again(store, job)


def _show_train_again(store: Store, job: FineTuningJob) -> None:
    if st.button(t("jobs.train_again"), key="again", icon=":material/replay:"):
        choose_as_before(store, job)
        go_to("train", **_project(job))


def _project(job: FineTuningJob) -> dict[str, str]:
    return {"project": job.project_id} if job.project_id else {}
