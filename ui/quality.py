"""The page of the checks that look at more than one example's shape: a bar of sections."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import streamlit as st

from core.storage import Project, Store
from core.survey import Survey
from ui import state
from ui.bulk import show_asked, show_work
from ui.keeping_checked import keep_checked
from ui.quality_brand import show_brand
from ui.quality_checks import show_checks
from ui.quality_found import show_found, show_switched_off
from ui.quality_pairs import show_pairs
from ui.quality_ready import show_ready
from ui.quality_safe import show_safe
from ui.quality_shape import show_shape
from ui.quality_voice import show_voice
from ui.survey import catch_up, show_survey_task
from ui.text import t
from ui.undo import show_undo

Section: TypeAlias = Callable[[Store, Project, Survey], None]

SECTIONS: dict[str, Section] = {
    "shape": show_shape,
    "pairs": show_pairs,
    "voice": lambda store, project, _: show_voice(store, project),
    "brand": lambda store, project, _: show_brand(store, project),
    "safe": show_safe,
    "ready": lambda store, project, _: show_ready(store, project),
    "checks": lambda store, project, _: show_checks(store, project),
}
_ASKED = "section"


def show_quality(store: Store, project: Project) -> None:
    """The sections, and the one that is chosen; the address keeps it over a reload."""
    chosen = _choose_section()
    show_work(project)
    keep_checked(store, project)
    survey = catch_up(store, project)
    show_survey_task(project)
    show_switched_off(store, project, chosen)
    if chosen == next(iter(SECTIONS)) and project.examples:
        show_found(store, project, survey)
    SECTIONS[chosen](store, project, survey)
    show_undo(store, project)
    show_asked(store, project)


def _choose_section() -> str:
    asked = st.query_params.get(_ASKED)
    if asked in SECTIONS and asked != st.session_state.get(state.QUALITY_ADDRESS):
        st.session_state[state.QUALITY_SECTION] = asked  # a link, or a reload
    st.session_state.setdefault(state.QUALITY_SECTION, next(iter(SECTIONS)))
    section = st.segmented_control(
        t("quality.sections"),
        list(SECTIONS),
        key=state.QUALITY_SECTION,
        required=True,
        format_func=lambda name: t(f"quality.section_{name}"),
        label_visibility="collapsed",
    )
    st.query_params[_ASKED] = st.session_state[state.QUALITY_ADDRESS] = str(section)
    return str(section)
