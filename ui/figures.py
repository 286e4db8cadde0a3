"""Numbers a person would rather see than read: headline figures and the readiness bar."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from ui.text import t

GOOD = 50  # examples from which a clear difference can be expected, by OpenAI's guide
_SCALE = 54  # the bar ends a little beyond `GOOD`


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
    st.html(
        f'<div class="ts-bar" role="img" aria-label="{html.escape(t("count.examples", n=examples))}">'
        f'<i style="width:{share:.1f}%"></i>'
        + "".join(f'<u style="left:{mark:.1f}%"></u>' for mark in marks)
        + '</div><div class="ts-marks"><span style="left:0">0</span>'
        f'<span style="left:{marks[0]:.1f}%;transform:translateX(-30%)">'
        f"{html.escape(t(reached, n=needed))}</span>"
        f'<span class="optional" style="right:0">{html.escape(t("ui.ready_good", n=GOOD))}</span>'
        "</div>"
    )
