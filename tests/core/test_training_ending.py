"""core/training/ending: jobs are stopped, rest and go on, and what they made is deleted once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from a_place import RESET, APlace, a_place
from a_training import CREATE, EVENTS, UPLOAD, a_client, database, finish, start, story, the_job

from core.errors import NotFound, ProviderError, Rejected, Unavailable
from core.jobs import FineTuningJob
from core.providers.client import ProviderClient
from core.storage import Store
from core.training import (
    cancel_job,
    cancel_unsent,
    delete_checkpoint,
    delete_model,
    pause_job,
    refresh_job,
    resume_job,
    resume_start,
    stop_watching,
)
from core.words import LANGUAGES, say

CANCEL = "POST /v1/fine_tuning/jobs/ftjob-1/cancel"
PAUSE = "POST /v1/fine_tuning/jobs/ftjob-1/pause"
RESUME = "POST /v1/fine_tuning/jobs/ftjob-1/resume"
DELETE = "DELETE /v1/models/ft:m"
DELETE_POINT = "DELETE /v1/models/ft:m:c1"


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


def finished(place: APlace, store: Store, client: ProviderClient) -> FineTuningJob:
    """A job that has succeeded."""
    job = start(store, client)
    finish(place)
    return refresh_job(store, client, job.id)


# Stopping


def test_a_job_is_cancelled_at_its_place(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The place is asked, and what it says is kept; a second time it is not asked."""
    job_id = start(store, client).id
    assert cancel_job(store, client, job_id).status == "cancelled"
    asked = len(place.requests)
    assert cancel_job(store, client, job_id).status == "cancelled"
    assert len(place.requests) == asked


