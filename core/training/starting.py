"""Starting a job so that no crash loses it and none is paid for twice.

The order: the bytes are kept, the job is kept (`saved`), the files are uploaded, the job is marked
`unsure`, the provider is asked once, its answer is kept.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)
from core.jobs import SAVED, UNSURE, FineTuningJob, TrainingRequest
from core.providers.place import Place
from core.storage import Store
from core.training.doubts import METADATA_KEY, asked_event, settle
from core.training.keeping import find_saved, keep, turn

REFUSALS = (AuthenticationFailed, PermissionRefused, Rejected)
# A job keeps a code and the provider's message, not the dates of the longer sentence.
KEPT_AS = {"training_closing": "permission_refused"}

log = logging.getLogger(__name__)


class SentElsewhere(Exception):
    """Another program on the same database has sent this job; it must not be sent twice."""


def start_job(
    store: Store,
    client: Place,
    *,
    start_key: str,
    connection_id: str,
    project_id: str | None,
    request: TrainingRequest,
    snapshot_sha256: str,
    validation_sha256: str | None = None,
) -> FineTuningJob:
    """Start a job on kept bytes. `start_key` becomes its id: the same key is the same job.

    A job comes back `unsure` when the provider did not answer and does not show it yet.

    Raises:
        ProviderError: refused, and kept as `failed`; or not reached, and kept as `saved`.
    """
    with turn(start_key):
        job = find_saved(store, start_key)
        if job is None:
            job = FineTuningJob(
                id=start_key,
                project_id=project_id,
                connection_id=connection_id,
                status=SAVED,
                request=request,
                created_at=datetime.now(UTC),
                snapshot_sha256=snapshot_sha256,
                validation_sha256=validation_sha256,
            )
            store.save_job(job)
        return _send(store, client, job) if job.status == SAVED else job


def resume_start(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Go on with a start that was cut off, when a person asks for it.

    The provider is searched first; while a doubt may still clear up, nothing is sent again.
    """
    with turn(job_id):
        job = store.load_job(job_id)
        if job.provider_job_id is None and job.status in {SAVED, UNSURE}:
            job = settle(store, client, job)
        return _send(store, client, job) if job.status == SAVED else job


def _send(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    try:
        return _create(store, client, _upload(store, client, job))
    except SentElsewhere:
        return store.load_job(job.id)
    except REFUSALS as refusal:
        _keep_refusal(store, job.id, refusal)
        raise


def _upload(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Bring the files there, each kept as soon as it is, so that a resume does not repeat it."""
    if job.snapshot_sha256 is not None and job.training_file_id is None:
        file_id = _upload_snapshot(store, client, job.snapshot_sha256)
        job = _keep_unsent(store, replace(job, training_file_id=file_id))
    if job.validation_sha256 is not None and job.validation_file_id is None:
        file_id = _upload_snapshot(store, client, job.validation_sha256)
        job = _keep_unsent(store, replace(job, validation_file_id=file_id))
    return job


def _keep_unsent(store: Store, job: FineTuningJob) -> FineTuningJob:
    """Keep the job while it is still ours to send: another program may have taken it on."""
    if not store.save_job_if(job, SAVED):
        raise SentElsewhere
    return job


def _upload_snapshot(store: Store, client: Place, sha256: str) -> str:
    return client.upload_file(store.load_snapshot(sha256), f"{sha256[:12]}.jsonl")


def _create(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Ask once for the job; whatever happens from here on, we know that we may have one."""
    waiting = _keep_unsent(store, replace(job, status=UNSURE))
    store.save_events(job.id, [asked_event()])
    try:
        remote = client.create_job(
            job.request, job.training_file_id or "", job.validation_file_id, {METADATA_KEY: job.id}
        )
    except (RateLimited, Unavailable) as failure:
        if isinstance(failure, RateLimited) or failure.code == "cannot_connect":
            store.save_job(job)  # it certainly was not created: as if never asked
            raise
        log.warning("Job %s: in doubt whether it was created (%s)", job.id, failure.code)
        return _settle_if_possible(store, client, waiting)
    return keep(store, job, remote)


def _settle_if_possible(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    try:
        return settle(store, client, job)
    except ProviderError as failure:
        log.warning("Job %s: could not be looked for (%s)", job.id, failure.code)
        return job


def _keep_refusal(store: Store, job_id: str, refusal: ProviderError) -> None:
    failed = replace(
        store.load_job(job_id),
        status="failed",
        finished_at=datetime.now(UTC),
        error_code=KEPT_AS.get(refusal.code, refusal.code),
        error_message=str(refusal.params.get("message", "")),
    )
    store.save_job(failed)
