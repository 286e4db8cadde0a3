"""Stopping a job, and deleting what it made."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime

from core.errors import ProviderError, Rejected
from core.jobs import SAVED, UNSURE, FineTuningJob
from core.providers.place import Place
from core.storage import Store
from core.training.doubts import settle
from core.training.keeping import keep, turn
from core.training.watching import watch_job

log = logging.getLogger(__name__)


def cancel_job(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Stop a job. One that has ended meanwhile comes back as it ended.

    Raises:
        ProviderError: the provider would not stop it.
    """
    with turn(job_id):
        job = store.load_job(job_id)
        if job.provider_job_id is None and job.status == UNSURE:
            job = settle(store, client, job)
        if job.provider_job_id is not None and job.is_active:
            return _cancel_there(store, client, job, job.provider_job_id)
        if job.status == SAVED:
            job = replace(job, status="cancelled", finished_at=datetime.now(UTC))
            store.save_job(job)
        return job


def _cancel_there(
    store: Store, client: Place, job: FineTuningJob, provider_id: str
) -> FineTuningJob:
    try:
        job = keep(store, job, client.cancel_job(provider_id))
    except Rejected:
        job = watch_job(store, client, job, provider_id)
        if job.is_active:
            raise
        return job
    return _with_its_end(store, client, job, provider_id)


def _with_its_end(
    store: Store, client: Place, job: FineTuningJob, provider_id: str
) -> FineTuningJob:
    """The job with the last lines of its story: once ended, nobody looks at it again."""
    try:
        return watch_job(store, client, job, provider_id)
    except ProviderError as failure:
        log.info("Job %s: stopped, but its end could not be read (%s)", job.id, failure.code)
        return job


def delete_model(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Delete a job's tuned model at the provider for good; one that is gone already is no fault."""
    with turn(job_id):
        job = store.load_job(job_id)
        if job.fine_tuned_model is None or job.model_deleted:
            return job
        try:
            client.delete_model(job.fine_tuned_model)
        except Rejected as refusal:
            if refusal.code != "not_found_there":
                raise
        job = replace(job, model_deleted=True)
        store.save_job(job)
        return job


def stop_watching(store: Store, job_id: str) -> FineTuningJob:
    """End a job here that its provider no longer knows; its story and its bytes stay."""
    with turn(job_id):
        job = store.load_job(job_id)
        if job.is_active:
            now = datetime.now(UTC)
            job = replace(job, status="failed", error_code="job_gone_there", finished_at=now)
            store.save_job(job)
        return job
