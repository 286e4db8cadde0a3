"""The tiny job through the trainer's server, against the bare training loop, with equal losses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openai import DefaultHttpxClient, OpenAI

from benchmarks.figures import ROUNDS, NotEqual, Table, ratios, spread
from benchmarks.programs import PATIENCE_SECONDS, ROOT
from trainer.folders import DataFolder
from trainer.records import read_records
from trainer.worker import QUIET

WEATHER = ROOT / "tests" / "data" / "weather-jokes.jsonl"
BASE = "local/tiny-scratch"
SEED = 7
EPOCHS, QUICK_EPOCHS = 50, 2
LOOK_SECONDS = 0.1
ENDED = {"succeeded", "failed", "cancelled"}


@dataclass(frozen=True, slots=True)
class Trained:
    """One training: seconds of its parts, and the loss of the last step."""

    steps: float  # from the first step to the last
    trained: float  # from its start to the last step
    whole: float  # from asking for it until it has ended
    loss: float


def measure(*, quick: bool = False) -> Table:
    """Train in both ways in turn.

    Raises:
        NotEqual: they do not end at the same loss.
    """
    epochs, rounds = (QUICK_EPOCHS, 1) if quick else (EPOCHS, ROUNDS)
    served, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        data = DataFolder(Path(folder))
        with a_trainer(data) as client:
            for _ in range(rounds):
                bare.append(train_bare(epochs))
                served.append(train_served(client, data, epochs))
    if {round(trained.loss, 6) for trained in served} != {round(t.loss, 6) for t in bare}:
        raise NotEqual(f"last losses: {served} and {bare}")
    return _table(served, bare, epochs)


def _table(served: list[Trained], bare: list[Trained], epochs: int) -> Table:
    def line(name: str, part: Callable[[Trained], float]) -> tuple[str, ...]:
        ours, theirs = [part(t) for t in served], [part(t) for t in bare]
        return (name, spread(theirs, "s"), spread(ours, "s"), spread(ratios(ours, theirs)))

    return Table(
        title="The tiny job",
        about=(
            f"The ten weather jokes, `{BASE}`, {epochs} passes: a job on the trainer's server "
            "against TRL's trainer with the same settings in one bare process that reports and "
            "saves nothing on its way. Both end at the same loss. A job's times are those at "
            "which its records appear, seen every 0.1 s."
        ),
        columns=("part", "bare", "job", "job / bare"),
        figures=(
            line("from the first step to the last", lambda t: t.steps),
            line("from `running` (or the process) to the last step", lambda t: t.trained),
            line("from asking to the end, model saved", lambda t: t.whole),
        ),
    )


def train_bare(epochs: int) -> Trained:
    """Train in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bare_training", str(WEATHER), str(SEED)]
    began = time.time()
    done = subprocess.run(  # noqa: S603  # our own program
        [*command, str(epochs)], cwd=ROOT, env={**os.environ, **QUIET}, check=True,
        capture_output=True, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    ended = time.time()
    said = json.loads(done.stdout.splitlines()[-1])
    steps, trained = said["last"] - said["first"], said["last"] - began
    return Trained(steps, trained, ended - began, said["loss"])


def train_served(client: OpenAI, data: DataFolder, epochs: int) -> Trained:
    """Train as a job, and watch its status and its records."""
    upload = client.files.create(file=WEATHER, purpose="fine-tune").id
    began = time.time()
    method: Any = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": epochs}}}
    job = client.fine_tuning.jobs.create(model=BASE, training_file=upload, seed=SEED, method=method)
    running = first = last = 0.0
    seen: list[float] = []
    while job.status not in ENDED:
        time.sleep(LOOK_SECONDS)
        job, losses, now = (
            client.fine_tuning.jobs.retrieve(job.id),
            _losses(data, job.id),
            time.time(),
        )
        running = running or (now if job.status == "running" else 0.0)
        first = first or (now if losses else 0.0)
        last, seen = (now if len(losses) > len(seen) else last), losses
    if job.status != "succeeded":
        raise NotEqual(f"the job has {job.status}: {job.error}")
    return Trained(last - first, last - running, now - began, seen[-1])


def _losses(data: DataFolder, job_id: str) -> list[float]:
    """The loss of every step the worker has reported."""
    records, _ = read_records(data.job(job_id).records)
    return [record["data"]["train_loss"] for record in records if record["type"] == "metrics"]


@contextmanager
def a_trainer(data: DataFolder) -> Iterator[OpenAI]:
    """A server over a fresh folder until the block ends; yields the SDK, speaking to it."""
    command = [sys.executable, "-m", "trainer", "--port", "0", "--data", str(data.path)]
    with subprocess.Popen(  # noqa: S603  # our own program
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            address = server.stdout.readline().strip() if server.stdout else ""
            with OpenAI(
                api_key=data.key.read_text(),
                base_url=address,
                http_client=DefaultHttpxClient(trust_env=False),
            ) as client:
                yield client
        finally:
            server.terminate()
