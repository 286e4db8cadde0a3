"""One job: how far it is, its curve, its story, its facts, and what can be done about it."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from core.connecting import find_connection
from core.errors import NotFound, TonesmithError
from core.jobs import SAVED, Fetch, FineTuningJob
from core.metrics import Progress, progress_of
from core.providers.place import Place
from core.storage import Store
from core.story import StoryLine, fetch_under_way, stages_behind, story_of
from core.training import cancel_job, delete_model, refresh_job, resume_start, stop_watching
from ui import state
from ui.charts import show_loss_curve
from ui.connections import connect, place_name
from ui.fetching import fetch_words
from ui.frame import go_to, page_errors, say_next_run
from ui.parts import show_empty, show_facts, show_figures, show_note
from ui.text import clock, duration, knows, markdown_for, plain, t

EVERY = 1.0  # seconds between two looks at a job that is under way
BAD_FILES = {"invalid_training_file", "invalid_n_examples"}  # what only the writer can mend
SLOWLY = 10.0  # the same while its provider does not answer


def show_job(store: Store, job_id: str) -> None:
    """The job, looked at again and again while anything can still happen."""
    try:
        job = store.load_job(job_id)
    except NotFound as problem:
        st.error(markdown_for(problem))
        return
    every = None
    if job.is_active:
        every = SLOWLY if st.session_state.get(state.UNANSWERED) == job_id else EVERY
    st.fragment(_show_live, run_every=every)(store, job_id, was_active=job.is_active)


def _show_live(store: Store, job_id: str, *, was_active: bool) -> None:
    with page_errors():
        job = _refreshed(store, store.load_job(job_id))
        if was_active and not job.is_active:
            st.rerun()  # draws the page without the clock
        _show(store, job)


def _refreshed(store: Store, job: FineTuningJob) -> FineTuningJob:
    """The job as its provider tells it now; where it cannot be asked, what we have, and why."""
    if not job.is_active:
        return job
    try:
        fresh = refresh_job(store, connect(store, job.connection_id), job.id)
    except TonesmithError as problem:
        _look_slowly(job.id)
        st.warning(markdown_for(problem))
        if problem.code == "not_found_there":
            st.button(
                t("jobs.stop_watching"),
                key="stop_watching",
                on_click=lambda: _try(lambda: stop_watching(store, job.id)),
            )
        return store.load_job(job.id)
    if st.session_state.pop(state.UNANSWERED, None) == job.id:
        st.rerun()  # it answers again: look as often as before
    return fresh


def _look_slowly(job_id: str) -> None:
    """Ask less often while nobody answers; the clock is set when the whole page is drawn."""
    if st.session_state.get(state.UNANSWERED) != job_id:
        st.session_state[state.UNANSWERED] = job_id
        st.rerun()


def _show(store: Store, job: FineTuningJob) -> None:
    events = store.load_events(job.id)
    story = story_of(events, _examples(store, job))
    progress = progress_of(job, events)
    fetch = fetch_under_way(job, events)
    _show_head(store, job, progress, fetch)
    with st.container(border=True, key="card_steps"):
        _show_steps(stages_behind(job, story), progress)
        if fetch is not None:
            st.progress(fetch.share, fetch_words(fetch))
    if job.error_message or job.error_code:
        st.error(_failure_words(job))
    with st.container(horizontal=True, vertical_alignment="center", key="next"):
        _show_next(store, job)
    left, right = st.columns([2.6, 1], gap="medium")
    with left:
        with st.container(border=True, key="card_curve"):
            _show_curve(store, job, progress)
        with st.container(border=True, key="card_story"):
            st.subheader(t("jobs.story"))
            _show_story(story)
    with right, st.container(border=True, key="card_facts"):
        _show_facts(store, job)


def _show_head(store: Store, job: FineTuningJob, progress: Progress, fetch: Fetch | None) -> None:
    words, figures = st.columns([3, 2], vertical_alignment="bottom")
    with words:
        st.subheader(_headline(job, progress) if fetch is None else t("jobs.fetching"))
        place = place_name(find_connection(store, job.connection_id))
        show_note(f"{place} · {job.request.model}")
    with figures:
        left = "—"
        if job.is_active and progress.eta_seconds is not None:
            left = duration(progress.eta_seconds)
        tokens = f"{job.trained_tokens:,}" if job.trained_tokens is not None else "—"
        show_figures([
            (left, t("jobs.figure_left"), ""),
            (f"{progress.share:.0%}", t("jobs.figure_done"), ""),
            (tokens, t("jobs.figure_tokens"), t("jobs.tokens_tip")),
        ])  # fmt: skip


def _headline(job: FineTuningJob, progress: Progress) -> str:
    if job.status == "running" and progress.epoch and progress.epochs:
        return t("jobs.learning", n=progress.epoch, total=progress.epochs)
    key = f"status.{job.status}_headline"
    if knows(key):
        return t(key)
    return t(f"status.{job.status}") if knows(f"status.{job.status}") else job.status


_STAGES = ("file", "model", "learning", "ready")


def _show_steps(behind: int, progress: Progress) -> None:
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


def _stage_words(name: str, progress: Progress) -> str:
    if name == "learning" and progress.total_steps:
        return t("jobs.step_of", n=progress.step, total=progress.total_steps)
    return t(f"jobs.stage_{name}_lead")


def _failure_words(job: FineTuningJob) -> str:
    """The provider's reason in our words where we know its code, with its own sentence."""
    own = plain(job.error_message or "")
    try:
        return t(f"error.{job.error_code}", message=own)
    except KeyError:  # no code of ours, or one of ours by chance that wants other facts
        return t("jobs.failed_because", message=own or plain(job.error_code or ""))


