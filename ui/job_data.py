"""The exact bytes a job learned from, and what has become of the examples since."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from core.errors import NotFound
from core.examples import Example
from core.job_diff import JobDiff, RowDiff, diff_job
from core.jobs import FineTuningJob, JobEvent
from core.row_errors import LineError, line_errors
from core.storage import Project, Store
from core.turn_diffs import diff_examples
from ui import state
from ui.changes import on_a_line
from ui.diffs import show_example_diff, show_text_diff
from ui.frame import go_to, page_errors
from ui.parts import show_note
from ui.text import plain, size, t, visible

SHOWN = 20  # differing examples, and so many more on demand
AT_ONCE = 5_000  # examples are compared unasked
_LONGEST = 90  # characters of a question that stands for its example
_MARKS = {"added": ":green[**+**]", "removed": ":red[**−**]", "changed": ":orange[**±**]"}


def show_job_data(store: Store, job: FineTuningJob) -> None:
    """The snapshot to be taken away, and how it differs from today's examples."""
    with st.container(border=True, key="card_data"):
        st.subheader(t("jobs.data"))
        if not job.snapshot_sha256:
            show_note(t("jobs.data_elsewhere"))
            return
        try:
            _show_snapshot(store, job, job.snapshot_sha256)
        except NotFound:
            show_note(t("error.snapshot_gone"))
            return
        project = project_of(store, job)
        if project is None:
            show_note(t("jobs.diff_no_project"))
            return
        st.fragment(_show_diff)(store, job, project)


def project_of(store: Store, job: FineTuningJob) -> Project | None:
    """The project that a job was started from, unless it is gone."""
    try:
        return store.load_project(job.project_id) if job.project_id else None
    except NotFound:
        return None


def _show_snapshot(store: Store, job: FineTuningJob, digest: str) -> None:
    snapshot = store.find_snapshot(digest)
    with st.container(horizontal=True, vertical_alignment="center", key="data_head"):
        facts = (t("count.examples", n=snapshot.examples), size(snapshot.size), digest[:12])
        st.html(
            f"<div><b>{html.escape(t('jobs.data_exact'))}</b>"
            f'<div class="ts-soft" title="SHA-256 {digest}">'
            f"{html.escape(' · '.join(facts))}</div></div>"
        )
        st.download_button(
            t("jobs.data_download"), key="data_download", icon=":material/download:",
            data=lambda: store.load_snapshot(digest), on_click="ignore",
            file_name=f"{digest[:12]}.jsonl", mime="application/x-ndjson",
        )  # fmt: skip
        if held := job.validation_sha256:
            st.download_button(
                t("jobs.data_held"), key="held_download", icon=":material/download:",
                data=lambda: store.load_snapshot(held), on_click="ignore",
                file_name=f"{held[:12]}.jsonl", mime="application/x-ndjson", type="tertiary",
            )  # fmt: skip


# What has changed since


@st.cache_resource(show_spinner=False, max_entries=8)
def compare_with_today(
    _store: Store, digest: str, project_id: str, revision: int, prompt: str
) -> JobDiff:
    """The difference between kept bytes and a project as it stands at a revision."""
    return diff_job(_store, _store.load_project(project_id), _store.load_snapshot(digest))


def _diff(store: Store, job: FineTuningJob, project: Project) -> JobDiff:
    digest = job.snapshot_sha256 or ""
    return compare_with_today(store, digest, project.id, project.revision, project.system_prompt)


def _show_diff(store: Store, job: FineTuningJob, project: Project) -> None:
    with page_errors():
        large = max(project.examples, store.find_snapshot(job.snapshot_sha256 or "").examples)
        asked = f"{state.JOB_DIFF}_{job.id}"
        if large > AT_ONCE and not st.session_state.get(asked):
            if not st.button(t("jobs.diff_compare"), key="diff_compare"):
                return
            st.session_state[asked] = True
        with st.spinner(t("jobs.diff_comparing")):
            diff = _diff(store, job, project)
        _show_counts(diff)
        if diff.prompt is not None:
            with st.expander(t("jobs.diff_prompt")):
                show_text_diff(*diff.prompt)
        if diff.rows:
            _show_rows(job, diff.rows)


def _show_counts(diff: JobDiff) -> None:
    if diff.is_same:
        show_note(t("jobs.diff_same"))
        return
    told = [
        f'<span class="{kind}"><b>{n:,}</b> {html.escape(t(f"jobs.diff_{kind}", n=n))}</span>'
        for kind in _MARKS
        if (n := diff.count(kind))
    ]
    same = html.escape(t("jobs.diff_kept", n=diff.same))
    lead = html.escape(t("jobs.diff_since"))
    st.html(f'<div class="ts-since"><b>{lead}</b>{"".join(told)}<span>{same}</span></div>')


def _show_rows(job: FineTuningJob, rows: Sequence[RowDiff]) -> None:
    most = f"{state.JOB_DIFF}_shown_{job.id}"
    shown = st.session_state.get(most, SHOWN)
    for at, row in enumerate(rows[:shown]):
        example = row.after or row.before or Example()
        with st.expander(f"{_MARKS[row.kind]}\u2002{plain(question_of(example))}"):
            show_example_diff(diff_examples(row.before, row.after))
            if row.row_id is not None:
                show_way_to(job, row.row_id, f"diff_{at}")
    if len(rows) > shown:

        def more() -> None:
            st.session_state[most] = shown + SHOWN

        st.button(t("jobs.diff_more", n=len(rows) - shown), key="diff_more", on_click=more)


def question_of(example: Example) -> str:
    """The question that stands for an example, on one line and cut."""
    said = next((m.text for m in example.turns if m.role == "user"), "") or "…"
    line = visible(on_a_line(said))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def show_way_to(job: FineTuningJob, row_id: int, key: str) -> None:
    """A button that opens an example where it is written."""
    if st.button(t("jobs.open_example"), key=f"row_{key}", type="tertiary",
                 icon=":material/edit_note:"):  # fmt: skip
        go_to("editor", project=job.project_id or "", example=str(row_id))


# What a provider complained about


def show_line_errors(store: Store, job: FineTuningJob, events: Sequence[JobEvent]) -> None:
    """The lines that were refused, cut or passed over, each with the way to its example."""
    errors = line_errors(job, events) if job.snapshot_sha256 else ()
    project = project_of(store, job)
    if not errors or project is None:
        return
    rows = _diff(store, job, project).row_of
    with st.container(border=True, key="card_lines"):
        st.subheader(t("jobs.lines"))
        show_note(t("jobs.lines_lead"))
        for error in errors:
            _show_line_error(store, job, project, error, rows.get(error.line))


def _show_line_error(
    store: Store, job: FineTuningJob, project: Project, error: LineError, row_id: int | None
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"line_{error.line}"):
        question = t("jobs.line_gone")
        if row_id is not None:
            question = question_of(store.load_row(project.id, row_id).example)
        severity = "error" if error.fatal else "advice"
        st.html(
            f'<div class="ts-finding"><i class="ts-dot {severity}"></i>'
            f"<b>{html.escape(t('jobs.line_n', n=error.line))}</b> {html.escape(question)}"
            f"<small>{html.escape(visible(error.message))}</small></div>"
        )
        if row_id is not None:
            show_way_to(job, row_id, f"line_{error.line}")
