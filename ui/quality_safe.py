"""Safe to send: what should not leave, by kind and behind dots; and JSON that is not as it should.

What was found is shown masked, and nowhere else.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.fixes import FIXES
from core.lenses.json_shapes import CODE as ODD
from core.lenses.json_shapes import HOW
from core.queries import Query
from core.safety import PERSONAL, SECRET, Kind, find_kinds
from core.sensitive import find_sensitive
from core.storage import Project, Store
from core.survey import Survey
from ui.bulk import mend
from ui.found import narrow
from ui.frame import go_to
from ui.parts import show_marked, show_note
from ui.quality_moderation import show_moderation
from ui.text import t

READ_BY_PROGRAMS = ("broken_json_reply", "unknown_tool_call", "tool_call_mismatch")


def show_safe(store: Store, project: Project, survey: Survey) -> None:
    """The section: personal data and secrets, JSON and tools, and a second opinion."""
    _show_sensitive(store, project)
    _show_structured(store, project, survey)
    show_moderation(store, project)


def _show_sensitive(store: Store, project: Project) -> None:
    kinds = find_kinds(store, project)
    in_instructions = bool(find_sensitive(project.system_prompt))
    with st.container(border=True, key="card_safe_found"):
        st.subheader(t("quality.safe_title"))
        show_note(t("quality.safe_lead"))
        if not kinds and not in_instructions:
            show_marked("", t("quality.safe_none"))
        if in_instructions:
            _show_instructions()
        for code in (PERSONAL, SECRET):
            some = [kind for kind in kinds if kind.code == code]
            if some:
                _show_kinds(store, project, code, some)


def _show_instructions() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_marked("warning", t("finding.sensitive_instructions.what"))
        if st.button(t("quality.safe_open_editor"), key="safe_instructions", type="tertiary"):
            go_to("editor")


def _show_kinds(store: Store, project: Project, code: str, kinds: Sequence[Kind]) -> None:
    """A line for each kind, then what can be done about all of them."""
    for kind in kinds:
        samples = "".join(f'<span class="ts-chip">{html.escape(s)}</span>' for s in kind.samples)
        name = html.escape(t(f"quality.safe_{kind.kind}"))
        st.html(
            f'<div class="ts-finding"><i class="ts-dot warning"></i><b>{name} · {kind.count:,}</b>'
            f"<small>{samples}</small></div>"
        )
    with st.container(horizontal=True, gap="medium"):
        _show_button(code)
        st.button(
            t("quality.safe_replace"), key=f"safe_replace_{code}", icon=":material/visibility_off:",
            help=t(f"finding.{code}.fix"), on_click=mend, args=(store, project, code),
        )  # fmt: skip


def _show_button(code: str) -> None:
    if st.button(t("editor.show"), key=f"safe_show_{code}", type="tertiary",
                 icon=":material/arrow_forward:"):  # fmt: skip
        narrow(Query(code=code))
        go_to("editor")


def _show_structured(store: Store, project: Project, survey: Survey) -> None:
    """Replies and calls that programs read: nothing where there is nothing to say."""
    counts: Counter[str] = Counter()
    for found in store.count_findings(project.id):
        counts[found.code] += found.count
    odd = Counter(str(dict(each.params)["how"]) for each in survey.found() if each.code == ODD)
    codes = [code for code in READ_BY_PROGRAMS if counts[code]]
    if not codes and not odd:
        return
    with st.container(border=True, key="card_safe_json"):
        st.subheader(t("quality.safe_json_title"))
        for code in codes:
            _show_line(store, project, code, counts[code], t(f"finding.{code}.why"))
        if odd:
            told = (t(f"quality.safe_odd_{how}", n=odd[how]) for how in HOW if odd[how])
            _show_line(store, project, ODD, odd.total(), " · ".join(told))


def _show_line(store: Store, project: Project, code: str, count: int, why: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = html.escape(t(f"finding.{code}.title"))
        st.html(
            f'<div class="ts-finding"><i class="ts-dot warning"></i><b>{title} · {count:,}</b>'
            f"<small>{html.escape(why)}</small></div>",
            width="stretch",
        )
        _show_button(code)
        if code in FIXES:
            st.button(t("editor.fix_all"), key=f"safe_fix_{code}", type="tertiary",
                      icon=":material/auto_fix_high:", help=t(f"finding.{code}.fix"),
                      on_click=mend, args=(store, project, code))  # fmt: skip
