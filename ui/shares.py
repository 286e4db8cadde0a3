"""How a set divides, as bars that are a table: who does not see the bars reads the same."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from ui.text import t


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its name, and how many examples to learn from and for validation it stands for."""

    name: str
    training: int
    validation: int = 0

    @property
    def examples(self) -> int:
        """All of them."""
        return self.training + self.validation


def show_shares(bars: Sequence[Bar], total: int, about: str) -> None:
    """The bars; shares are of the `total` of examples, `about` says of what for who cannot see."""
    longest = max((bar.examples for bar in bars), default=0) or 1
    heads = "".join(
        f'<th scope="col">{html.escape(word)}</th>'
        for word in (about, t("quality.shape_bar"), t("quality.shape_examples"))
    )
    body = "".join(_row(bar, longest, total) for bar in bars)
    st.html(
        f'<table class="ts-shares"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(bar: Bar, longest: int, total: int) -> str:
    learned, held = (f"{100 * part / longest:.2f}%" for part in (bar.training, bar.validation))
    tip = t("quality.shape_tip", training=bar.training, validation=bar.validation)
    return (
        f'<tr title="{html.escape(tip)}"><th scope="row">{html.escape(bar.name)}</th>'
        f'<td><i style="width:{learned}"></i><i class="held" style="width:{held}"></i></td>'
        f"<td>{bar.examples:,}<small> · {percent(bar.examples, total)}</small></td></tr>"
    )


def percent(part: int, whole: int) -> str:
    """A share such as "12 %"; what is there is never told as none, and what lacks never as all."""
    share = 100 * part / whole if whole else 0.0
    shown = round(share) if part == whole else min(round(share), 99)
    return t("quality.shape_percent", n="< 1" if 0 < share < 1 else shown)
