"""Bringing a job up to date, as often as anybody likes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from core.errors import Rejected
from core.jobs import UNSURE, FineTuningJob, JobEvent, Metric, RemoteJob, TrainingRequest
from core.metrics import merge_metrics, metrics_of
from core.providers.place import Place
from core.storage import Store
from core.training.doubts import METADATA_KEY, settle
from core.training.keeping import find_saved, keep, turn

log = logging.getLogger(__name__)
T = TypeVar("T")


def refresh_job(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Bring a job up to date: status, events, curves, checkpoints. Repeating it changes nothing.

    While a start or another refresh is at work on it, the job comes back as it is kept.
    """
    with turn(job_id, wait=False) as mine:
        job = store.load_job(job_id)
        if not mine:
            return job
        if job.provider_job_id is not None:
            return watch_job(store, client, job, job.provider_job_id)
        return settle(store, client, job) if job.status == UNSURE else job


def adopt_job(
    store: Store, client: Place, connection_id: str, provider_job_id: str
) -> FineTuningJob:
    """The job of a connection's list as one that is kept: known already, or started elsewhere."""
    job = store.find_job(connection_id, provider_job_id)
    if job is None:
        remote = client.load_job(provider_job_id)
        job = keep(store, _own(store, connection_id, remote), remote)
    return refresh_job(store, client, job.id)


def list_remote_jobs(
    client: Place, limit: int = 10, after: str | None = None
) -> tuple[list[RemoteJob], bool]:
    """The connection's latest jobs, newest first, whoever started them; and whether more follow."""
    return client.list_jobs(limit, after)


def watch_job(store: Store, client: Place, job: FineTuningJob, provider_id: str) -> FineTuningJob:
    """The job itself is asked for first and kept last: an ended job has all that belongs to it."""
    remote = client.load_job(provider_id)
    known = {event.id for event in store.load_events(job.id)}
    events = client.load_events(provider_id, known)
    store.save_events(job.id, events)
    store.save_metrics(job.id, _curves(events, _results(client, remote)))
    store.save_checkpoints(job.id, _if_offered(lambda: client.load_checkpoints(provider_id)))
    return keep(store, job, remote)


def _curves(events: Sequence[JobEvent], results: Sequence[Metric]) -> list[Metric]:
    reported = [point for point in map(metrics_of, events) if point is not None]
    return merge_metrics([*reported, *results])


def _results(client: Place, remote: RemoteJob) -> list[Metric]:
    if remote.status != "succeeded":
        return []
    read = client.load_result_metrics
    return [
        point
        for file_id in remote.result_file_ids
        for point in _if_offered(lambda file_id=file_id: read(file_id))  # type: ignore[misc]
    ]


def _if_offered(load: Callable[[], list[T]]) -> list[T]:
    """Nothing, where the place does not have what belongs to a job elsewhere."""
    try:
        return load()
    except Rejected as refusal:
        log.info("Not offered there: %s", refusal.code)
        return []


def _own(store: Store, connection_id: str, remote: RemoteJob) -> FineTuningJob:
    """Ours by the id it carries, if we do not know its provider id yet; else a new one, foreign."""
    ours = find_saved(store, remote.metadata.get(METADATA_KEY, ""))
    if ours is not None and ours.connection_id == connection_id and not ours.provider_job_id:
        return ours
    return FineTuningJob(
        # Of the same job always the same id, so that two tabs cannot adopt it twice.
        id=uuid5(NAMESPACE_URL, f"{connection_id}/{remote.id}").hex,
        project_id=None,
        connection_id=connection_id,
        status=remote.status,
        request=TrainingRequest(model=remote.model, seed=remote.seed),
        created_at=remote.created_at or datetime.now(UTC),
    )
