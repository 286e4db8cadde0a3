"""Whether there are enough examples, as a curve that flattens, with where this set stands on it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from core.lenses.enough import gain, next_goal
from core.rules.dataset import GOOD_EXAMPLES
from ui.charts import AMBER, GREEN
from ui.parts import show_note
from ui.text import t

_BEYOND = 1.15  # of the last number that matters, so that its mark is not at the edge
_POINTS = 60
_ROOM = 1.25  # of the height, for the names at the top
_NEAR = 0.04  # of the width: what is nearer to the edge has no room for its name


def show_enough(examples: int, needed: int) -> None:
    """What the next examples would bring; `needed`: the fewest the place to train takes."""
    goal = next_goal(examples, needed)
    more = goal.examples - examples
    st.subheader(t(f"quality.shape_enough_{goal.stage}", n=examples, more=more))
    st.altair_chart(_curve(examples, needed, goal.examples), width="stretch",
                    alt=t("quality.shape_enough_alt", n=examples, needed=needed, good=GOOD_EXAMPLES)
                    )  # fmt: skip
    show_note(t("quality.shape_enough_source", needed=needed, good=GOOD_EXAMPLES))


def _curve(examples: int, needed: int, goal: int) -> alt.LayerChart | alt.FacetChart:
    end = int(_BEYOND * max(goal, 2 * GOOD_EXAMPLES))
    x = alt.X(
        "examples:Q",
        title=t("quality.shape_examples"),
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(tickMinStep=1, grid=False, tickCount=6),
    )
    y = alt.Y("gain:Q", axis=None, scale=alt.Scale(domain=[0, gain(end) * _ROOM]))
    steps = sorted({*range(0, end, max(1, end // _POINTS)), end})
    curve = alt.Chart(_at(steps)).mark_line(color=GREEN, strokeWidth=2.2).encode(x=x, y=y)
    marks = {
        needed: t("quality.shape_mark_needed", n=needed),
        GOOD_EXAMPLES: t("quality.shape_mark_good", n=GOOD_EXAMPLES),
    }
    far = {number: says for number, says in marks.items() if number >= _NEAR * end}
    layers = [curve, *_lines(_at([*far], [*far.values()]), x)] if far else [curve]
    layers += _point(_at([examples], [t("quality.shape_mark_here", n=examples)]), x, y, end)
    return alt.layer(*layers, height=190, background="transparent")


def _lines(marks: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """A line upwards at each number that matters, with its name at the top."""
    base = alt.Chart(marks).encode(x=x)
    name = base.mark_text(align="left", dx=5, baseline="top", color=_ink())
    return [
        base.mark_rule(strokeDash=[3, 4], color=_ink()),
        name.encode(y=alt.value(2), text="says:N"),
    ]


def _point(here: pd.DataFrame, x: alt.X, y: alt.Y, end: int) -> list[alt.Chart]:
    """Where the set stands, with its name on the side with room for it."""
    base = alt.Chart(here).encode(x=x, y=y)
    is_left = int(here["examples"].iloc[0]) < end / 2
    name = base.mark_text(
        align="left" if is_left else "right", dx=9 if is_left else -9, dy=14, color=_ink(),
        fontWeight=600,
    )  # fmt: skip
    return [
        base.mark_point(filled=True, size=110, color=AMBER, opacity=1),
        name.encode(text="says:N"),
    ]


def _ink() -> str:
    """What reads on the card as it is, light or dark."""
    return "#aab3ae" if st.context.theme.type == "dark" else "#5c6460"


def _at(examples: Sequence[int], says: Sequence[str] = ()) -> pd.DataFrame:
    table = pd.DataFrame({"examples": examples, "gain": [gain(n) for n in examples]})
    return table.assign(says=says) if says else table
