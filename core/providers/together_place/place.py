"""What can be asked of Together, in our words; what it does not have is never asked."""

from __future__ import annotations

import shutil
from collections.abc import Container, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

import httpx
from together import Together
from together.types.finetune import FinetuneRequest

from core.errors import ProviderError, Rejected
from core.jobs import (
    Checkpoint,
    Fetch,
    JobEvent,
    Metric,
    RemoteJob,
    RemoteModel,
    TrainingRequest,
)
from core.providers import shapes
from core.providers.talking import Talking
from core.providers.together_place import reading
from core.providers.together_place.errors import translated

# What its own package sends where nothing is chosen; a test holds both to each other.
AUTO: Mapping[str, Any] = {
    "n_epochs": 1,
    "learning_rate": 1e-5,
    "batch_size": "max",
    "n_checkpoints": 1,
    "lr_scheduler": {
        "lr_scheduler_type": "cosine",
        "lr_scheduler_args": {"min_lr_ratio": 0.0, "num_cycles": 0.5},
    },
    "warmup_ratio": 0.0,
    "max_grad_norm": 1.0,
    "weight_decay": 0.0,
}


class TogetherPlace(Talking):
    """The protocol `Place` for Together. A job carries no id of ours there: its file tells."""

    _sdk: Together

    # Files

    def look_at_files(self) -> None:
        """Raise what is wrong with the files there, if anything is."""
        _items(self._ask_any(self._sdk.files.with_raw_response.list))

    def upload_file(self, data: bytes | Path, filename: str) -> str:
        """Upload training examples; the id of the file there.

        The same bytes uploaded again are the same file there.
        """
        with TemporaryDirectory() as folder, self._translated():
            path = Path(folder) / filename  # its name there is the path's, which we choose
            if isinstance(data, Path):
                shutil.copyfile(data, path)
            else:
                path.write_bytes(data)
            file = self._sdk.files.upload(path, purpose="fine-tune", check=False)
            return shapes.read_id({"id": file.id})

    def load_file(self, file_id: str) -> bytes:
        """The bytes of a file there."""
        with self._translated():
            return self._sdk.files.content(file_id).read()

    def load_result_metrics(self, file_id: str) -> list[Metric]:
        """Nothing: the curves come with the events."""
        self._refuse()

    # Jobs

    def look_at_jobs(self) -> None:
        """Raise what is wrong with the jobs there, if anything is."""
        self._jobs()

    def create_job(
        self,
        request: TrainingRequest,
        training_file_id: str,
        validation_file_id: str | None,
        metadata: Mapping[str, str],
    ) -> RemoteJob:
        """Start a job. Asked once and never repeated: whoever doubts looks by the training file.

        The package's own `create` asks two more questions first, of which either can fail.
        """
        body = self._request(request, training_file_id, validation_file_id)
        return reading.read_job(self._ask(self._post, "/fine-tunes", body))

    def find_jobs(self, metadata: Mapping[str, str], training_file_id: str = "") -> list[RemoteJob]:
        """The jobs that learn from the file, newest first: other jobs may do so, too."""
        return [job for job in self._jobs() if job.training_file_id == training_file_id]

    def list_jobs(self, limit: int = 10, after: str | None = None) -> tuple[list[RemoteJob], bool]:
        """The latest jobs, newest first, and whether there are more after them."""
        jobs = self._jobs()  # all of them come at once
        start = next((n for n, job in enumerate(jobs, 1) if job.id == after), 0)
        return jobs[start : start + limit], start + limit < len(jobs)

    def load_job(self, job_id: str) -> RemoteJob:
        """One job as it stands now."""
        answer = self._ask(self._fine_tuning.retrieve, job_id)
        job = reading.read_job(answer)
        return reading.read_job(answer, self._reason(job_id)) if job.status == "failed" else job

    def load_events(self, job_id: str, known: Container[str] = ()) -> list[JobEvent]:
        """A job's events, oldest first, without those whose ids are `known`.

        The points of the curves are among them.
        """
        events = reading.read_events(job_id, self._events(job_id))
        points = reading.read_curves(job_id, self._curves(job_id))
        new = [event for event in [*events, *points] if event.id not in known]
        return sorted(new, key=lambda event: event.created_at)

    def load_checkpoints(self, job_id: str) -> list[Checkpoint]:
        """The models a job kept on the way, by step."""
        answer = self._ask_any(self._fine_tuning.list_checkpoints, job_id)
        return reading.read_checkpoints(job_id, _items(answer))

    def load_checkpoint_metrics(self, job_id: str) -> list[Metric]:
        """None: the curves come with the events."""
        return []

    def cancel_job(self, job_id: str) -> RemoteJob:
        """Ask for a job to be stopped; the job as it stands then."""
        return reading.read_job(self._ask(self._fine_tuning.cancel, job_id))

    def pause_job(self, job_id: str) -> RemoteJob:
        """Not offered there."""
        self._refuse()

    def resume_job(self, job_id: str) -> RemoteJob:
        """Not offered there."""
        self._refuse()

    # Models

    def list_models(self) -> list[RemoteModel]:
        """The models on offer to this key; they come as a bare list."""
        answer = self._ask_any(self._sdk.models.with_raw_response.list)
        items = _items(answer if isinstance(answer, dict) else {"data": answer})
        return [shapes.read_model({**i, "owned_by": i.get("organization")}) for i in items]

    def train_as(self, model: str) -> str:
        """Together's name for a base model; any other name as it is."""
        known = (m.train_as for m in self.profile.models if model in {m.id, m.train_as})
        return next(known, model)

    def load_fetch(self, model: str) -> Fetch | None:
        """Nothing is fetched there."""
        return None

    def delete_model(self, model: str) -> None:
        """Delete a tuned model for good, and with it its job, as is done there."""
        found = next((job for job in self._jobs() if job.fine_tuned_model == model), None)
        if found is None:
            raise Rejected("not_found_there", message=model)
        self._ask_any(self._fine_tuning.delete, found.id)

    # Texts

    def moderate(self, texts: Sequence[str], model: str = "") -> list[tuple[str, ...]]:
        """Not offered there."""
        self._refuse()

    def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Not offered there."""
        self._refuse()

    # Inside

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._key)

    def _refuse(self) -> NoReturn:
        raise Rejected("not_offered_there", name=self.profile.name)

    @property
    def _fine_tuning(self) -> Any:
        return self._sdk.fine_tuning.with_raw_response

    def _post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        return self._sdk.post(path, body=body, cast_to=httpx.Response)

    def _request(
        self, request: TrainingRequest, training_file_id: str, validation_file_id: str | None
    ) -> dict[str, Any]:
        """The body of a request for a job, by the package's own type."""
        chosen = {
            "n_epochs": request.n_epochs,
            "learning_rate": request.learning_rate,
            "batch_size": request.batch_size,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        asked = FinetuneRequest(
            model=self.train_as(request.model),
            training_file=training_file_id,
            validation_file=validation_file_id or "",
            n_evals=self.profile.billed_validations if validation_file_id else 0,
            suffix=request.suffix or None,
            random_seed=request.seed,
            **{**AUTO, **self.profile.fixed, **given},
        )
        return asked.model_dump(exclude_none=True)

    def _jobs(self) -> list[RemoteJob]:
        """All jobs, newest first."""
        jobs = [reading.read_job(item) for item in _items(self._ask_any(self._fine_tuning.list))]
        return sorted(jobs, key=lambda job: job.created_at or shapes.EPOCH, reverse=True)

    def _events(self, job_id: str) -> list[Mapping[str, Any]]:
        return _items(self._ask_any(self._fine_tuning.list_events, job_id))

    def _reason(self, job_id: str) -> str | None:
        """Why a job failed, where its events can be read: that it did is known without them."""
        try:
            return reading.read_reason(self._events(job_id))
        except ProviderError:
            return None

    def _curves(self, job_id: str) -> list[Mapping[str, Any]]:
        """The rows of the curves; a job that has none yet may be refused them."""
        try:
            answer = self._ask(self._fine_tuning.list_metrics, job_id)
        except Rejected:
            return []
        return _items({"data": answer.get("metrics") or []})


def _items(answer: Any) -> list[Mapping[str, Any]]:
    """The objects of a list answer."""
    return shapes.read_items(answer if isinstance(answer, dict) else {})
