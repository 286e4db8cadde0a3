"""Running trainers, and one job that many tests look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openai import OpenAI
from real_trainer import Trained, Trainer, finished, losses, start_job, upload


@pytest.fixture
def a_trainer(tmp_path: Path) -> Iterator[Callable[..., Trainer]]:
    """Start trainers of one's own; they are ended with their workers after the test."""
    started: list[Trainer] = []

    def start(*options: str, path: Path | None = None, **environment: str) -> Trainer:
        started.append(Trainer(path or tmp_path / "trainer", options, environment))
        return started[-1].start()

    yield start
    for trainer in started:
        trainer.end()


@pytest.fixture(scope="session")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    """One server for all tests that leave it as they found it."""
    trainer = Trainer(tmp_path_factory.mktemp("trainer")).start()
    yield trainer
    trainer.end()


@pytest.fixture(scope="session")
def client(trainer: Trainer) -> OpenAI:
    """The SDK, speaking to the shared server."""
    return trainer.client()


@pytest.fixture(scope="session")
def trained(client: OpenAI) -> Trained:
    """The weather jokes, trained on auto with a validation file; both deleted at once."""
    validation = upload(client)
    job = start_job(
        client, validation_file=validation, suffix="weather", metadata={"made_by": "tests"}
    )
    client.files.delete(job.training_file)  # the job has its own copies until its end
    client.files.delete(validation)
    job = finished(client, job.id)
    assert job.status == "succeeded", job.error
    return Trained(job, losses(client, job.id))
