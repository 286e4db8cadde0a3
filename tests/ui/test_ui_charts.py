"""ui/charts.py: the steps that stand beneath a curve."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.charts import TICKS, ticks_until


@pytest.mark.parametrize(
    ("total", "ticks"),
    [
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (245, [0, 50, 100, 150, 200, 245]),
        (550, [0, 100, 200, 300, 400, 550]),
    ],
)
def test_the_last_step_always_stands_there(total: int, ticks: list[int]) -> None:
    """Round ones before it, as far as there is room."""
    assert ticks_until(total) == ticks


@given(st.integers(1, 10**7))
def test_few_steps_stand_there_in_order(total: int) -> None:
    """However long a training is."""
    ticks = ticks_until(total)
    assert ticks == sorted(set(ticks))
    assert (ticks[0], ticks[-1]) == (0, total)
    assert len(ticks) <= TICKS + 2
