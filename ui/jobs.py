"""The list of jobs, ours and the provider's, and the one that is open."""

from __future__ import annotations

import html

import streamlit as st

from core.connecting import find_connection
from core.errors import AuthenticationFailed, TonesmithError
from core.jobs import Connection, FineTuningJob, RemoteJob
from core.local_trainer import find_trainer
from core.providers.profiles import THIS_COMPUTER, load_profile
from core.storage import Store, data_home
from core.training import adopt_job, list_remote_jobs
from ui import state
from ui.connections import ask_key, choose_place, connect, place_name
from ui.frame import go_to
from ui.job import show_job
from ui.keys import key_for
from ui.local_install import can_train_here, show_install_card
from ui.parts import show_empty, show_note
from ui.text import ago, knows, markdown_for, t

MORE = 10  # jobs shown, and added on demand


def show_jobs(store: Store) -> None:
    """The open job first, then the lists."""
    open_id = st.query_params.get("job")
    if open_id:
        show_job(store, open_id)
        st.divider()
    ours, theirs = st.tabs([t("jobs.ours"), t("jobs.theirs")])
    with ours:
        _show_ours(store, open_id)
    with theirs:
        _show_theirs(store)


def status_words(status: str) -> str:
    """A status in words; one we do not know is shown as the provider wrote it."""
    return t(f"status.{status}") if knows(f"status.{status}") else status


def status_chip(status: str) -> str:
    """The status as a coloured chip."""
    kind = {"succeeded": "", "failed": "bad", "cancelled": "wait"}.get(status, "wait")
    return f'<span class="ts-chip {kind}">{html.escape(status_words(status))}</span>'


def _show_ours(store: Store, open_id: str | None) -> None:
    jobs = store.load_jobs()
    if not jobs:
        _show_empty()
        return
    shown = st.session_state.get(state.JOBS_SHOWN, MORE)
    for job in jobs[:shown]:
        _show_line(store, job, is_open=job.id == open_id)
    if len(jobs) > shown:
        st.button(t("jobs.more"), key="more_ours", on_click=_show_more)


def _show_empty() -> None:
    with st.container(border=True, key="card_empty"):
        show_empty(t("jobs.empty"))
        if st.button(t("jobs.go_train"), key="go_train", type="primary"):
            go_to("train")


def _show_more() -> None:
    st.session_state[state.JOBS_SHOWN] = st.session_state.get(state.JOBS_SHOWN, MORE) + MORE


def _show_line(store: Store, job: FineTuningJob, *, is_open: bool) -> None:
    place = place_name(find_connection(store, job.connection_id))
    name = html.escape(job.fine_tuned_model or job.request.model)
    with st.container(
        border=True, key=f"card_job_{job.id}", horizontal=True, vertical_alignment="center"
    ):
        st.html(
            f"{status_chip(job.status)} <b>{name}</b>"
            f'<div class="ts-soft">{html.escape(place)} · {html.escape(ago(job.created_at))}</div>'
        )
        if st.button(t("jobs.open"), key=f"job_{job.id}", disabled=is_open):
            go_to("jobs", job=job.id)


def _show_theirs(store: Store) -> None:
    """The latest jobs at a connection, also those started elsewhere."""
    chosen = choose_place(store, "jobs_place")
    profile = load_profile(chosen.profile_id)
    if profile.needs_key and not key_for(store, chosen):
        _ask_key(chosen)
        return
    if profile.id == THIS_COMPUTER and not can_train_here():
        show_install_card()
        return
    if profile.id == THIS_COMPUTER and find_trainer(data_home()) is None:
        show_note(t("jobs.trainer_sleeps"))
        if not st.button(t("jobs.look"), key="look"):
            return
    try:
        _show_remote(store, chosen.id)
    except AuthenticationFailed as problem:
        st.error(markdown_for(problem))
        _ask_key(chosen)
    except TonesmithError as problem:
        st.error(markdown_for(problem))


def _ask_key(connection: Connection) -> None:
    show_note(t("jobs.key_needed", name=connection.name))
    ask_key(connection, "jobs")


def _show_remote(store: Store, connection_id: str) -> None:
    limit = st.session_state.get(f"{state.JOBS_SHOWN}_{connection_id}", MORE)
    with st.spinner(t("jobs.looking")):
        jobs, has_more = list_remote_jobs(connect(store, connection_id), limit=limit)
    if not jobs:
        show_empty(t("jobs.theirs_empty"))
    for job in jobs:
        _show_remote_line(store, connection_id, job)
    if has_more and st.button(t("jobs.more"), key="more_theirs"):
        st.session_state[f"{state.JOBS_SHOWN}_{connection_id}"] = limit + MORE
        st.rerun()


def _show_remote_line(store: Store, connection_id: str, job: RemoteJob) -> None:
    when = ago(job.created_at) if job.created_at else ""
    ours = store.find_job(connection_id, job.id)
    origin = t("jobs.started_here") if ours and ours.project_id else t("jobs.started_elsewhere")
    with st.container(
        border=True, key=f"card_remote_{job.id}", horizontal=True, vertical_alignment="center"
    ):
        st.html(
            f"{status_chip(job.status)} <b>{html.escape(job.fine_tuned_model or job.model)}</b>"
            f'<div class="ts-soft">{html.escape(job.id)} · {html.escape(origin)} · '
            f"{html.escape(when)}</div>"
        )
        if st.button(t("jobs.open"), key=f"remote_{job.id}"):
            kept = ours or adopt_job(store, connect(store, connection_id), connection_id, job.id)
            go_to("jobs", job=kept.id)
