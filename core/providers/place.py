"""What can be asked of a place to train, whoever speaks with it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from core.jobs import (
    ChatReply,
    Checkpoint,
    Fetch,
    JobEvent,
    Metric,
    RemoteJob,
    RemoteModel,
    TrainingRequest,
)
from core.providers.profiles import Profile


class Place(Protocol):
    """Every method raises one of `ProviderError`'s kinds, and nothing else, when it goes wrong.

    What a place does not have at all is `Rejected("not_offered_there")`.
    """

    profile: Profile

    def close(self) -> None:
        """Give the connections back."""

    # Files

    def look_at_files(self) -> None:
        """Raise what is wrong with the files there, if anything is."""

    def upload_file(self, data: bytes | Path, filename: str) -> str:
        """Upload training examples; the id of the file there."""

    def load_file(self, file_id: str) -> bytes:
        """The bytes of a file there."""

    def load_result_metrics(self, file_id: str) -> list[Metric]:
        """The curves in a job's result file."""

    # Jobs

    def look_at_jobs(self) -> None:
        """Raise what is wrong with the jobs there, if anything is."""

    def create_job(
        self,
        request: TrainingRequest,
        training_file_id: str,
        validation_file_id: str | None,
        metadata: Mapping[str, str],
    ) -> RemoteJob:
        """Start a job. Asked once and never repeated."""

    def find_jobs(self, metadata: Mapping[str, str], training_file_id: str = "") -> list[RemoteJob]:
        """The latest jobs that carry `metadata`, or learn from the file that only ours can have."""

    def list_jobs(self, limit: int = 10, after: str | None = None) -> tuple[list[RemoteJob], bool]:
        """The latest jobs, newest first, and whether there are more after them."""

    def load_job(self, job_id: str) -> RemoteJob:
        """One job as it stands now."""

    def load_events(self, job_id: str, known: Container[str] = ()) -> list[JobEvent]:
        """A job's events, oldest first, without those whose ids are `known`."""

    def load_checkpoints(self, job_id: str) -> list[Checkpoint]:
        """The models a job kept on the way, by step."""

    def load_checkpoint_metrics(self, job_id: str) -> list[Metric]:
        """The points of the curves that come with them, where no result file will."""

    def cancel_job(self, job_id: str) -> RemoteJob:
        """Ask for a job to be stopped; the job as it stands then."""

    def pause_job(self, job_id: str) -> RemoteJob:
        """Ask for a job to be paused; the job as it stands then."""

    def resume_job(self, job_id: str) -> RemoteJob:
        """Let a paused job go on; the job as it stands then."""

    # Models

    def list_models(self) -> list[RemoteModel]:
        """The models on offer to this key."""

    def train_as(self, model: str) -> str:
        """The provider's dated name for a base model; any other name as it is."""

    def load_fetch(self, model: str) -> Fetch | None:
        """How far a base's weights are, while they are on their way to our trainer."""

    def delete_model(self, model: str) -> None:
        """Delete a tuned model, or one checkpoint of it, for good."""

    # Talking

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> ChatReply:
        """One whole answer; None leaves a setting to the provider."""

    def stream_chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> Iterator[str]:
        """The answer piece by piece."""

    def moderate(self, texts: Sequence[str], model: str = "") -> list[tuple[str, ...]]:
        """For each text the categories under which the place flags it; none where it is fine."""

    def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has in the model's own vocabulary (our trainer's route)."""
