"""One look at a time: whoever shows a job calls here as often as it likes, and few calls ask."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread

from core.errors import StorageFailed, TonesmithError
from core.jobs import FineTuningJob
from core.providers.place import Place
from core.storage import Store
from core.training.keeping import turn
from core.training.pacing import LEASE
from core.training.watching import FAILURES, bring_up_to_date, note_failure

log = logging.getLogger(__name__)


def look_at_job(
    store: Store,
    connect: Callable[[], Place],
    job_id: str,
    *,
    at_once: bool = False,
    now: datetime | None = None,
) -> FineTuningJob:
    """A job, asked after if that is due; else as it is kept, without connecting to anywhere.

    However many tabs and programs call: only one at a time asks. Where no answer comes, or one that
    cannot be kept, nothing is raised: `failed_looks`, `look_problem`, `look_params` and
    `look_after` say so to all of them.
    `at_once`: although it is not due, as when somebody has mended what was in the way; but not
    before the time that the place itself has asked for. `now` is for tests.

    Raises:
        NotFound: `job_gone`.
        StorageFailed: the database did not answer.
    """
    at = now or datetime.now(UTC)
    if at_once and _may_hurry(store.load_job(job_id)):
        store.update_job(job_id, look_after=at)
    if store.is_look_due(job_id, at):
        with turn(job_id, wait=False) as mine:
            if mine and store.claim_look(job_id, at, at + LEASE):
                with _held(store, job_id, at + LEASE):
                    _look(store, connect, job_id, now)
    return store.load_job(job_id)


def look_at_jobs(
    store: Store,
    connect: Callable[[str], Place],
    *,
    may_ask: Callable[[FineTuningJob], bool] = lambda job: True,
    now: datetime | None = None,
) -> list[FineTuningJob]:
    """Every job whose look is due, asked after at the connection whose id `connect` is given.

    may_ask: whether a job can be asked after from here; another program may have the key to it.
    """
    looked = []
    for job_id in store.load_due_jobs(now or datetime.now(UTC)):
        job = store.load_job(job_id)
        if may_ask(job):
            looked.append(look_at_job(store, partial(connect, job.connection_id), job_id, now=now))
    return looked


def _may_hurry(job: FineTuningJob) -> bool:
    return job.is_watched and "retry_after" not in job.look_params


@contextmanager
def _held(store: Store, job_id: str, until: datetime) -> Iterator[None]:
    """Nobody else looks meanwhile, however long it takes; were we killed, somebody soon does."""
    done = Event()

    def hold() -> None:
        nonlocal until
        while not done.wait(LEASE.total_seconds() / 3):
            longer = datetime.now(UTC) + LEASE
            with suppress(StorageFailed):  # the next time, perhaps
                if store.hold_look(job_id, until, longer):
                    until = longer

    holding = Thread(target=hold, name=f"hold {job_id}", daemon=True)
    holding.start()
    try:
        yield
    finally:
        done.set()
        holding.join()
        store.hold_look(job_id, until, None)


def _look(store: Store, connect: Callable[[], Place], job_id: str, now: datetime | None) -> None:
    try:
        bring_up_to_date(store, connect, store.load_job(job_id), now)
    except FAILURES:
        return  # noted with the job, for every tab
    except StorageFailed as failure:  # of the database, then noting fails as well; or of a keychain
        note_failure(store, job_id, failure, now or datetime.now(UTC))
    except Exception as fault:
        # Whatever a place may say, its other jobs are looked at, and this one less and less often.
        log.exception("Job %s: what came could not be kept", job_id)
        problem = TonesmithError("look_failed", message=type(fault).__name__)
        note_failure(store, job_id, problem, now or datetime.now(UTC))
