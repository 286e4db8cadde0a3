"""Files, jobs, events, checkpoints and models as values, and as the objects of the OpenAI API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ORGANIZATION = "org-this-computer"
FINE_TUNE, RESULTS = "fine-tune", "fine-tune-results"

VALIDATING, QUEUED, RUNNING = "validating_files", "queued", "running"
PAUSING, PAUSED = "pausing", "paused"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
TRAINING = (RUNNING, PAUSING)  # a worker is at it
AT_WORK = (VALIDATING, QUEUED, *TRAINING)
ACTIVE = (*AT_WORK, PAUSED)
ENDED = (SUCCEEDED, FAILED, CANCELLED)


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file or a job's results; `path` is relative to the data folder."""

    id: str
    created_at: int
    filename: str
    purpose: str
    bytes: int
    path: str

    def to_json(self) -> dict[str, Any]:
        """The `file` object; it never expires, so `expires_at` is left out."""
        return {
            "id": self.id,
            "object": "file",
            "bytes": self.bytes,
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
        }


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the jobs table; times in Unix seconds, `hyperparameters` as they are used."""

    id: str
    created_at: int
    base: str
    status: str
    training_file: str
    validation_file: str | None
    suffix: str
    seed: int
    hyperparameters: dict[str, Any]
    metadata: dict[str, str] | None
    model: str  # the id the tuned model gets
    error: dict[str, Any] | None = None
    finished_at: int | None = None
    estimated_finish: int | None = None
    trained_tokens: int | None = None
    result_file: str | None = None
    read_bytes: int = 0  # how much of the worker's records is in the database
    starts: int = 0  # of a worker since it last got further
    start_step: int = 0  # where the last worker started
    settled: bool = False  # its worker is gone and its leftovers are cleared

    def to_json(self) -> dict[str, Any]:
        """The `fine_tuning.job` object, with null where the API's description says so."""
        chosen = self.hyperparameters
        return {
            "id": self.id,
            "object": "fine_tuning.job",
            "created_at": self.created_at,
            "model": self.base,
            "organization_id": ORGANIZATION,
            "status": self.status,
            "training_file": self.training_file,
            "validation_file": self.validation_file,
            "result_files": [self.result_file] if self.result_file else [],
            "hyperparameters": {k: v for k, v in chosen.items() if k != "learning_rate"},
            "method": {"type": "supervised", "supervised": {"hyperparameters": chosen}},
            "seed": self.seed,
            "fine_tuned_model": self.model if self.status == SUCCEEDED else None,
            "trained_tokens": self.trained_tokens,
            "estimated_finish": self.estimated_finish if self.status == RUNNING else None,
            "finished_at": self.finished_at,
            "error": self.error,
            "integrations": [],
            "metadata": self.metadata,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a job's story."""

    id: str
    created_at: int
    level: str
    type: str
    message: str
    data: dict[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """The `fine_tuning.job.event` object; `data` is left out where there is none."""
        event = {
            "id": self.id,
            "object": "fine_tuning.job.event",
            "created_at": self.created_at,
            "level": self.level,
            "type": self.type,
            "message": self.message,
        }
        return {**event, "data": self.data} if self.data else event


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model kept on the way."""

    id: str
    job_id: str
    step: int
    created_at: int
    model: str
    metrics: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The `fine_tuning.job.checkpoint` object."""
        return {
            "id": self.id,
            "object": "fine_tuning.job.checkpoint",
            "created_at": self.created_at,
            "fine_tuning_job_id": self.job_id,
            "fine_tuned_model_checkpoint": self.model,
            "step_number": self.step,
            "metrics": self.metrics,
        }


@dataclass(frozen=True, slots=True)
class Model:
    """A tuned model, or a checkpoint of one; `path` is relative to the data folder."""

    id: str
    job_id: str
    base: str
    created_at: int
    path: str
    is_checkpoint: bool

    def to_json(self) -> dict[str, Any]:
        """The `model` object, with the base it was tuned from."""
        return {
            "id": self.id,
            "object": "model",
            "created": self.created_at,
            "owned_by": "you",
            "shutdown_date": None,
            "tuned_from": {"model": self.base, "fine_tuning_job_id": self.job_id},
        }
