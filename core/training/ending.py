"""Stopping a job, letting it rest and go on, and deleting what it made."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from core.errors import NotFound, ProviderError, Rejected, Unavailable
from core.jobs import SAVED, UNSURE, FineTuningJob, RemoteJob
from core.providers.place import Place
from core.storage import Store
from core.training.doubts import settle
from core.training.keeping import keep, turn
from core.training.watching import bring_up_to_date

RESTING = frozenset({"pausing", "paused"})

log = logging.getLogger(__name__)


def cancel_job(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Stop a job. One that has ended meanwhile comes back as it ended.

    Raises:
        ProviderError: the provider would not stop it; `start_in_doubt`, while nobody knows whether
            there is anything to stop.
    """
    with turn(job_id):
        job = store.load_job(job_id)
        if job.provider_job_id is None and job.status == UNSURE:
            job = settle(store, client, job)
        if job.provider_job_id is None:
            return _drop(store, job_id)
        return _ask(store, client, job, client.cancel_job, lambda job: not job.is_active)


def cancel_unsent(store: Store, job_id: str) -> FineTuningJob:
    """Cancel a job that never left; no place is needed for it. One that was sent stays as it is.

    Raises:
        Unavailable: `start_in_doubt`, as `cancel_job`.
    """
    with turn(job_id):
        return _drop(store, job_id)


def _drop(store: Store, job_id: str) -> FineTuningJob:
    """End a job that was never sent, unless another program is just sending it."""
    store.update_job(job_id, was=SAVED, status="cancelled", finished_at=datetime.now(UTC))
    job = store.load_job(job_id)
    if job.status == UNSURE:
        raise Unavailable("start_in_doubt")
    return job


def pause_job(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Let a job rest, where the place can do that; one that rests or has ended stays as it is.

    Raises:
        ProviderError: the provider would not; `not_offered_there`, where it never does.
    """
    _check_offered(client, "pause")
    with turn(job_id):
        job = store.load_job(job_id)
        return _ask(
            store, client, job, client.pause_job, lambda j: not j.is_active or j.status in RESTING
        )


def resume_job(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Let a job that rests go on; any other stays as it is.

    Raises:
        ProviderError: the provider would not; `not_offered_there`, where it never does.
    """
    _check_offered(client, "pause")
    with turn(job_id):
        job = store.load_job(job_id)
        return _ask(store, client, job, client.resume_job, lambda j: j.status not in RESTING)


def _check_offered(client: Place, what: str) -> None:
    if what not in client.profile.offers:
        raise Rejected("not_offered_there", name=client.profile.name)


def _ask(
    store: Store,
    client: Place,
    job: FineTuningJob,
    ask: Callable[[str], RemoteJob],
    is_done: Callable[[FineTuningJob], bool],
) -> FineTuningJob:
    """Have something done to a job, unless it is so already, or becomes so before we ask."""
    if job.provider_job_id is None or is_done(job):
        return job
    try:
        job = keep(store, job, ask(job.provider_job_id))
    except Rejected:
        job = bring_up_to_date(store, lambda: client, job)
        if not is_done(job):
            raise
        return job
    return _with_its_story(store, client, job)


def _with_its_story(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """The job with what it tells of it; where that does not come now, a later look brings it."""
    try:
        return bring_up_to_date(store, lambda: client, job)
    except ProviderError as failure:
        log.info("Job %s: done, but its story could not be read (%s)", job.id, failure.code)
        return store.load_job(job.id)


def delete_model(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Delete a job's tuned model at the provider for good; one that is gone already is no fault."""
    with turn(job_id):
        job = store.load_job(job_id)
        if job.fine_tuned_model is None or job.model_deleted:
            return job
        _delete(client, job.fine_tuned_model)
        store.update_job(job_id, model_deleted=True)
        _mark_gone_along(store, client, job)
        return store.load_job(job_id)


def _mark_gone_along(store: Store, client: Place, job: FineTuningJob) -> None:
    """With a model, some places delete what was kept on its way."""
    if job.provider_job_id is None or "checkpoints" not in client.profile.offers:
        return
    try:
        left = client.load_checkpoints(job.provider_job_id)
    except ProviderError as failure:
        log.info("Job %s: what is left of it is not known (%s)", job.id, failure.code)
        return
    store.mark_unlisted_checkpoints(job.id, [point.id for point in left])


def delete_checkpoint(store: Store, client: Place, job_id: str, checkpoint_id: str) -> None:
    """Delete a model kept on the way; it stays in the list as deleted.

    Raises:
        NotFound: `checkpoint_gone`, where the job has no such checkpoint.
        ProviderError: the provider would not; `not_offered_there`, where it never does.
    """
    _check_offered(client, "checkpoint_delete")
    with turn(job_id):
        found = {point.id: point for point in store.load_checkpoints(job_id)}
        point = found.get(checkpoint_id)
        if point is None:
            raise NotFound("checkpoint_gone")
        if not point.deleted:
            _delete(client, point.model)
            store.mark_checkpoint_deleted(job_id, checkpoint_id)
        if point.model == store.load_job(job_id).fine_tuned_model:
            store.update_job(job_id, model_deleted=True)  # some places name the last one so


def _delete(client: Place, model: str) -> None:
    """Gone already is as good as deleted now."""
    try:
        client.delete_model(model)
    except Rejected as refusal:
        if refusal.code != "not_found_there":
            raise


def stop_watching(store: Store, job_id: str) -> FineTuningJob:
    """End a job here that its provider no longer knows; its story and its bytes stay."""
    with turn(job_id):
        if store.load_job(job_id).is_active:
            store.update_job(
                job_id,
                status="failed",
                error_code="job_gone_there",
                finished_at=datetime.now(UTC),
                look_after=None,
            )
        return store.load_job(job_id)
