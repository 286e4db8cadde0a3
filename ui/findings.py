"""What to look at: findings grouped by code, each with its reason and a way to the row."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from core.examples import Example
from core.findings import Finding
from core.fixes import DATASET_FIXES, can_fix, has_fix
from core.rules import Checks
from core.summary import FindingGroup, Summary
from core.words import say_finding
from ui.parts import show_note
from ui.text import language, t

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


def group_title(group: FindingGroup) -> str:
    """The group's name with how often it occurs."""
    title = t(f"finding.{group.code}.title")
    return f"{title} · {group.count:,}" if group.count > 1 else title


def sentence_of(finding: Finding) -> str:
    """What one finding says, with its own facts filled in."""
    return say_finding(language(), finding, "what")


def fix_words(code: str, example: Example, checks: Checks) -> str:
    """What the fix for a finding of this example does; "" where there is none to offer."""
    return t(f"finding.{code}.fix") if can_fix(code, example, checks) else ""
