"""The pictures: how long the examples are, how the model learns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from core.jobs import Metric
from ui.text import t

GREEN, AMBER = "#2a9d83", "#e0a33a"
BINS = 12


def bins_of(histogram: Counter[int], most: int = BINS) -> pd.DataFrame:
    """At most `most` equal bins over {tokens: examples}, as columns start, end, examples."""
    if not histogram:
        return pd.DataFrame({"start": [], "end": [], "examples": []})
    low, high = min(histogram), max(histogram)
    width = max(1, -(-(high - low + 1) // most))
    counts: Counter[int] = Counter()
    for tokens, examples in histogram.items():
        counts[(tokens - low) // width] += examples
    starts = [low + i * width for i in range((high - low) // width + 1)]
    return pd.DataFrame(
        {
            "start": starts,
            "end": [start + width for start in starts],
            "examples": [counts[i] for i in range(len(starts))],
        }
    )


def show_token_histogram(histogram: Counter[int], limit: int) -> None:
    """How many tokens the examples have; the limit is marked where one comes near it."""
    bars = bins_of(histogram)
    bars["floor"] = 0
    chart = (
        alt.Chart(bars)
        .mark_bar(color=GREEN, opacity=0.75, cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
        .encode(
            x=alt.X("start:Q", title=t("editor.histogram_x"), scale=alt.Scale(zero=False),
                    axis=alt.Axis(tickMinStep=1, tickCount=5, grid=False)),
            x2="end:Q",
            y=alt.Y("examples:Q", title=None, axis=alt.Axis(tickMinStep=1, tickCount=3)),
            y2="floor:Q",
            tooltip=[
                alt.Tooltip("start:Q", title=t("editor.histogram_from")),
                alt.Tooltip("examples:Q", title=t("editor.histogram_examples")),
            ],
        )
        .properties(height=140, background="transparent")
    )  # fmt: skip
    if histogram and max(histogram) > 0.8 * limit:
        rule = alt.Chart(pd.DataFrame({"limit": [limit]})).mark_rule(color="#c0392b")
        chart = chart + rule.encode(x="limit:Q")
    st.altair_chart(chart, width="stretch", alt=t("editor.histogram_title"))


def show_loss_curve(metrics: Sequence[Metric], total_steps: int | None) -> None:
    """Training loss, the held-back loss where there is one, and the latest value of each."""
    train, held = t("jobs.curve_train"), t("jobs.curve_valid")
    rows = [(m.step, train, m.train_loss) for m in metrics if m.train_loss is not None]
    rows += [(m.step, held, m.valid_loss) for m in metrics if m.valid_loss is not None]
    points = pd.DataFrame(rows, columns=["step", "curve", "loss"])
    end = max(total_steps or 0, int(points["step"].max()), 2)
    base = alt.Chart(points).encode(
        x=alt.X("step:Q", title=t("jobs.curve_x"), scale=alt.Scale(domain=[0, end]),
                axis=alt.Axis(tickMinStep=1, grid=False)),
        y=alt.Y("loss:Q", title=None, scale=alt.Scale(domainMin=0)),
        color=alt.Color("curve:N", title=None,
                        legend=alt.Legend(orient="top") if held in set(points["curve"]) else None,
                        scale=alt.Scale(domain=[train, held], range=[GREEN, AMBER])),
        tooltip=["step:Q", "curve:N", alt.Tooltip("loss:Q", format=".3f")],
    )  # fmt: skip
    last = points.loc[points.groupby("curve")["step"].idxmax()]
    ends = base.transform_filter(alt.FieldOneOfPredicate("step", sorted(set(last["step"]))))
    chart = base.mark_line(strokeWidth=2.2) + ends.mark_point(filled=True, size=60)
    best = _best_held_back(metrics)
    if best is not None:
        mark = pd.DataFrame([{"step": best.step, "loss": best.valid_loss, "curve": held}])
        label = alt.Chart(mark).mark_text(dy=-12, text=t("jobs.curve_best"), color=AMBER)
        chart = chart + label.encode(x="step:Q", y="loss:Q")
    st.altair_chart(
        chart.properties(height=270, background="transparent"),
        width="stretch",
        alt=t("jobs.curve_title"),
    )


def _best_held_back(metrics: Sequence[Metric]) -> Metric | None:
    held = [m for m in metrics if m.valid_loss is not None]
    return min(held, key=lambda m: m.valid_loss or 0.0) if len(held) > 1 else None
