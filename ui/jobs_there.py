"""The latest jobs at a place, as it tells them; also those that were started elsewhere."""

from __future__ import annotations

import html

import streamlit as st

from core.connecting import profile_of
from core.errors import AuthenticationFailed, TonesmithError
from core.jobs import Connection, RemoteJob
from core.local_trainer import find_trainer
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store, data_home
from core.training import adopt_job, list_remote_jobs
from ui import state
from ui.connections import ask_key, choose_place, connect
from ui.frame import go_to
from ui.job_words import status_chip
from ui.keys import key_for
from ui.local_install import can_train_here, show_install_card
from ui.parts import show_empty, show_note
from ui.text import ago, markdown_for, plain, t

MORE = 10  # jobs shown, and added on demand


def show_jobs_there(store: Store) -> None:
    """The latest jobs at a connection, also those started elsewhere."""
    chosen = choose_place(store, "jobs_place")
    profile = profile_of(chosen)
    if profile is None:
        show_note(t("error.provider_retired", name=chosen.name))
        return
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
        return
    with st.container(border=True, key="card_jobs_there"):
        for job in jobs:
            _show_remote_line(store, connection_id, job)
    if has_more and st.button(t("jobs.more"), key="more_theirs"):
        st.session_state[f"{state.JOBS_SHOWN}_{connection_id}"] = limit + MORE
        st.rerun()


def _show_remote_line(store: Store, connection_id: str, job: RemoteJob) -> None:
    """A line that is a button as a whole, as those of our own jobs."""
    ours = store.find_job(connection_id, job.id)
    name = job.fine_tuned_model or job.model or job.id
    with st.container(key=f"line_job_there_{job.id}"):
        st.html(_line_html(job, name, is_ours=bool(ours and ours.project_id)))
        if st.button(t("jobs.open_named", name=plain(name)), key=f"remote_{job.id}"):
            kept = ours or adopt_job(store, connect(store, connection_id), connection_id, job.id)
            go_to("jobs", job=kept.id)


def _line_html(job: RemoteJob, name: str, *, is_ours: bool) -> str:
    when = ago(job.created_at) if job.created_at else ""
    origin = t("jobs.started_here") if is_ours else t("jobs.started_elsewhere")
    return (
        f'<div class="ts-job"><div><b>{html.escape(name)}</b>'
        f"<small>{html.escape(job.id)}</small></div>"
        f"<div>{status_chip(job.status)}</div>"
        f'<div class="figure"><small>{html.escape(origin)}</small></div>'
        f'<div class="figure"><small>{html.escape(when)}</small></div>'
        '<i aria-hidden="true">›</i></div>'
    )
