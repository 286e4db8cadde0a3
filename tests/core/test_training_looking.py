"""core/training/looking and pacing: one asks at a time, politely, and everybody sees the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from a_place import HANG, RESET, APlace, a_place
from a_training import (
    CREATE,
    JOB,
    UPLOAD,
    a_client,
    a_snapshot,
    an_example,
    database,
    finish,
    start,
    the_job,
)
from hypothesis import given
from hypothesis import strategies as some

from core.errors import AuthenticationFailed, NotFound, RateLimited, StorageFailed, Unavailable
from core.jobs import FineTuningJob, RemoteJob, TrainingRequest
from core.providers.client import ProviderClient
from core.providers.place import Place
from core.storage import Store
from core.training import look_at_job, look_at_jobs, looking, refresh_job
from core.training.pacing import LEASE, LONGEST, after_failure, next_look

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train."""
    with a_place() as place:
        yield place


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real database file."""
    with Store.open(database(tmp_path)) as store:
        yield store


@pytest.fixture
def client(place: APlace) -> Iterator[ProviderClient]:
    """A client that does not wait long."""
    with a_client(place.base_url) as client:
        yield client


def nobody() -> Place:
    """Who must not be asked."""
    raise AssertionError("connected")


def later(job: FineTuningJob) -> datetime:
    """When the next look at a job is due."""
    assert job.look_after is not None
    return job.look_after


def a_job(**more: object) -> FineTuningJob:
    """A job that began at `NOW`."""
    job = FineTuningJob("j", None, "openai", "running", TrainingRequest("m"), NOW)
    return replace(job, **{"provider_job_id": "ftjob-1", **more})  # type: ignore[arg-type]


# One at a time


def test_a_look_is_taken_when_it_is_due_and_not_before(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Between two looks the kept job comes back, and nobody is connected to."""
    job = look_at_job(store, lambda: client, start(store, client).id)
    asked = len(place.requests)
    place.jobs["ftjob-1"]["status"] = "running"
    just_before = later(job) - timedelta(seconds=0.1)
    assert look_at_job(store, nobody, job.id, now=just_before) == job
    assert len(place.requests) == asked
    assert look_at_job(store, lambda: client, job.id, now=later(job)).status == "running"


def test_while_one_looks_the_others_do_not(
    place: APlace, store: Store, client: ProviderClient, tmp_path: Path
) -> None:
    """Neither another tab of this program nor another program on the same data."""
    job_id = start(store, client).id
    place.fault(JOB, HANG)
    begun = threading.Event()

    def connect() -> Place:
        begun.set()
        return client

    slow = threading.Thread(target=look_at_job, args=(store, connect, job_id))
    slow.start()
    begun.wait(10)
    assert look_at_job(store, nobody, job_id).id == job_id
    with Store.open(database(tmp_path)) as elsewhere:
        assert not elsewhere.claim_look(job_id, datetime.now(UTC), datetime.now(UTC))
    slow.join()


def test_of_many_programs_one_gets_the_look(store: Store, client: ProviderClient) -> None:
    """Claimed at the same moment through connections of their own."""
    job_id = start(store, client).id
    got: list[bool] = []
    gate = threading.Barrier(8)

    def claim() -> None:
        gate.wait()
        now = datetime.now(UTC)
        got.append(store.claim_look(job_id, now, now + LEASE))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_program_that_died_while_looking_holds_nobody_up(
    store: Store, client: ProviderClient
) -> None:
    """After a while its look is taken over."""
    job_id = start(store, client).id
    now = datetime.now(UTC)
    assert store.claim_look(job_id, now, now + LEASE)
    assert look_at_job(store, nobody, job_id, now=now + LEASE / 2).failed_looks == 0
    job = look_at_job(store, lambda: client, job_id, now=now + LEASE)
    assert later(job) > now + LEASE


