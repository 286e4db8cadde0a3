"""The picture of how a model learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st

from core.jobs import Metric
from ui.text import t

GREEN, AMBER = "#2a9d83", "#e0a33a"


def show_loss_curve(metrics: Sequence[Metric], total_steps: int | None) -> None:
    """Training loss, the held-back loss where there is one, and the latest value of each."""
    train, held = t("jobs.curve_train"), t("jobs.curve_valid")
    rows = [(m.step, train, m.train_loss) for m in metrics if m.train_loss is not None]
    rows += [(m.step, held, m.valid_loss) for m in metrics if m.valid_loss is not None]
    points = pd.DataFrame(rows, columns=["step", "curve", "loss"])
    end = max(total_steps or 0, int(points["step"].max()), 2)
    base = alt.Chart(points).encode(
        x=alt.X("step:Q", title=t("jobs.curve_x"), scale=alt.Scale(domain=[0, end], nice=False),
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
        # Beside the point, on the side with room for it, so that it stays inside the picture.
        side: Literal["left", "right"] = "left" if best.step < end / 2 else "right"
        label = alt.Chart(mark).mark_text(
            align=side, dy=-12, text=t("jobs.curve_best"), color=AMBER
        )
        chart = chart + label.encode(x="step:Q", y="loss:Q")
    st.altair_chart(
        chart.properties(height=270, background="transparent"),
        width="stretch",
        alt=t("jobs.curve_title"),
    )


def _best_held_back(metrics: Sequence[Metric]) -> Metric | None:
    held = [m for m in metrics if m.valid_loss is not None]
    return min(held, key=lambda m: m.valid_loss or 0.0) if len(held) > 1 else None
