"""Azure and Nebius, trained at by data alone: the profiles' own clients over real HTTP."""

from __future__ import annotations

import time
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256

import pytest
from a_place import KEY, RESET, APlace, a_place
from a_training import CREATE, FIND, RESULTS, UPLOAD, end_doubts, finish, start, the_job

from core.jobs import UNSURE, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile
from core.storage import Store
from core.training import adopt_job, refresh_job

MODELS = {"azure": "gpt-4.1-mini", "nebius": "meta-llama/Llama-3.1-8B-Instruct"}
POINTS = [
    {"id": "c1", "step_number": 1, "created_at": 5, "fine_tuned_model_checkpoint": "ftckpt_1",
     "metrics": {"train_loss": 3.4, "valid_loss": 3.3}},
    {"id": "c2", "step_number": 2, "created_at": 6, "fine_tuned_model_checkpoint": "ftckpt_2",
     "metrics": {"train_loss": 3.1, "valid_loss": 2.7}},
]  # fmt: skip


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train."""
    with a_place() as place:
        yield place


@contextmanager
def a_client_of(profile: str, place: APlace) -> Iterator[ProviderClient]:
    """A client of that profile for it."""
    client = open_client(load_profile(profile), place.base_url, KEY, timeout=2.0)
    try:
        yield client
    finally:
        client.close()


def start_at(store: Store, client: ProviderClient) -> FineTuningJob:
    """Start a job on the profile's model."""
    profile = client.profile.id
    request = TrainingRequest(MODELS[profile], n_epochs=2)
    return start(store, client, connection_id=profile, request=request)


def test_azure_gets_a_mark_and_the_snapshot_has_none(store: Store, place: APlace) -> None:
    """What is kept is what was exported, whatever a place wants in front of it."""
    with a_client_of("azure", place) as client:
        job = start_at(store, client)
    assert job.snapshot_sha256 is not None
    sent = place.files[job.training_file_id or ""]
    assert sent.startswith(BOM_UTF8)
    assert sha256(sent.removeprefix(BOM_UTF8)).hexdigest() == job.snapshot_sha256
    assert not store.load_snapshot(job.snapshot_sha256).startswith(BOM_UTF8)


@pytest.mark.parametrize("profile", MODELS)
def test_a_lost_answer_makes_no_second_job(
    store: Store, place: APlace, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of them takes our metadata: the job is found again by its file."""
    place.fault(CREATE, RESET)
    with a_client_of(profile, place) as client:
        assert start_at(store, client).status == UNSURE
        uploaded = len(place.asked(UPLOAD))
        ours, now = the_job(store).training_file_id, int(time.time())
        model = client.train_as(MODELS[profile])
        job = place.add_job(training_file=ours, model=model, created_at=now)  # it had arrived
        place.add_job(training_file="file-of-somebody-else")
        end_doubts(monkeypatch)
        found = refresh_job(store, client, the_job(store).id)
    assert found.provider_job_id == job["id"]
    assert len(place.asked(CREATE)) == 1
    assert len(place.asked(UPLOAD)) == uploaded


@pytest.mark.parametrize("profile", MODELS)
def test_a_job_in_doubt_that_is_opened_from_the_list_there_is_ours(
    store: Store, place: APlace, profile: str
) -> None:
    """It is not taken for somebody else's, which would leave ours to be sent a second time."""
    place.fault(CREATE, "after reset")
    place.fault(FIND, (503, b""))
    with a_client_of(profile, place) as client:
        job = start_at(store, client)
        assert job.status == UNSURE
        assert adopt_job(store, client, profile, "ftjob-1").id == job.id
    assert the_job(store).snapshot_sha256 == job.snapshot_sha256


def test_a_job_in_doubt_that_was_taken_for_somebody_else_s_becomes_ours(
    store: Store, place: APlace
) -> None:
    """With all that was kept of it until then."""
    place.fault(CREATE, "after reset")
    place.fault(FIND, (503, b""))
    with a_client_of("nebius", place) as client:
        job = start_at(store, client)
        theirs = replace(
            job, id="theirs", project_id=None, snapshot_sha256=None, status="running",
            provider_job_id="ftjob-1", training_file_id=None,
        )  # fmt: skip
        store.save_job(theirs)
        store.save_events("theirs", [JobEvent("said", job.created_at, "info", "Long forgotten")])
        store.save_metrics("theirs", [Metric(1, 3.5)])
        found = refresh_job(store, client, job.id)
    assert (found.provider_job_id, found.status) == ("ftjob-1", "validating_files")
    assert the_job(store).id == job.id
    assert "Long forgotten" in [event.message for event in store.load_events(job.id)]
    assert store.load_metrics(job.id) == [Metric(1, 3.5)]


def test_nebius_has_its_curve_in_its_checkpoints(store: Store, place: APlace) -> None:
    """What it calls result files are weights: they are left where they are."""
    with a_client_of("nebius", place) as client:
        job = start_at(store, client)
        finish(place, fine_tuned_model=None)
        place.events["ftjob-1"].clear()
        place.add_event("ftjob-1", "Training completed successfully")
        place.checkpoints["ftjob-1"] = POINTS
        done = refresh_job(store, client, job.id)
    assert (done.status, done.fine_tuned_model) == ("succeeded", None)
    assert store.load_metrics(job.id) == [Metric(1, 3.4, None, 3.3), Metric(2, 3.1, None, 2.7)]
    assert [point.model for point in store.load_checkpoints(job.id)] == ["ftckpt_1", "ftckpt_2"]
    assert not place.asked(RESULTS)


def test_azure_has_its_curve_in_its_result_file(store: Store, place: APlace) -> None:
    """As at OpenAI; its checkpoints are not asked for figures."""
    with a_client_of("azure", place) as client:
        job = start_at(store, client)
        finish(place)
        refresh_job(store, client, job.id)
    assert store.load_metrics(job.id)[-1] == Metric(2, 2.0, 0.5, 3.0)
    assert len(place.asked(RESULTS)) == 1
