"""What to look at: findings grouped by code, each with its reason and a way to the row."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from core.examples import Example
from core.findings import Finding
from core.fixes import DATASET_FIXES, can_fix, has_fix
from core.rules import Checks
from core.summary import FindingGroup, Summary
from core.words import say_finding
from ui.frame import go_to
from ui.parts import show_note
from ui.text import language, t

# Where more can be seen, and done, about a finding: sections of the page Quality.
SECTION_OF = {
    "near_duplicate_example": "pairs",
    "leaked_example": "pairs",
    "conflicting_replies": "pairs",
    "repeated_question": "pairs",
    "one_reply_fits_all": "shape",
    "odd_instructions": "shape",
    "odd_json_shape": "safe",
    "personal_data": "safe",
    "secret": "safe",
    "off_voice": "voice",
}
Jump = Callable[[str], None]  # something about the rows with a finding of this code


def show_findings(summary: Summary, jump: Jump, mend: Jump) -> None:
    """The groups, worst first; `jump` goes to the next row that one is about, `mend` mends all."""
    st.subheader(t("editor.findings_title"))
    if not summary.groups:
        show_note(t("editor.findings_none"))
    for group in summary.groups:
        _show_group(group, jump, mend)


def _show_group(group: FindingGroup, jump: Jump, mend: Jump) -> None:
    why, todo = t(f"finding.{group.code}.why"), t(f"finding.{group.code}.do")
    st.html(
        f'<div class="ts-finding"><i class="ts-dot {group.severity}"></i>'
        f"<b>{html.escape(group_title(group))}</b>"
        f"<small>{html.escape(t('ui.sentences', first=why, second=todo))}</small></div>"
    )
    with st.container(horizontal=True, gap="medium"):
        if group.has_rows:
            st.button(
                t("editor.show"),
                key=f"show_{group.code}",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=jump,
                args=(group.code,),
            )
        if group.code in SECTION_OF:
            _show_way_on(group.code)
        if has_fix(group.code) or group.code in DATASET_FIXES:
            st.button(
                t("editor.fix_all"),
                key=f"fix_all_{group.code}",
                type="tertiary",
                icon=":material/auto_fix_high:",
                help=t(f"finding.{group.code}.fix"),
                on_click=mend,
                args=(group.code,),
            )


def _show_way_on(code: str) -> None:
    if st.button(
        t("editor.look_closer"),
        key=f"closer_{code}",
        type="tertiary",
        icon=":material/verified:",
    ):
        go_to("quality", section=SECTION_OF[code])


def group_title(group: FindingGroup) -> str:
    """The group's name with how often it occurs."""
    title = t(f"finding.{group.code}.title")
    return f"{title}\u00a0·\u00a0{group.count:,}" if group.count > 1 else title


def sentence_of(finding: Finding) -> str:
    """What one finding says, with its own facts filled in."""
    return say_finding(language(), finding, "what")


def gathered(notes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The notes, those that say the same of one place as one with all their spans.

    One press mends all that a code is about, so the first of its notes at a place offers it.
    """
    once: dict[tuple[Any, ...], dict[str, Any]] = {}
    for note in notes:
        key = tuple(value for name, value in note.items() if name != "spans")
        if key in once and "spans" in note:
            once[key].setdefault("spans", []).extend(note["spans"])
        else:
            once.setdefault(key, note)
    offered: set[tuple[Any, Any]] = set()
    for note in once.values():
        place = note["code"], note.get("column")
        note["fix"] = "" if place in offered else note["fix"]
        offered.add(place)
    return list(once.values())


def span_of(finding: Finding) -> dict[str, list[list[int]]]:
    """Which characters of its message a finding is about, as the components take it; or nothing."""
    start, end = finding.place.start, finding.place.end
    return {} if start is None or end is None else {"spans": [[start, end]]}


def fix_words(code: str, example: Example, checks: Checks) -> str:
    """What the fix for a finding of this example does; "" where there is none to offer."""
    return t(f"finding.{code}.fix") if can_fix(code, example, checks) else ""
