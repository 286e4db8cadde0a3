"""Which checks this project wants, and the numbers that some of them go by."""

from __future__ import annotations

import html

import streamlit as st

from core.editing import change_checks, checks_in
from core.rules import Checks
from core.rules.limits import LIMITS
from core.rules.switches import SWITCHES
from core.storage import Project, Store
from ui.frame import page_errors
from ui.parts import show_note
from ui.text import t


def show_checks(store: Store, project: Project) -> None:
    """A switch for each check, in groups, and the numbers below them."""
    checks = checks_in(project)
    show_note(t("quality.checks_about"))
    for group, codes in SWITCHES.items():
        with st.container(border=True, key=f"card_switches_{group}"):
            st.subheader(t(f"quality.switches_{group}"))
            columns = st.columns(2, gap="large")
            for at, code in enumerate(codes):
                with columns[at % 2].container(gap=None):
                    _show_switch(store, project, checks, code)
    with st.container(border=True, key="card_limits"):
        st.subheader(t("quality.limits"))
        show_note(t("quality.limits_about"))
        columns = st.columns(2, gap="large")
        for at, name in enumerate(LIMITS):
            with columns[at % 2]:
                _show_limit(store, project, checks, name)


def _show_switch(store: Store, project: Project, checks: Checks, code: str) -> None:
    key = f"switch_{project.id}_{code}"
    st.session_state[key] = checks.wants(code)

    def keep() -> None:
        on = bool(st.session_state[key])
        with page_errors():
            change_checks(store, project, lambda now: now.switched(code, on=on))

    st.toggle(t(f"finding.{code}.title"), key=key, on_change=keep)
    st.html(f'<div class="ts-switch">{html.escape(t(f"finding.{code}.why"))}</div>')


def _show_limit(store: Store, project: Project, checks: Checks, name: str) -> None:
    key = f"limit_{project.id}_{name}"
    st.session_state[key] = checks.limit(name)

    def keep() -> None:
        value = float(st.session_state[key])
        with page_errors():
            change_checks(store, project, lambda now: now.with_limit(name, value))

    st.number_input(t(f"limit.{name}"), key=key, min_value=0.0, on_change=keep, format="%g")
