"""Events and result files become curves and progress."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from core.jobs import FineTuningJob, JobEvent, Metric

# Providers and years name the same column differently; the first that has a value counts.
COLUMNS: dict[str, tuple[str, ...]] = {
    "train_loss": ("train_loss", "training_loss"),
    "train_accuracy": ("train_mean_token_accuracy", "train_accuracy"),
    "valid_loss": ("valid_loss", "validation_loss", "full_valid_loss"),
    "valid_accuracy": (
        "valid_mean_token_accuracy",
        "validation_mean_token_accuracy",
        "valid_accuracy",
        "full_valid_mean_token_accuracy",
    ),
}
SPEED_WINDOW = 50  # steps back from now: a pause long ago must not slow the estimate down
HIGHEST_STEP = 2**31 - 1  # as databases count; beyond it, a number is none that anybody meant
# After one of these, the steps before it say nothing of when the next one comes.
_TURN = re.compile(
    r"(?:the )?(?:fine-tun\w+ )?job (?:has been |was |is )?(?:paused|resumed|started)"
    r"|resuming after step",
    re.IGNORECASE,
)
_STEP = re.compile(r"^Step (\d{1,9})/(\d{1,9})\b(?:.*?loss=([\d.]+))?", re.IGNORECASE)


# Curves


def read_result_csv(content: bytes) -> list[Metric]:
    """The curves of a result file, by step; base64 around it is taken off.

    Columns are found by header; a file without a `step` column has no curve, so the list is empty.
    """
    text = _unwrapped(content).decode("utf-8-sig", errors="replace").replace("\0", "")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        found = [_metric(row) for row in rows]
    except csv.Error:  # a field beyond 128 KB: not a result file
        return []
    return merge_metrics(metric for metric in found if metric is not None)


def metrics_of(event: JobEvent) -> Metric | None:
    """The point of the curves an event carries, if it carries one."""
    if event.type == "metrics" and event.data:
        return _metric(event.data)
    match = _STEP.match(event.message)
    if match is None:
        return None
    return Metric(step=int(match[1]), train_loss=number_of(match[3]))


def merge_metrics(points: Iterable[Metric]) -> list[Metric]:
    """One point a step, in order; a later value replaces an earlier one, nothing does not."""
    merged: dict[int, Metric] = {}
    for point in points:
        before = merged.get(point.step)
        merged[point.step] = point if before is None else _combined(before, point)
    return [merged[step] for step in sorted(merged)]


def _combined(old: Metric, new: Metric) -> Metric:
    values = {f.name: getattr(new, f.name) for f in fields(Metric)}
    return Metric(**{k: getattr(old, k) if v is None else v for k, v in values.items()})


def _metric(row: Mapping[str, Any]) -> Metric | None:
    step = number_of(row.get("step"))
    if step is None or not 0 <= step <= HIGHEST_STEP:
        return None
    values = {name: _first_number(row, columns) for name, columns in COLUMNS.items()}
    return Metric(step=int(step), **values)


def _first_number(row: Mapping[str, Any], columns: Iterable[str]) -> float | None:
    return next((n for n in (number_of(row.get(c)) for c in columns) if n is not None), None)


def number_of(value: object) -> float | None:
    """A finite number, also from text; an empty cell, a word or NaN is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _unwrapped(content: bytes) -> bytes:
    """The bytes beneath base64; a CSV header has commas, which base64 never has."""
    if b"," in content:
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return content


# Progress


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `share` from 0 to 1, `epoch` counted from 1; None is not known."""

    step: int
    total_steps: int | None
    share: float
    epoch: int | None
    epochs: int | None
    eta_seconds: float | None


def progress_of(
    job: FineTuningJob, events: Sequence[JobEvent], now: datetime | None = None
) -> Progress:
    """How far a job is, from what its events report."""
    steps = [point.step for _, point in points_of(events)]
    step = steps[-1] if steps else 0
    total = _total_steps(events)
    done = job.status == "succeeded"
    share = 1.0 if done else min(1.0, step / total) if total else 0.0
    epochs = _whole_epochs(job)
    epoch = min(epochs, (max(step, 1) - 1) * epochs // total + 1) if epochs and total else None
    latest = _since_turn(events)
    is_moving = job.is_active and (bool(latest) or not steps)
    eta = _eta(job, latest, total, now or datetime.now(UTC)) if is_moving else None
    return Progress(step, total, share, epoch, epochs, eta)


def _since_turn(events: Sequence[JobEvent]) -> list[tuple[datetime, int]]:
    """The steps told since the job last began, or went on, each with its time."""
    turns = (n for n in range(len(events) - 1, -1, -1) if _TURN.match(events[n].message))
    last = next(turns, 0)
    return [(event.created_at, point.step) for event, point in points_of(events[last:])]


def points_of(events: Iterable[JobEvent]) -> Iterator[tuple[JobEvent, Metric]]:
    """The events that carry a point of the curves, each with its point."""
    for event in events:
        point = metrics_of(event)
        if point is not None:
            yield event, point


def _total_steps(events: Sequence[JobEvent]) -> int | None:
    for event in reversed(events):
        total = number_of(event.data.get("total_steps"))
        match = _STEP.match(event.message)
        if total or match:
            return int(total or int(match[2] if match else 0)) or None
    return None


def _whole_epochs(job: FineTuningJob) -> int | None:
    epochs = number_of(job.hyperparameters.get("n_epochs")) or job.request.n_epochs
    return int(epochs) if epochs and epochs >= 1 else None


def _eta(
    job: FineTuningJob, steps: list[tuple[datetime, int]], total: int | None, now: datetime
) -> float | None:
    """Seconds left: as the provider says, else at the speed of the latest steps.

    Of a job that rested, what was said before is worth nothing until it takes a step again.
    """
    if job.estimated_finish is not None and job.estimated_finish > now:
        return (job.estimated_finish - now).total_seconds()
    latest = steps[-SPEED_WINDOW:]
    if not total or len(latest) < 2 or latest[-1][1] <= latest[0][1]:
        return None
    (began, first), (at, last) = latest[0], latest[-1]
    seconds_a_step = (at - began).total_seconds() / (last - first)
    return max(0.0, (total - last) * seconds_a_step - (now - at).total_seconds())
