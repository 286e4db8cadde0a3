"""The picture of how a model learns, drawn once and then only given new points.

The description of a chart never changes while points come: Streamlit then puts new data into the
picture that stands there, and nothing flickers. So marks are rows of the data like any point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, log10
from typing import Any, Literal, TypeAlias

import pandas as pd
import streamlit as st

from core.curves import BY_HEART, Reading, smooth, thin
from core.jobs import Metric
from ui.text import t

GREEN, AMBER = "#2a9d83", "#e0a33a"
HEIGHT = 270  # pixels
MOST_POINTS = 600  # a screen has no more columns to tell them apart
SMOOTHED_FROM = 40  # points; fewer are as clear as they are
SPANS = 20  # a smoothed curve is the running mean of so small a part of the whole
LEGEND = {"orient": "top", "symbolType": "stroke", "symbolOpacity": 1, "symbolStrokeWidth": 3}
TICKS = 8  # about, beneath the curve
SILENT = {"aria": False}  # the picture has one description; marks without any would be faults

Kind: TypeAlias = Literal["loss", "accuracy"]
Row: TypeAlias = tuple[int, float | None, str, str, int | None]
COLUMNS = ["step", "value", "curve", "mark", "until"]


def show_curves(
    metrics: Sequence[Metric], total_steps: int | None, reading: Reading | None, kind: Kind
) -> None:
    """One measure of what is trained on and of what is held back, with the best moment marked."""
    rows = [*_train_rows(metrics, kind), *_held_rows(metrics, kind)]
    if reading is not None and reading.best is not None and rows:
        rows += _marks(metrics, reading, kind)
    points = pd.DataFrame(rows, columns=COLUMNS).astype({"step": "Int64", "until": "Int64"})
    st.vega_lite_chart(
        points,
        _spec(kind, total_steps, has_held=any(_held(m, kind) is not None for m in metrics)),
        height=HEIGHT,
        width="stretch",
        key=f"curve_{kind}",
        alt=t(f"jobs.curve_{kind}"),
    )


def has_accuracy(metrics: Sequence[Metric]) -> bool:
    """Whether there is a second picture to show."""
    return any(m.train_accuracy is not None or m.valid_accuracy is not None for m in metrics)


def _train_rows(metrics: Sequence[Metric], kind: Kind) -> Iterator[Row]:
    """The line of what is trained on: as it is, or pale beneath its running mean."""
    known = [(m, value) for m in metrics if (value := _train(m, kind)) is not None]
    name = t("jobs.curve_train")
    if len(known) < SMOOTHED_FROM:
        yield from ((m.step, value, name, "line", None) for m, value in known)
        return
    shown = {m.step for m in thin([Metric(m.step, value) for m, value in known], MOST_POINTS)}
    mean = smooth([value for _, value in known], max(2, len(known) // SPANS))
    for (m, value), middle in zip(known, mean, strict=True):
        if m.step in shown:
            yield m.step, value, name, "raw", None
            yield m.step, middle, name, "line", None


def _held_rows(metrics: Sequence[Metric], kind: Kind) -> Iterator[Row]:
    known = [(m, value) for m in metrics if (value := _held(m, kind)) is not None]
    name = t("jobs.curve_valid")
    for m, value in known[:: -(-len(known) // MOST_POINTS) or 1]:
        yield m.step, value, name, "line", None
        yield m.step, value, name, "point", None


def _marks(metrics: Sequence[Metric], reading: Reading, kind: Kind) -> Iterator[Row]:
    """The best moment, and from there on the stretch that is learned by heart."""
    best = reading.best
    if best is None:
        return
    name = t("jobs.curve_valid")
    if (value := _held(best, kind)) is not None:
        late = best.step > metrics[-1].step * 0.6
        yield best.step, value, name, "best_late" if late else "best", None
    if reading.code == BY_HEART:
        yield best.step, None, name, "by_heart", metrics[-1].step


def _train(metric: Metric, kind: Kind) -> float | None:
    return metric.train_loss if kind == "loss" else metric.train_accuracy


def _held(metric: Metric, kind: Kind) -> float | None:
    return metric.valid_loss if kind == "loss" else metric.valid_accuracy


def ticks_until(total: int) -> list[int]:
    """Some round steps from 0 on, and the last one, which is seldom round."""
    rough = max(total / TICKS, 1)
    power = 10 ** floor(log10(rough))
    size = next(n * power for n in (1, 2, 5, 10) if n * power >= rough)
    return [*(step for step in range(0, total, size) if total - step > size / 2), total]


def _spec(kind: Kind, total_steps: int | None, *, has_held: bool) -> dict[str, Any]:
    """The chart without its data; what is one curve alone needs no name."""
    names = [t("jobs.curve_train"), t("jobs.curve_valid")]
    x_scale: dict[str, Any] = {"nice": False, "zero": True}
    x_axis: dict[str, Any] = {"tickMinStep": 1, "grid": False}
    if total_steps:
        x_scale = {"domain": [0, total_steps], "nice": False}
        x_axis["values"] = ticks_until(total_steps)
    y_scale = {"domainMin": 0} if kind == "loss" else {"domain": [0, 1]}
    tips = [
        {"field": "step", "type": "quantitative", "title": t("jobs.curve_x")},
        {"field": "curve", "type": "nominal", "title": " "},
        {
            "field": "value", "type": "quantitative", "title": t(f"jobs.curve_{kind}_short"),
            "format": ".3f" if kind == "loss" else ".0%",
        },
    ]  # fmt: skip
    return {
        "background": "transparent",
        "encoding": {
            "x": {
                "field": "step", "type": "quantitative", "title": t("jobs.curve_x"),
                "scale": x_scale, "axis": x_axis,
            },
            "color": {
                "field": "curve", "type": "nominal", "title": None,
                "scale": {"domain": names, "range": [GREEN, AMBER]},
                "legend": LEGEND if has_held else None,
            },
        },
        "layer": [_band(), *_lines(kind, y_scale, tips), *_best(y_scale)],
    }  # fmt: skip


def _band() -> dict[str, Any]:
    """The stretch in which it learns by heart, in the colour of what suffers from it."""
    return {
        "transform": [_only("by_heart")],
        "mark": {"type": "rect", "opacity": 0.13, "color": AMBER, **SILENT},
        "encoding": {
            "x2": {"field": "until"}, "y": {"value": 0}, "y2": {"value": "height"},
            "color": {"value": AMBER},
        },
    }  # fmt: skip


def _lines(kind: Kind, y_scale: dict[str, Any], tips: list[Any]) -> list[dict[str, Any]]:
    axis = {"format": ".0%"} if kind == "accuracy" else {}
    y = {
        "field": "value", "type": "quantitative", "title": None, "scale": y_scale, "axis": axis,
    }  # fmt: skip

    def layer(mark: str, **look: Any) -> dict[str, Any]:
        return {
            "transform": [_only(mark)],
            "mark": {**look, **SILENT},
            "encoding": {"y": y, "tooltip": tips},
        }

    return [
        layer("raw", type="line", strokeWidth=1, opacity=0.28),
        layer("line", type="line", strokeWidth=2.3, strokeCap="round", strokeJoin="round"),
        layer("point", type="point", filled=True, size=34, opacity=1),
    ]


def _best(y_scale: dict[str, Any]) -> list[dict[str, Any]]:
    """The ring around the best moment, and its name on the side that has room."""
    y = {"field": "value", "type": "quantitative", "scale": y_scale}
    either = {"filter": {"field": "mark", "oneOf": ["best", "best_late"]}}
    ring = {"type": "point", "size": 190, "strokeWidth": 2.2, "filled": False, **SILENT}
    text: dict[str, Any] = {
        "type": "text",
        "text": t("jobs.curve_best"),
        "dy": -16,
        "fontWeight": 600,
        **SILENT,
    }
    return [
        {"transform": [either], "mark": ring, "encoding": {"y": y}},
        *(
            {
                "transform": [_only(mark)],
                "mark": text | {"align": side, "dx": 6 if side == "left" else -6},
                "encoding": {"y": y},
            }
            for mark, side in (("best", "left"), ("best_late", "right"))
        ),
    ]


def _only(mark: str) -> dict[str, Any]:
    return {"filter": {"field": "mark", "equal": mark}}
