"""Every fault on the way to a place: what the person reads, and that nothing is lost or twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from a_fault_proxy import Fault, FaultProxy, a_fault_proxy, drip, half, refused, reset, said, told
from a_place import APlace, a_place
from a_training import (
    CHECKPOINTS,
    CREATE,
    CURVE,
    EVENTS,
    FIND,
    JOB,
    RESULTS,
    UPLOAD,
    a_client,
    database,
    end_doubts,
    finish,
    start,
    story,
    the_job,
)

from core.errors import ProviderError
from core.jobs import FineTuningJob
from core.providers.client import ProviderClient
from core.storage import Store
from core.training import cancel_job, look_at_job, resume_start
from core.training.doubts import ASKED
from core.words import LANGUAGES, say

# What goes wrong, and the code of the sentence that a person reads.
FAULTS: dict[str, tuple[Fault, str]] = {
    "401": (refused(401), "key_refused"),
    "403": (refused(403), "permission_refused"),
    "404": (refused(404), "not_found_there"),
    "405": (refused(405), "not_found_there"),
    "409": (refused(409), "request_refused"),
    "429": (refused(429), "rate_limited"),
    "429 no credit": (refused(429, {"error": {"code": "insufficient_quota"}}), "no_credit"),
    "500": (refused(500), "provider_failed"),
    "501": (refused(501), "not_found_there"),
    "503": (refused(503), "provider_failed"),
    "reset": (reset(), "connection_lost"),
    "half": (half(), "connection_lost"),
    "slow": (drip(0.2), "no_answer_in_time"),
    "no JSON": (said(b"<html>Bad gateway</html>"), "unreadable_answer"),
    "cut JSON": (said(b'{"id": "ftjob'), "unreadable_answer"),
    "other JSON": (said(b"[]"), "unreadable_answer"),
    "null": (said(b"null"), "unreadable_answer"),
    "deep JSON": (said(b"[" * 100_000), "unreadable_answer"),
    "no UTF-8": (said(b'{"id": "\xff\xfe"}'), "unreadable_answer"),
}

# The same after the place has done what was asked.
LATE: dict[str, tuple[Fault, str]] = {"reset after": (reset(arrives=True), "connection_lost")}
# One of each kind, for the routes beside the main ones.
SOME = ["404", "409", "429", "500", "reset", "half", "slow", "cut JSON", "null"]


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train."""
    with a_place() as place:
        yield place


