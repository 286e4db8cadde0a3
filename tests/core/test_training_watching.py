"""core/training/watching: all there is to know of a job comes, once and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from a_place import HANG, RESET, APlace, a_place
from a_training import (
    CHECKPOINTS,
    CREATE,
    CURVE,
    EVENTS,
    JOB,
    RESULTS,
    UPLOAD,
    a_client,
    database,
    finish,
    start,
    story,
    the_job,
)

from core.errors import ProviderError, TonesmithError, Unavailable
from core.providers.client import ProviderClient
from core.storage import Store
from core.training import (
    adopt_job,
    cancel_job,
    delete_model,
    list_remote_jobs,
    look_at_job,
    pause_job,
    refresh_job,
    resume_start,
)
from core.training.doubts import ASKED


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


def test_a_refresh_brings_all_there_is_and_repeating_it_changes_nothing(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Status, events, curve, checkpoints and results, once."""
    job_id = start(store, client).id
    refresh_job(store, client, job_id)
    finish(place)
    job = refresh_job(store, client, job_id)
    assert (job.status, job.fine_tuned_model, job.trained_tokens) == ("succeeded", "ft:m", 6810)
    assert job.hyperparameters == {"n_epochs": 3}
    told, curve, checkpoints = story(store, job_id)
    assert set(told) == {ASKED, "Created fine-tuning job", "Step 1/2", "Step 2/2"}
    assert curve == CURVE
    assert [point.model for point in checkpoints] == ["ft:m:c1"]
    assert not job.is_watched
    before = story(store, job_id)
    assert refresh_job(store, client, job_id) == job
    assert story(store, job_id) == before


def test_a_failed_job_says_why(place: APlace, store: Store, client: ProviderClient) -> None:
    """The provider's own code and sentence are kept."""
    job_id = start(store, client).id
    error = {"code": "invalid_n_examples", "message": "Only 2 examples.", "param": None}
    place.jobs["ftjob-1"] |= {"status": "failed", "error": error}
    job = refresh_job(store, client, job_id)
    assert (job.error_code, job.error_message) == ("invalid_n_examples", "Only 2 examples.")


@pytest.mark.parametrize("route", [JOB, EVENTS, CHECKPOINTS, RESULTS])
@pytest.mark.parametrize("fault", [RESET, (500, b""), (200, b"{half"), (401, b"{}")])
def test_a_refresh_that_fails_loses_nothing(
    place: APlace, store: Store, client: ProviderClient, route: str, fault: Any
) -> None:
    """The error is raised and noted, the job is still watched, and the next look catches up."""
    job_id = start(store, client).id
    finish(place)
    place.fault(route, fault)
    if route == RESULTS and fault == (200, b"{half"):
        place.faults.clear()  # a result file is no JSON, so there is nothing wrong with half of one
        place.fault(route, (503, b""))
    with pytest.raises(ProviderError) as raised:
        refresh_job(store, client, job_id)
    job = store.load_job(job_id)
    assert (job.failed_looks, job.look_problem) == (1, raised.value.code)
    assert job.is_watched
    job = refresh_job(store, client, job_id)
    assert (job.status, job.is_watched, job.failed_looks) == ("succeeded", False, 0)
    told, curve, checkpoints = story(store, job_id)
    assert (len(told), curve, len(checkpoints)) == (4, CURVE, 1)


