"""Brand rules in from a spreadsheet, and out to one."""

from __future__ import annotations

import streamlit as st

from core.brand.tables import BrandFile, read_brand_csv, write_brand_csv
from core.brand.values import with_rule
from core.errors import BadInput
from core.rules import Checks
from core.storage import Project, Store
from ui import state
from ui.brand_keeping import Rules, change_brand
from ui.files import drop_file, find_file, forget_file
from ui.parts import show_marked, show_note
from ui.text import sentence_for, t

_UNREAD = 10  # rows of a file that are listed


def show_file(store: Store, project: Project, checks: Checks) -> None:
    """In from a spreadsheet, and out to one."""
    with st.expander(t("quality.brand_file"), expanded=not checks.brand):
        drop_file("brand_drop", t("quality.brand_drop"), t("quality.brand_drop_kinds"),
                  ("csv", "tsv", "txt"), lambda ticket: _came(store, project, ticket))  # fmt: skip
        if checks.brand:
            st.download_button(
                t("quality.brand_export"), lambda: write_brand_csv(checks.brand),
                file_name=t("quality.brand_file_name"), mime="text/csv", on_click="ignore",
                key="brand_export", icon=":material/download:",
            )  # fmt: skip


def _came(store: Store, project: Project, ticket: str) -> None:
    """Take the rules of a file in; what could not be read is told on the page."""
    file = find_file(ticket)
    if file is None:
        return
    with file.path.open("rb") as content:
        found = read_brand_csv(content)
    forget_file(ticket)
    st.session_state[state.BRAND_FILE] = found
    change_brand(
        store, project, lambda rules: _joined(rules, found.rules),
        t("quality.brand_imported", n=len(found.rules)),
    )  # fmt: skip


def _joined(rules: Rules, more: Rules) -> Rules:
    """All of them, as many as there is room for."""
    for rule in more:
        try:
            rules = with_rule(rules, rule)
        except BadInput:
            return rules
    return rules


def show_unread() -> None:
    """What came of the last file, until somebody has read it."""
    found: BrandFile | None = st.session_state.get(state.BRAND_FILE)
    if found is None:
        return
    with st.container(border=True, key="card_brand_came"):
        st.markdown(t("quality.brand_came", n=len(found.rules), unread=len(found.unread)))
        for row in found.unread[:_UNREAD]:
            show_marked(
                "warning",
                t("quality.brand_row", n=row.number, text=row.text,
                  why=sentence_for(row.problem)),
            )  # fmt: skip
        if len(found.unread) > _UNREAD:
            show_note(t("quality.brand_more_rows", n=len(found.unread) - _UNREAD))
        st.button(t("task.read"), key="brand_read", on_click=_forget_file)


def _forget_file() -> None:
    st.session_state.pop(state.BRAND_FILE, None)
