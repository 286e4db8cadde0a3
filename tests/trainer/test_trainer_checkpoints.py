"""The checkpoints of a job are models of their own: talked to and deleted one by one."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI
from real_trainer import (
    Trainer,
    answer,
    finished,
    losses,
    start_job,
    wait_for,
    weather_rows,
)

pytestmark = pytest.mark.training

SHORT = {"n_epochs": 3}
QUESTION = weather_rows()[0]["messages"][:-1]


@pytest.fixture(scope="module")
def short(client: OpenAI) -> Any:
    """A finished job with three checkpoints, which these tests may change."""
    return finished(client, start_job(client, hyperparameters=SHORT).id)


def checkpoints(client: OpenAI, job: Any) -> dict[int, str]:
    """A job's checkpoints by step, each with the name to talk to it by."""
    found = client.fine_tuning.jobs.checkpoints.list(job.id)
    return {point.step_number: point.fine_tuned_model_checkpoint for point in found}


def test_one_checkpoint_is_deleted_and_the_others_stay(
    client: OpenAI, trainer: Trainer, short: Any
) -> None:
    """It is gone from the list, the disk and the chat; its neighbours and the model answer."""
    kept = checkpoints(client, short)
    assert sorted(kept) == [5, 10, 15]
    run = trainer.job_folder(short.id).run
    said = {step: answer(client, kept[step], QUESTION, max_tokens=5) for step in (5, 15)}
    answer(client, kept[10], QUESTION, max_tokens=1)  # it is in the memory when it goes

    assert client.models.delete(kept[10]).deleted
    assert sorted(checkpoints(client, short)) == [5, 15]
    assert sorted(path.name for path in run.glob("checkpoint-*")) == [
        "checkpoint-15",
        "checkpoint-5",
    ]
    for missing in (lambda: answer(client, kept[10], QUESTION), lambda: delete(client, kept[10])):
        with pytest.raises(openai.NotFoundError):
            missing()
    assert {s: answer(client, kept[s], QUESTION, max_tokens=5) for s in (5, 15)} == said
    assert answer(client, short.fine_tuned_model, QUESTION, max_tokens=5) == said[15]


def delete(client: OpenAI, model: str) -> None:
    """Ask for a model to be deleted."""
    client.models.delete(model)


def test_no_checkpoint_is_deleted_under_a_job_that_needs_it(client: OpenAI) -> None:
    """A job that has not ended, such as a paused one, goes on from it."""
    job = start_job(client)
    wait_for(lambda: losses(client, job.id), "a step")
    client.fine_tuning.jobs.pause(job.id)
    wait_for(lambda: client.fine_tuning.jobs.retrieve(job.id).status == "paused", "a pause")
    model = checkpoints(client, job).popitem()[1]
    assert answer(client, model, QUESTION, max_tokens=1) is not None
    with pytest.raises(openai.BadRequestError) as refused:
        client.models.delete(model)
    assert refused.value.code == "job_active"
    client.fine_tuning.jobs.cancel(job.id)
    assert client.models.delete(model).deleted


@pytest.mark.soak
def test_the_same_seed_repeats_a_run_exactly(client: OpenAI, short: Any) -> None:
    """Every loss, to the last digit; another seed goes another way."""
    again = finished(client, start_job(client, hyperparameters=SHORT).id)
    other = finished(client, start_job(client, hyperparameters=SHORT, seed=8).id)
    assert losses(client, again.id) == losses(client, short.id)
    assert losses(client, other.id) != losses(client, short.id)
