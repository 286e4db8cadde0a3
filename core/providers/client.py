"""The one client for every place to train: our words on this side, the OpenAI API on the other."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import httpx2
import openai

from core.errors import PermissionRefused, Unavailable
from core.jobs import (
    Checkpoint,
    Fetch,
    JobEvent,
    Metric,
    RemoteJob,
    RemoteModel,
    TrainingRequest,
)
from core.metrics import merge_metrics, metrics_of, read_result_csv
from core.providers import shapes
from core.providers.errors_map import translated
from core.providers.insisting import insist
from core.providers.profiles import Profile
from core.providers.talking import Talking
from core.providers.transport import open_sdk

PAGE = 100  # the most a list call of the API gives at once
MAX_PAGES = 200  # 20,000 events: far beyond a real job, and an end for a server that repeats itself
METADATA_PAGES = 5
TIMEOUT_SECONDS = 120.0


def open_client(
    profile: Profile, base_url: str, key: str, *, timeout: float = TIMEOUT_SECONDS
) -> ProviderClient:
    """A client for the place `profile` describes, at `base_url`; nothing travels yet.

    Raises:
        AuthenticationFailed: `key_missing`, `key_malformed`.
        BadInput: `bad_base_url`, `address_with_secret`, `address_refused`.
        Unavailable: `bad_proxy`, when the environment names a proxy that cannot be used.
    """
    return ProviderClient(profile, open_sdk(base_url, key, timeout), key)


def _marked(content: BinaryIO, whole: BinaryIO) -> BinaryIO:
    """The same behind a byte order mark, in an empty file: a large one never stands in memory."""
    whole.write(BOM_UTF8)
    copyfileobj(content, whole)
    whole.seek(0)
    return whole


def _is_oldest_first(items: Sequence[Mapping[str, Any]]) -> bool:
    """Some servers list so; the API has the newest first."""
    times = [shapes.read_whole(item.get("created_at")) or 0 for item in items]
    return bool(times) and times[0] < times[-1]


class ProviderClient(Talking):
    """What can be asked of a place to train.

    Every method raises one of `ProviderError`'s kinds, and nothing else, when it goes wrong.
    """

    _sdk: openai.OpenAI

    def __init__(self, profile: Profile, sdk: openai.OpenAI, key: str) -> None:
        super().__init__(profile, sdk, key)
        self._jobs = sdk.fine_tuning.jobs.with_raw_response

    # Files

    def look_at_files(self) -> None:
        """Raise what is wrong with the files there, if anything is; only one is looked at."""
        shapes.read_items(self._ask(self._sdk.files.with_raw_response.list, limit=1))

    def upload_file(self, data: bytes | Path, filename: str) -> str:
        """Upload training examples; the id of the file there.

        A byte order mark goes in front where the place asks for one; what we keep has none.
        """
        with ExitStack() as stack:
            content: BinaryIO = BytesIO(data) if isinstance(data, bytes) else data.open("rb")
            stack.enter_context(content)
            if self.profile.dialect.byte_order_mark == "asked":
                content = _marked(content, stack.enter_context(TemporaryFile()))
            answer = self._ask(
                self._sdk.files.with_raw_response.create,
                file=(filename, content),
                purpose="fine-tune",
            )
        return shapes.read_id(answer)

    def load_file(self, file_id: str) -> bytes:
        """The bytes of a file there."""
        with self._translated():
            return self._sdk.files.content(file_id).content

    def load_result_metrics(self, file_id: str) -> list[Metric]:
        """The curves in a job's result file."""
        return read_result_csv(self.load_file(file_id))

    # Jobs

    def look_at_jobs(self) -> None:
        """Raise what is wrong with the jobs there, if anything is; only one is looked at."""
        self.list_jobs(limit=1)

    def create_job(
        self,
        request: TrainingRequest,
        training_file_id: str,
        validation_file_id: str | None,
        metadata: Mapping[str, str],
    ) -> RemoteJob:
        """Start a job. Asked once and never repeated: whoever doubts looks by `metadata`."""
        try:
            answer = self._ask(
                self._jobs.create,
                model=self.train_as(request.model),
                training_file=training_file_id,
                validation_file=validation_file_id or openai.omit,
                suffix=request.suffix or openai.omit,
                seed=openai.omit if request.seed is None else request.seed,
                metadata=dict(metadata) if "metadata" in self.profile.offers else openai.omit,
                method=self._method(request),
                extra_body=dict(self.profile.extra_body) or None,
            )
        except PermissionRefused as refused:
            raise self._explained(refused) from None
        return shapes.read_job(answer)

    def find_jobs(self, metadata: Mapping[str, str], training_file_id: str = "") -> list[RemoteJob]:
        """The latest jobs that carry `metadata`, also at a server that ignores the filter.

        Where jobs carry none there, the file tells: it was uploaded for one job only.
        """
        found = self._latest_jobs(metadata if "metadata" in self.profile.offers else None)
        return [
            job
            for job in found
            if metadata.items() <= job.metadata.items()
            or (training_file_id and job.training_file_id == training_file_id)
        ]

    def _latest_jobs(self, metadata: Mapping[str, str] | None) -> list[RemoteJob]:
        found: list[RemoteJob] = []
        after: str | None = None
        for _ in range(METADATA_PAGES):
            jobs, has_more = self._page_of_jobs(PAGE, after, metadata)
            found += jobs
            if not has_more or not jobs:
                break
            after = jobs[-1].id
        return found

    def list_jobs(self, limit: int = 10, after: str | None = None) -> tuple[list[RemoteJob], bool]:
        """The latest jobs, newest first, and whether there are more after them."""
        return self._page_of_jobs(limit, after, None)

    def load_job(self, job_id: str) -> RemoteJob:
        """One job as it stands now."""
        return shapes.read_job(self._ask(self._jobs.retrieve, job_id))

    def load_events(self, job_id: str, known: Container[str] = ()) -> list[JobEvent]:
        """A job's events, oldest first, without those whose ids are `known`."""
        found = self._all_pages(self._jobs.list_events, job_id, known)
        oldest_first = found if _is_oldest_first(found) else found[::-1]
        events = [shapes.read_event(item) for item in oldest_first]
        return sorted(events, key=lambda event: event.created_at)

    def load_checkpoints(self, job_id: str) -> list[Checkpoint]:
        """The models a job kept on the way, by step."""
        found = self._all_pages(self._jobs.checkpoints.list, job_id, ())
        return sorted(map(shapes.read_checkpoint, found), key=lambda point: point.step)

    def load_checkpoint_metrics(self, job_id: str) -> list[Metric]:
        """The points of the curves that come with them, by step."""
        found = self._all_pages(self._jobs.checkpoints.list, job_id, ())
        points = map(metrics_of, map(shapes.read_checkpoint_figures, found))
        return merge_metrics(point for point in points if point is not None)

    def cancel_job(self, job_id: str) -> RemoteJob:
        """Ask for a job to be stopped; the job as it stands then."""
        return shapes.read_job(self._ask(self._jobs.cancel, job_id))

    def pause_job(self, job_id: str) -> RemoteJob:
        """Ask for a job to be paused; the job as it stands then."""
        return shapes.read_job(self._ask(self._jobs.pause, job_id))

    def resume_job(self, job_id: str) -> RemoteJob:
        """Let a paused job go on; the job as it stands then."""
        return shapes.read_job(self._ask(self._jobs.resume, job_id))

    # Models

    def list_models(self) -> list[RemoteModel]:
        """The models on offer to this key."""
        answer = self._ask(self._sdk.models.with_raw_response.list)
        return [shapes.read_model(item) for item in shapes.read_items(answer)]

    def load_fetch(self, model: str) -> Fetch | None:
        """How far a base's weights are, while they are on their way to our trainer."""
        return shapes.read_fetch(self._ask(self._sdk.models.with_raw_response.retrieve, model))

    def delete_model(self, model: str) -> None:
        """Delete a tuned model for good."""
        self._ask(self._sdk.models.with_raw_response.delete, model)

    # Texts

    def moderate(self, texts: Sequence[str], model: str = "") -> list[tuple[str, ...]]:
        """For each text the categories under which the place flags it; none where it is fine."""
        answer = self._ask(
            self._sdk.moderations.with_raw_response.create,
            input=list(texts),
            model=model or openai.omit,
        )
        return shapes.read_moderation(answer, len(texts))

    def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has in the model's own vocabulary (our trainer's route)."""
        with self._translated():
            answer = self._sdk.post(
                "/tokenize", body={"model": model, "input": list(texts)}, cast_to=httpx2.Response
            ).json()
        counts = answer.get("counts") if isinstance(answer, dict) else None
        if not isinstance(counts, list) or len(counts) != len(texts):
            raise Unavailable("unreadable_answer", message="counts")
        return [int(count) for count in counts]

    # Inside

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._key)

    def _page_of_jobs(
        self, limit: int, after: str | None, metadata: Mapping[str, str] | None
    ) -> tuple[list[RemoteJob], bool]:
        answer = self._ask(
            self._jobs.list,
            limit=limit,
            after=after or openai.omit,
            metadata=dict(metadata) if metadata else openai.omit,
        )
        jobs = [shapes.read_job(item) for item in shapes.read_items(answer)]
        return jobs, answer.get("has_more") is True

    def _all_pages(
        self, call: Callable[..., Any], job_id: str, known: Container[str]
    ) -> list[Mapping[str, Any]]:
        """Every new item of a list; one that is newest first ends at the first known item."""
        found: dict[str, Mapping[str, Any]] = {}
        seen: set[str] = set()
        after: str | None = None
        for _ in range(MAX_PAGES):
            ask = partial(self._ask, call, job_id, limit=PAGE, after=after or openai.omit)
            answer = ask() if after is None else insist(ask)
            items = shapes.read_items(answer)
            page = {shapes.tell_apart(item): item for item in items}
            found |= {id_: item for id_, item in page.items() if id_ not in known}
            no_more = answer.get("has_more") is not True or page.keys() <= seen
            if no_more or (any(id_ in known for id_ in page) and not _is_oldest_first(items)):
                break
            seen |= page.keys()
            after = next(reversed(page))
        return list(found.values())

    def train_as(self, model: str) -> str:
        """The provider's dated name for a base model; any other name, such as ft:…, as it is."""
        known = (m.train_as for m in self.profile.models if model in {m.id, m.train_as})
        return next(known, model)

    def _method(self, request: TrainingRequest) -> dict[str, Any]:
        """Supervised training, with only what is not left to the provider, under its names."""
        chosen = {
            self.profile.n_epochs.name: request.n_epochs,
            self.profile.batch_size.name: request.batch_size,
            self.profile.learning_rate.name: request.learning_rate,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        hyperparameters = {**self.profile.fixed, **given}
        return {"type": "supervised", "supervised": {"hyperparameters": hyperparameters}}

    def _explained(self, refused: PermissionRefused) -> PermissionRefused:
        """A refusal to start a job, with the dates where the place is closing."""
        dates = {closing.code: closing.on.isoformat() for closing in self.profile.closings}
        if not {"new_organisations", "idle_organisations", "new_jobs"} <= dates.keys():
            return refused
        return PermissionRefused("training_closing", **dates, **refused.params)
