"""Starting a job so that no crash loses it and none is paid for twice.

The order: the bytes are kept, the job is kept (`saved`), the limit is looked at, the files are
uploaded, the job is marked `unsure`, the provider is asked once, its answer is kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256

from core.errors import TonesmithError
from core.jobs import SAVED, UNSURE, Estimate, FineTuningJob, TrainingRequest
from core.providers.place import Place
from core.spending import check_limit, reckon_today
from core.storage import Store
from core.training.doubts import settle
from core.training.keeping import turn
from core.training.sending import send


def ticket_for(store: Store, project_id: str | None) -> str:
    """What a page takes when it is drawn: every press until a job has ended is the same press."""
    return str(store.count_ended_jobs(project_id))


def start_job(
    store: Store,
    client: Place,
    *,
    ticket: str,
    connection_id: str,
    project_id: str | None,
    request: TrainingRequest,
    snapshot_sha256: str,
    validation_sha256: str | None = None,
    estimate: Estimate | None = None,
) -> FineTuningJob:
    """Start a job on kept bytes. The same choices with the same ticket are the same job.

    So is the same job with another ticket, as long as it has not ended. A job comes back `unsure`
    when the provider did not answer and does not show it yet.

    Raises:
        BadInput: `over_limit` and its like; nothing is kept or sent then.
        ProviderError: refused, and kept as `failed`; or not reached, and kept as `saved`.
    """
    job = FineTuningJob(
        id="",
        project_id=project_id,
        connection_id=connection_id,
        status=SAVED,
        request=request,
        created_at=datetime.now(UTC),
        snapshot_sha256=snapshot_sha256,
        validation_sha256=validation_sha256,
        estimate=estimate,
    )
    job, is_new = _add(store, replace(job, id=_id_of(job, ticket)))
    with turn(job.id):
        job = store.load_job(job.id)
        if job.status == SAVED and not is_new:
            job = settle(store, client, job)  # a press before may have brought it there
        return send(store, client, job) if job.status == SAVED else job


def _id_of(job: FineTuningJob, ticket: str) -> str:
    """A digest of the press and of all that was chosen: whoever repeats it means the same job."""
    chosen = [
        ticket,
        job.project_id,
        job.connection_id,
        asdict(job.request),
        job.snapshot_sha256,
        job.validation_sha256,
    ]
    return f"job-{sha256(json.dumps(chosen).encode()).hexdigest()[:24]}"


def _add(store: Store, job: FineTuningJob) -> tuple[FineTuningJob, bool]:
    """Keep the job before its limit is looked at: of two at once, each reckons with the other."""
    with turn(f"starts of {job.project_id}"):
        kept, is_new = store.add_job(job)
        try:
            if kept.status == SAVED:
                _check_limit(store, kept, job.estimate)
        except TonesmithError:
            if is_new:
                store.drop_unsent_job(kept.id)
            raise
    return kept, is_new


def _check_limit(store: Store, job: FineTuningJob, estimate: Estimate | None) -> None:
    """Reckon with what a saved job costs now, whatever it was when it was saved."""
    if estimate is not None and estimate != job.estimate:
        store.update_job(job.id, was=SAVED, estimate=asdict(estimate))
    check_limit(store, job.project_id, estimate or job.estimate, without=job.id)


def resume_start(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Go on with a start that was cut off, when a person asks for it.

    The provider is searched first; while a doubt may still clear up, nothing is sent again.

    Raises:
        BadInput: `over_limit` and its like: the limit or the price may have changed meanwhile.
        ProviderError: as `start_job`.
    """
    with turn(job_id):
        job = store.load_job(job_id)
        if job.provider_job_id is None and job.status in {SAVED, UNSURE}:
            job = settle(store, client, job)
        if job.status != SAVED:
            return job
        _check_limit(store, job, reckon_today(store, job))
        return send(store, client, job)
