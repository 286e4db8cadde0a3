"""core/training: killed at any step, a program loses no job, doubles none and half tells none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from a_crash import Crashes
from a_place import RESET, APlace, a_place
from a_training import (
    CREATE,
    CURVE,
    UPLOAD,
    a_client,
    database,
    end_doubts,
    finish,
    start,
    story,
    the_job,
)

from core.errors import Unavailable
from core.jobs import SAVED, UNSURE, FineTuningJob
from core.providers.client import ProviderClient
from core.storage import Store
from core.training import cancel_job, look_at_job, refresh_job, resume_start
from core.training.doubts import ASKED

ENOUGH = 10  # steps that any of these has at least; else nothing was tried


@pytest.fixture(scope="module")
def crashes() -> Iterator[Crashes]:
    """Programs that die when they are told to."""
    crashes = Crashes()
    yield crashes
    crashes.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A database that is never written to, to copy."""
    Store.open(database(tmp_path)).close()
    return tmp_path


def copied(fresh: Path, step: int) -> str:
    """A database for one step."""
    folder = fresh / str(step)
    folder.mkdir()
    shutil.copy(fresh / "tonesmith.db", folder)
    return database(folder)


@pytest.mark.parametrize("knows_metadata", [True, False])
def test_a_start_killed_at_any_step_ends_in_one_job(
    crashes: Crashes, fresh: Path, monkeypatch: pytest.MonkeyPatch, knows_metadata: bool
) -> None:
    """Pressed again, gone on with, its doubt passed: one job there and one here, however far."""
    without = "" if knows_metadata else "metadata"
    for step in count(1):
        url = copied(fresh, step)
        with a_place() as place, a_client(place.base_url, *without.split(), timeout=20) as client:
            place.knows_metadata = knows_metadata
            killed = crashes.is_killed("start", url, place.base_url, without, step)
            with Store.open(url) as store:
                check_one_job(place, store, client, monkeypatch)
        if not killed:
            break
    assert step > 2 * ENOUGH


def check_one_job(
    place: APlace, store: Store, client: ProviderClient, patch: pytest.MonkeyPatch
) -> None:
    """Bring to an end what was cut off, and count."""
    created, lost_files = len(place.jobs), len(place.files) - kept_files(store)
    job = start(store, client)  # the person presses again
    job = resume_start(store, client, job.id)
    if job.status == "unsure":
        assert created == 0
        with patch.context() as later:
            end_doubts(later)
            job = resume_start(store, client, job.id)
    assert (job.provider_job_id, len(place.jobs), len(place.asked(CREATE))) == ("ftjob-1", 1, 1)
    assert [kept.id for kept in store.load_jobs()] == [job.id]
    assert start(store, client) == job
    sent = place.jobs["ftjob-1"]
    assert (sent["training_file"], sent["validation_file"]) == (
        job.training_file_id,
        job.validation_file_id,
    )
    assert len(place.files) == 2 + lost_files
    assert lost_files <= 1  # it had arrived, and its id was not on disk yet


def test_a_doubt_begins_when_the_job_is_asked_for(crashes: Crashes, fresh: Path) -> None:
    """However long ago it was saved: whoever looks while it is sent leaves it in doubt."""
    for step in count(1):
        url = copied(fresh, step)
        with a_place() as place, a_client(place.base_url, timeout=20) as client:
            with Store.open(url) as store:
                place.fault(UPLOAD, RESET)
                with pytest.raises(Unavailable):
                    start(store, client)
                hour_ago = datetime.now(UTC) - timedelta(hours=1)
                store.update_job(the_job(store).id, created_at=hour_ago)
            killed = crashes.is_killed("start", url, place.base_url, "", step)
            with Store.open(url) as store:
                was_asked_for = the_job(store).status == UNSURE
                job = refresh_job(store, client, the_job(store).id)
                assert not (was_asked_for and job.status == SAVED)
        if not killed:
            break
    assert step > ENOUGH


def kept_files(store: Store) -> int:
    """How many files there are of which we know."""
    jobs = store.load_jobs()
    return sum(
        bool(file) for job in jobs for file in (job.training_file_id, job.validation_file_id)
    )


def told(job: FineTuningJob) -> tuple[object, ...]:
    """What a job says of itself at its end."""
    return job.status, job.fine_tuned_model, job.trained_tokens, job.finished_at, job.is_watched


def test_a_look_killed_at_any_step_loses_nothing_and_doubles_nothing(
    crashes: Crashes, fresh: Path
) -> None:
    """The next look brings what an uninterrupted one would have brought."""
    with a_place() as place, a_client(place.base_url, timeout=20) as client:
        with Store.open(database(fresh)) as store:
            job_id = start(store, client).id
        finish(place)
        for step in count(1):
            url = copied(fresh, step)
            killed = crashes.is_killed("look", url, place.base_url, "", step)
            with Store.open(url) as store:
                after_the_lease = datetime.now(UTC) + timedelta(minutes=1)
                job = look_at_job(store, lambda: client, job_id, now=after_the_lease)
                assert told(job) == (
                    "succeeded", "ft:m", 6810, datetime.fromtimestamp(1_790_000_100, UTC), False,
                )  # fmt: skip
                messages, curve, checkpoints = story(store, job_id)
            assert sorted(messages) == sorted(  # type: ignore[type-var]
                [ASKED, "Created fine-tuning job", "Step 1/2", "Step 2/2"]
            )
            assert curve == CURVE
            assert len(checkpoints) == 1  # type: ignore[arg-type]
            if not killed:
                break
        assert step > ENOUGH


def test_a_cancellation_killed_at_any_step_is_one_in_the_end(crashes: Crashes, fresh: Path) -> None:
    """Pressed again it stops what goes on, and asks nobody to stop what has stopped."""
    for step in count(1):
        url = copied(fresh, step)
        with a_place() as place, a_client(place.base_url, timeout=20) as client:
            with Store.open(url) as store:
                job_id = start(store, client).id
            killed = crashes.is_killed("cancel", url, place.base_url, "", step)
            with Store.open(url) as store:
                assert cancel_job(store, client, job_id).status == "cancelled"
                later = datetime.now(UTC) + timedelta(minutes=1)
                job = look_at_job(store, lambda: client, job_id, now=later)
                assert not job.is_watched
                assert "The job has been cancelled" in story(store, job_id)[0]  # type: ignore[operator]
            assert place.jobs["ftjob-1"]["status"] == "cancelled"
        if not killed:
            break
    assert step > ENOUGH
