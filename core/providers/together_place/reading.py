"""JSON in Together's shape becomes our values; anything may be missing, null or of another type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from core.jobs import ENDED, Checkpoint, JobEvent, RemoteJob
from core.metrics import HIGHEST_STEP, number_of
from core.providers.shapes import EPOCH, read_id, read_status, read_whole

Json = Mapping[str, Any]

# Its words for how a job stands, in ours; one that is not known here stays as it is.
STATUSES = {
    "pending": "queued",
    "compressing": "running",
    "uploading": "running",
    "cancel_requested": "running",
    "completed": "succeeded",
    "error": "failed",
    "user_error": "failed",
}
LEVELS = {"warning": "warn", "iwarning": "warn", "error": "error", "ierror": "error"}
WENT_WRONG = frozenset({"job_error", "job_user_error", "billing_limit"})
# Its name for a value of the curves, by ours; the accuracies are guessed.
CURVES = {
    "train_loss": "train/loss",
    "train_accuracy": "train/accuracy",
    "valid_loss": "eval/loss",
    "valid_accuracy": "eval/accuracy",
}


def read_job(answer: Json, reason: str | None = None) -> RemoteJob:
    """One job; `reason` is why it failed, which only its events tell."""
    told = read_status(answer)
    status = STATUSES.get(told, told)
    failed, done = status == "failed", status == "succeeded"
    return RemoteJob(
        id=read_id(answer),
        status=status,
        model=_text(answer.get("model")) or "",
        created_at=_time(answer.get("created_at")),
        finished_at=_time(answer.get("updated_at")) if status in ENDED else None,
        estimated_finish=_finish(answer.get("progress")),
        # Its name is known from the first moment, but there is no model before the end.
        fine_tuned_model=_text(answer.get("model_output_name")) if done else None,
        trained_tokens=read_whole(answer.get("token_count")) or None,
        training_file_id=_text(answer.get("training_file")),
        validation_file_id=_text(answer.get("validation_file")),
        seed=read_whole(answer.get("random_seed")),
        error_code=told if failed else None,
        error_message=reason if failed else None,
        hyperparameters=_hyperparameters(answer),
    )


def read_events(job_id: str, items: Iterable[Json]) -> list[JobEvent]:
    """A job's events, oldest first.

    They have no ids there, so each gets one from what it says; the same said twice in the same
    moment is counted, so that asking again gives the same ids.
    """
    events: list[JobEvent] = []
    seen: Counter[str] = Counter()
    for item in sorted(items, key=lambda item: _time(item.get("created_at")) or EPOCH):
        event = _event(item)
        digest = sha256(f"{event.created_at}|{event.type}|{event.message}".encode()).hexdigest()
        seen[digest] += 1
        event_id = f"{job_id}-{digest[:24]}-{seen[digest]}"
        events.append(JobEvent(event_id, event.created_at, event.level, event.message,
                               data=event.data))  # fmt: skip
    return events


def _event(item: Json) -> JobEvent:
    kind = (_text(item.get("type")) or "").lower()
    level = (_text(item.get("level")) or "").lower().removeprefix("legacy_")
    steps = {name: read_whole(item.get(name), HIGHEST_STEP) for name in ("step", "total_steps")}
    return JobEvent(
        id="",
        created_at=_time(item.get("created_at")) or EPOCH,
        level="error" if kind in WENT_WRONG else LEVELS.get(level, "info"),
        message=_text(item.get("message")) or kind,
        type=kind,
        data={name: value for name, value in steps.items() if value},
    )


def read_reason(items: Iterable[Json]) -> str | None:
    """Why a job failed: the last event that says that something went wrong."""
    events = [_event(item) for item in items]
    told = [event for event in events if event.level == "error"]
    return max(told, key=lambda event: event.created_at).message if told else None


def read_curves(job_id: str, rows: Iterable[Json]) -> list[JobEvent]:
    """The points of the curves as events, by step, as our other places tell them."""
    found = [event for row in rows if (event := _point(job_id, row)) is not None]
    return sorted(found, key=lambda event: event.data["step"])


def _point(job_id: str, row: Json) -> JobEvent | None:
    """A row is of training or of validation; both name the step by that of the training."""
    values = {ours: number_of(row.get(theirs)) for ours, theirs in CURVES.items()}
    known = {name: value for name, value in values.items() if value is not None}
    step = read_whole(row.get("train/global_step"), HIGHEST_STEP)
    if step is None or not known:
        return None
    said = ", ".join(f"{name.replace('_', ' ')}={value:.4f}" for name, value in known.items())
    return JobEvent(
        id=f"{job_id}-{'-'.join(sorted(known))}-{step}",
        created_at=_moment(row.get("timestamp")) or EPOCH,
        level="info",
        message=f"Step {step}: {said}",
        type="metrics",
        data={"step": step, **known},
    )


def read_checkpoints(job_id: str, items: Iterable[Json]) -> list[Checkpoint]:
    """The models kept on the way, by step; a step that is kept in two forms counts once.

    Each is called as its documents call it to go on from there: JOB:STEP.
    """
    found: dict[int, Checkpoint] = {}
    for item in items:
        step = read_whole(item.get("step"), HIGHEST_STEP)
        if step is not None and step not in found:
            name = f"{job_id}:{step}"
            at = _time(item.get("created_at")) or EPOCH
            found[step] = Checkpoint(id=name, step=step, model=name, created_at=at)
    return [found[step] for step in sorted(found)]


def _hyperparameters(answer: Json) -> dict[str, Any]:
    names = ("n_epochs", "batch_size", "learning_rate")
    return {name: answer[name] for name in names if answer.get(name) is not None}


def _finish(progress: object) -> datetime | None:
    """When it will be done, where it says so."""
    if not isinstance(progress, Mapping) or progress.get("estimate_available") is not True:
        return None
    seconds = number_of(progress.get("seconds_remaining"))
    is_sane = seconds is not None and 0 < seconds < timedelta(days=365).total_seconds()
    return datetime.now(UTC) + timedelta(seconds=seconds or 0) if is_sane else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(nanoseconds: object) -> datetime | None:
    told = number_of(nanoseconds) if isinstance(nanoseconds, (int, float)) else None
    try:
        return datetime.fromtimestamp(told / 1e9, UTC) if told else None
    except (OverflowError, OSError, ValueError):
        return None


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC) if found else None
