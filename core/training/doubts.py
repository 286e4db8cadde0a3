"""Was the job created or not? Settled by looking for our id at the provider."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from core.jobs import SAVED, UNSURE, FineTuningJob, JobEvent
from core.providers.place import Place
from core.storage import Store
from core.training.keeping import keep

METADATA_KEY = "tonesmith_job"  # under it, every job we start carries our id
ASKED = "Asked for the job to be started"
# A create call that nobody answered may still be at work there; after this it is not.
DOUBT = timedelta(minutes=10)


def asked_event() -> JobEvent:
    """Our own line in the story; its time says how long a doubt has lasted."""
    now = datetime.now(UTC).replace(microsecond=0)  # as providers tell time, so that it stays first
    return JobEvent(f"tonesmith-{uuid4().hex}", now, "info", ASKED)


def settle(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Look for our id there: found, it is ours; still not after `DOUBT`, it was never made."""
    found = client.find_jobs({METADATA_KEY: job.id}, job.training_file_id or "")
    if found:
        return keep(store, job, found[-1])
    if job.status == UNSURE and _doubt_is_over(store, job):
        job = replace(job, status=SAVED)
        store.save_job(job)
    return job


def _doubt_is_over(store: Store, job: FineTuningJob) -> bool:
    asked = [e.created_at for e in store.load_events(job.id) if e.message == ASKED]
    return datetime.now(UTC) - max(asked, default=job.created_at) > DOUBT
