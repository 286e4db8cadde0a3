"""What is killed goes on where it was, and comes to the same losses."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from openai import OpenAI
from real_trainer import (
    WEATHER,
    Trained,
    Trainer,
    all_events,
    answer,
    finished,
    is_alive,
    losses,
    start_job,
    upload,
    wait_for,
    weather_rows,
)

from trainer.folders import last_whole_checkpoint

pytestmark = pytest.mark.training


def start_the_same_job(client: OpenAI) -> str:
    """The job of the `trained` fixture, once more."""
    return str(start_job(client, validation_file=upload(client, WEATHER.read_bytes())).id)


def wait_for_a_checkpoint(trainer: Trainer, job_id: str) -> None:
    """Until a kill would leave something to resume from."""
    run = trainer.job_folder(job_id).run
    wait_for(lambda: last_whole_checkpoint(run), "a checkpoint")


def resumed_steps(client: OpenAI, job_id: str) -> list[int]:
    """The first step after every resume."""
    said = [event.message for event in all_events(client, job_id)]
    return [int(m.rpartition(" ")[2]) + 1 for m in said if m.startswith("Resuming after step")]


def assert_undisturbed(client: OpenAI, job_id: str, trained: Trained) -> None:
    """The job succeeded with every step once and exactly the losses of the undisturbed one."""
    job = finished(client, job_id)
    assert job.status == "succeeded", job.error
    assert losses(client, job_id) == trained.losses
    assert job.trained_tokens == trained.job.trained_tokens
    metrics = [event for event in all_events(client, job_id) if event.type == "metrics"]
    assert len(metrics) == len(trained.losses)


def test_a_killed_worker_is_started_again(
    client: OpenAI, trainer: Trainer, trained: Trained
) -> None:
    """The server sees its worker gone and resumes from the last whole checkpoint."""
    job_id = start_the_same_job(client)
    wait_for_a_checkpoint(trainer, job_id)
    os.killpg(trainer.worker_pid(job_id), signal.SIGKILL)
    assert_undisturbed(client, job_id, trained)
    steps = resumed_steps(client, job_id)
    assert len(steps) == 1
    assert steps[0] > 1


def test_a_killed_server_finds_its_worker_or_its_checkpoint(
    a_trainer: Callable[..., Any], trained: Trained
) -> None:
    """A worker that outlives its server is watched again; with both killed, the job resumes."""
    trainer = a_trainer()
    job_id = start_the_same_job(trainer.client())
    worker = trainer.worker_pid(job_id)
    trainer.kill()
    assert is_alive(worker)

    trainer.start()
    client = trainer.client()
    wait_for_a_checkpoint(trainer, job_id)
    assert trainer.worker_pid(job_id) == worker
    assert client.fine_tuning.jobs.retrieve(job_id).status == "running"
    trainer.kill()
    os.killpg(worker, signal.SIGKILL)

    trainer.start()
    client = trainer.client()
    assert_undisturbed(client, job_id, trained)
    steps = resumed_steps(client, job_id)
    assert len(steps) == 1
    assert steps[0] > 1
    model = client.fine_tuning.jobs.retrieve(job_id).fine_tuned_model
    messages = weather_rows()[0]["messages"]
    assert answer(client, model, messages[:-1]) == messages[-1]["content"]


def test_a_server_that_is_ended_takes_its_worker_along_and_goes_on_later(
    a_trainer: Callable[..., Any],
) -> None:
    """SIGTERM leaves no process behind and no job lost."""
    trainer = a_trainer()
    client = trainer.client()
    job = start_job(client, hyperparameters={"n_epochs": 2})
    worker = trainer.worker_pid(job.id)
    assert trainer.end() == 0
    assert not is_alive(worker)
    assert not trainer.folder.server.exists()

    trainer.start()
    assert finished(trainer.client(), job.id).status == "succeeded"


def test_a_worker_that_is_killed_again_and_again_fails_its_job(
    a_trainer: Callable[..., Any],
) -> None:
    """After three starts without getting further the job fails with a sentence."""
    trainer = a_trainer()
    client = trainer.client()
    job = start_job(client)
    killed: set[int] = set()

    def kill_or_ended() -> bool:
        pid = trainer.worker_pid(job.id)
        if pid not in killed and is_alive(pid):
            os.killpg(pid, signal.SIGKILL)
            killed.add(pid)
        return client.fine_tuning.jobs.retrieve(job.id).status == "failed"

    wait_for(kill_or_ended, "the job to fail")
    failed = client.fine_tuning.jobs.retrieve(job.id)
    assert len(killed) == 3
    assert failed.error.code == "worker_ended"
    assert "3 times" in failed.error.message


def test_a_worker_with_a_problem_fails_its_job_and_keeps_the_details(
    a_trainer: Callable[..., Any],
) -> None:
    """The message is a sentence, the traceback stands in the job's log."""
    trainer = a_trainer()
    client = trainer.client()
    first, second = start_job(client), start_job(client)
    folder = trainer.job_folder(second.id)
    wait_for(folder.training.exists, "the copy")
    folder.run.write_text("a file where a folder should be")
    client.fine_tuning.jobs.cancel(first.id)
    failed = finished(client, second.id)
    assert failed.status == "failed"
    assert failed.error.code == "worker_failed"
    assert "Traceback" not in failed.error.message
    assert "Traceback" in folder.log.read_text()
