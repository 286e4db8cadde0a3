"""Fine-tuning jobs as values: what we asked for, what the provider says, what happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

# Ours, before the provider has answered: saved, then sent, and perhaps in doubt.
SAVED = "saved"
UNSURE = "unsure"

PAUSED = "paused"  # a provider's word: nothing happens until somebody lets the job go on

ACTIVE = frozenset({SAVED, UNSURE, "validating_files", "queued", "running", "pausing", PAUSED})
ENDED = frozenset({"succeeded", "failed", "cancelled"})
# Of an error: the examples were turned down before anything was learned from them.
BAD_FILES = frozenset({"invalid_training_file", "invalid_validation_file", "invalid_n_examples"})


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What the person chose. None means "auto": the provider decides.

    Units: n_epochs in passes over the examples, batch_size in examples, learning_rate in
    whatever the profile's hyperparameter says (a multiplier at OpenAI, absolute on this computer).
    """

    model: str
    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    suffix: str = ""
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job was reckoned to take before it was started; None is not known.

    Units: tokens over all passes (of one, where the place alone knows how many it makes; then no
    upper end of the cost is known), price in US dollars per million tokens at that time, costs in
    US dollars, times in seconds from the start to the end, waiting included.

    measured_on: from how many earlier jobs the times were taken; 0 for what is said of the place.
    least: what the job costs in any case, in US dollars, once it has been trained.
    """

    tokens_low: int
    tokens_high: int
    price: float | None = None
    cost_low: float | None = None
    cost_high: float | None = None
    seconds_low: float | None = None
    seconds_high: float | None = None
    measured_on: int = 0
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class FineTuningJob:
    """One job as we know it. `id` is ours; `status` is an open set; times are UTC.

    look_after: nobody asks its provider before that time; of a job that has ended, None says that
    all that belongs to it has come. failed_looks: how often in a row the provider gave no answer;
    look_problem and look_params: the code and the facts of the error that it gave instead.
    """

    id: str
    project_id: str | None  # None for a job that was started elsewhere
    connection_id: str
    status: str
    request: TrainingRequest
    created_at: datetime
    snapshot_sha256: str | None = None
    validation_sha256: str | None = None
    provider_job_id: str | None = None
    training_file_id: str | None = None
    validation_file_id: str | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    estimated_finish: datetime | None = None
    finished_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    model_deleted: bool = False
    estimate: Estimate | None = None
    look_after: datetime | None = None
    failed_looks: int = 0
    look_problem: str = ""
    look_params: dict[str, Any] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether anything may still happen; an unknown status counts as active."""
        return self.status not in ENDED

    @property
    def is_watched(self) -> bool:
        """Whether its provider is still asked: it goes on, or something of it has yet to come."""
        return self.is_active or self.look_after is not None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One line of a job's story, in the provider's words, with its data where it has any."""

    id: str
    created_at: datetime
    level: str
    message: str
    type: str = "message"
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """One point of a job's curves: losses in nats a token, accuracies as shares from 0 to 1."""

    step: int
    train_loss: float | None = None
    train_accuracy: float | None = None
    valid_loss: float | None = None
    valid_accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """How much of a base's weights has come, in bytes; whole while they are being prepared."""

    done_bytes: int
    total_bytes: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.done_bytes / self.total_bytes)

    @property
    def is_whole(self) -> bool:
        """Whether all has come."""
        return self.done_bytes >= self.total_bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model kept on the way; one that was deleted there stays in the list."""

    id: str
    step: int
    model: str
    created_at: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A place to train at an address. The key is never part of it.

    `this_computer` and `openai` exist without being stored; others are kept by the store.
    """

    id: str
    profile_id: str
    name: str
    base_url: str


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job as its provider tells it: anything but the id may be missing; times are UTC."""

    id: str
    status: str
    model: str = ""
    created_at: datetime | None = None
    finished_at: datetime | None = None
    estimated_finish: datetime | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    training_file_id: str | None = None
    validation_file_id: str | None = None
    result_file_ids: tuple[str, ...] = ()
    seed: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model a provider offers; `shutdown_on` is the day it ends, where that is announced."""

    id: str
    created_at: datetime | None = None
    owned_by: str = ""
    shutdown_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChatReply:
    """One answer, with the tokens it took as the provider counts them."""

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    finish_reason: str | None = None  # "length" where it was cut at max_tokens
