"""core/training/sending and doubts: what was refused is kept, what is in doubt is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from a_place import HANG, RESET, APlace, a_place
from a_training import (
    CREATE,
    FIND,
    UPLOAD,
    a_client,
    database,
    end_doubts,
    start,
    the_job,
)

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)
from core.jobs import JobEvent, TrainingRequest
from core.providers.client import ProviderClient
from core.storage import Store
from core.training import refresh_job, resume_start
from core.training.doubts import ASKED
from core.words import say


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


# Doubts


@pytest.mark.parametrize(
    "fault", ["after reset", "after hang", ("after", 500, b""), ("after", 200, b"{half")]
)
@pytest.mark.parametrize("knows_metadata", [True, False])
def test_a_create_in_doubt_is_settled_by_looking(
    place: APlace, store: Store, fault: Any, knows_metadata: bool
) -> None:
    """Whether the answer was lost or late: the job that is there is found, and is the only one."""
    place.knows_metadata = knows_metadata
    place.add_job(training_file="file-0", metadata={"tonesmith_job": "another"})
    place.fault(CREATE, fault)
    without = () if knows_metadata else ("metadata",)
    with a_client(place.base_url, *without) as client:
        job = start(store, client)
    assert (job.status, job.provider_job_id) == ("validating_files", "ftjob-2")
    assert (len(place.jobs), len(place.asked(CREATE))) == (2, 1)


def test_a_create_nobody_knows_of_stays_unsure_until_it_shows(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Not found at once is not proof; when the job shows later, a refresh takes it up."""
    place.fault(CREATE, HANG)
    job_id = start(store, client).id
    assert refresh_job(store, client, job_id).status == "unsure"
    assert resume_start(store, client, job_id).status == "unsure"
    assert len(place.asked(CREATE)) == 1
    place.add_job(metadata={"tonesmith_job": job_id})
    assert refresh_job(store, client, job_id).provider_job_id == "ftjob-1"
    assert start(store, client).provider_job_id == "ftjob-1"
    assert len(place.asked(CREATE)) == 1


