"""The small parts that every page is put together from: notes, facts, figures, the bar."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from ui.text import t

GOOD = 50  # examples from which a clear difference can be expected, by OpenAI's guide
_SCALE = 54  # the bar ends a little beyond `GOOD`


def show_note(text: str, *, inline: bool = False) -> None:
    """A quiet line of text; `inline` beside something else, taking no more room than it needs."""
    width: Literal["stretch", "content"] = "content" if inline else "stretch"
    st.html(f'<div class="ts-soft">{html.escape(text)}</div>', width=width)


def show_marked(severity: str, text: str) -> None:
    """A quiet line behind a dot in the colour of a severity."""
    st.html(marked(severity, text))


def marked(severity: str, text: str) -> str:
    """The same as HTML."""
    return f'<div class="ts-soft"><i class="ts-dot {severity}"></i>{html.escape(text)}</div>'


def show_empty(text: str) -> None:
    """What stands where nothing is yet."""
    st.html(f'<div class="ts-empty">{html.escape(text)}</div>')


def show_bubble(role: str, text: str) -> None:
    """One message of a chat."""
    st.html(bubble(role, text))


def bubble(role: str, text: str) -> str:
    """One message of a chat as HTML; a role we do not know looks like instructions."""
    kind = role if role in {"user", "assistant"} else "system"
    return f'<div class="ts-bubble {kind}">{html.escape(text) or "…"}</div>'


def show_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Names with their values, one pair a line."""
    rows = "".join(f"<span>{html.escape(k)}</span><b>{html.escape(v)}</b>" for k, v in facts)
    st.html(f'<div class="ts-facts">{rows}</div>')


def show_figures(figures: Sequence[tuple[str, str, str]]) -> None:
    """Headline figures as (value, label, tooltip)."""
    shown = "".join(
        f'<div title="{html.escape(tip)}"><b>{html.escape(value)}</b>'
        f"<span>{html.escape(label)}</span></div>"
        for value, label, tip in figures
    )
    st.html(f'<div class="ts-figures">{shown}</div>')


def show_readiness(examples: int, needed: int) -> None:
    """How far the dataset has come: 0 – needed – good."""
    share = min(examples / _SCALE, 1) * 100
    marks = [needed / _SCALE * 100, GOOD / _SCALE * 100]
    reached = "ui.ready_needed_done" if examples >= needed else "ui.ready_needed"
    label = html.escape(t("count.examples", n=examples))
    st.html(
        f'<div class="ts-bar" role="img" aria-label="{label}">'
        f'<i style="width:{share:.1f}%"></i>'
        + "".join(f'<u style="left:{mark:.1f}%"></u>' for mark in marks)
        + '</div><div class="ts-marks"><span style="left:0">0</span>'
        f'<span style="left:{marks[0]:.1f}%;transform:translateX(-30%)">'
        f"{html.escape(t(reached, n=needed))}</span>"
        f'<span class="optional" style="right:0">{html.escape(t("ui.ready_good", n=GOOD))}</span>'
        "</div>"
    )
