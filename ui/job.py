"""One job: what moves is drawn again and again, what stands still only when the page is."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.errors import NotFound
from core.jobs import FineTuningJob
from core.metrics import progress_of
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store
from core.story import fetch_under_way, stages_behind, story_of
from core.timing import count_ahead, time_taken
from ui.frame import go_to, page_errors
from ui.job_actions import show_actions
from ui.job_curves import reading_of, show_learning
from ui.job_data import show_job_data, show_line_errors
from ui.job_facts import show_checkpoints, show_settings, show_time_and_money
from ui.job_head import show_figures_of, show_hindrances, show_steps, show_title
from ui.job_list import list_address
from ui.job_story import count_examples, show_raw_events, show_story
from ui.looking import look_soon
from ui.text import markdown_for, t

# Seconds between two looks into the database; how often the place is asked is `core.training`'s.
HERE, ELSEWHERE, LONG_STORY = 1.0, 2.0, 5.0
MANY_EVENTS = 3_000  # from here on a look takes a moment


def show_job(store: Store, job_id: str) -> None:
    """The job, looked at again and again while anything can still happen."""
    if st.button(t("jobs.all"), key="all_jobs", icon=":material/arrow_back:", type="tertiary"):
        go_to("jobs", **list_address())
    try:
        job = store.load_job(job_id)
    except NotFound as problem:
        st.error(markdown_for(problem))
        return
    show_title(store, job)
    every = _interval(store, job) if job.is_watched else None
    st.fragment(_show_live, run_every=every)(store, job_id, was_active=job.is_active)
    show_job_data(store, job)
    show_raw_events(store, job_id)


def _interval(store: Store, job: FineTuningJob) -> float:
    if len(store.load_event_ids(job.id)) > MANY_EVENTS:
        return LONG_STORY
    return HERE if job.connection_id == THIS_COMPUTER else ELSEWHERE


def _show_live(store: Store, job_id: str, *, was_active: bool) -> None:
    with page_errors():
        job = store.load_job(job_id)
        if was_active and not job.is_active:
            st.rerun()  # draws the page without the clock
        look_soon(store, [job])
        _show(store, job, datetime.now(UTC))


def _show(store: Store, job: FineTuningJob, now: datetime) -> None:
    events = store.load_events(job.id)
    story = story_of(events, count_examples(store, job))
    progress = progress_of(job, events)
    fetch = fetch_under_way(job, events)
    metrics = store.load_metrics(job.id)
    reading = reading_of(store, job, metrics)
    ahead = count_ahead(job, store.load_jobs(connection_id=job.connection_id))
    took = time_taken(job, events, now)
    with st.container(border=True, key="card_steps"):
        show_figures_of(store, job, progress, fetch, took, ahead)
        show_steps(stages_behind(job, story), progress, fetch)
    with st.container(key="hindrances"):
        show_hindrances(store, job, now)
    show_actions(store, job)
    with st.container(key="lines"):
        show_line_errors(store, job, events)
    left, right = st.columns([2.6, 1], gap="medium")
    with left:
        if metrics or job.status not in {"failed", "cancelled"}:
            with st.container(border=True, key="card_curve"):
                show_learning(job, metrics, progress, reading, ahead)
        with st.container(border=True, key="card_story"):
            show_story(story)
    with right:
        with st.container(border=True, key="card_reckoned"):
            show_time_and_money(store, job, progress, took)
        show_checkpoints(store, job, metrics, reading)
        with st.container(border=True, key="card_facts"):
            show_settings(job)
