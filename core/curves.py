"""What the curves of a training say: its best moment, and where learning turns into reciting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from core.jobs import Checkpoint, Metric

# The held-back loss may rise by so much above its lowest before it counts. Lutz Prechelt, "Early
# Stopping - But When?" (1998) calls it the generalization loss and stops at a fixed rise, GL_alpha;
# 5 % is the most cautious of the rises compared there.
RISE = 0.05
RISE_NATS = 0.01  # beneath it a rise is noise, however small the loss has become
IN_A_ROW = 2  # measurements that must be above it: one alone may be chance
FEWEST = 3  # measurements before anything is said
# In nats a token. A model that misses by so much chooses among 20 tokens each time (e^3), as one
# does that has not found its words; one that has read much begins below it, on text of any kind.
UNFORMED = 3.0
AROUND = 10  # the latest steps whose training loss is averaged: of one alone it is mostly chance

# What can be said
UNTESTED = "untested"  # nothing was held back, so that nobody can tell
SOON = "soon"  # too few measurements so far
LEARNING = "learning"  # the latest measurement is the best, or as good
LEVEL = "level"  # better before, but not by enough to be a sign
BY_HEART = "by_heart"  # worse and worse at what was held back: overfitting
GUESSING = "guessing"  # at its best moment it had not learned yet what it learns from
ON_PURPOSE = "on_purpose"  # a base that learns by heart, and is meant to
READINGS = (UNTESTED, SOON, LEARNING, LEVEL, BY_HEART, GUESSING, ON_PURPOSE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the curves say: `code` of `READINGS`; `best`: the point of the lowest held-back loss.

    rise: how far the latest held-back loss is above the lowest, as a share of it; loss: of what is
    learned from, at the best moment, or now where there is none, in nats a token.
    """

    code: str
    best: Metric | None = None
    rise: float = 0.0
    loss: float | None = None


def read_curves(
    metrics: Sequence[Metric], *, is_tested: bool = False, by_heart: bool = False
) -> Reading | None:
    """What the curves say so far; None where there are none. `metrics` are ordered by step.

    is_tested: whether examples were held back, also where none of them was measured yet.
    by_heart: whether the base model is meant to learn by heart; then what it does on others is no
    measure of it, and has no best moment.
    """
    if not metrics:
        return None
    if by_heart:
        return Reading(ON_PURPOSE, loss=_train_loss(metrics))
    held = [(point, loss) for point in metrics if (loss := point.valid_loss) is not None]
    if not held:
        return Reading(SOON if is_tested else UNTESTED)
    best, lowest = min(held, key=lambda pair: pair[1])
    latest = held[-1][1]
    rise = (latest - lowest) / lowest if lowest > 0 else 0.0
    if len(held) < FEWEST:
        return Reading(SOON, best if len(held) > 1 else None, rise)
    loss = _train_loss([point for point in metrics if point.step <= best.step])
    if loss is not None and loss > UNFORMED:
        return Reading(GUESSING, None, rise, loss)
    if _keeps_rising([loss for _, loss in held], lowest):
        return Reading(BY_HEART, best, rise)
    return Reading(LEARNING if latest - lowest <= RISE_NATS else LEVEL, best, rise)


def _train_loss(metrics: Sequence[Metric]) -> float | None:
    """The mean training loss of the latest steps."""
    known = [point.train_loss for point in metrics if point.train_loss is not None][-AROUND:]
    return sum(known) / len(known) if known else None


def _keeps_rising(losses: Sequence[float], lowest: float) -> bool:
    """Whether each of the latest measurements is clearly above the lowest one."""
    threshold = lowest + max(RISE * lowest, RISE_NATS)
    return all(loss > threshold for loss in losses[-IN_A_ROW:])


def best_checkpoint(
    checkpoints: Sequence[Checkpoint], metrics: Sequence[Metric]
) -> Checkpoint | None:
    """The kept checkpoint with the lowest held-back loss; None where that cannot be told.

    A checkpoint has the loss that was measured at its step, or last before it.
    """
    losses = {each.id: loss_at(metrics, each.step) for each in checkpoints}
    known = [each for each in checkpoints if losses[each.id] is not None]
    return min(known, key=lambda each: losses[each.id] or 0.0) if len(known) > 1 else None


def loss_at(metrics: Iterable[Metric], step: int) -> float | None:
    """The held-back loss measured at this step, or last before it, in nats a token."""
    before = [m.valid_loss for m in metrics if m.step <= step and m.valid_loss is not None]
    return before[-1] if before else None


def smooth(values: Sequence[float], span: int) -> list[float]:
    """The running mean of `span` values around each; at the ends, of as many as there are.

    It looks to both sides, so that it does not lag behind a curve that falls.
    """
    sums = [0.0, *accumulate(values)]
    half = max(span, 1) // 2
    ends = [(max(0, n - half), min(len(values), n + half + 1)) for n in range(len(values))]
    return [(sums[end] - sums[start]) / (end - start) for start, end in ends]


def thin(metrics: Sequence[Metric], most: int) -> list[Metric]:
    """At most about `most` points that look the same: no measurement of what was held back goes.

    Of the others each stretch keeps its lowest and its highest, so that no spike is lost.
    """
    if len(metrics) <= most:
        return list(metrics)
    size = -(-2 * len(metrics) // most)
    kept: set[int] = {metrics[0].step, metrics[-1].step}
    for start in range(0, len(metrics), size):
        kept |= _ends_of(metrics[start : start + size])
    return [point for point in metrics if point.step in kept or point.valid_loss is not None]


def _ends_of(stretch: Sequence[Metric]) -> set[int]:
    """The steps of the lowest and the highest training loss in it."""
    known = [(point.train_loss, point.step) for point in stretch if point.train_loss is not None]
    return {min(known)[1], max(known)[1]} if known else {stretch[-1].step}
