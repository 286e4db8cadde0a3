"""Writing down what a provider says of a job, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import Any

from core.errors import NotFound
from core.jobs import FineTuningJob, RemoteJob
from core.storage import Store

_turns: dict[str, Lock] = {}


def find_saved(store: Store, job_id: str) -> FineTuningJob | None:
    """The job under our id, or None."""
    try:
        return store.load_job(job_id)
    except NotFound:
        return None


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
    """Write down what the provider says of the job; what it leaves out stays as we knew it."""
    told: Mapping[str, Any] = {
        "fine_tuned_model": remote.fine_tuned_model,
        "trained_tokens": remote.trained_tokens,
        "training_file_id": remote.training_file_id,
        "validation_file_id": remote.validation_file_id,
        "finished_at": remote.finished_at,
    }
    job = replace(
        job,
        **{name: value for name, value in told.items() if value is not None},
        status=remote.status,
        provider_job_id=remote.id,
        estimated_finish=remote.estimated_finish,
        error_code=remote.error_code,
        error_message=remote.error_message,
        hyperparameters={**job.hyperparameters, **remote.hyperparameters},
    )
    store.save_job(job)
    return job
