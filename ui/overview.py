"""Beside the table: what to reckon with, what to look at, how long the examples are."""

from __future__ import annotations

import secrets

import streamlit as st

from core.cells import column_of
from core.editing import checks_in, priced_for, save_priced_for
from core.examples import USER
from core.providers.profiles import Model, load_profiles
from core.queries import Query
from core.rules import check_example
from core.storage import Project, Row, Store
from core.summary import Summary
from ui import state
from ui.bulk import mend
from ui.connections import profile_name
from ui.costs import cost_tip
from ui.findings import show_findings
from ui.found import current_query, found_ids, narrow
from ui.histogram import show_token_histogram
from ui.parts import show_facts, show_note
from ui.table import focus_on, page_of
from ui.text import t


def show_overview(store: Store, project: Project, summary: Summary, model: Model) -> None:
    """Three cards."""
    with st.container(border=True, key="card_priced"):
        _show_priced_for(store, project)
        with st.expander(t("editor.details")):
            _show_details(summary, model)
    with st.container(border=True, key="card_findings"):
        show_findings(
            summary,
            lambda code: _jump(store, project, code),
            lambda code: mend(store, project, code),
        )
    if summary.examples:
        with st.container(border=True, key="card_lengths"):
            st.subheader(t("editor.histogram_title"))
            show_token_histogram(summary.histogram, model.token_limit)


def _show_priced_for(store: Store, project: Project) -> None:
    options = {
        f"{profile.id}:{model.id}": f"{model.id} · {profile_name(profile)}"
        for profile in load_profiles()
        for model in profile.models
    }
    key = f"priced_for_{project.id}"
    chosen = project.priced_for if project.priced_for in options else _standing_in(project)
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen

    def keep() -> None:
        save_priced_for(store, project, st.session_state[key])

    st.selectbox(
        t("editor.priced_for"),
        list(options),
        key=key,
        help=t("editor.priced_for_help"),
        format_func=options.__getitem__,
        on_change=keep,
    )


def _standing_in(project: Project) -> str:
    """What is reckoned with where the chosen model is gone."""
    profile, model = priced_for(project)
    return f"{profile.id}:{model.id}"


def _show_details(summary: Summary, model: Model) -> None:
    facts = [
        (t("editor.detail_billed"), f"{summary.billed:,}"),
        (t("editor.detail_published"), f"{summary.published:,}"),
        (t("editor.detail_epochs"), f"{summary.epochs}"),
        (t("editor.detail_limit"), f"{model.token_limit:,}"),
        (t("editor.detail_over"), f"{summary.over_limit:,}"),
    ]
    if spread := summary.tokens:
        facts += [
            (t("editor.detail_range"), f"{spread.min:,} – {spread.max:,}"),
            (t("editor.detail_middle"), f"{spread.mean:,.1f} · {spread.median:,.1f}"),
            (t("editor.detail_tails"), f"{spread.p5:,.1f} – {spread.p95:,.1f}"),
        ]
    show_facts(facts)
    if not model.exact:
        show_note(t("editor.approximate"))
    show_note(cost_tip(model))


def _jump(store: Store, project: Project, code: str) -> None:
    """The table narrowed to what a finding is about, and the cursor into the next row of it.

    Where the finding is about a turn that the table does not show, the conversation opens.
    """
    if current_query() != Query(code=code):
        narrow(Query(code=code))
    ids = found_ids(store, project)
    if not ids:
        return
    now = (st.session_state.get(state.GRID_FOCUS) or {}).get("row")
    at = (ids.index(now) + 1) % len(ids) if now in ids else 0
    st.session_state[state.GRID_PAGE] = page_of(at + 1)
    column = _column_in(project, store.load_row(project.id, ids[at]), code)
    focus_on(ids[at], column or USER, secrets.token_hex(4))
    if column is None:
        st.session_state[state.OPEN_EXAMPLE] = ids[at]


def _column_in(project: Project, row: Row, code: str) -> str | None:
    """Where a row's finding stands; one that only the whole dataset knows of, at the question."""
    checked = row.example.inheriting(project.system_prompt)
    shared = len(checked.messages) - len(row.example.messages)
    findings = check_example(checked, checks_in(project))
    found = next((each for each in findings if each.code == code), None)
    return column_of(row.example, found, shared) if found else USER
