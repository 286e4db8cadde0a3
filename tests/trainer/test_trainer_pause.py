"""A paused job keeps what it has learned, makes room for others, and goes on exactly there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from a_hub import HUB_BASE
from described import assert_described
from openai import OpenAI
from real_trainer import (
    PATIENCE_SECONDS,
    REPO,
    WEATHER,
    Trained,
    Trainer,
    all_events,
    finished,
    is_alive,
    losses,
    start_job,
    upload,
    wait_for,
)

from trainer.folders import JobFolder, last_whole_checkpoint
from trainer.processes import is_locked
from trainer.records import metrics_by_step, read_records

pytestmark = pytest.mark.training

LONG = {"n_epochs": 50, "batch_size": 1}  # 500 steps: there is time to pause it


def status(client: OpenAI, job_id: str) -> str:
    """The job's status now."""
    return client.fine_tuning.jobs.retrieve(job_id).status


def rests(client: OpenAI, job_id: str) -> None:
    """Wait until the job is paused."""
    wait_for(lambda: status(client, job_id) == "paused", "the job to rest")


def has_learned(client: OpenAI, job_id: str, steps: int = 3) -> None:
    """Wait until the job has reported a few steps."""
    wait_for(lambda: len(losses(client, job_id)) >= steps, "some steps")


def said(client: OpenAI, job_id: str) -> list[str]:
    """What the job's story says of pausing."""
    messages = [event.message for event in all_events(client, job_id)]
    return [m for m in messages if "paus" in m or "resum" in m.lower() or "again" in m]


def test_a_paused_job_goes_on_exactly_where_it_stopped(
    a_trainer: Callable[..., Trainer], trained: Trained
) -> None:
    """Also under another server, as this one ends when nobody needs it: the very same losses."""
    trainer = a_trainer("--idle-minutes", "0.1")
    client = trainer.client()
    job_id = start_job(client, validation_file=upload(client, WEATHER.read_bytes())).id
    worker = trainer.worker_pid(job_id)
    has_learned(client, job_id)
    path = f"/fine_tuning/jobs/{job_id}/pause"
    asked = client.post(path, cast_to=dict[str, Any])
    assert asked["status"] == "pausing"
    assert_described(asked, "FineTuningJob")
    rests(client, job_id)
    assert not is_alive(worker)
    kept = next(iter(client.fine_tuning.jobs.checkpoints.list(job_id)))
    assert kept.step_number == max(losses(client, job_id))

    assert trainer.process is not None
    assert trainer.process.wait(PATIENCE_SECONDS) == 0
    trainer.end()
    trainer.start()
    client = trainer.client()
    assert status(client, job_id) == "paused"
    assert client.fine_tuning.jobs.resume(job_id).status in {"queued", "running"}
    assert finished(client, job_id).status == "succeeded"
    assert losses(client, job_id) == trained.losses
    assert said(client, job_id) == [
        "The job is being paused",
        "The job has been paused",
        "The job has been resumed",
        "Fine-tuning job started again",
        f"Resuming after step {kept.step_number}",
    ]


def test_others_have_their_turn_while_a_job_rests(a_trainer: Callable[..., Trainer]) -> None:
    """The next one runs to its end; what is resumed meanwhile waits for it."""
    trainer = a_trainer()
    client = trainer.client()
    first = start_job(client, hyperparameters=LONG).id
    has_learned(client, first)
    second = start_job(client, hyperparameters={"n_epochs": 4}).id
    client.fine_tuning.jobs.pause(first)
    rests(client, first)
    wait_for(lambda: status(client, second) == "running", "the second to run")
    assert client.fine_tuning.jobs.resume(first).status == "queued"
    assert finished(client, second).status == "succeeded"
    wait_for(lambda: status(client, first) == "running", "the first to go on")
    client.fine_tuning.jobs.cancel(first)