def test_a_look_that_was_cut_off_is_due_again_at_once(store: Store, client: ProviderClient) -> None:
    """Ctrl-C in the middle is no answer and no fault."""
    job_id = start(store, client).id

    def interrupted() -> Place:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_at_job(store, interrupted, job_id)
    assert store.is_look_due(job_id, datetime.now(UTC))
    assert store.load_job(job_id).failed_looks == 0


def test_what_was_never_sent_or_has_ended_is_not_asked_after(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """However often it is shown; also where its place is gone."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    long_after = datetime.now(UTC) + timedelta(days=1)
    assert look_at_job(store, nobody, the_job(store).id, now=long_after).status == "saved"
    job_id = start(store, client).id
    finish(place)
    refresh_job(store, client, job_id)
    assert look_at_job(store, nobody, job_id, now=long_after).status == "succeeded"
    assert look_at_jobs(store, lambda _: nobody(), now=long_after) == []


def test_a_job_in_doubt_is_looked_for(place: APlace, store: Store, client: ProviderClient) -> None:
    """It shows at its place a while later, and is taken up with its story."""
    place.fault(CREATE, HANG)
    job_id = start(store, client).id
    place.add_job(metadata={"tonesmith_job": job_id})
    place.add_event("ftjob-1", "Created fine-tuning job")
    assert look_at_job(store, lambda: client, job_id).provider_job_id == "ftjob-1"
    assert "Created fine-tuning job" in [e.message for e in store.load_events(job_id)]


# Many


def test_all_jobs_that_are_due_are_asked_after(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """One that cannot be reached does not hold up the others."""
    first = start(store, client, connection_id="gone").id
    second = start(store, client, snapshot_sha256=a_snapshot(store, an_example("雨?")).sha256).id

    def connect(connection_id: str) -> Place:
        if connection_id == "gone":
            raise NotFound("connection_gone")
        return client

    finish(place, "ftjob-2")
    looked = {job.id: job for job in look_at_jobs(store, connect)}
    assert (looked[first].look_problem, looked[second].status) == ("connection_gone", "succeeded")
    assert look_at_jobs(store, lambda _: nobody()) == []


# When no answer comes


def test_looks_that_fail_grow_rarer_and_the_first_answer_mends_all(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Each tab can say why and when it goes on; then it is as if nothing had been."""
    job = start(store, client)
    now = job.created_at
    waits = []
    for failed in range(1, 9):
        place.fault(JOB, (503, {"error": {"message": "Busy."}}))
        job = look_at_job(store, lambda: client, job.id, now=now)
        assert (job.failed_looks, job.look_problem) == (failed, "provider_failed")
        assert job.look_params == {"message": "Busy."}
        waits.append((later(job) - now).total_seconds())
        now = later(job)
    assert all(
        low <= wait <= 2 * low
        for wait, low in zip(waits, [1, 2, 4, 8, 16, 30, 30, 30], strict=True)
    )
    job = look_at_job(store, lambda: client, job.id, now=now)
    assert (job.failed_looks, job.look_problem, job.look_params) == (0, "", {})
    assert (later(job) - now).total_seconds() <= 15


def test_no_connection_is_a_failed_look_too(store: Store, client: ProviderClient) -> None:
    """A key that is missing is told to every tab, and not asked for each second."""
    job_id = start(store, client).id

    def without_key() -> Place:
        raise AuthenticationFailed("key_missing", provider="OpenAI")

    job = look_at_job(store, without_key, job_id)
    assert (job.look_problem, job.look_params) == ("key_missing", {"provider": "OpenAI"})
    assert look_at_job(store, nobody, job_id) == job


def test_a_keychain_that_fails_is_asked_less_and_less_often(
    store: Store, client: ProviderClient
) -> None:
    """As a place is that does not answer; else each page would ask it each second."""
    job_id = start(store, client).id

    def broken() -> Place:
        raise StorageFailed("disk_full", path="x")

    job = look_at_job(store, broken, job_id)
    assert (job.failed_looks, job.look_problem) == (1, "disk_full")
    assert look_at_job(store, nobody, job_id) == job


@pytest.mark.parametrize(
    "told",
    [
        {"trained_tokens": 10**30, "seed": 10**30},
        {"status": "\ud800"},
        {"status": "x" * 100},
        {"hyperparameters": {"n_epochs": 10**400}, "error": {"code": "\ud800", "message": "\0"}},
    ],
)
def test_what_nobody_could_mean_stops_no_look(
    place: APlace, store: Store, client: ProviderClient, told: dict[str, object]
) -> None:
    """Numbers beyond all counting and words that are none are left out, and the rest is kept."""
    job_id = start(store, client).id
    place.add_event("ftjob-1", "Point", type="metrics", data={"step": 10**30, "train_loss": 1.0})
    place.add_event("ftjob-1", f"Step {'9' * 5_000}/{'9' * 5_000}: loss=1.0")
    place.add_event("ftjob-1", "Step 1/2: loss=1.5")
    place.jobs["ftjob-1"].update(told)
    job = look_at_job(store, lambda: client, job_id)
    assert (job.failed_looks, job.trained_tokens) == (0, None)
    assert job.status in {"validating_files", "unknown"}
    assert [point.step for point in store.load_metrics(job_id)] == [1]


def test_one_job_that_cannot_be_kept_does_not_hold_up_the_others(
    place: APlace, store: Store, client: ProviderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours on one of them is noted with it, and it is asked less and less often."""
    first = start(store, client).id
    second = start(store, client, snapshot_sha256=a_snapshot(store, an_example("雨?")).sha256).id
    finish(place, "ftjob-2")
    whole = client.load_job

    def load_job(job_id: str) -> RemoteJob:
        return replace(whole(job_id), trained_tokens=2**70 if job_id == "ftjob-1" else 5)

    monkeypatch.setattr(client, "load_job", load_job)
    looked = {job.id: job for job in look_at_jobs(store, lambda _: client)}
    assert (looked[first].failed_looks, looked[first].look_problem) == (1, "look_failed")
    assert looked[second].status == "succeeded"
    assert look_at_jobs(store, lambda _: nobody()) == []


def test_what_another_is_asking_is_not_asked_at_once(store: Store, client: ProviderClient) -> None:
    """Nor what the place itself wants to be asked later; the wait is kept."""
    job_id = start(store, client).id
    now = datetime.now(UTC)
    assert store.claim_look(job_id, now, now + LEASE)
    assert look_at_job(store, nobody, job_id, at_once=True).failed_looks == 0
    assert store.hold_look(job_id, now + LEASE, None)

    def patience() -> Place:
        raise RateLimited("rate_limited", message="", retry_after=600)

    job = look_at_job(store, patience, job_id)
    assert look_at_job(store, nobody, job_id, at_once=True) == job


def test_a_look_that_takes_long_is_held(
    place: APlace, store: Store, client: ProviderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However short a claim is in itself: while somebody asks, nobody else does."""
    monkeypatch.setattr(looking, "LEASE", timedelta(seconds=1))
    job_id = start(store, client).id
    moments: list[bool] = []

    def connect() -> Place:
        for _ in range(8):
            threading.Event().wait(0.2)
            moments.append(store.is_look_due(job_id, datetime.now(UTC)))
        return client

    assert look_at_job(store, connect, job_id).failed_looks == 0
    assert moments == [False] * 8


def test_a_refresh_by_a_person_does_not_wait(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """It asks at once, whatever was agreed, and an answer mends the looks."""
    job_id = start(store, client).id
    place.fault(JOB, (429, b"{}"))
    assert look_at_job(store, lambda: client, job_id).failed_looks == 1
    assert refresh_job(store, client, job_id).failed_looks == 0


def test_somebody_who_has_mended_it_need_not_wait(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Asked at once, and from then on as usual; of what is complete nothing is asked."""
    job_id = start(store, client).id
    place.fault(JOB, (429, {}), (429, {}))
    for failed in (1, 2):
        job = look_at_job(store, lambda: client, job_id, at_once=True)
        assert job.failed_looks == failed
    job = look_at_job(store, lambda: client, job_id, at_once=True)
    assert job.failed_looks == 0
    assert later(job) < datetime.now(UTC) + timedelta(seconds=5)
    finish(place)
    look_at_job(store, lambda: client, job_id, at_once=True)
    assert look_at_job(store, nobody, job_id, at_once=True).status == "succeeded"


# How long


@pytest.mark.parametrize(
    ("connection", "minutes", "seconds"),
    [("this_computer", 0, 1), ("this_computer", 60, 3), ("openai", 0, 3), ("openai", 10, 12),
     ("openai", 600, 15)],
)  # fmt: skip
def test_the_longer_a_job_takes_the_less_often_it_is_asked_after(
    connection: str, minutes: int, seconds: float
) -> None:
    """Often on this computer, which nobody else asks; elsewhere a few times a minute."""
    job, now = a_job(connection_id=connection), NOW + timedelta(minutes=minutes)
    assert next_look(job, now, is_whole=False) == now + timedelta(seconds=seconds)
    assert next_look(job, now, is_whole=True) == now + timedelta(seconds=seconds)


def test_a_job_that_rests_is_left_in_peace() -> None:
    """For minutes, wherever it is."""
    for connection in ("this_computer", "openai"):
        job = a_job(connection_id=connection, status="paused")
        assert next_look(job, NOW, is_whole=True) == NOW + timedelta(minutes=5)


def test_a_clock_that_is_ahead_does_not_make_an_end_that_has_yet_to_come(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The job ended when we learned of it, and not a day later at every look."""
    job_id = start(store, client).id
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    finish(place, finished_at=int(tomorrow.timestamp()))
    ended = look_at_job(store, lambda: client, job_id).finished_at
    assert ended is not None
    assert ended <= datetime.now(UTC)
    assert look_at_job(store, lambda: client, job_id, now=tomorrow).finished_at == ended


def test_an_ended_job_is_asked_after_only_for_what_is_missing() -> None:
    """Soon at first, then ever less often."""
    job, now = a_job(status="succeeded", finished_at=NOW), NOW + timedelta(minutes=5)
    assert next_look(job, now, is_whole=True) is None
    assert next_look(job, now, is_whole=False) == now + timedelta(minutes=1)


@given(some.integers(0, 10**6), some.floats(0, 10**9), some.booleans())
def test_a_wait_is_never_shorter_than_asked_for_nor_without_end(
    failed: int, asked_for: float, ended: bool
) -> None:
    """A provider's own wish counts, up to an hour; else a minute is the most while it goes on."""
    job = a_job(failed_looks=failed, status="failed" if ended else "running", finished_at=NOW)
    kept = after_failure(job, RateLimited("rate_limited", retry_after=asked_for), NOW)
    wait = (kept["look_after"] - NOW).total_seconds()
    assert wait >= min(asked_for, 3600) - 0.001
    assert wait <= max(min(asked_for, 3600), 3600 if ended else LONGEST) + 0.001
    assert kept["failed_looks"] == failed + 1


def test_an_ended_job_that_its_place_forgot_is_left_in_peace() -> None:
    """What is missing of its story can come from nowhere."""
    long_ago = a_job(status="failed", finished_at=NOW - timedelta(days=1), look_after=NOW)
    assert after_failure(long_ago, NotFound("connection_gone"), NOW)["look_after"] is None
    assert after_failure(long_ago, Unavailable("connection_lost"), NOW)["look_after"] > NOW
    assert after_failure(a_job(), NotFound("connection_gone"), NOW)["look_after"] > NOW
