"""The top of a job: its name and figures, the four steps, and whatever is in its way."""

from __future__ import annotations

import html
from datetime import datetime

import streamlit as st

from core.connecting import find_connection, profile_of
from core.errors import TonesmithError
from core.jobs import Fetch, FineTuningJob
from core.metrics import Progress
from core.storage import Store
from core.training import look_at_job, stop_watching
from ui.connections import ask_key, connect, place_name
from ui.fetching import fetch_words
from ui.job_dark import show_going_dark
from ui.job_words import (
    cost_words,
    headline,
    job_name,
    retired_chip,
    span_words,
    status_chip,
    tokens_words,
)
from ui.looking import can_be_asked
from ui.parts import show_figures, show_note
from ui.text import duration, knows, plain, sentence_for, t
from ui.watching import project_names

_STAGES = ("file", "model", "learning", "ready")


def show_title(store: Store, job: FineTuningJob) -> None:
    """What it is called, and where it learns from what."""
    names = project_names(store)
    project = names.get(job.project_id or "", "")
    name = job_name(job, project)
    st.title(plain(name))
    connection = find_connection(store, job.connection_id)
    told = [project, job.request.model, place_name(connection)]
    words = html.escape(" · ".join(each for each in told if each and each != name))
    retired = retired_chip(connection)
    st.html(f'<div class="ts-lead">{words} {retired}</div>')


def show_figures_of(
    store: Store,
    job: FineTuningJob,
    progress: Progress,
    fetch: Fetch | None,
    taken: float | None,
    ahead: int,
) -> None:
    """What it is doing, and the figures a person looks for first.

    taken: seconds of work so far; ahead: jobs that come first here.
    """
    doing, figures = st.columns([3, 4], vertical_alignment="center")
    with doing:
        words = t("jobs.fetching") if fetch is not None else headline(job, progress, ahead)
        if job.is_active:
            st.subheader(plain(words))
        else:
            st.html(status_chip(job.status))
    with figures:
        rests = progress.eta_seconds is None or job.status in {"pausing", "paused"}
        left = "—" if rests else duration(progress.eta_seconds or 0.0)
        tokens = tokens_words(store, job, progress)
        took = (span_words(taken), t("jobs.figure_took"), "")
        show_figures([
            (left, t("jobs.figure_left"), "") if job.is_active else took,
            (f"{progress.share:.0%}", t("jobs.figure_done"), ""),
            (tokens, t("jobs.figure_tokens"), t("jobs.tokens_tip")),
            (cost_words(job, progress.share), t("jobs.figure_cost"), t("jobs.cost_tip")),
        ])  # fmt: skip


def show_steps(behind: int, progress: Progress, fetch: Fetch | None) -> None:
    """The four steps, each as far as it is."""
    parts = []
    for index, name in enumerate(_STAGES):
        share = 100.0 if index < behind else 0.0
        if name == "learning" and behind <= index:
            share = progress.share * 100
        todo = "todo" if share == 0 else ""
        parts.append(
            f'<div class="{todo}"><i style="--share:{share:.0f}%"></i>'
            f"<b>{html.escape(t(f'jobs.stage_{name}'))}</b>"
            f"<span>{html.escape(_stage_words(name, progress))}</span></div>"
        )
    st.html(f'<div class="ts-steps">{"".join(parts)}</div>')
    if fetch is not None:
        st.progress(fetch.share, fetch_words(fetch))


def _stage_words(name: str, progress: Progress) -> str:
    if name == "learning" and progress.total_steps:
        return t("jobs.step_of", n=progress.step, total=progress.total_steps)
    return t(f"jobs.stage_{name}_lead")


def show_hindrances(store: Store, job: FineTuningJob, now: datetime) -> None:
    """Why it failed, why there is no news, what has to be done elsewhere; mostly nothing."""
    if job.error_message or job.error_code:
        st.error(failure_words(job))
    if job.is_active:
        _show_silence(store, job, now)
    elif job.fine_tuned_model and not job.model_deleted:
        _show_deploy(store, job)
        show_going_dark(store, [job])


def failure_words(job: FineTuningJob) -> str:
    """The provider's reason in our words where we know its code, with its own sentence."""
    own = plain(job.error_message or "")
    try:
        return t(f"error.{job.error_code}", message=own)
    except KeyError:  # no code of ours, or one of ours by chance that wants other facts
        return t("jobs.failed_because", message=own or plain(job.error_code or ""))


def _show_silence(store: Store, job: FineTuningJob, now: datetime) -> None:
    """Why there is no news of a job: the page stays as it was, and says when it asks again."""
    connection = find_connection(store, job.connection_id)
    profile = profile_of(connection)
    if profile is None:
        return
    if not can_be_asked(store, connection):
        with st.container(key="wanted_key"):
            show_note(t("jobs.key_for_news", name=place_name(connection)))
            ask_key(connection, "jobs")
        return
    if not job.failed_looks:
        return
    with st.container(key="silence", horizontal=True, vertical_alignment="center"):
        why = html.escape(_silence_words(job))
        again = html.escape(_again_words(job, place_name(connection), now))
        st.html(f'<div class="ts-silence"><b>{again}</b><div>{why}</div></div>')
        st.button(t("jobs.ask_now"), key="ask_now", on_click=_ask_now, args=(store, job))
        if job.look_problem == "not_found_there":
            st.button(t("jobs.stop_watching"), key="stop_watching",
                      on_click=_stop_watching, args=(store, job.id))  # fmt: skip


def _stop_watching(store: Store, job_id: str) -> None:
    stop_watching(store, job_id)


def _again_words(job: FineTuningJob, place: str, now: datetime) -> str:
    wait = (job.look_after - now).total_seconds() if job.look_after else 0.0
    again = span_words(max(1.0, wait))
    return t("jobs.no_answer", name=place, n=job.failed_looks, wait=again)


def _silence_words(job: FineTuningJob) -> str:
    """What the place said instead, as far as there are words for it."""
    if not knows(f"error.{job.look_problem}"):
        return ""
    try:
        return sentence_for(TonesmithError(job.look_problem, **job.look_params))
    except KeyError:  # kept by another version, with other facts
        return ""


def _ask_now(store: Store, job: FineTuningJob) -> None:
    """Ask although it is not due: somebody has mended what was in the way."""
    look_at_job(store, lambda: connect(store, job.connection_id), job.id, at_once=True)


def _show_deploy(store: Store, job: FineTuningJob) -> None:
    """Where a tuned model answers only once it was deployed, the way there."""
    profile = profile_of(find_connection(store, job.connection_id))
    if profile is None or profile.deploy is None:
        return
    words = html.escape(t(f"deploy.{profile.deploy.code}"))
    st.html(f'<div class="ts-notice"><i class="ts-dot advice"></i>{words}</div>')
    st.link_button(t("jobs.how_to_deploy"), profile.deploy.url, icon=":material/open_in_new:")