def test_a_job_that_waits_is_paused_at_once_and_a_paused_one_can_be_cancelled(
    a_trainer: Callable[..., Trainer],
) -> None:
    """Nothing of it stays behind: no worker, no copy of the examples."""
    trainer = a_trainer()
    client = trainer.client()
    jobs = client.fine_tuning.jobs
    first, second = (start_job(client, hyperparameters=LONG).id for _ in range(2))
    wait_for(lambda: status(client, second) == "queued", "the second to wait")
    assert jobs.pause(second).status == "paused"
    assert jobs.cancel(second).status == "cancelled"
    wait_for(lambda: not trainer.job_folder(second).training.exists(), "the end of its copy")

    has_learned(client, first)
    jobs.pause(first)
    assert jobs.pause(first).status in {"pausing", "paused"}  # asked twice, from two tabs
    rests(client, first)
    assert jobs.cancel(first).status == "cancelled"
    wait_for(lambda: not trainer.job_folder(first).training.exists(), "the end of its copy")
    for move in (jobs.pause, jobs.resume):
        with pytest.raises(openai.BadRequestError) as refused:
            move(first)
        assert refused.value.code == "job_ended"


@pytest.mark.soak
def test_a_worker_that_is_killed_while_it_pauses_rests_at_its_last_checkpoint(
    a_trainer: Callable[..., Trainer], trained: Trained
) -> None:
    """Whatever ends the worker: the job rests, and comes to the same losses later."""
    trainer = a_trainer()
    client = trainer.client()
    job_id = start_job(client, validation_file=upload(client, WEATHER.read_bytes())).id
    run = trainer.job_folder(job_id).run
    wait_for(lambda: last_whole_checkpoint(run), "a checkpoint")
    worker = trainer.worker_pid(job_id)
    trainer.kill()  # nobody sees how the worker ends
    subprocess.run(["kill", f"-{signal.SIGKILL.value}", f"-{worker}"], check=True)
    trainer.start()
    client = trainer.client()
    client.fine_tuning.jobs.pause(job_id)
    rests(client, job_id)
    rested = max(losses(client, job_id))
    client.fine_tuning.jobs.resume(job_id)
    wait_for(lambda: max(losses(client, job_id)) > rested, "a step beyond")
    assert losses(client, job_id).items() <= trained.losses.items()


@pytest.mark.soak
def test_within_an_epoch_too(trainer: Trainer, trained: Trained, tmp_path: Path) -> None:
    """A worker that is asked to stop from the start does one step; so does the next, and so on."""
    folder = a_job_folder(tmp_path, trainer.job_folder(trained.job.id))
    folder.pause.touch()
    for step in (1, 2):
        work(folder)
        rows = metrics_by_step(read_records(folder.records)[0])
        assert {row["step"]: row["train_loss"] for row in rows} == {
            done: trained.losses[done] for done in range(1, step + 1)
        }
        assert not folder.model.exists()


def test_a_pause_does_not_wait_for_weights_that_are_fetched(
    trainer: Trainer, trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker ends as they begin to come: nothing is said to have failed, nothing is held."""
    monkeypatch.setenv("TONESMITH_HUB", str(tmp_path / "nothing"))  # or it would be fetched there
    folder = a_job_folder(tmp_path, trainer.job_folder(trained.job.id), base=HUB_BASE)
    folder.pause.touch()
    work(folder)
    assert read_records(folder.records)[0] == []
    assert not is_locked(folder.data.base(HUB_BASE).lock)


def a_job_folder(data: Path, like: JobFolder, **other: str) -> JobFolder:
    """The folder of a job as it was before its worker started, but for what is `other`."""
    folder = JobFolder(data / "jobs" / like.path.name)
    folder.path.mkdir(parents=True)
    folder.spec.write_text(json.dumps({**json.loads(like.spec.read_text()), **other}))
    for copy in (folder.training, folder.validation):
        copy.write_bytes(WEATHER.read_bytes())
    return folder


def work(folder: JobFolder) -> None:
    """Let a worker do what it can."""
    command = [sys.executable, "-m", "trainer.worker", str(folder.path)]
    subprocess.run(command, cwd=REPO, check=True)
