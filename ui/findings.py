"""What to look at: findings grouped by code, each with its reason and a way to the row."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from core.findings import Finding
from core.summary import FindingGroup, Summary
from ui.text import knows, t


def show_findings(summary: Summary, jump: Callable[[str], None]) -> None:
    """The groups, worst first; `jump` is called with a code to go to the next row that has it."""
    st.subheader(t("editor.findings_title"))
    if not summary.groups:
        st.html(f'<div class="ts-soft">{html.escape(t("editor.findings_none"))}</div>')
    for group in summary.groups:
        _show_group(group, jump)


def _show_group(group: FindingGroup, jump: Callable[[str], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            f'<div class="ts-finding"><i class="ts-dot {group.severity}"></i>'
            f"<b>{html.escape(group_title(group))}</b>"
            f"<small>{html.escape(t(f'finding.{group.code}.why'))}<br>"
            f"{html.escape(t(f'finding.{group.code}.do'))}</small></div>"
        )
        if not group.of_dataset or group.code in {"duplicate_example", "over_token_limit"}:
            st.button(
                t("editor.show"), key=f"show_{group.code}", type="tertiary",
                on_click=jump, args=(group.code,),
            )  # fmt: skip


def group_title(group: FindingGroup) -> str:
    """The group's name with how often it occurs."""
    title = t(f"finding.{group.code}.title")
    return f"{title} · {group.count:,}" if group.count > 1 else title


def sentence_of(finding: Finding) -> str:
    """What one finding says, with its own facts filled in."""
    key = f"finding.{finding.code}.what"
    params = {
        "line": finding.place.line or "",
        "message": (finding.place.message or 0) + 1,
        "detail": finding.detail,
        **dict(finding.params),
    }
    return t(key, **params) if knows(key) else finding.code
