"""Bringing a job up to date, as often as anybody likes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from core.errors import BadInput, NotFound, ProviderError, Rejected, TonesmithError
from core.jobs import UNSURE, FineTuningJob, RemoteJob, TrainingRequest
from core.metrics import merge_metrics, metrics_of
from core.providers.place import Place
from core.storage import Store
from core.training.doubts import find_doubted, settle
from core.training.keeping import keep, status_of, turn
from core.training.pacing import RESULTS, SETTLING, after_failure, is_past, next_look

log = logging.getLogger(__name__)
T = TypeVar("T")

# What may be wrong with a place, or with our way to it; a fault of our own database is not.
FAILURES = (ProviderError, NotFound, BadInput)


def refresh_job(store: Store, client: Place, job_id: str) -> FineTuningJob:
    """Bring a job up to date now, whether or not a look is due. Repeating it changes nothing.

    While a start or a look is at work on it, the job comes back as it is kept.

    Raises:
        ProviderError: no answer; it is kept with the job as well.
    """
    with turn(job_id, wait=False) as mine:
        job = store.load_job(job_id)
        if not mine or not was_sent(job):
            return job
        return bring_up_to_date(store, lambda: client, job)


def adopt_job(
    store: Store, client: Place, connection_id: str, provider_job_id: str
) -> FineTuningJob:
    """The job of a connection's list as one that is kept: known already, or started elsewhere."""
    job = store.find_job(connection_id, provider_job_id)
    if job is None:
        remote = client.load_job(provider_job_id)
        job, _ = store.add_job(_own(store, client, connection_id, remote))
        job = keep(store, job, remote)
    return refresh_job(store, client, job.id)


def list_remote_jobs(
    client: Place, limit: int = 10, after: str | None = None
) -> tuple[list[RemoteJob], bool]:
    """The connection's latest jobs, newest first, whoever started them; and whether more follow."""
    return client.list_jobs(limit, after)


def was_sent(job: FineTuningJob) -> bool:
    """Whether there is anything to ask its provider."""
    return job.provider_job_id is not None or job.status == UNSURE


def bring_up_to_date(
    store: Store, connect: Callable[[], Place], job: FineTuningJob, now: datetime | None = None
) -> FineTuningJob:
    """Ask for all there is to know of a job, and note when to ask again; `now` is for tests.

    Raises:
        FAILURES: no answer, noted with the job; what came before it is kept.
    """
    try:
        job, is_whole = _ask(store, connect(), job, now or datetime.now(UTC))
    except FAILURES as problem:
        note_failure(store, job.id, problem, now or datetime.now(UTC))
        raise
    store.update_job(
        job.id,
        look_after=next_look(job, now or datetime.now(UTC), is_whole=is_whole),
        failed_looks=0,
        look_problem="",
        look_params={},
    )
    return store.load_job(job.id)


def note_failure(store: Store, job_id: str, problem: TonesmithError, now: datetime) -> None:
    """Keep why nothing could be learned of the job, for every tab to say."""
    log.info("Job %s: no answer (%s)", job_id, problem.code)
    store.update_job(job_id, **after_failure(store.load_job(job_id), problem, now))


def _ask(
    store: Store, client: Place, job: FineTuningJob, now: datetime
) -> tuple[FineTuningJob, bool]:
    """The job as it is now, and whether nothing of it has yet to come.

    Its state is kept first: a person may use a model whose story is still on its way.
    """
    if job.provider_job_id is None:
        job = settle(store, client, job)
    if job.provider_job_id is None:
        return job, False
    had_ended = not job.is_active
    remote = client.load_job(job.provider_job_id)
    job = keep(store, job, remote)
    here = [
        _keep_story(store, client, job, remote.id),
        _keep_results(store, client, job, remote),
    ]
    is_settled = had_ended or is_past(job, SETTLING, now)
    return job, is_settled and (all(here) or is_past(job, RESULTS, now))


def _keep_story(store: Store, client: Place, job: FineTuningJob, provider_id: str) -> bool:
    """Whether it is there. Checkpoints are asked for when there is news.

    Events are kept last: one that is known is never asked for again, nor what belongs to it.
    """
    known = store.load_event_ids(job.id)
    events, has_events = _if_there(lambda: client.load_events(provider_id, known))
    has_points = True
    if events or not job.is_active:
        has_points = _keep_checkpoints(store, client, job, provider_id)
    told = [point for point in map(metrics_of, events) if point is not None]
    store.save_metrics(job.id, merge_metrics(told))
    store.save_events(job.id, events)
    return has_events and has_points


def _keep_checkpoints(store: Store, client: Place, job: FineTuningJob, provider_id: str) -> bool:
    """Whether they are there; where no result file comes, they may have the curve.

    What a place lists no more is gone: the latest ones take the room of those before.
    """
    if "checkpoints" not in client.profile.offers:
        return True
    points, are_there = _if_there(lambda: client.load_checkpoints(provider_id))
    store.save_checkpoints(job.id, points)
    if points:  # an empty answer may be a poor one
        store.mark_unlisted_checkpoints(job.id, [point.id for point in points])
    if "results" not in client.profile.offers:
        curve, _ = _if_there(lambda: client.load_checkpoint_metrics(provider_id))
        store.save_metrics(job.id, curve)
    return are_there


def _keep_results(store: Store, client: Place, job: FineTuningJob, remote: RemoteJob) -> bool:
    """Whether there are none to come any more: a file may show a while after the end."""
    if remote.status != "succeeded" or "results" not in client.profile.offers:
        return True
    here = bool(remote.result_file_ids)
    for file_id in remote.result_file_ids:
        points, _ = _if_there(partial(client.load_result_metrics, file_id))
        store.save_metrics(job.id, points)
        here = here and bool(points)  # an empty file may still be filled
    return here


def _if_there(load: Callable[[], list[T]]) -> tuple[list[T], bool]:
    """What belongs to a job, and whether there is such a thing: perhaps not yet, or nowhere."""
    try:
        return load(), True
    except Rejected as refusal:
        if refusal.code not in {"not_found_there", "not_offered_there"}:
            raise
        return [], False


def _own(store: Store, client: Place, connection_id: str, remote: RemoteJob) -> FineTuningJob:
    """Ours, where one is in doubt that this can be; else a new one, foreign."""
    ours = find_doubted(store, client, connection_id, remote)
    if ours is not None:
        return ours
    now = datetime.now(UTC)
    return FineTuningJob(
        # Of the same job always the same id, so that two tabs cannot adopt it twice.
        id=uuid5(NAMESPACE_URL, f"{connection_id}/{remote.id}").hex,
        project_id=None,
        connection_id=connection_id,
        status=status_of(remote),
        request=TrainingRequest(model=remote.model, seed=remote.seed),
        created_at=remote.created_at or now,
        look_after=now,  # all of it has yet to come, also where it has ended
    )
