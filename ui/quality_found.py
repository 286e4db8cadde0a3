"""What was found, each with the way to it; and which checks of a section are switched off."""

from __future__ import annotations

import streamlit as st

from core.editing import change_checks, checks_in, priced_for
from core.findings import Severity
from core.storage import Project, Store
from core.summary import FindingGroup
from core.survey import Survey
from ui import state
from ui.counting import counted_summary
from ui.findings import SECTION_OF, group_title
from ui.frame import go_to, page_errors
from ui.parts import show_note
from ui.text import t

_ICONS = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/warning:",
    Severity.ADVICE: ":material/lightbulb:",
}


def show_found(store: Store, project: Project, survey: Survey) -> None:
    """Every finding with how often it stands there; a press leads to where it can be mended."""
    groups = counted_summary(store, project, *priced_for(project), seen=survey.seen()).groups
    with st.container(border=True, key="card_found"):
        st.subheader(t("quality.found_title"))
        if not groups:
            show_note(t("editor.findings_none"))
        with st.container(horizontal=True):
            for group in groups:
                _show_group(group)


def _show_group(group: FindingGroup) -> None:
    pressed = st.button(
        group_title(group),
        key=f"found_{group.code}",
        icon=_ICONS[group.severity],
        disabled=not group.has_rows and group.code not in SECTION_OF,
        help=t(f"finding.{group.code}.do"),
        on_click=_choose_section,
        args=(SECTION_OF.get(group.code),),
    )
    if pressed and group.code not in SECTION_OF:
        go_to("editor", code=group.code)


def _choose_section(section: str | None) -> None:
    if section is not None:
        st.session_state[state.QUALITY_SECTION] = section


def show_switched_off(store: Store, project: Project, section: str) -> None:
    """To hear nothing of what was switched off is no good news; a press switches it on."""
    off = checks_in(project).off
    for code in (code for code, place in SECTION_OF.items() if place == section and code in off):
        with st.container(horizontal=True, vertical_alignment="center"):
            show_note(t("quality.is_off", what=t(f"finding.{code}.title")))
            st.button(
                t("quality.turn_on"),
                key=f"turn_on_{code}",
                type="tertiary",
                on_click=_switch_on,
                args=(store, project, code),
            )


def _switch_on(store: Store, project: Project, code: str) -> None:
    with page_errors():
        change_checks(store, project, lambda checks: checks.switched(code, on=True))
