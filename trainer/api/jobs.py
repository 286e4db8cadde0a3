"""`/v1/fine_tuning/jobs`."""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request

from trainer.api.context import Context, Here, check_cursor, page, read_limit
from trainer.api.files import find_file
from trainer.errors import BadRequest, NotFound
from trainer.hyperparameters import JobRequest, read_job_request
from trainer.records import an_event, new_id
from trainer.supervisor import copy_examples
from trainer.values import (
    CANCELLED,
    ENDED,
    FINE_TUNE,
    PAUSED,
    PAUSING,
    QUEUED,
    RUNNING,
    VALIDATING,
    Job,
)

router = APIRouter(prefix="/v1/fine_tuning/jobs")


@router.post("")
def create_job(here: Here, body: Annotated[Any, Body()]) -> dict[str, Any]:
    """Take a job on; its files are checked next, and its turn comes when the others are done."""
    request = read_job_request(body)
    for param in ("training_file", "validation_file"):
        _check_purpose(here, getattr(request, param), param)
    job = _new_job(request)
    copy_examples(here.data, job)
    files = {"training": job.training_file, "validation": job.validation_file}
    looks = [f"Validating {kind} file: {file_id}" for kind, file_id in files.items() if file_id]
    here.store.add_job(job, *map(an_event, [f"Created fine-tuning job: {job.id}", *looks]))
    here.supervisor.wake()
    return job.to_json()


def _check_purpose(here: Context, file_id: str | None, param: str) -> None:
    if file_id is None:
        return
    try:
        file = find_file(here, file_id, param)
    except NotFound as problem:
        raise BadRequest(problem.message, problem.code, param) from None
    if file.purpose != FINE_TUNE:
        raise BadRequest(f"The purpose of {file_id} is not `fine-tune`.", "invalid_file", param)


def _new_job(request: JobRequest) -> Job:
    """Our ids have no organization: `ft:BASE:SUFFIX:ID`, the suffix empty where none was given."""
    model = f"ft:{request.base.id}:{request.suffix}:{secrets.token_hex(4)}"
    chosen = {**asdict(request.hyperparameters), "learning_rate_multiplier": request.multiplier}
    return Job(
        id=new_id("ftjob-"),
        created_at=int(time.time()),
        base=request.base.id,
        status=VALIDATING,
        training_file=request.training_file,
        validation_file=request.validation_file,
        suffix=request.suffix,
        seed=request.seed,
        hyperparameters=chosen,
        metadata=request.metadata,
        model=model,
    )


@router.get("")
def list_jobs(
    here: Here, request: Request, after: str | None = None, limit: str | None = None
) -> dict[str, Any]:
    """Jobs, newest first; `metadata[KEY]=VALUE` shows only those that carry the pair."""
    check_cursor(here, "jobs", after)
    most = read_limit(limit, 20, 100)
    wanted = {
        name[len("metadata[") : -1]: value
        for name, value in request.query_params.items()
        if name.startswith("metadata[") and name.endswith("]")
    }
    jobs = here.store.list_jobs(wanted, after, most + 1)
    return page([job.to_json() for job in jobs], most)


@router.get("/{job_id}")
def retrieve_job(here: Here, job_id: str) -> dict[str, Any]:
    """One job."""
    return _find_job(here, job_id).to_json()


@router.post("/{job_id}/cancel")
def cancel_job(here: Here, job_id: str) -> dict[str, Any]:
    """End a job; its worker is ended a moment later."""
    job = _find_job(here, job_id)
    ended = an_event("The job has been cancelled")
    if not here.store.move_job(job_id, CANCELLED, ended):
        _check_active(_find_job(here, job_id))
    here.supervisor.wake()
    return _find_job(here, job.id).to_json()


@router.post("/{job_id}/pause")
def pause_job(here: Here, job_id: str) -> dict[str, Any]:
    """Let a job rest: one that waits at once, a running one after its next step."""
    _check_active(_find_job(here, job_id))
    waiting, paused = (VALIDATING, QUEUED), an_event("The job has been paused")
    if not here.store.move_job(job_id, PAUSED, paused, since=waiting):
        pausing = an_event("The job is being paused")
        here.store.move_job(job_id, PAUSING, pausing, since=(RUNNING,))
    here.supervisor.wake()
    return _find_job(here, job_id).to_json()


@router.post("/{job_id}/resume")
def resume_job(here: Here, job_id: str) -> dict[str, Any]:
    """Let a paused job go on when its turn comes, exactly where it stopped.

    One that never began has its files checked, perhaps again: it may have been paused before.
    """
    resumed = an_event("The job has been resumed")
    goes_on_as = QUEUED if _find_job(here, job_id).starts else VALIDATING
    if not here.store.move_job(job_id, goes_on_as, resumed, since=(PAUSED,)):
        job = _find_job(here, job_id)
        _check_active(job)
        if job.status == PAUSING:
            message = "The job is still being paused; let it go on once it rests."
            raise BadRequest(message, "job_pausing", "fine_tuning_job_id")
    here.supervisor.wake()
    return _find_job(here, job_id).to_json()


def _check_active(job: Job) -> None:
    if job.status in ENDED:
        message = f"The job has ended already: {job.status}."
        raise BadRequest(message, "job_ended", "fine_tuning_job_id")


@router.get("/{job_id}/events")
def list_events(
    here: Here, job_id: str, after: str | None = None, limit: str | None = None
) -> dict[str, Any]:
    """A job's story, newest first."""
    _find_job(here, job_id)
    check_cursor(here, "events", after)
    most = read_limit(limit, 20, 100)
    events = here.store.list_events(job_id, after, most + 1)
    return page([event.to_json() for event in events], most)


@router.get("/{job_id}/checkpoints")
def list_checkpoints(
    here: Here, job_id: str, after: str | None = None, limit: str | None = None
) -> dict[str, Any]:
    """The checkpoints that are on disk, the newest first."""
    _find_job(here, job_id)
    check_cursor(here, "checkpoints", after)
    most = read_limit(limit, 10, 100)
    checkpoints = here.store.list_checkpoints(job_id, after, most + 1)
    return page([checkpoint.to_json() for checkpoint in checkpoints], most)


def _find_job(here: Context, job_id: str) -> Job:
    job = here.store.find_job(job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.", "job_not_found", "fine_tuning_job_id")
    return job