@pytest.fixture
def proxy(place: APlace) -> Iterator[FaultProxy]:
    """What stands before it."""
    with a_fault_proxy(place.base_url) as proxy:
        yield proxy


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real database file."""
    with Store.open(database(tmp_path)) as store:
        yield store


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[ProviderClient]:
    """A client that does not wait long."""
    with a_client(proxy.base_url) as client:
        yield client


# Looking


@pytest.mark.parametrize(
    ("route", "name"),
    [*product([JOB], FAULTS), *product([EVENTS, CHECKPOINTS, RESULTS], SOME)],
)
def test_a_look_through_a_fault_says_why_waits_and_then_loses_nothing(
    proxy: FaultProxy, place: APlace, store: Store, name: str, route: str
) -> None:
    """Wherever it strikes: the reason is kept, the next look comes later, and then all is there."""
    fault, code = FAULTS[name]
    is_missing = code == "not_found_there" and route != JOB  # perhaps the place has no such thing
    is_missing |= code == "unreadable_answer" and route == RESULTS  # a table without columns
    with a_client(proxy.base_url, timeout=2 if name == "slow" else 10) as client:
        job_id = start(store, client).id
        finish(place, finished_at=int(datetime.now(UTC).timestamp()))
        proxy.fault(route, fault, fault)
        waits = []
        for failed in (1, 2):
            now = due(store.load_job(job_id))
            job = look_at_job(store, lambda: client, job_id, now=now)
            assert job.is_watched
            assert (job.failed_looks, job.look_problem) == (
                (0, "") if is_missing else (failed, code)
            )
            check_said(job)
            waits.append((due(job) - now).total_seconds())
        assert is_missing or waits[0] <= 2 <= waits[1] <= 4
        for _ in range(2):
            job = look_at_job(store, lambda: client, job_id, now=due(job))
    assert (job.status, job.failed_looks, job.look_problem) == ("succeeded", 0, "")
    check_whole(store, job_id)


def due(job: FineTuningJob) -> datetime:
    """When the next look is due."""
    return job.look_after or datetime.now(UTC)


def check_said(job: FineTuningJob) -> None:
    """There is a sentence for its problem in both languages, without a gap."""
    for language in LANGUAGES:
        if job.look_problem:
            assert "{" not in say(language, f"error.{job.look_problem}", **job.look_params)


def check_whole(store: Store, job_id: str) -> None:
    """The story of `finish`, once and in order."""
    messages, curve, checkpoints = story(store, job_id)
    assert sorted(messages) == sorted([ASKED, "Created fine-tuning job", "Step 1/2", "Step 2/2"])
    assert curve == CURVE
    assert len(checkpoints) == 1
    assert not store.load_job(job_id).is_watched


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [True, False])
def test_a_provider_says_when_to_ask_again(
    proxy: FaultProxy, store: Store, client: ProviderClient, status: int, as_date: bool
) -> None:
    """Its wish is longer than ours would be: nobody asks before, and then all goes on."""
    job_id = start(store, client).id
    then = datetime.now(UTC) + timedelta(seconds=100)
    wish = format_datetime(then, usegmt=True) if as_date else "100"
    proxy.fault(JOB, refused(status, Retry_After=wish))
    now = datetime.now(UTC)
    job = look_at_job(store, lambda: client, job_id, now=now)
    assert 95 <= (due(job) - now).total_seconds() <= 101
    asked = len(proxy.asked)
    look_at_job(store, lambda: client, job_id, now=now + timedelta(seconds=90))
    assert len(proxy.asked) == asked
    assert look_at_job(store, lambda: client, job_id, now=due(job)).failed_looks == 0


@pytest.mark.parametrize("fault", [half(), refused(429, Retry_After="0.1")])
def test_ten_thousand_events_come_once_and_in_order(
    proxy: FaultProxy, place: APlace, store: Store, fault: Fault
) -> None:
    """In a hundred pages, with one broken off in the middle; then only what is new travels."""
    with a_client(proxy.base_url, timeout=20) as client:
        job_id = start(store, client).id
        told = ten_thousand_events(place)
        proxy.fault(EVENTS, *[None] * 60, fault)
        job = look_at_job(store, lambda: client, job_id)
        asked = proxy.asked.count(EVENTS)
        assert asked == 102
        assert [e.message for e in store.load_events(job_id) if e.message in set(told)] == told
        place.add_event("ftjob-1", "One more", created_at=1_790_001_000)
        look_at_job(store, lambda: client, job_id, now=due(job))
    assert proxy.asked.count(EVENTS) == asked + 1
    assert len(store.load_events(job_id)) == 10_003


def test_a_long_story_that_breaks_off_for_good_is_begun_anew_later(
    proxy: FaultProxy, place: APlace, store: Store
) -> None:
    """Half of it would hide that the rest is missing: none is kept, and then all of it."""
    with a_client(proxy.base_url, timeout=20) as client:
        job_id = start(store, client).id
        told = ten_thousand_events(place)
        proxy.fault(EVENTS, *[None] * 60, refused(429, Retry_After="60"))
        job = look_at_job(store, lambda: client, job_id)
        assert (job.failed_looks, len(store.load_events(job_id))) == (1, 1)
        look_at_job(store, lambda: client, job_id, now=due(job))
    assert [e.message for e in store.load_events(job_id) if e.message in set(told)] == told


def ten_thousand_events(place: APlace) -> list[str]:
    """Let the job tell as much, fifty lines in a second; what it says."""
    told = [f"Line {number}" for number in range(10_000)]
    for number, line in enumerate(told):
        place.add_event("ftjob-1", line, created_at=1_790_000_100 + number // 50)
    return told


def test_an_unknown_state_is_shown_and_watched(
    place: APlace, proxy: FaultProxy, store: Store, client: ProviderClient
) -> None:
    """A state that came up after this was written is no fault, and no end."""
    job_id = start(store, client).id
    proxy.always[JOB] = told(lambda job: {**job, "status": "warming_up"})
    job = look_at_job(store, lambda: client, job_id)
    assert (job.status, job.is_watched, job.failed_looks) == ("warming_up", True, 0)
    proxy.heal()
    finish(place)
    assert look_at_job(store, lambda: client, job_id, now=due(job)).status == "succeeded"


def all_null(job: Any) -> Any:
    """An answer in which nothing is said but who it is about."""
    return {name: value if name == "id" else None for name, value in job.items()}


def test_fields_that_are_null_are_no_fault(
    place: APlace, proxy: FaultProxy, store: Store, client: ProviderClient
) -> None:
    """What is known stays; lines and checkpoints without so much as an id are kept once."""
    before = start(store, client)
    finish(place)
    proxy.always[JOB] = told(lambda job: {**all_null(job), "status": "running"})
    for route in (EVENTS, CHECKPOINTS):
        proxy.always[route] = told(
            lambda page: {"data": [{**item, "id": None, "type": None} for item in page["data"]]}
        )
    job = look_at_job(store, lambda: client, before.id)
    for _ in range(2):
        job = look_at_job(store, lambda: client, job.id, now=due(job))
    assert (job.failed_looks, job.request, job.training_file_id) == (0, before.request, "file-1")
    messages, curve, checkpoints = story(store, job.id)
    assert (len(messages), len(curve), len(checkpoints)) == (4, 2, 1)


# Starting


@pytest.mark.parametrize(
    ("route", "name"),
    [*product([CREATE], [*FAULTS, *LATE]), *product([UPLOAD, FIND], [*SOME, *LATE])],
)
def test_a_start_through_a_fault_ends_in_one_job(
    proxy: FaultProxy,
    place: APlace,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    route: str,
) -> None:
    """Whatever the person presses until it is there: never a second one, nor a second file that
    we know of."""
    fault, code = {**FAULTS, **LATE}[name]
    with a_client(proxy.base_url, timeout=2 if "slow" in name else 10) as client:
        proxy.fault(route, fault)
        if route == FIND:
            proxy.fault(CREATE, reset(arrives=True))
        try:
            job = start(store, client)
        except ProviderError as problem:
            assert problem.code in {code, "training_closing"}  # the latter is kept as the former
            job = the_job(store)
            assert job.status in {"saved", "failed"}
        if job.status == "failed":
            assert (job.error_code, len(place.jobs)) == (code, 0)
            return
        job = resume_start(store, client, job.id)
        if job.status == "unsure":
            assert len(place.jobs) == 0
            end_doubts(monkeypatch)
            job = resume_start(store, client, job.id)
    assert (job.provider_job_id, len(place.jobs)) == ("ftjob-1", 1)
    kept = {place.jobs["ftjob-1"]["training_file"], place.jobs["ftjob-1"]["validation_file"]}
    assert kept == {job.training_file_id, job.validation_file_id}
    lost = len(place.files) - 2  # one that arrived, and whose id did not come back
    assert lost <= (route == UPLOAD and proxy.asked.count(UPLOAD) - 2)


# Ending


@pytest.mark.parametrize("name", SOME)
def test_a_cancellation_through_a_fault_is_asked_for_again(
    proxy: FaultProxy, place: APlace, store: Store, name: str
) -> None:
    """The job goes on until it is really stopped, and the second press stops it."""
    fault, code = FAULTS[name]
    with a_client(proxy.base_url, timeout=2 if name == "slow" else 10) as client:
        job_id = start(store, client).id
        proxy.fault(f"{JOB}/cancel".replace("GET", "POST"), fault)
        try:
            cancel_job(store, client, job_id)
        except ProviderError as problem:
            assert problem.code == code
        assert cancel_job(store, client, job_id).status == "cancelled"
    assert place.jobs["ftjob-1"]["status"] == "cancelled"
