"""Jobs and their events, for the tests of curves, progress and stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.jobs import FineTuningJob, JobEvent, TrainingRequest

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def an_event(message: str, seconds: int = 0, **values: object) -> JobEvent:
    """Something a job told, so many seconds after its start."""
    at = START + timedelta(seconds=seconds)
    return JobEvent(f"e{message}{seconds}", at, "info", message, **values)  # type: ignore[arg-type]


def a_step(step: int, total: int = 100, seconds: int = 0, loss: float = 1.0) -> JobEvent:
    """A metrics event as OpenAI and our trainer write it."""
    data = {"step": step, "train_loss": loss, "total_steps": total}
    message = f"Step {step}/{total}: training loss={loss:.2f}"
    return an_event(message, seconds, type="metrics", data=data)


def a_job(**values: object) -> FineTuningJob:
    """A running job."""
    known = {"id": "j", "project_id": None, "connection_id": "c", "status": "running"}
    request = TrainingRequest(model="m")
    return FineTuningJob(**{**known, "request": request, "created_at": START, **values})  # type: ignore[arg-type]
