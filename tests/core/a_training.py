"""What the tests of core/training have in common: a store, a client, a job on a few examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from a_place import KEY, APlace

from core.examples import Example, Message
from core.jobs import FineTuningJob, Metric, TrainingRequest
from core.jsonl import write_jsonl
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import OFFERS, Profile, load_profile
from core.storage import Snapshot, Store
from core.training import save_training_file, start_job

ROOT = Path(__file__).resolve().parents[2]
CREATE = "POST /v1/fine_tuning/jobs"
FIND = "GET /v1/fine_tuning/jobs"
UPLOAD = "POST /v1/files"
JOB = "GET /v1/fine_tuning/jobs/ftjob-1"
EVENTS = f"{JOB}/events"
CHECKPOINTS = f"{JOB}/checkpoints"
RESULTS = "GET /v1/files/file-r/content"
HALF_A_SECOND = 0.5


def database(folder: Path) -> str:
    """Where a test keeps its database."""
    return f"sqlite:///{folder / 'tonesmith.db'}"


def python_path() -> dict[str, str]:
    """The environment for a program of a test that imports core and what stands beside it."""
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'core'}"}


def a_profile(*without: str) -> Profile:
    """OpenAI's, but with all that can be offered, `without` some of it."""
    return replace(load_profile("openai"), offers=OFFERS - set(without))


@contextmanager
def a_client(
    base_url: str, *without: str, timeout: float = HALF_A_SECOND
) -> Iterator[ProviderClient]:
    """A client that does not wait long, for a test's place, `without` some of what it offers."""
    client = open_client(a_profile(*without), base_url, KEY, timeout=timeout)
    try:
        yield client
    finally:
        client.close()


def an_example(user: str = "冷吗?", assistant: str = "冷。") -> Example:
    """One conversation."""
    return Example((Message.of("user", user), Message.of("assistant", assistant)))


def a_project(store: Store, name: str = "tea") -> str:
    """A project's id."""
    return store.create_project(name, priced_for="gpt-4o-mini").id


def a_snapshot(store: Store, *examples: Example) -> Snapshot:
    """The kept bytes of a training file."""
    return save_training_file(store, write_jsonl(examples)).snapshot


def start(store: Store, client: ProviderClient, ticket: str = "0", **more: Any) -> FineTuningJob:
    """Start a job on two examples, and a third to validate with."""
    training = a_snapshot(store, an_example(), an_example("热吗?"))
    validation = a_snapshot(store, an_example("湿吗?"))
    values = {
        "connection_id": "openai",
        "project_id": None,
        "request": TrainingRequest(model="gpt-4o-mini", n_epochs=3),
        "snapshot_sha256": training.sha256,
        "validation_sha256": validation.sha256,
    }
    return start_job(store, client, ticket=ticket, **{**values, **more})


def the_job(store: Store) -> FineTuningJob:
    """The only job there is."""
    (job,) = store.load_jobs()
    return job


def end_doubts(patch: pytest.MonkeyPatch) -> None:
    """Let every doubt be older than a doubt can be."""
    patch.setattr("core.training.doubts.DOUBT", timedelta(seconds=-5))


def finish(place: APlace, job_id: str = "ftjob-1", **more: Any) -> None:
    """Let the job at the place train and succeed."""
    for step in (1, 2):
        data = {"step": step, "train_loss": 4.0 / step, "train_accuracy": step / 4}
        place.add_event(job_id, f"Step {step}/2", type="metrics", data=data)
    place.files["file-r"] = b"step,train_loss,valid_loss\n1,4.0,\n2,2.0,3.0\n"
    place.checkpoints[job_id] = [
        {"id": "c1", "step_number": 2, "fine_tuned_model_checkpoint": "ft:m:c1", "created_at": 5}
    ]
    place.jobs[job_id] |= {
        "status": "succeeded",
        "fine_tuned_model": "ft:m",
        "trained_tokens": 6810,
        "finished_at": 1_790_000_100,
        "result_files": ["file-r"],
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
        **more,
    }


# The curve of a job that is finished so: some of it told in events, some in its file.
CURVE = [
    Metric(1, 4.0, train_accuracy=0.25),
    Metric(2, 2.0, train_accuracy=0.5, valid_loss=3.0),
]


def story(store: Store, job_id: str) -> tuple[object, ...]:
    """All that is kept of what a job has told."""
    return (
        [event.message for event in store.load_events(job_id)],
        store.load_metrics(job_id),
        store.load_checkpoints(job_id),
    )


def in_a(moment: datetime | None, seconds: float = 0.001) -> datetime:
    """A little after a moment."""
    assert moment is not None
    return moment.astimezone(UTC) + timedelta(seconds=seconds)