def _show_curve(store: Store, job: FineTuningJob, progress: Progress) -> None:
    st.subheader(t("jobs.curve_title"))
    show_note(t("jobs.curve_lead"))
    metrics = store.load_metrics(job.id)
    if metrics:
        show_loss_curve(metrics, progress.total_steps)
    else:
        words = "jobs.curve_soon" if job.is_active else "jobs.curve_none"
        show_empty(t(words))


def _show_story(lines: list[StoryLine]) -> None:
    if not lines:
        show_note(t("jobs.story_none"))
        return
    rows = "".join(
        f"<time>{clock(line.at)}</time><div>{html.escape(_line_words(line))}</div>"
        for line in reversed(lines)
    )
    st.html(f'<div class="ts-story">{rows}</div>')


def _line_words(line: StoryLine) -> str:
    return t(f"event.{line.code}", **line.params) if line.code else line.original


def _examples(store: Store, job: FineTuningJob) -> int | None:
    if not job.snapshot_sha256:
        return None
    return store.find_snapshot(job.snapshot_sha256).examples


def _show_facts(store: Store, job: FineTuningJob) -> None:
    st.subheader(t("jobs.facts"))
    status = t(f"status.{job.status}") if knows(f"status.{job.status}") else job.status
    facts = [
        (t("jobs.fact_status"), status),
        (t("jobs.fact_job"), job.provider_job_id or "—"),
        (t("jobs.fact_file"), job.training_file_id or "—"),
        (t("jobs.fact_snapshot"), (job.snapshot_sha256 or "—")[:12]),
        (t("jobs.fact_model"), job.fine_tuned_model or "—"),
        *((t(f"jobs.hyper_{name}"), f"{value}") for name, value in _settings(job)),
    ]
    show_facts(facts)


def _settings(job: FineTuningJob) -> list[tuple[str, object]]:
    names = ("n_epochs", "batch_size", "learning_rate", "learning_rate_multiplier")
    known = [(name, job.hyperparameters[name]) for name in names if name in job.hyperparameters]
    absolute = "learning_rate" in job.hyperparameters  # then the multiplier says nothing more
    return [pair for pair in known if not (absolute and pair[0] == "learning_rate_multiplier")]


def _show_next(store: Store, job: FineTuningJob) -> None:
    """What can be done now: cancel while it runs; talk to it, delete it or begin again after."""
    if job.is_active:
        _show_stop(store, job)
    elif job.fine_tuned_model and not job.model_deleted:
        _show_model(store, job)
    else:
        _show_again(job)


def _show_stop(store: Store, job: FineTuningJob) -> None:
    if job.status == SAVED:  # a crash came between saving and sending; nothing was ordered yet
        st.button(t("jobs.send_now"), key="send_now", type="primary",
                  on_click=lambda: _try(
                      lambda: resume_start(store, _client(store, job), job.id)))  # fmt: skip
    st.button(t("jobs.cancel"), key="cancel", icon=":material/stop:",
              on_click=lambda: _try(
                  lambda: cancel_job(store, _client(store, job), job.id)))  # fmt: skip


def _show_model(store: Store, job: FineTuningJob) -> None:
    if st.button(t("jobs.compare"), key="compare", type="primary", icon=":material/forum:"):
        go_to("compare", job=job.id)
    with st.popover(t("jobs.delete_model"), icon=":material/delete:"):
        st.markdown(t("jobs.delete_sure"))
        st.button(t("jobs.delete_yes"), key="delete_model", type="primary",
                  on_click=lambda: _try(
                      lambda: delete_model(store, _client(store, job), job.id)))  # fmt: skip


def _show_again(job: FineTuningJob) -> None:
    """The way back: to the examples where they are to be mended, and to another training."""
    if job.model_deleted:
        show_note(t("jobs.model_deleted"), inline=True)
    there = {"project": job.project_id} if job.project_id else {}
    to_mend = bool(there) and job.error_code in BAD_FILES
    if to_mend and st.button(t("train.go_fix"), key="go_fix", type="primary"):
        go_to("editor", **there)
    if st.button(t("jobs.train_again"), key="again"):
        go_to("train", **there)


def _client(store: Store, job: FineTuningJob) -> Place:
    return connect(store, job.connection_id)


def _try(action: Callable[[], object]) -> None:
    """Carry out a button's action; what fails is said on the next run."""
    try:
        action()
    except TonesmithError as problem:
        say_next_run(markdown_for(problem))
