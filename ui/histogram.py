"""How long the examples are, as a picture light enough to be drawn anew with every keystroke."""

from __future__ import annotations

import html
from collections import Counter
from typing import NamedTuple

import streamlit as st

from ui.text import t

BINS = 12
_NEAR = 0.8  # of the limit: from here on it is worth showing


class Bin(NamedTuple):
    """Examples of `start` up to, but not including, `end` tokens."""

    start: int
    end: int
    examples: int


def bins_of(histogram: Counter[int], most: int = BINS) -> list[Bin]:
    """At most `most` equal bins over {tokens: examples}, the empty ones between included."""
    if not histogram:
        return []
    low, high = min(histogram), max(histogram)
    width = max(1, -(-(high - low + 1) // most))
    counts: Counter[int] = Counter()
    for tokens, examples in histogram.items():
        counts[(tokens - low) // width] += examples
    starts = [low + i * width for i in range((high - low) // width + 1)]
    return [Bin(start, start + width, counts[i]) for i, start in enumerate(starts)]


def show_token_histogram(histogram: Counter[int], limit: int) -> None:
    """How many tokens the examples have; the limit is named where one comes near it."""
    bins = bins_of(histogram)
    tallest = max((each.examples for each in bins), default=1)
    bars = "".join(_bar(each, each.examples / tallest) for each in bins)
    ends = [f"{bins[0].start:,}", t("editor.histogram_x"), f"{bins[-1].end - 1:,}"] if bins else []
    if bins and bins[-1].end > _NEAR * limit:
        ends[-1] = t("editor.histogram_limit", n=ends[-1], limit=f"{limit:,}")
    marks = "".join(f"<span>{html.escape(end)}</span>" for end in ends)
    label = html.escape(t("editor.histogram_alt", n=sum(histogram.values())))
    st.html(
        f'<div class="ts-histogram" role="img" aria-label="{label}">{bars}</div>'
        f'<div class="ts-ends">{marks}</div>'
    )


def _bar(each: Bin, share: float) -> str:
    tip = t("editor.histogram_bar", n=each.examples, start=each.start, end=each.end - 1)
    height = max(share * 100, 2.0 if each.examples else 0.0)  # one among thousands is still seen
    return f'<i style="height:{height:.1f}%" title="{html.escape(tip)}"></i>'