def test_results_are_asked_for_until_they_come(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A file that shows a while after the end is waited for; the model can be used meanwhile."""
    job_id = start(store, client).id
    now = datetime.now(UTC)
    finish(place, finished_at=int(now.timestamp()))
    file = place.files.pop("file-r")
    job = refresh_job(store, client, job_id)
    assert (job.status, job.fine_tuned_model, job.is_watched) == ("succeeded", "ft:m", True)
    assert store.load_metrics(job_id)[1].valid_loss is None
    place.files["file-r"] = file
    job = look_at_job(store, lambda: client, job_id, now=now + timedelta(minutes=2))
    assert not job.is_watched
    assert store.load_metrics(job_id) == CURVE


def test_results_that_never_come_are_given_up(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Long after the end nobody asks for a file that is not there."""
    job_id = start(store, client).id
    finish(place, result_files=["file-gone"], finished_at=int(datetime.now(UTC).timestamp()))
    assert refresh_job(store, client, job_id).is_watched
    later = datetime.now(UTC) + timedelta(minutes=30)
    assert not look_at_job(store, lambda: client, job_id, now=later).is_watched


def test_a_last_line_told_after_the_end_is_heard(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A job that has just ended is asked after once more."""
    job_id = start(store, client).id
    finish(place, finished_at=int(datetime.now(UTC).timestamp()))
    assert refresh_job(store, client, job_id).is_watched
    place.add_event("ftjob-1", "The job has successfully completed")
    later = datetime.now(UTC) + timedelta(seconds=10)
    assert not look_at_job(store, lambda: client, job_id, now=later).is_watched
    assert "The job has successfully completed" in story(store, job_id)[0]


def test_a_place_without_events_or_checkpoints_is_no_fault(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The job itself is watched where the rest is not there."""
    job_id = start(store, client).id
    finish(place)
    place.fault(EVENTS, (404, b"{}"))
    place.fault(CHECKPOINTS, (404, b"{}"))
    assert refresh_job(store, client, job_id).status == "succeeded"


def test_what_the_provider_leaves_out_stays_as_it_was(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A field that is null this time is not forgotten, nor what only we know."""
    job_id = start(store, client).id
    finish(place)
    refresh_job(store, client, job_id)
    place.jobs["ftjob-1"] |= {"fine_tuned_model": None, "trained_tokens": None, "method": None}
    job = refresh_job(store, client, job_id)
    assert (job.fine_tuned_model, job.trained_tokens) == ("ft:m", 6810)
    assert job.hyperparameters == {"n_epochs": 3}
    assert job.request.n_epochs == 3


def test_saving_what_one_program_knows_keeps_what_another_does(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """While we ask, another program notes things of the same job: they are not overwritten."""
    job_id = start(store, client).id
    finish(place)
    load_job = client.load_job

    def load_slowly(provider_id: str) -> Any:
        remote = load_job(provider_id)
        store.update_job(job_id, model_deleted=True, validation_file_id="file-9")
        return remote

    client.load_job = load_slowly  # type: ignore[method-assign]  # the moment between two steps
    job = refresh_job(store, client, job_id)
    assert (job.status, job.model_deleted, job.validation_file_id) == ("succeeded", True, "file-9")


def test_an_unsent_job_is_not_asked_for(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """What was never sent needs no connection to be shown, nor does what was refused."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    asked = len(place.requests)
    assert refresh_job(store, client, the_job(store).id).status == "saved"
    cancel_job(store, client, the_job(store).id)
    refused = refresh_job(store, client, the_job(store).id)
    assert (refused.status, refused.is_watched) == ("cancelled", False)
    assert len(place.requests) == asked


# Jobs from elsewhere


def test_a_job_started_elsewhere_is_listed_and_adopted_once(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Opened from the list it is kept without a project, the same however often."""
    theirs = place.add_job(metadata={"team": "x"}, seed=7)["id"]
    finish(place, theirs)
    (listed,), more = list_remote_jobs(client)
    job = adopt_job(store, client, "openai", listed.id)
    assert (job.project_id, job.status, job.request.seed, more) == (None, "succeeded", 7, False)
    assert adopt_job(store, client, "openai", listed.id) == job
    assert [kept.id for kept in store.load_jobs()] == [job.id]


def test_jobs_from_elsewhere_are_not_taken_for_one_another(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Two that look the same from here are two."""
    ids = {adopt_job(store, client, "openai", place.add_job()["id"]).id for _ in range(2)}
    assert len(ids) == 2


def test_an_adoption_that_was_cut_off_is_completed(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The story of a job that had ended long ago comes with a later look."""
    theirs = place.add_job()["id"]
    finish(place, theirs)
    place.fault(EVENTS, RESET)
    with pytest.raises(Unavailable):
        adopt_job(store, client, "openai", theirs)
    later = datetime.now(UTC) + timedelta(minutes=2)
    job = look_at_job(store, lambda: client, the_job(store).id, now=later)
    assert (job.status, job.is_watched) == ("succeeded", False)
    assert story(store, job.id)[1] == CURVE


def test_adopting_our_own_lost_job_settles_the_doubt(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A job that carries the id of one we are unsure about is that one."""
    place.fault(CREATE, HANG)
    job_id = start(store, client).id
    place.add_job(metadata={"tonesmith_job": job_id})
    assert adopt_job(store, client, "openai", "ftjob-1").id == job_id
    assert len(store.load_jobs()) == 1


@pytest.mark.parametrize("act", [refresh_job, resume_start, cancel_job, pause_job, delete_model])
def test_a_job_that_is_gone_is_not_found(
    store: Store, client: ProviderClient, act: Callable[..., Any]
) -> None:
    """Acting on a job that is not kept says so."""
    with pytest.raises(TonesmithError) as raised:
        act(store, client, "nowhere")
    assert raised.value.code == "job_gone"
