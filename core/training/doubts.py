"""Was the job created or not? Settled by looking for our id at the provider."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isclose
from uuid import uuid4

from core.jobs import SAVED, UNSURE, FineTuningJob, JobEvent, RemoteJob
from core.metrics import number_of
from core.providers.place import Place
from core.storage import Store
from core.training.keeping import keep

METADATA_KEY = "tonesmith_job"  # under it, every job we start carries our id
ASKED = "Asked for the job to be started"
# A create call that nobody answered may still be at work there; after this it is not.
DOUBT = timedelta(minutes=10)
CLOCKS = timedelta(minutes=5)  # so far a provider's clock may be from ours


def asked_event() -> JobEvent:
    """Our own line in the story; its time says how long a doubt has lasted."""
    now = datetime.now(UTC).replace(microsecond=0)  # as providers tell time, so that it stays first
    return JobEvent(f"tonesmith-{uuid4().hex}", now, "info", ASKED)


def settle(store: Store, client: Place, job: FineTuningJob) -> FineTuningJob:
    """Look for our id there: found, it is ours; still not after `DOUBT`, it was never made."""
    found = client.find_jobs({METADATA_KEY: job.id}, job.training_file_id or "")
    ours = [remote for remote in found if _can_be(store, client, job, remote)]
    if ours:
        return take_up(store, job, ours[-1])
    if job.status == UNSURE and _doubt_is_over(store, job):
        store.update_job(job.id, was=UNSURE, status=SAVED)
        return replace(job, status=SAVED)
    return job


def find_doubted(
    store: Store, client: Place, connection_id: str, remote: RemoteJob
) -> FineTuningJob | None:
    """The job of ours that this one at its place is, where we did not know so until now."""
    jobs = store.load_jobs(connection_id=connection_id)
    lost = [job for job in jobs if job.provider_job_id is None]
    return next((job for job in lost if _can_be(store, client, job, remote)), None)


def take_up(store: Store, job: FineTuningJob, remote: RemoteJob) -> FineTuningJob:
    """The job is this one there, also where that was taken for somebody else's before."""
    known = store.find_job(job.connection_id, remote.id)
    if known is not None and known.id != job.id:
        store.merge_job(known.id, into=job.id)
    return keep(store, job, remote)


def _can_be(store: Store, client: Place, job: FineTuningJob, remote: RemoteJob) -> bool:
    """Whether it is ours: by the id it carries, else by its file and all that was chosen for it."""
    known = store.find_job(job.connection_id, remote.id)
    if known is not None and known.id != job.id and not _is_foreign(known):
        return False
    if METADATA_KEY in remote.metadata:
        return remote.metadata[METADATA_KEY] == job.id
    asked = _asked_at(store, job)
    if asked is None or not _is_alike(client, job, remote):
        return False
    is_older = remote.created_at is not None and remote.created_at < asked - CLOCKS
    return not is_older or _is_to_come(asked)  # a clock that was wrong says nothing


def _is_foreign(job: FineTuningJob) -> bool:
    """Whether it was taken from a place's list, and not started here."""
    return job.project_id is None and job.snapshot_sha256 is None


def _is_alike(client: Place, job: FineTuningJob, remote: RemoteJob) -> bool:
    """Whether it learns the same from the same: some places keep the same bytes only once.

    What it does not tell may be anything. A batch size is not compared: places adjust it.
    """
    request, profile = job.request, client.profile
    told = {name: number_of(value) for name, value in remote.hyperparameters.items()}
    chosen = [
        (request.n_epochs, told.get(profile.n_epochs.name)),
        (request.learning_rate, told.get(profile.learning_rate.name)),
        (request.seed, remote.seed),
    ]
    return (
        remote.training_file_id is not None
        and remote.training_file_id == job.training_file_id
        and remote.model in {"", request.model, client.train_as(request.model)}
        and all(ours is None or theirs is None or isclose(ours, theirs) for ours, theirs in chosen)
    )


def _doubt_is_over(store: Store, job: FineTuningJob) -> bool:
    asked = _asked_at(store, job) or job.created_at
    return datetime.now(UTC) - asked > DOUBT or _is_to_come(asked)


def _is_to_come(moment: datetime) -> bool:
    """Whether our clock was wrong when it told that moment."""
    return moment > datetime.now(UTC) + CLOCKS


def _asked_at(store: Store, job: FineTuningJob) -> datetime | None:
    """When it was asked for the last time; None where it never was, or was refused."""
    asked = [e.created_at for e in store.load_events(job.id) if e.message == ASKED]
    return None if job.status == "failed" else max(asked, default=None)
