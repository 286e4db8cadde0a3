"""A whole job through core against the real trainer: started, watched, talked to, deleted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from a_fault_proxy import a_fault_proxy, half, refused, reset, said
from test_local_trainer import end_trainer

from core.errors import Rejected
from core.examples import Example, Message
from core.jobs import FineTuningJob, TrainingRequest
from core.jsonl import write_jsonl
from core.local_trainer import Address, local_training_installed, start_trainer
from core.metrics import progress_of
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile
from core.storage import Store
from core.story import story_of
from core.training import (
    cancel_job,
    delete_checkpoint,
    delete_model,
    look_at_job,
    pause_job,
    refresh_job,
    resume_job,
    save_training_file,
    start_job,
)
from core.training.doubts import ASKED

pytestmark = [
    pytest.mark.training,
    pytest.mark.skipif(
        not local_training_installed(), reason="the packages for local training are not installed"
    ),
]
BASE = "local/tiny-scratch"
COLOURS = ["red", "green", "blue", "white", "black", "brown", "pink", "grey", "gold", "lilac"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Where the trainer listens that core itself has started."""
    home = tmp_path_factory.mktemp("home")
    yield start_trainer(home)
    end_trainer(home)


@pytest.fixture(scope="module")
def client(address: Address) -> Iterator[ProviderClient]:
    """A client of it."""
    client = open_client(load_profile("this_computer"), address.base_url, address.key)
    yield client
    client.close()


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
        ticket="0",
        connection_id="this_computer",
        project_id=None,
        request=TrainingRequest(model=BASE, suffix="colours", seed=7, **chosen),
        snapshot_sha256=save_training_file(store, write_jsonl(examples(count))).snapshot.sha256,
    )


def watch(store: Store, client: ProviderClient, job_id: str) -> FineTuningJob:
    """Look until all of the job is here; one that hangs is ended by our patience."""
    wait_for(lambda: not look_at_job(store, lambda: client, job_id, at_once=True).is_watched)
    return store.load_job(job_id)


def wait_for(is_so: Callable[[], bool]) -> None:
    """Ask again and again until it is so."""
    for _ in range(1_200):
        if is_so():
            return
        threading.Event().wait(0.1)
    raise AssertionError("it never was")


def test_a_job_really_trains_and_can_be_talked_to(store: Store, client: ProviderClient) -> None:
    """Two passes: real losses, a story in plain words, a model that answers, then is deleted."""
    started = start(store, client, n_epochs=2, batch_size=5)
    assert started.provider_job_id is not None
    job = watch(store, client, started.id)
    assert (job.status, job.error_code) == ("succeeded", None)
    assert job.hyperparameters["n_epochs"] == 2
    assert (job.trained_tokens or 0) > 0

    metrics, events = store.load_metrics(job.id), store.load_events(job.id)
    assert [point.step for point in metrics] == [1, 2, 3, 4]
    assert all(point.train_loss and point.train_accuracy is not None for point in metrics)
    assert progress_of(job, events).total_steps == 4
    codes = [line.code for line in story_of(events)]
    assert {"asked", "created", "accepted", "started", "steps_loss", "checkpoints"} <= set(codes)
    assert codes[-1] == "completed"
    assert None not in codes
    assert len(store.load_checkpoints(job.id)) > 0

    model = job.fine_tuned_model or ""
    messages = [{"role": "user", "content": "red?"}]
    streamed = list(client.stream_chat(model, messages, temperature=0, max_tokens=8))
    reply = client.chat(model, messages, temperature=0, max_tokens=8)
    assert "".join(streamed) == reply.text
    assert client.count_tokens(model, ["", "red?"])[0] == 0

    assert delete_model(store, client, job.id).model_deleted
    with pytest.raises(Rejected) as raised:
        client.chat(model, messages)
    assert raised.value.code == "not_found_there"


def test_a_job_can_be_stopped(store: Store, client: ProviderClient) -> None:
    """A job that would take long is cancelled at the trainer."""
    job_id = start(store, client, n_epochs=50, batch_size=1).id
    assert cancel_job(store, client, job_id).status == "cancelled"
    assert story_of(store.load_events(job_id))[-1].code == "cancelled"


def test_a_job_rests_goes_on_and_loses_a_checkpoint(store: Store, client: ProviderClient) -> None:
    """Paused in the middle, resumed to its end; a model kept on the way is deleted for good."""
    job_id = start(store, client, n_epochs=4, batch_size=5).id
    assert pause_job(store, client, job_id).status in {"pausing", "paused"}
    wait_for(lambda: refresh_job(store, client, job_id).status == "paused")
    assert resume_job(store, client, job_id).status in {"queued", "running"}
    job = watch(store, client, job_id)
    assert job.status == "succeeded"
    assert [point.step for point in store.load_metrics(job_id)] == list(range(1, 9))
    first, *others = store.load_checkpoints(job_id)
    delete_checkpoint(store, client, job_id, first.id)
    with pytest.raises(Rejected) as raised:
        client.chat(first.model, [{"role": "user", "content": "red?"}])
    assert raised.value.code == "not_found_there"
    refresh_job(store, client, job_id)
    kept = store.load_checkpoints(job_id)
    assert [point.deleted for point in kept] == [True] + [False] * len(others)


def test_a_job_is_told_whole_through_a_bad_line(
    store: Store, client: ProviderClient, address: Address
) -> None:
    """Most looks meet a fault; in the end all that the trainer tells is here, once and in order."""
    bad = [reset(), None, refused(503), half(), None, None, said(b"{"), refused(429), None, None]
    with a_fault_proxy(address.base_url) as proxy:
        through = open_client(load_profile("this_computer"), proxy.base_url, address.key)
        job_id = start(store, through, n_epochs=2, batch_size=5).id
        proxy.fault("", *bad * 3)
        job = watch(store, through, job_id)
        through.close()
    assert (job.status, job.failed_looks) == ("succeeded", 0)
    told = client.load_events(job.provider_job_id or "")
    heard = [event for event in store.load_events(job_id) if event.message != ASKED]
    assert heard == told
    assert [point.step for point in store.load_metrics(job_id)] == [1, 2, 3, 4]


def test_too_few_examples_fail_with_the_reason(store: Store, client: ProviderClient) -> None:
    """The trainer's own refusal reaches the kept job."""
    job = watch(store, client, start(store, client, count=9).id)
    assert (job.status, job.error_code) == ("failed", "invalid_n_examples")


def test_a_base_that_knows_nothing_cannot_be_talked_to(client: ProviderClient) -> None:
    """The scratch base says why, under a code of its own."""
    with pytest.raises(Rejected) as raised:
        client.chat(BASE, [{"role": "user", "content": "hi"}])
    assert raised.value.code == "base_has_no_weights"
    with pytest.raises(Rejected) as raised:
        client.count_tokens(BASE, ["hi"])
    assert raised.value.code == "no_vocabulary_yet"
