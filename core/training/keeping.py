"""Writing down what a provider says of a job, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from core.jobs import ENDED, SAVED, UNSURE, FineTuningJob, RemoteJob
from core.storage import Store

_turns: dict[str, Lock] = {}


@contextmanager
def turn(job_id: str, *, wait: bool = True) -> Iterator[bool]:
    """One at a time on a job within this program; yields whether it is our turn."""
    lock = _turns.setdefault(job_id, Lock())
    mine = lock.acquire(blocking=wait)
    try:
        yield mine
    finally:
        if mine:
            lock.release()


def keep(store: Store, job: FineTuningJob, remote: RemoteJob) -> FineTuningJob:
    """Write down what the provider says of the job; what it leaves out stays as we knew it.

    Only what has changed is written, so that nothing is lost that another program knows.
    """
    told = _told(job, remote)
    changed = {name: value for name, value in told.items() if value != getattr(job, name)}
    if changed:
        store.update_job(job.id, **changed)
    return replace(job, **changed)


def status_of(remote: RemoteJob) -> str:
    """How the job stands there; our own two words say nothing from a provider's mouth."""
    return "unknown" if remote.status in {SAVED, UNSURE} else remote.status


def _told(job: FineTuningJob, remote: RemoteJob) -> dict[str, Any]:
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "fine_tuned_model": remote.fine_tuned_model,
        "trained_tokens": remote.trained_tokens,
        "training_file_id": remote.training_file_id,
        "validation_file_id": remote.validation_file_id,
        "finished_at": remote.finished_at,
    }
    if remote.finished_at is not None and remote.finished_at > now:
        told["finished_at"] = job.finished_at or now  # their clock is ahead of ours
    if job.is_active and remote.status in ENDED:
        told["finished_at"] = told["finished_at"] or now  # some never tell when
        told["look_after"] = job.look_after or now  # its end is known, the rest has yet to come
    return {
        **{name: value for name, value in told.items() if value is not None},
        "status": status_of(remote),
        "provider_job_id": remote.id,
        "estimated_finish": remote.estimated_finish,
        "error_code": remote.error_code,
        "error_message": remote.error_message,
        "hyperparameters": {**job.hyperparameters, **remote.hyperparameters},
    }
