"""core/curves.py: the best moment of a training, and where it turns into learning by heart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.curves import (
    BY_HEART,
    GUESSING,
    LEARNING,
    LEVEL,
    ON_PURPOSE,
    READINGS,
    SOON,
    UNTESTED,
    Reading,
    best_checkpoint,
    loss_at,
    read_curves,
    smooth,
    thin,
)
from core.jobs import Checkpoint, Metric
from core.providers.profiles import load_profiles

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def held(*losses: float | None, every: int = 10) -> list[Metric]:
    """Measurements of the held-back loss, a few steps apart."""
    return [Metric(n * every, 1.0, valid_loss=loss) for n, loss in enumerate(losses, 1)]


def a_checkpoint(step: int) -> Checkpoint:
    """A model kept after that step."""
    return Checkpoint(f"cp-{step}", step, f"model:{step}", NOW)


# What the curves say


@pytest.mark.parametrize(
    ("losses", "code", "best"),
    [
        ((None, None), UNTESTED, None),
        ((2.0,), SOON, None),
        ((2.0, 1.0), SOON, 20),
        ((3.0, 2.0, 1.0), LEARNING, 30),
        ((3.0, 1.0, 1.005), LEARNING, 20),
        ((3.0, 1.0, 1.03, 1.04), LEVEL, 20),
        ((3.0, 1.0, 1.04, 1.5), LEVEL, 20),  # one alone may be chance
        ((3.0, 1.0, 1.5, 1.04), LEVEL, 20),
        ((3.0, 1.0, 1.06, 1.06), BY_HEART, 20),
        ((3.0, 1.0, 1.2, 1.4, 1.6), BY_HEART, 20),
        ((1.0, 1.2, 1.4), BY_HEART, 10),
        ((0.1, 0.05, 0.058, 0.058), LEARNING, 20),  # 16 %, and nothing but noise
    ],
)
def test_the_curves_are_read_by_a_rule(
    losses: tuple[float | None, ...], code: str, best: int | None
) -> None:
    """Learning by heart: the latest two lie more than 5 % and 0.01 above the lowest one."""
    reading = read_curves(held(*losses))
    assert reading is not None
    assert (reading.code, reading.best and reading.best.step) == (code, best)


@pytest.mark.parametrize("losses", [(3.0, 2.0, 1.0), (3.0, 1.0, 1.2, 1.4)])
def test_a_model_that_has_learned_nothing_yet_is_not_judged(losses: tuple[float, ...]) -> None:
    """At its best moment it still misses by more than 3 nats: no overfitting, nor none."""
    unformed = [replace(point, train_loss=3.5) for point in held(*losses)]
    reading = read_curves(unformed)
    assert reading is not None
    assert (reading.code, reading.best, reading.loss) == (GUESSING, None, 3.5)
    late = [replace(point, train_loss=5.0) for point in held(1.0, 1.2, 1.4)[1:]]
    judged = read_curves([*held(1.0), *late])
    assert judged is not None
    assert judged.code == BY_HEART  # what came after the best moment is no excuse


@pytest.mark.parametrize("losses", [(None, None), (1.0, 1.2, 1.4)])
def test_a_base_that_learns_by_heart_on_purpose_is_not_blamed(
    losses: tuple[float | None, ...],
) -> None:
    """No verdict by what it was not taught, and no best moment: only how well it knows its own."""
    reading = read_curves(held(*losses), by_heart=True)
    assert reading == Reading(ON_PURPOSE, loss=1.0)


def test_held_back_but_not_measured_yet_is_too_early_to_say() -> None:
    """It is not as if nothing had been held back."""
    reading = read_curves(held(None, None), is_tested=True)
    assert reading is not None
    assert reading.code == SOON


def test_only_the_tiny_base_learns_by_heart_on_purpose() -> None:
    """As its profile says; the others are meant to carry a tone over."""
    told = {m.id: m.by_heart for p in load_profiles() for m in p.models}
    assert [name for name, by_heart in told.items() if by_heart] == ["local/tiny-scratch"]


def test_the_rise_is_told_as_a_share_of_the_lowest() -> None:
    """From 0.5 to 0.75 it is half."""
    reading = read_curves(held(1.0, 0.5, 0.7, 0.75))
    assert reading is not None
    assert reading.rise == pytest.approx(0.5)


def test_without_any_point_nothing_is_said() -> None:
    """There is nothing to read."""
    assert read_curves([]) is None


losses = st.one_of(st.none(), st.floats(0, 100, allow_nan=False))


@given(st.lists(st.tuples(losses, losses), max_size=40))
def test_any_curves_can_be_read(points: list[tuple[float | None, float | None]]) -> None:
    """Gaps, zeros and jumps included; the best is never above any other measurement."""
    metrics = [Metric(n, train, valid_loss=valid) for n, (train, valid) in enumerate(points)]
    reading = read_curves(metrics)
    if reading is None:
        assert not points
        return
    assert reading.code in READINGS
    if reading.best is not None:
        assert all((reading.best.valid_loss or 0) <= v for _, v in points if v is not None)


# Checkpoints


def test_the_best_checkpoint_has_the_lowest_held_back_loss() -> None:
    """Measured at its step, or last before it."""
    kept = [a_checkpoint(step) for step in (15, 25, 40)]
    assert best_checkpoint(kept, held(3.0, 1.0, 2.0, 2.5)) == kept[1]


@pytest.mark.parametrize("steps", [(), (20,)])
def test_of_one_checkpoint_or_none_there_is_no_best(steps: tuple[int, ...]) -> None:
    """Best is said only where there was a choice."""
    assert best_checkpoint([a_checkpoint(step) for step in steps], held(3.0, 1.0)) is None


def test_without_anything_held_back_no_checkpoint_is_best() -> None:
    """The loss on what it learned from says nothing about that."""
    assert (
        best_checkpoint([a_checkpoint(1), a_checkpoint(2)], [Metric(1, 2.0), Metric(2, 1.0)])
        is None
    )


def test_a_checkpoint_before_the_first_measurement_has_no_loss() -> None:
    """What came later does not count for it."""
    assert loss_at(held(3.0, 2.0), 9) is None
    assert loss_at(held(3.0, None, 2.0), 29) == 3.0


# Drawing


@given(st.lists(st.floats(-1e6, 1e6), max_size=60), st.integers(1, 50))
def test_a_running_mean_stays_between_the_ends(values: list[float], span: int) -> None:
    """As many values as before, none beyond the highest or the lowest."""
    smoothed = smooth(values, span)
    assert len(smoothed) == len(values)
    slack = 1e-6 * max([1.0, *map(abs, values)])
    assert all(min(values) - slack <= mean <= max(values) + slack for mean in smoothed)


def test_a_running_mean_looks_to_both_sides() -> None:
    """A line stays a line, but for its ends; a span of one changes nothing."""
    assert smooth([4.0, 3.0, 2.0, 1.0, 0.0], 3) == pytest.approx([3.5, 3.0, 2.0, 1.0, 0.5])
    assert smooth([4.0, 1.0], 1) == [4.0, 1.0]


def test_a_long_curve_is_thinned_without_losing_a_spike() -> None:
    """Its ends, its highest point and every measurement of what was held back stay."""
    metrics = [Metric(n, 1.0, valid_loss=0.5 if n % 1_000 == 0 else None) for n in range(10_000)]
    metrics[7_777] = Metric(7_777, 9.0)
    thinned = thin(metrics, 600)
    steps = {point.step for point in thinned}
    assert len(thinned) <= 620
    assert {0, 7_777, 9_999, *range(0, 10_000, 1_000)} <= steps
    assert [point.step for point in thinned] == sorted(steps)


def test_a_short_curve_stays_as_it_is() -> None:
    """Nothing is left out that there is room for."""
    metrics = held(3.0, 2.0)
    assert thin(metrics, 2) == metrics
