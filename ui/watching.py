"""On whatever page somebody is: jobs go on being looked at, and one that ends says so."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.jobs import FineTuningJob
from core.storage import Project, Store
from ui import state
from ui.job_words import job_name, status_words
from ui.looking import look_soon
from ui.text import plain, t

EVERY = 3.0  # seconds between two looks into the database
_MARKS = {"succeeded": "✓", "failed": "✕", "cancelled": "■"}

GoTo = Callable[..., None]


def show_watch(store: Store, title: str, go_to: GoTo) -> None:
    """Watch while there is something to watch; without it, this is one small query."""
    _settle_seen(title)
    watched = store.load_watched_jobs()
    _notice_ends(watched)
    with st.container(key="watch"):  # always there, so that nothing below ever changes its place
        if watched or st.session_state.get(state.ENDED_JOBS):
            st.fragment(_show_live, run_every=EVERY if watched else None)(store, title, go_to)
        else:
            st.set_page_config(page_title=title)


def _show_live(store: Store, title: str, go_to: GoTo) -> None:
    """The toast and the tab's title; drawn again they stay what they were: nobody is disturbed."""
    watched = store.load_watched_jobs()
    _notice_ends(watched)
    look_soon(store, watched)
    ended = _ended(store)
    st.set_page_config(page_title=f"{_tab_words(ended)} · {title}" if ended else title)
    _, here = st.session_state[state.OPEN_JOB]
    if elsewhere := [job for job in ended if job.id != here]:  # its own page says it anyway
        _show_toast(store, elsewhere, go_to)


def _notice_ends(watched: list[FineTuningJob]) -> None:
    """Remember what was under way a moment ago and is no longer."""
    now = {job.id for job in watched if job.is_active}
    before: set[str] = st.session_state.get(state.WATCHED, set())
    if gone := before - now:
        st.session_state[state.ENDED_JOBS] = [*st.session_state.get(state.ENDED_JOBS, []), *gone]
    st.session_state[state.WATCHED] = now


def _ended(store: Store) -> list[FineTuningJob]:
    """The jobs that have ended in this visit, and nobody has looked at yet."""
    ids = set(st.session_state.get(state.ENDED_JOBS, []))
    return [job for job in store.load_jobs() if job.id in ids] if ids else []


def _settle_seen(title: str) -> None:
    """Who comes to a page about a job, or from it, has seen that it ended."""
    here = (title, st.query_params.get("job"))
    before = st.session_state.get(state.OPEN_JOB, here)
    if here != before:
        ids = st.session_state.get(state.ENDED_JOBS, [])
        seen = {here[1], before[1]}
        st.session_state[state.ENDED_JOBS] = [each for each in ids if each not in seen]
    st.session_state[state.OPEN_JOB] = here


def _tab_words(ended: list[FineTuningJob]) -> str:
    """As short as a tab."""
    job = ended[0]
    return f"{_MARKS.get(job.status, '•')} {status_words(job.status)}"


def _show_toast(store: Store, ended: list[FineTuningJob], go_to: GoTo) -> None:
    with st.container(key="ended_toast", horizontal=True, vertical_alignment="center"):
        st.markdown(_sentence(store, ended))
        if st.button(t("jobs.ended_look"), key="ended_look"):
            st.session_state[state.ENDED_JOBS] = []
            go_to("jobs", **({"job": ended[0].id} if len(ended) == 1 else {}))
        st.button("✕", key="ended_dismiss", help=t("ui.dismiss"), on_click=_forget_all)


def _sentence(store: Store, ended: list[FineTuningJob]) -> str:
    if len(ended) > 1:
        return t("jobs.ended_many", n=len(ended))
    job = ended[0]
    name = plain(job_name(job, project_names(store).get(job.project_id or "", "")))
    known = job.status if job.status in _MARKS else "otherwise"
    return t(f"jobs.ended_{known}", name=name)


def _forget_all() -> None:
    st.session_state[state.ENDED_JOBS] = []


def project_names(store: Store) -> dict[str, str]:
    """The names of all projects by their ids."""
    projects: list[Project] = store.load_projects()
    return {project.id: project.name for project in projects}