def test_cancelling_too_late_shows_how_it_ended(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A refusal because the job is done is no error to a person."""
    job_id = start(store, client).id
    finish(place)
    assert cancel_job(store, client, job_id).status == "succeeded"


def test_a_cancellation_whose_story_did_not_come_is_read_later(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """It is stopped, and still asked after until its last line is here."""
    job_id = start(store, client).id
    place.fault(EVENTS, RESET)
    job = cancel_job(store, client, job_id)
    assert (job.status, job.is_watched) == ("cancelled", True)
    refresh_job(store, client, job_id)
    assert "The job has been cancelled" in story(store, job_id)[0]


def test_an_unsent_job_is_cancelled_here(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Nothing was sent, so nothing has to be stopped; and it cannot be sent any more."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    job_id = the_job(store).id
    assert cancel_job(store, client, job_id).status == "cancelled"
    assert resume_start(store, client, job_id).status == "cancelled"
    assert len(place.jobs) == 0


def test_an_unsent_job_is_cancelled_without_its_place(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Where the place is gone, too; what was sent stays as it is."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    assert cancel_unsent(store, the_job(store).id).status == "cancelled"
    sent = start(store, client, ticket="again")
    assert cancel_unsent(store, sent.id).status == sent.status


def test_a_job_that_another_program_is_sending_is_not_cancelled_behind_its_back(
    store: Store, client: ProviderClient, place: APlace
) -> None:
    """Ended here it would go on there, unseen and paid for: it stays in doubt."""
    place.fault(UPLOAD, RESET)
    with pytest.raises(Unavailable):
        start(store, client)
    job_id = the_job(store).id
    load_job = store.load_job

    def load_slowly(wanted: str) -> FineTuningJob:
        job = load_job(wanted)
        store.update_job(job_id, was="saved", status="unsure")
        return job

    store.load_job = load_slowly  # type: ignore[method-assign]  # the moment between two steps
    with pytest.raises(Unavailable, match="start_in_doubt"):
        cancel_job(store, client, job_id)
    assert load_job(job_id).status == "unsure"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_job_in_doubt_cannot_be_cancelled_and_says_so(
    place: APlace, store: Store, client: ProviderClient, language: str
) -> None:
    """There may be something to stop, and nobody knows its name."""
    place.fault(CREATE, RESET)
    job_id = start(store, client).id
    with pytest.raises(Unavailable) as raised:
        cancel_job(store, client, job_id)
    assert say(language, f"error.{raised.value.code}", **raised.value.params)
    assert the_job(store).status == "unsure"


def test_a_job_that_is_gone_there_is_ended_here(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Nobody asks after it any more, and its story stays."""
    job_id = start(store, client).id
    del place.jobs["ftjob-1"]
    with pytest.raises(Rejected):
        refresh_job(store, client, job_id)
    job = stop_watching(store, job_id)
    assert (job.status, job.error_code, job.is_watched) == ("failed", "job_gone_there", False)
    assert store.load_events(job_id)


# Resting


def test_a_job_rests_and_goes_on(place: APlace, store: Store, client: ProviderClient) -> None:
    """Each is asked for once, however often a person presses, and its story tells of both."""
    job_id = start(store, client).id
    for _ in range(2):
        assert pause_job(store, client, job_id).status == "paused"
    for _ in range(2):
        assert resume_job(store, client, job_id).status == "queued"
    assert (len(place.asked(PAUSE)), len(place.asked(RESUME))) == (1, 1)
    told = [line for line in story(store, job_id)[0] if line.startswith("The job has")]
    assert told == ["The job has been paused", "The job has been queued"]


def test_a_job_that_has_ended_does_not_rest(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Too late shows how it ended; a refusal for another reason is said."""
    job_id = start(store, client).id
    place.fault(PAUSE, (400, {"error": {"message": "Not now."}}))
    with pytest.raises(Rejected):
        pause_job(store, client, job_id)
    finish(place)
    assert pause_job(store, client, job_id).status == "succeeded"
    asked = len(place.requests)
    assert resume_job(store, client, job_id).status == "succeeded"
    assert len(place.requests) == asked


def test_a_resting_job_is_cancelled(place: APlace, store: Store, client: ProviderClient) -> None:
    """Rest is no end."""
    job_id = start(store, client).id
    pause_job(store, client, job_id)
    assert cancel_job(store, client, job_id).status == "cancelled"
    assert len(place.asked(CANCEL)) == 1


@pytest.mark.parametrize(
    ("act", "lacks"),
    [
        (pause_job, "pause"),
        (resume_job, "pause"),
        (lambda *given: delete_checkpoint(*given, "c1"), "checkpoint_delete"),
    ],
)
def test_what_a_place_does_not_offer_is_not_asked_of_it(
    place: APlace, store: Store, act: Callable[..., Any], lacks: str
) -> None:
    """A person is told, in both languages, and nothing travels."""
    with a_client(place.base_url, lacks) as client:
        job_id = start(store, client).id
        asked = len(place.requests)
        with pytest.raises(Rejected) as raised:
            act(store, client, job_id)
    assert raised.value.code == "not_offered_there"
    for language in ("en", "zh"):
        assert "OpenAI" in say(language, "error.not_offered_there", **raised.value.params)
    assert len(place.requests) == asked


# Deleting


@pytest.mark.parametrize("fault", [None, (404, b"{}")])
def test_a_deleted_model_is_marked(
    place: APlace, store: Store, client: ProviderClient, fault: Any
) -> None:
    """Deleted now or gone already: it is not there, and the place is asked only once."""
    job_id = finished(place, store, client).id
    place.fault(DELETE, fault)
    assert delete_model(store, client, job_id).model_deleted
    delete_model(store, client, job_id)
    assert len(place.asked(DELETE)) == 1


def test_a_model_that_may_not_be_deleted_is_not_marked(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The refusal is raised, and the model counts as there."""
    job_id = finished(place, store, client).id
    place.fault(DELETE, (403, b"{}"))
    with pytest.raises(ProviderError):
        delete_model(store, client, job_id)
    assert not store.load_job(job_id).model_deleted


@pytest.mark.parametrize("fault", [None, (404, b"{}")])
def test_a_deleted_checkpoint_stays_in_the_list_as_deleted(
    place: APlace, store: Store, client: ProviderClient, fault: Any
) -> None:
    """Asked for once; a later look, which may still list it, does not bring it back."""
    job_id = finished(place, store, client).id
    place.fault(DELETE_POINT, fault)
    for _ in range(2):
        delete_checkpoint(store, client, job_id, "c1")
    refresh_job(store, client, job_id)
    assert [(point.id, point.deleted) for point in store.load_checkpoints(job_id)] == [("c1", True)]
    assert len(place.asked(DELETE_POINT)) == 1
    assert not store.load_job(job_id).model_deleted


def test_checkpoints_that_made_room_at_their_place_are_marked(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """A look brings the whole list; with a deleted model go those that go with it there."""
    job_id = finished(place, store, client).id
    [old] = place.checkpoints["ftjob-1"]
    new = {**old, "id": "c2", "step_number": old["step_number"] + 1}
    place.checkpoints["ftjob-1"] = [new]
    refresh_job(store, client, job_id)
    assert [(point.id, point.deleted) for point in store.load_checkpoints(job_id)] == [
        ("c1", True), ("c2", False),
    ]  # fmt: skip
    place.checkpoints["ftjob-1"] = []
    refresh_job(store, client, job_id)  # an empty list may be a poor answer
    assert not store.load_checkpoints(job_id)[1].deleted
    delete_model(store, client, job_id)
    assert all(point.deleted for point in store.load_checkpoints(job_id))


def test_a_checkpoint_that_may_not_be_deleted_is_not_marked(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """The refusal is raised, and the checkpoint counts as there."""
    job_id = finished(place, store, client).id
    place.fault(DELETE_POINT, (403, b"{}"))
    with pytest.raises(ProviderError):
        delete_checkpoint(store, client, job_id, "c1")
    assert not store.load_checkpoints(job_id)[0].deleted


def test_the_last_checkpoint_may_be_the_model_itself(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Where both have one name, deleting the one deletes the other, and both say so."""
    job = start(store, client)
    finish(place, fine_tuned_model="ft:m:c1")
    refresh_job(store, client, job.id)
    delete_checkpoint(store, client, job.id, "c1")
    assert store.load_job(job.id).model_deleted


def test_a_checkpoint_that_is_not_of_this_job_is_not_found(
    place: APlace, store: Store, client: ProviderClient
) -> None:
    """Nothing is deleted under a name that the job does not have."""
    job_id = finished(place, store, client).id
    with pytest.raises(NotFound) as raised:
        delete_checkpoint(store, client, job_id, "c9")
    assert raised.value.code == "checkpoint_gone"
    assert say("zh", "error.checkpoint_gone") != say("en", "error.checkpoint_gone")
