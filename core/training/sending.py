"""Sending a kept job: its files first, then one request for it, and never a second in doubt."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)
from core.jobs import SAVED, UNSURE, FineTuningJob
from core.providers.place import Place
from core.storage import Store
from core.training.doubts import METADATA_KEY, asked_event, settle
from core.training.keeping import keep

REFUSALS = (AuthenticationFailed, PermissionRefused, Rejected)
# A job keeps a code and the provider's message, not the dates of the longer sentence.
KEPT_AS = {"training_closing": "permission_refused"}

log = logging.getLogger(__name__)


class SentElsewhere(Exception):
    """Another program on the same database has sent this job; it must not be sent twice."""


def send(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Bring the files there and ask for the job; one that another program sends is left to it.

    One that is there already comes back as it is.

    Raises:
        ProviderError: refused, and kept as `failed`; or not reached, and kept as `saved`.
    """
    if job.provider_job_id is not None:
        return job
    try:
        with _refusal_kept(store, job.id, SAVED):
            job = _upload(store, client, job)
        return _create(store, client, job)
    except SentElsewhere:
        return store.load_job(job.id)


@contextmanager
def _refusal_kept(store: Store, job_id: str, was: str) -> Iterator[None]:
    """A refusal fails the job, unless another program has brought it further meanwhile."""
    try:
        yield
    except REFUSALS as refusal:
        store.update_job(
            job_id,
            was=was,
            status="failed",
            finished_at=datetime.now(UTC),
            error_code=KEPT_AS.get(refusal.code, refusal.code),
            error_message=str(refusal.params.get("message", "")),
        )
        raise


def _upload(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Bring the files there, each kept as soon as it is, so that a resume does not repeat it."""
    if job.snapshot_sha256 is not None and job.training_file_id is None:
        file_id = _upload_snapshot(store, client, job.snapshot_sha256)
        job = _keep_unsent(store, job, training_file_id=file_id)
    if job.validation_sha256 is not None and job.validation_file_id is None:
        file_id = _upload_snapshot(store, client, job.validation_sha256)
        job = _keep_unsent(store, job, validation_file_id=file_id)
    return job


def _keep_unsent(store: Store, job: FineTuningJob, **values: str) -> FineTuningJob:
    """Note something of the job while it is still ours to send: another may have taken it on."""
    if not store.update_job(job.id, was=SAVED, **values):
        raise SentElsewhere
    return store.load_job(job.id)


def _upload_snapshot(store: Store, client: Place, snapshot: str) -> str:
    return client.upload_file(store.load_snapshot(snapshot), f"{snapshot[:12]}.jsonl")


def _create(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Ask once for the job; whatever happens from here on, we know that we may have one."""
    if not store.mark_asked(job.id, asked_event()):
        raise SentElsewhere
    waiting = store.load_job(job.id)
    ours = {METADATA_KEY: job.id}
    try:
        with _refusal_kept(store, job.id, UNSURE):
            remote = client.create_job(
                job.request, job.training_file_id or "", job.validation_file_id, ours
            )
    except (RateLimited, Unavailable) as failure:
        if isinstance(failure, RateLimited) or failure.code == "cannot_connect":
            store.update_job(job.id, was=UNSURE, status=SAVED)  # it certainly was not created
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
