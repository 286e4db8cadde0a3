"""Events and result files become curves, progress and a story in plain words."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from core.jobs import Fetch, FineTuningJob, JobEvent, Metric

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
_STEP = re.compile(r"^Step (\d+)/(\d+)\b(?:.*?loss=([\d.]+))?", re.IGNORECASE)


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
    return Metric(step=int(match[1]), train_loss=_number(match[3]))


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
    step = _number(row.get("step"))
    if step is None or step < 0:
        return None
    values = {name: _first_number(row, columns) for name, columns in COLUMNS.items()}
    return Metric(step=int(step), **values)


def _first_number(row: Mapping[str, Any], columns: Iterable[str]) -> float | None:
    return next((n for n in (_number(row.get(c)) for c in columns) if n is not None), None)


def _number(value: object) -> float | None:
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
    steps = [(event.created_at, point.step) for event, point in _points(events)]
    step = steps[-1][1] if steps else 0
    total = _total_steps(events)
    done = job.status == "succeeded"
    share = 1.0 if done else min(1.0, step / total) if total else 0.0
    epochs = _whole_epochs(job)
    epoch = min(epochs, (max(step, 1) - 1) * epochs // total + 1) if epochs and total else None
    eta = _eta(job, steps, total, now or datetime.now(UTC)) if job.is_active else None
    return Progress(step, total, share, epoch, epochs, eta)


def _points(events: Iterable[JobEvent]) -> Iterator[tuple[JobEvent, Metric]]:
    for event in events:
        point = metrics_of(event)
        if point is not None:
            yield event, point


def _total_steps(events: Sequence[JobEvent]) -> int | None:
    for event in reversed(events):
        total = _number(event.data.get("total_steps"))
        match = _STEP.match(event.message)
        if total or match:
            return int(total or int(match[2] if match else 0)) or None
    return None


def _whole_epochs(job: FineTuningJob) -> int | None:
    epochs = _number(job.hyperparameters.get("n_epochs")) or job.request.n_epochs
    return int(epochs) if epochs and epochs >= 1 else None


def _eta(
    job: FineTuningJob, steps: list[tuple[datetime, int]], total: int | None, now: datetime
) -> float | None:
    """Seconds left: as the provider says, else at the speed of the latest steps."""
    if job.estimated_finish is not None and job.estimated_finish > now:
        return (job.estimated_finish - now).total_seconds()
    latest = steps[-SPEED_WINDOW:]
    if not total or len(latest) < 2 or latest[-1][1] <= latest[0][1]:
        return None
    (began, first), (at, last) = latest[0], latest[-1]
    seconds_a_step = (at - began).total_seconds() / (last - first)
    return max(0.0, (total - last) * seconds_a_step - (now - at).total_seconds())


# The weights of a base, fetched before it can learn


def fetch_of(event: JobEvent) -> Fetch | None:
    """How far the weights are that an event tells of, if it tells of any."""
    done, total = (_number(event.data.get(name)) for name in ("done_bytes", "total_bytes"))
    return Fetch(int(done), int(total)) if done is not None and total else None


def fetch_under_way(job: FineTuningJob, events: Sequence[JobEvent]) -> Fetch | None:
    """How far the weights are, where an active job waits for them now."""
    return fetch_of(events[-1]) if events and job.is_active else None


# The story


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of a job's story: `event.CODE` in `locales/`, or `original` where `code` is None."""

    at: datetime
    code: str | None
    params: dict[str, str | int | float] = field(default_factory=dict)
    original: str = ""
    level: str = "info"


Params = dict[str, str | int | float]


def _named(match: re.Match[str]) -> Params:
    return {k: int(v) if v.isdigit() else v for k, v in match.groupdict().items() if v}


# Messages of OpenAI (as its job events read in 2023-2026), of our trainer, and our own "asked".
KNOWN: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("asked", r"asked for the job to be started"),
        ("created", r"created fine-?tun(?:e|ing)(?: job)?\b"),
        ("checking", r"validating (?:training |validation )?files?\b"),
        ("accepted", r"files? validated\b"),
        ("queued", r"(?:fine-tuning )?job (?:is )?queued\b|fine-tune enqueued"),
        ("started", r"fine-tun(?:e|ing)(?: job)? started\b"),
        ("resumed", r"resuming after step (?P<step>\d+)"),
        ("checkpoint", r"checkpoint created at step (?P<step>\d+)"),
        ("model_created", r"new fine-tuned model created(?:: (?P<model>\S+))?"),
        ("policy_checking", r"evaluating model against our usage policies"),
        ("policy_passed", r"usage policy evaluations completed|moderation checks .*passed"),
        ("completed", r"the job has successfully completed|fine-tun\w+ succeeded"),
        ("cancelling", r"(?:the )?(?:fine-tuning )?job (?:is being|will be) cancell?ed"),
        ("cancelled", r"(?:the )?(?:fine-tuning )?job (?:was |has been )?cancell?ed"),
    )
)


def story_of(events: Sequence[JobEvent], examples: int | None = None) -> list[StoryLine]:
    """A job's events in plain words, oldest first; a run of steps, or of a fetch, is one line.

    `examples` is how many were sent, where that is known. What is not known here is shown as the
    provider wrote it.
    """
    lines: list[StoryLine] = []
    for kind, run in groupby(events, key=_kind):
        together = list(run)
        fold = FOLDED.get(kind)
        lines += [fold(together)] if fold else [_line(e, examples) for e in together]
    return lines


def _kind(event: JobEvent) -> str:
    if metrics_of(event) is not None:
        return "step"
    return "fetch" if fetch_of(event) is not None else "line"


def _line(event: JobEvent, examples: int | None) -> StoryLine:
    for code, pattern in KNOWN:
        match = pattern.match(event.message)
        if match is not None:
            code, params = _with_facts(code, _named(match), examples)
            return StoryLine(event.created_at, code, params, event.message, event.level)
    return StoryLine(event.created_at, None, {}, event.message, event.level)


def _with_facts(code: str, params: Params, examples: int | None) -> tuple[str, Params]:
    """The fuller sentence where the figures for it are known."""
    if code == "accepted" and examples is not None:
        return "accepted_examples", {"examples": examples}
    if code == "model_created" and "model" in params:
        return "model_created_named", params
    return code, params


def _steps_line(run: Sequence[JobEvent]) -> StoryLine:
    """Many steps as one line: how far, and how the loss went."""
    last = run[-1]
    points = [point for _, point in _points(run)]
    losses = [point.train_loss for point in points if point.train_loss is not None]
    params: Params = {"first": points[0].step, "last": points[-1].step}
    if not losses:
        return StoryLine(last.created_at, "steps", params, last.message, last.level)
    params |= {"loss_before": f"{losses[0]:.3f}", "loss": f"{losses[-1]:.3f}"}
    return StoryLine(last.created_at, "steps_loss", params, last.message, last.level)


def _fetch_line(run: Sequence[JobEvent]) -> StoryLine:
    """A whole download as one line: how far, or that the base is being prepared."""
    last = run[-1]
    fetch = fetch_of(last) or Fetch(0, 1)
    code = "fetched" if fetch.is_whole else "fetching"
    params = {"done": fetch.done_bytes // 1_000_000, "total": fetch.total_bytes // 1_000_000}
    return StoryLine(last.created_at, code, dict(params), last.message, last.level)


FOLDED = {"step": _steps_line, "fetch": _fetch_line}
