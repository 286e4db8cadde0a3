"""A base with weights, through the real server: fetched on first use, trained with an adapter."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from a_hub import HUB_BASE, make_hub
from openai import OpenAI
from real_trainer import (
    BASE,
    Trainer,
    all_events,
    answer,
    as_jsonl,
    finished,
    losses,
    start_job,
    wait_for,
    weather_rows,
)

from trainer.folders import last_whole_checkpoint

pytestmark = pytest.mark.training

ASKED = weather_rows()[0]["messages"][:-1]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub on disk."""
    return make_hub(tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="module")
def hub_trainer(hub: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """A server that finds the hub on disk."""
    environment = {"TONESMITH_HUB": str(hub)}
    trainer = Trainer(tmp_path_factory.mktemp("hub-trainer"), (), environment).start()
    yield trainer
    trainer.end()


@pytest.fixture(scope="module")
def hub_client(hub_trainer: Trainer) -> OpenAI:
    """The SDK, speaking to it."""
    return hub_trainer.client()


@pytest.fixture(scope="module")
def hub_job(hub_client: OpenAI) -> Any:
    """The weather jokes, trained on the hub base for three epochs."""
    job = finished(hub_client, start_hub_job(hub_client))
    assert job.status == "succeeded", job.error
    return job


def start_hub_job(client: OpenAI) -> str:
    """A short job on the hub base, in steps large enough for random weights."""
    chosen = {"n_epochs": 3, "learning_rate": 0.02}
    job = start_job(client, model=HUB_BASE, hyperparameters=chosen)
    return str(job.id)


def refusal(client: OpenAI, model: str) -> openai.APIStatusError | None:
    """Why the model does not answer, or None where it does."""
    try:
        answer(client, model, ASKED, max_tokens=3)
    except openai.APIStatusError as problem:
        return problem
    return None


def refused_with(client: OpenAI, model: str) -> str:
    """The code with which the model does not answer, once it is not being fetched any more."""

    def settled() -> str:
        problem = refusal(client, model)
        code = str(problem.code) if problem else "answered"
        return "" if code == "base_is_being_fetched" else code

    return str(wait_for(settled, "the fetch to end"))


def weights_of(client: OpenAI, model: str) -> dict[str, Any]:
    """What the server says of a base's weights."""
    described: dict[str, Any] = client.get(f"/models/{model}", cast_to=dict[str, Any])
    weights: dict[str, Any] = described["base"]["weights"]
    return weights


def test_a_job_fetches_its_base_and_tells_how_far(hub_client: OpenAI, hub_job: Any) -> None:
    """The story begins with the fetch, in bytes, and the model is a whole one."""
    told = [e.data for e in all_events(hub_client, hub_job.id) if "done_bytes" in (e.data or {})]
    assert told[0]["done_bytes"] == 0
    assert told[-1]["done_bytes"] == told[-1]["total_bytes"]
    assert weights_of(hub_client, HUB_BASE) == {"state": "ready"}
    assert weights_of(hub_client, BASE) == {"state": "none"}


def test_the_tuned_model_is_merged_and_so_whole(hub_trainer: Trainer, hub_job: Any) -> None:
    """It needs neither its adapter nor its base any more."""
    folder = hub_trainer.job_folder(hub_job.id).model
    assert (folder / "model.safetensors").exists()
    assert not (folder / "adapter_config.json").exists()


def test_training_changes_what_is_said(hub_client: OpenAI, hub_job: Any) -> None:
    """The original, the tuned model and its checkpoint are spoken to; only the original differs."""
    checkpoint = hub_client.fine_tuning.jobs.checkpoints.list(hub_job.id).data[0]
    models = (HUB_BASE, hub_job.fine_tuned_model, checkpoint.fine_tuned_model_checkpoint)
    base, tuned, kept = (answer(hub_client, model, ASKED, max_tokens=12) for model in models)
    assert tuned == kept
    assert tuned != base


@pytest.mark.soak
def test_long_examples_are_learned_in_less_memory(hub_client: OpenAI, hub_job: Any) -> None:
    """Beyond 512 tokens activations are computed again instead of kept; the job ends as ever."""
    rows = [{"messages": [*ASKED, {"role": "assistant", "content": "Rain. " * 200}]}] * 10
    chosen = {"n_epochs": 1, "batch_size": 5}
    job = start_job(hub_client, as_jsonl(rows), model=HUB_BASE, hyperparameters=chosen)
    assert finished(hub_client, job.id).status == "succeeded"
    first, second = losses(hub_client, job.id).values()
    assert second < first


def test_tokens_are_counted_once_the_vocabulary_is_here(
    hub_client: OpenAI, hub_job: Any, a_trainer: Callable[..., Trainer]
) -> None:
    """With a tokenizer of bytes a Chinese character is three; before the fetch it is a sentence."""
    body = {"model": HUB_BASE, "input": ["天气", "ab"]}
    counted: Any = hub_client.post("/tokenize", cast_to=dict[str, Any], body=body)
    assert counted["counts"] == [6, 2]
    with pytest.raises(openai.BadRequestError) as refused:
        a_trainer().client().post("/tokenize", cast_to=dict[str, Any], body=body)
    assert refused.value.code == "vocabulary_not_fetched"


def test_a_killed_worker_resumes_its_adapter(
    hub_client: OpenAI, hub_trainer: Trainer, hub_job: Any
) -> None:
    """From the last whole checkpoint, to exactly the losses of the undisturbed job."""
    job_id = start_hub_job(hub_client)
    wait_for(lambda: last_whole_checkpoint(hub_trainer.job_folder(job_id).run), "a checkpoint")
    os.killpg(hub_trainer.worker_pid(job_id), signal.SIGKILL)
    assert finished(hub_client, job_id).status == "succeeded"
    assert losses(hub_client, job_id) == losses(hub_client, hub_job.id)


def test_talking_to_a_base_fetches_it_first(
    a_trainer: Callable[..., Trainer], hub: Path, tmp_path: Path
) -> None:
    """Until it is here the answer is 503 with how far it is, or once why not; then it speaks."""
    late = tmp_path / "late"
    client = a_trainer(TONESMITH_HUB=str(late)).client()
    assert weights_of(client, HUB_BASE) == {"state": "absent"}
    problem = refusal(client, HUB_BASE)
    assert problem is not None
    assert (problem.status_code, problem.code) == (503, "base_is_being_fetched")
    assert " of 1000 MB" in problem.message
    assert refused_with(client, HUB_BASE) == "base_download_failed"
    late.symlink_to(hub)
    assert refused_with(client, HUB_BASE) == "answered"


def test_offline_a_job_fails_with_what_to_do(a_trainer: Callable[..., Trainer]) -> None:
    """No traceback, nothing half done: get online once and start again."""
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    trainer = a_trainer(**nowhere)
    client = trainer.client()
    job = finished(client, start_job(client, model="local/smollm2-135m").id)
    assert (job.status, job.error.code) == ("failed", "base_download_failed")
    assert "Get this computer online once" in job.error.message
    left = {path.name for path in trainer.folder.base("local/smollm2-135m").path.iterdir()}
    assert left <= {"lock", "fetch.log", "download.part"}
