"""A whole job through core against the real trainer: started, watched, talked to, deleted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_local_trainer import end_trainer

from core.errors import Rejected
from core.examples import Example, Message
from core.jobs import FineTuningJob, TrainingRequest
from core.jsonl import write_jsonl
from core.local_trainer import local_training_installed, start_trainer
from core.metrics import progress_of
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile
from core.storage import Store
from core.story import story_of
from core.training import cancel_job, delete_model, refresh_job, save_training_file, start_job

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(
        not local_training_installed(), reason="the packages for local training are not installed"
    ),
]
BASE = "local/tiny-scratch"
COLOURS = ["red", "green", "blue", "white", "black", "brown", "pink", "grey", "gold", "lilac"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderClient]:
    """A client of a trainer that core itself has started."""
    home = tmp_path_factory.mktemp("home")
    address = start_trainer(home)
    client = open_client(load_profile("this_computer"), address.base_url, address.key)
    yield client
    client.close()
    end_trainer(home)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real database file."""
    with Store.open(f"sqlite:///{tmp_path / 'tonesmith.db'}") as store:
        yield store


def examples(count: int = 10) -> list[Example]:
    """Short conversations about colours."""
    return [
        Example((Message.of("user", f"{name}?"), Message.of("assistant", f"{name} it is.")))
        for name in COLOURS[:count]
    ]


def start(store: Store, client: ProviderClient, count: int = 10, **chosen: int) -> FineTuningJob:
    """Start a job on `count` examples."""
    return start_job(
        store,
        client,
        start_key="k1",
        connection_id="this_computer",
        project_id=None,
        request=TrainingRequest(model=BASE, suffix="colours", seed=7, **chosen),
        snapshot_sha256=save_training_file(store, write_jsonl(examples(count))).snapshot.sha256,
    )


def watch(store: Store, client: ProviderClient) -> FineTuningJob:
    """Refresh until the job has ended; a job that hangs is ended by its patience."""
    for _ in range(1_200):
        job = refresh_job(store, client, "k1")
        if not job.is_active:
            return job
        threading.Event().wait(0.1)
    raise AssertionError(f"still {job.status}")


def test_a_job_really_trains_and_can_be_talked_to(store: Store, client: ProviderClient) -> None:
    """Two passes: real losses, a story in plain words, a model that answers, then is deleted."""
    started = start(store, client, n_epochs=2, batch_size=5)
    assert started.provider_job_id is not None
    job = watch(store, client)
    assert (job.status, job.error_code) == ("succeeded", None)
    assert job.hyperparameters["n_epochs"] == 2
    assert (job.trained_tokens or 0) > 0

    metrics, events = store.load_metrics("k1"), store.load_events("k1")
    assert [point.step for point in metrics] == [1, 2, 3, 4]
    assert all(point.train_loss and point.train_accuracy is not None for point in metrics)
    assert progress_of(job, events).total_steps == 4
    codes = [line.code for line in story_of(events)]
    assert {"asked", "created", "accepted", "started", "steps_loss", "checkpoint"} <= set(codes)
    assert codes[-1] == "completed"
    assert None not in codes
    assert len(store.load_checkpoints("k1")) > 0

    model = job.fine_tuned_model or ""
    messages = [{"role": "user", "content": "red?"}]
    streamed = list(client.stream_chat(model, messages, temperature=0, max_tokens=8))
    reply = client.chat(model, messages, temperature=0, max_tokens=8)
    assert "".join(streamed) == reply.text
    assert client.count_tokens(model, ["", "red?"])[0] == 0

    assert delete_model(store, client, "k1").model_deleted
    with pytest.raises(Rejected) as raised:
        client.chat(model, messages)
    assert raised.value.code == "not_found_there"


def test_a_job_can_be_stopped(store: Store, client: ProviderClient) -> None:
    """A job that would take long is cancelled at the trainer."""
    start(store, client, n_epochs=50, batch_size=1)
    assert cancel_job(store, client, "k1").status == "cancelled"
    assert story_of(store.load_events("k1"))[-1].code == "cancelled"


def test_too_few_examples_fail_with_the_reason(store: Store, client: ProviderClient) -> None:
    """The trainer's own refusal reaches the kept job."""
    start(store, client, count=9)
    job = watch(store, client)
    assert (job.status, job.error_code) == ("failed", "invalid_n_examples")


def test_a_base_that_knows_nothing_cannot_be_talked_to(client: ProviderClient) -> None:
    """The scratch base says why, under a code of its own."""
    with pytest.raises(Rejected) as raised:
        client.chat(BASE, [{"role": "user", "content": "hi"}])
    assert raised.value.code == "base_has_no_weights"
    with pytest.raises(Rejected) as raised:
        client.count_tokens(BASE, ["hi"])
    assert raised.value.code == "no_vocabulary_yet"
