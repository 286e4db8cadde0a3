"""Where things lie in the trainer's data folder, and how small files are written whole or not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

# How many of a job's latest checkpoints stay on disk, as at OpenAI, beside the best one.
KEPT_CHECKPOINTS = 3
WHOLE = "whole.json"  # written last among a base's weights: the size of each file in bytes


def default_folder() -> Path:
    """`TONESMITH_HOME/trainer`, or the platform's own place for a user's data."""
    home = os.environ.get("TONESMITH_HOME")
    return (Path(home) if home else platformdirs.user_data_path("Tonesmith")) / "trainer"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The one folder of a server."""

    path: Path

    @property
    def database(self) -> Path:
        """Files, jobs, events, models."""
        return self.path / "trainer.sqlite"

    @property
    def key(self) -> Path:
        """The key every request must carry, where none was given."""
        return self.path / "key"

    @property
    def lock(self) -> Path:
        """Held as long as a server runs."""
        return self.path / "server.lock"

    @property
    def server(self) -> Path:
        """Where the running server is found."""
        return self.path / "server.json"

    @property
    def log(self) -> Path:
        """What the server has to say beside its answers."""
        return self.path / "server.log"

    @property
    def files(self) -> Path:
        """Uploaded files, each under its id."""
        return self.path / "files"

    def job(self, job_id: str) -> JobFolder:
        """The folder of one job."""
        return JobFolder(self.path / "jobs" / job_id)

    def base(self, base_id: str) -> BaseFolder:
        """The folder of one base that has weights: `local/NAME` and `hub/NAME` lie under NAME."""
        return BaseFolder(self.path / "bases" / base_id.rpartition("/")[2].lower())


@dataclass(frozen=True, slots=True)
class JobFolder:
    """What a job and its worker share."""

    path: Path

    @property
    def data(self) -> DataFolder:
        """The folder of the server it belongs to."""
        return DataFolder(self.path.parent.parent)

    @property
    def spec(self) -> Path:
        """What to do, written before the worker starts."""
        return self.path / "job.json"

    @property
    def training(self) -> Path:
        """A copy of the training file, kept until the job has ended."""
        return self.path / "training.jsonl"

    @property
    def validation(self) -> Path:
        """A copy of the validation file, where there is one."""
        return self.path / "validation.jsonl"

    @property
    def records(self) -> Path:
        """What the worker reports, one JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the one worker."""
        return self.path / "worker.lock"

    @property
    def pid(self) -> Path:
        """The process id of the worker that holds the lock."""
        return self.path / "worker.pid"

    @property
    def pause(self) -> Path:
        """There while the worker is asked to stop at its next step."""
        return self.path / "pause"

    @property
    def log(self) -> Path:
        """The worker's output, with the traceback if it failed."""
        return self.path / "worker.log"

    @property
    def run(self) -> Path:
        """The checkpoints."""
        return self.path / "run"

    @property
    def model(self) -> Path:
        """The finished model."""
        return self.path / "model"

    @property
    def results(self) -> Path:
        """The metrics of every step, as CSV."""
        return self.path / "results.csv"


@dataclass(frozen=True, slots=True)
class BaseFolder:
    """The weights of one base, for all jobs and for talking to it."""

    path: Path

    @property
    def lock(self) -> Path:
        """Held by the one process that fetches and prepares the weights."""
        return self.path / "lock"

    @property
    def progress(self) -> Path:
        """How far that process is."""
        return self.path / "progress.json"

    @property
    def failure(self) -> Path:
        """What went wrong when they were last fetched for a chat."""
        return self.path / "failure.json"

    @property
    def log(self) -> Path:
        """What the program that fetches them printed."""
        return self.path / "fetch.log"

    @property
    def preparing_log(self) -> Path:
        """What the program printed that prepares them for a chat."""
        return self.path / "prepare.log"

    @property
    def download(self) -> Path:
        """What was fetched, whole; gone once the weights are prepared."""
        return self.path / "download"

    @property
    def weights(self) -> Path:
        """The weights as they are loaded."""
        return self.path / "weights"

    @property
    def is_whole(self) -> bool:
        """Whether every file of the weights is there in its full size."""
        sizes = read_json(self.weights / WHOLE)
        return bool(sizes) and all(
            (self.weights / name).is_file() and (self.weights / name).stat().st_size == size
            for name, size in sizes.items()
        )


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a small file so that a reader finds the old or the new one, never a part."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_json(path: Path) -> Any:
    """The parsed file, or None where it is absent or not whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def last_whole_checkpoint(run: Path) -> Path | None:
    """The newest checkpoint whose `trainer_state.json` parses: it is written last of its files."""
    whole = [c for c in run.glob("checkpoint-*") if read_json(c / "trainer_state.json")]
    return max(whole, key=checkpoint_step, default=None)


def tidy_checkpoints(run: Path) -> None:
    """Remove the checkpoints that were being written when their worker was ended."""
    for checkpoint in run.glob("checkpoint-*"):
        if read_json(checkpoint / "trainer_state.json") is None:
            remove_tree(checkpoint)


def kept_steps(losses: Mapping[int, float | None]) -> set[int]:
    """The steps of the checkpoints that stay: the latest, and the best by its held-back loss.

    losses: the held-back loss measured at each checkpoint's step, None where none was.
    """
    measured = [(loss, step) for step, loss in losses.items() if loss is not None]
    best = {min(measured)[1]} if measured else set()
    return best | set(sorted(losses)[-KEPT_CHECKPOINTS:])


def drop_checkpoints(run: Path, losses: Mapping[int, float]) -> None:
    """Remove the checkpoints that need not stay; `losses`: those held back, by step."""
    found = {checkpoint_step(folder): folder for folder in run.glob("checkpoint-*")}
    kept = kept_steps({step: losses.get(step) for step in found})
    for step in found.keys() - kept:
        remove_tree(found[step])


def remove_tree(path: Path) -> None:
    """Remove a folder and everything in it; nothing happens where there is none."""
    if path.exists():
        shutil.rmtree(path)


def checkpoint_step(checkpoint: Path) -> int:
    """The step in the name `checkpoint-STEP`."""
    return int(checkpoint.name.rpartition("-")[2])
