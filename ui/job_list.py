"""Our own jobs as a list: what each is, how far, what it cost; narrowed as the address says."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.connecting import find_connection
from core.job_queries import STATES, UNDER_WAY, JobQuery, state_of
from core.jobs import FineTuningJob
from core.metrics import Progress, progress_of
from core.storage import Store
from core.story import fetch_under_way
from core.timing import count_ahead, load_time_taken
from ui import state
from ui.connections import place_name
from ui.frame import go_to, page_errors
from ui.job_dark import show_going_dark
from ui.job_words import (
    cost_words,
    headline,
    job_name,
    retired_chip,
    span_words,
    status_chip,
)
from ui.parts import show_empty, show_note
from ui.text import ago, duration, plain, t
from ui.watching import project_names

EVERY = 2.0  # seconds between two looks into the database, while a job is under way
LATEST = 60  # events that say how far a job is
MORE = 10  # jobs shown, and added on demand
FEW = 3  # jobs that need no filters


@dataclass(frozen=True, slots=True)
class _Shown:
    """The jobs with the names they are shown with."""

    jobs: list[FineTuningJob]
    projects: dict[str, str]
    places: dict[str, str]

    def said_of(self, job: FineTuningJob) -> tuple[str, str]:
        """The words of a line that stand nowhere in the job."""
        return self.projects.get(job.project_id or "", ""), self.places[job.connection_id]


def show_own_jobs(store: Store) -> None:
    """The filters above the lines; without any job, the way to train one."""
    shown = _load(store)
    if not shown.jobs:
        with st.container(border=True, key="card_empty"):
            show_empty(t("jobs.empty"))
            if st.button(t("jobs.go_train"), key="go_train", type="primary"):
                go_to("train")
        return
    show_going_dark(store, shown.jobs)
    query = _settled_query()
    if len(shown.jobs) > FEW or query.is_narrow:
        _show_filters(shown, query)
    is_live = any(job.is_active for job in shown.jobs)
    st.fragment(_show_lines, run_every=EVERY if is_live else None)(store)


def _load(store: Store) -> _Shown:
    jobs = sorted(store.load_jobs(), key=lambda job: not job.is_active)
    ids = {job.connection_id for job in jobs}
    places = {each: place_name(find_connection(store, each)) for each in ids}
    return _Shown(jobs, project_names(store), places)


# What is asked for


def list_address() -> dict[str, str]:
    """The address of the list as it was last narrowed."""
    query: JobQuery = st.session_state.get(state.JOBS_QUERY, JobQuery())
    return query.to_address()


def _settled_query() -> JobQuery:
    """What the address asks for, after a reload or a link; else what was asked for before."""
    asked = JobQuery.from_address(st.query_params.to_dict())
    if asked.is_narrow and asked.to_address() != st.session_state.get(state.JOBS_ADDRESS):
        st.session_state[state.JOBS_QUERY] = asked
    query: JobQuery = st.session_state.get(state.JOBS_QUERY, JobQuery())
    _write_address(query)
    return query


def _write_address(query: JobQuery) -> None:
    here = query.to_address()
    names = JobQuery(*["?"] * 4).to_address()
    others = {name: text for name, text in st.query_params.to_dict().items() if name not in names}
    if {**others, **here} != st.query_params.to_dict():
        st.query_params.from_dict({**others, **here})
    st.session_state[state.JOBS_ADDRESS] = here


def _show_filters(shown: _Shown, query: JobQuery) -> None:
    """Four ways to find a job; a change of any of them asks anew."""

    def keep() -> None:
        chosen = {
            name: st.session_state.get(f"find_{name}") or "" for name in ("state", *_choices(shown))
        }
        text = st.session_state.get("find_text") or ""
        st.session_state[state.JOBS_QUERY] = JobQuery(**chosen, text=text.strip())
        st.session_state[state.JOBS_SHOWN] = MORE

    for name, value in {"state": query.state, "text": query.text}.items():
        st.session_state.setdefault(f"find_{name}", value)
    counts = {each: sum(state_of(job) == each for job in shown.jobs) for each in STATES}
    with st.container(key="find_jobs", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            t("jobs.filter_state"), ["", *STATES], key="find_state", required=True,
            format_func=lambda each: _state_words(each, counts, len(shown.jobs)),
            label_visibility="collapsed", on_change=keep,
        )  # fmt: skip
        for name, options in _choices(shown).items():
            if len(options) > 1 or getattr(query, name):
                _show_choice(name, options, getattr(query, name), keep)
        st.text_input(
            t("jobs.filter_text"), key="find_text", placeholder=t("jobs.filter_text"),
            label_visibility="collapsed", icon=":material/search:", on_change=keep, type="search",
        )  # fmt: skip


def _state_words(each: str, counts: dict[str, int], total: int) -> str:
    words = t(f"jobs.state_{each or 'all'}")
    return f"{words}\u2002{counts.get(each, total):,}"


def _choices(shown: _Shown) -> dict[str, dict[str, str]]:
    """The projects and places that there are jobs of, by what they are known by in a query.

    What all of them have in common is nothing to choose by.
    """
    of, place = {}, {}
    for job in shown.jobs:
        of[job.project_id or ""] = shown.projects.get(job.project_id or "", t("jobs.project_gone"))
        place[job.connection_id] = shown.places[job.connection_id]
    return {"of": of, "place": place}


def _show_choice(name: str, options: dict[str, str], chosen: str, keep: Callable[[], None]) -> None:
    offered = ["", *(each for each in options if each)]
    if chosen not in offered:
        offered.append(chosen)  # an address may ask for what is gone
    st.session_state.setdefault(f"find_{name}", chosen)
    every = t(f"jobs.filter_{name}")
    st.selectbox(
        every, offered, key=f"find_{name}", label_visibility="collapsed", on_change=keep,
        format_func=lambda each: options.get(each, each) if each else every, width=165,
    )  # fmt: skip


# What is found


def _show_lines(store: Store) -> None:
    with page_errors():
        shown = _load(store)
        query: JobQuery = st.session_state.get(state.JOBS_QUERY, JobQuery())
        found = [job for job in shown.jobs if query.finds(job, shown.said_of(job))]
        if not found:
            show_empty(t("jobs.none_found"))
            st.button(t("jobs.show_all"), key="show_all", on_click=_show_all)
            return
        most = st.session_state.get(state.JOBS_SHOWN, MORE)
        with st.container(border=True, key="card_jobs"):
            for job in found[:most]:
                _show_line(store, shown, job)
        if len(found) > most:
            st.button(t("jobs.more"), key="more_ours", on_click=_show_more)
        elif query.is_narrow:
            show_note(t("jobs.found_of", n=len(found), total=len(shown.jobs)))


def _show_all() -> None:
    for name in ("state", "of", "place", "text"):
        st.session_state.pop(f"find_{name}", None)
    st.session_state[state.JOBS_QUERY] = JobQuery()
    _write_address(JobQuery())


def _show_more() -> None:
    st.session_state[state.JOBS_SHOWN] = st.session_state.get(state.JOBS_SHOWN, MORE) + MORE


def _show_line(store: Store, shown: _Shown, job: FineTuningJob) -> None:
    """A line that is a button as a whole; its words are ours, so that they can be laid out."""
    name = job_name(job, shown.projects.get(job.project_id or "", ""))
    with st.container(key=f"line_job_{job.id}"):
        st.html(_line_html(store, shown, job, name))
        if st.button(t("jobs.open_named", name=plain(name)), key=f"job_{job.id}"):
            go_to("jobs", job=job.id)


def _line_html(store: Store, shown: _Shown, job: FineTuningJob, name: str) -> str:
    progress = None
    told = ""
    retired = retired_chip(find_connection(store, job.connection_id))
    if state_of(job) == UNDER_WAY:
        events = store.load_latest_events(job.id, LATEST)
        progress = progress_of(job, events)
        doing = headline(job, progress, count_ahead(job, shown.jobs))
        doing = t("jobs.fetching") if fetch_under_way(job, events) else doing
        is_silent = bool(job.failed_looks and not retired)  # nobody is asked there any more
        told = _under_way(job, progress, doing, is_silent=is_silent)
    project, place = shown.said_of(job)
    about = [each for each in (project, job.request.model, place) if each and each != name]
    chip = ("" if told else status_chip(job.status)) + retired
    cost = cost_words(job, progress.share if progress else 0.0)
    took = span_words(load_time_taken(store, job))
    return (
        f'<div class="ts-job"><div><b>{html.escape(name)}</b>'
        f"<small>{html.escape(' · '.join(about))}</small></div>"
        f"<div>{told}{chip}</div>"
        f'<div class="figure"><b>{html.escape(cost)}</b><small>{html.escape(took)}</small></div>'
        f'<div class="figure"><small>{html.escape(ago(job.created_at))}</small></div>'
        '<i aria-hidden="true">›</i></div>'
    )


def _under_way(job: FineTuningJob, progress: Progress, doing: str, *, is_silent: bool) -> str:
    """What it is doing, with a bar of how far it is."""
    words = [doing]
    if progress.eta_seconds is not None and job.status == "running":
        words.append(t("task.left", time=duration(progress.eta_seconds)))
    if is_silent:
        words = [t("jobs.no_answer_short")]
    share = f'<i style="--share:{progress.share * 100:.0f}%"></i>'
    return f'<div class="ts-way">{share}<small>{html.escape(" · ".join(words))}</small></div>'
