"""The supervisor waits for a computer that is busy, and says when it has waited for long."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from real_trainer import BASE, wait_for
from starlette.testclient import TestClient

from trainer.api.app import build_app
from trainer.api.context import Context
from trainer.api.jobs import pause_job, resume_job
from trainer.fetcher import Fetcher
from trainer.folders import DataFolder
from trainer.records import an_event, append_record
from trainer.store import Store
from trainer.supervisor import Supervisor, is_passing
from trainer.values import FAILED, RUNNING, SUCCEEDED, VALIDATING, Job


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A data folder with a job's folder in it."""
    data = DataFolder(tmp_path)
    data.job("ftjob-1").path.mkdir(parents=True)
    return data


@pytest.fixture
def store(data: DataFolder) -> Iterator[Store]:
    """A store that waits for nobody."""
    with closing(Store(data.database, busy_seconds=0.01)) as store:
        yield store


@pytest.fixture
def supervisor(data: DataFolder, store: Store) -> Iterator[Supervisor]:
    """A supervisor that loses patience soon, started by the test."""
    supervisor = Supervisor(data, store, stuck_seconds=0.6)
    yield supervisor
    if supervisor.state != "dead":
        supervisor.stop()


@contextmanager
def locked(data: DataFolder) -> Iterator[None]:
    """The database as it is while another program writes to it."""
    with closing(sqlite3.connect(data.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def add_job(store: Store, status: str) -> None:
    """Remember a job in this status."""
    job = Job(
        id="ftjob-1",
        created_at=1,
        base=BASE,
        status=status,
        training_file="file-1",
        validation_file=None,
        suffix="",
        seed=1,
        hyperparameters={},
        metadata=None,
        model="ft:1",
    )
    store.add_job(job, an_event("created"))


def the_job(store: Store) -> Job:
    """The job as it stands."""
    job = store.find_job("ftjob-1")
    assert job is not None
    return job


def settled(store: Store) -> Job:
    """The job once nothing is left to be done for it."""
    wait_for(lambda: the_job(store).settled, "the end of the job")
    return the_job(store)


def test_a_finished_job_outlasts_a_locked_database(
    data: DataFolder, store: Store, supervisor: Supervisor
) -> None:
    """While another program writes nothing is lost; then the job succeeds as it did."""
    add_job(store, RUNNING)
    done: dict[str, Any] = {"status": SUCCEEDED}
    result = {"id": "file-r", "bytes": 1}
    append_record(data.job("ftjob-1").records, an_event("Done", job=done, result_file=result))
    with locked(data):
        supervisor.start()
        wait_for(lambda: supervisor.state == "stuck", "the end of its patience")
        assert the_job(store).status == RUNNING
    job = settled(store)
    assert (job.status, job.error) == (SUCCEEDED, None)
    wait_for(lambda: supervisor.state == "ok", "a look at everything")


@pytest.mark.parametrize(
    ("content", "code"), [(b"not json\n", "invalid_training_file"), (None, "server_failed")]
)
def test_a_job_fails_for_its_own_fault_once_that_can_be_written_down(
    data: DataFolder, store: Store, supervisor: Supervisor, content: bytes | None, code: str
) -> None:
    """A bad file and a missing one fail their job, after the lock as without it."""
    if content is not None:
        data.job("ftjob-1").training.write_bytes(content)
    add_job(store, VALIDATING)
    with locked(data):
        supervisor.start()
        wait_for(lambda: supervisor.state == "stuck", "the end of its patience")
    job = settled(store)
    assert job.status == FAILED
    assert job.error is not None
    assert job.error["code"] == code


def test_health_tells_of_a_supervisor_that_is_gone(
    data: DataFolder, store: Store, supervisor: Supervisor
) -> None:
    """Its own word stands in `status`; the rest of the answer stays what it is."""
    app = build_app(Context(data, store, supervisor, Fetcher(data)))
    with TestClient(app) as client:
        supervisor.start()
        assert client.get("/health").json()["status"] == "ok"
        supervisor.stop()
        said = client.get("/health").json()
    assert (said["status"], said["service"]) == ("dead", "tonesmith-trainer")


@pytest.mark.parametrize(
    ("problem", "passes"),
    [
        (sqlite3.OperationalError("database is locked"), True),
        (sqlite3.OperationalError("database or disk is full"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (FileNotFoundError(errno.ENOENT, "training.jsonl"), False),
        (sqlite3.IntegrityError("a step came twice"), False),
        (KeyError("message"), False),
    ],
)
def test_only_what_is_the_computers_passes(problem: Exception, passes: bool) -> None:
    """A lock and a full disk do; what the job brought with it does not."""
    assert is_passing(problem) is passes


def test_what_was_paused_before_its_files_were_checked_has_them_checked(
    data: DataFolder, store: Store, supervisor: Supervisor
) -> None:
    """Else a file that is none would come to a worker, which can only break on it."""
    add_job(store, VALIDATING)
    data.job("ftjob-1").training.write_text("this is no JSON\n")
    here = Context(data, store, supervisor, Fetcher(data))
    assert pause_job(here, "ftjob-1")["status"] == "paused"
    assert resume_job(here, "ftjob-1")["status"] == VALIDATING
    supervisor.start()
    job = settled(store)
    assert job.status == FAILED
    assert job.error is not None
    assert job.error["code"] == "invalid_training_file"