def test_a_doubt_that_cannot_even_be_looked_into_is_kept(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Create and search both fail: unsure, and settled when the place is back."""
    place.fault(CREATE, "after reset")
    place.fault(FIND, (503, b""))
    job = start(store, client)
    assert job.status == "unsure"
    assert refresh_job(store, client, job.id).provider_job_id == "ftjob-1"


def test_an_old_doubt_may_be_sent_again_by_a_person(
    place: APlace, store: Store, client: ProviderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its time a job that is nowhere counts as never made; sending again is a choice."""
    place.fault(CREATE, HANG)
    job_id = start(store, client).id
    end_doubts(monkeypatch)
    assert refresh_job(store, client, job_id).status == "saved"
    assert len(place.jobs) == 0
    assert resume_start(store, client, job_id).provider_job_id == "ftjob-1"
    assert place.jobs["ftjob-1"]["metadata"] == {"tonesmith_job": job_id}


def test_start_pressed_again_looks_first_as_well(
    place: APlace, store: Store, client: ProviderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job showed only after its doubt was over: it is taken up, and not made again."""
    place.fault(CREATE, HANG)
    job_id = start(store, client).id
    with monkeypatch.context() as later:
        end_doubts(later)
        assert refresh_job(store, client, job_id).status == "saved"
    place.add_job(metadata={"tonesmith_job": job_id})
    assert start(store, client).provider_job_id == "ftjob-1"
    assert len(place.asked(CREATE)) == 1


@pytest.mark.parametrize("was_made", [True, False])
def test_a_doubt_from_the_future_is_over(place: APlace, store: Store, was_made: bool) -> None:
    """Our clock was wrong when the job was asked for; if it was made, it is still found."""
    place.knows_metadata = False
    place.fault(CREATE, RESET)
    with a_client(place.base_url, "metadata") as client:
        job = start(store, client)
        in_ten_years = datetime.now(UTC) + timedelta(days=3_650)
        store.save_events(job.id, [JobEvent("ours", in_ten_years, "info", ASKED)])
        if was_made:
            place.add_job(training_file=job.training_file_id)
        found = refresh_job(store, client, job.id)
    assert found.status == ("validating_files" if was_made else "saved")


def test_what_was_never_asked_for_is_not_taken_from_others(place: APlace, store: Store) -> None:
    """Its file is there, and somebody else trains on the same bytes with the same choices."""
    place.knows_metadata = False
    place.fault(UPLOAD, None, RESET)
    with a_client(place.base_url, "metadata") as client:
        with pytest.raises(Unavailable):
            start(store, client)
        place.add_job(training_file="file-1", created_at=int(datetime.now(UTC).timestamp()))
        assert start(store, client).provider_job_id == "ftjob-2"


def test_of_two_jobs_on_one_file_each_finds_its_own(place: APlace, store: Store) -> None:
    """A place without ids of ours that gives the same bytes the same file: what is known is not
    taken for what is in doubt."""
    place.knows_metadata = False
    with a_client(place.base_url, "metadata") as client:
        known = start(store, client)
        place.fault(CREATE, "after reset")
        other = TrainingRequest(model="gpt-4o-mini", n_epochs=9)
        client.upload_file = lambda data, filename: known.training_file_id  # type: ignore[method-assign, assignment, return-value]
        assert start(store, client, request=other).provider_job_id == "ftjob-2"


def test_an_older_job_on_the_same_file_is_not_the_one_in_doubt(
    place: APlace, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made elsewhere on the same bytes, long before we asked: it has nothing to do with us."""
    place.knows_metadata = False
    place.add_job(training_file="file-1", created_at=1_790_000_000)
    place.fault(CREATE, RESET)
    with a_client(place.base_url, "metadata") as client:
        job = start(store, client)
        assert (job.training_file_id, job.status) == ("file-1", "unsure")
        end_doubts(monkeypatch)
        assert resume_start(store, client, job.id).provider_job_id == "ftjob-2"


# Refusals


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, AuthenticationFailed, "key_refused"),
        (403, PermissionRefused, "permission_refused"),
        (400, Rejected, "request_refused"),
    ],
)
@pytest.mark.parametrize("route", [UPLOAD, CREATE])
def test_a_clear_refusal_fails_the_job_and_says_why(
    place: APlace,
    store: Store,
    client: ProviderClient,
    route: str,
    status: int,
    kind: type[ProviderError],
    code: str,
) -> None:
    """The reason is raised and kept; starting it again by the same ticket does not repeat it."""
    place.fault(route, (status, {"error": {"message": "No such thing."}}))
    with pytest.raises(kind):
        start(store, client)
    job = the_job(store)
    assert (job.status, job.error_code) == ("failed", code)
    assert job.error_message == "No such thing."
    assert say("zh", f"error.{job.error_code}", message=job.error_message)
    assert start(store, client) == job
    assert len(place.jobs) == 0


def test_a_place_that_is_too_busy_leaves_the_job_ready_to_send(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Too many requests is no verdict on the job."""
    place.fault(CREATE, (429, b"{}"))
    with pytest.raises(RateLimited):
        start(store, client)
    assert the_job(store).status == "saved"
    assert resume_start(store, client, the_job(store).id).provider_job_id == "ftjob-1"
    assert (len(place.files), len(place.jobs)) == (2, 1)


def test_a_place_that_goes_away_before_the_create_is_no_doubt(store: Store) -> None:
    """The files are there, the request for the job was never taken: ready to send."""
    with a_place() as going, a_client(going.base_url) as client:
        going.fault(CREATE, (429, b"{}"))
        with pytest.raises(RateLimited):
            start(store, client)
    with a_client(going.base_url) as later, pytest.raises(Unavailable) as raised:
        start(store, later)
    job = the_job(store)
    assert (raised.value.code, job.status) == ("cannot_connect", "saved")
    assert job.validation_file_id == "file-2"


def test_a_place_that_is_not_there_leaves_the_job_ready_to_send(store: Store) -> None:
    """Nothing was sent, so there is no doubt."""
    with a_place() as gone, a_client(gone.base_url) as client:
        pass
    with a_client(gone.base_url) as client, pytest.raises(Unavailable) as raised:
        start(store, client)
    assert raised.value.code == "cannot_connect"
    assert the_job(store).status == "saved"


def test_an_interrupted_upload_goes_on_with_what_is_missing(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The first file is there already: only the second one travels again."""
    place.fault(UPLOAD, None, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    assert the_job(store).training_file_id == "file-1"
    resume_start(store, client, the_job(store).id)
    assert place.jobs["ftjob-1"]["training_file"] == "file-1"
    assert len(place.files) == 2
