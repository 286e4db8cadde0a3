"""What the list of jobs is narrowed to: a value that fits into an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from core.jobs import FineTuningJob

UNDER_WAY, DONE, STOPPED = STATES = ("under_way", "done", "stopped")


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Which jobs to show; an empty text asks for nothing.

    state: one of `STATES`; of: the id of a project; place: the id of a connection; text: words that
    must all stand somewhere in what is known of a job.
    """

    state: str = ""
    of: str = ""
    place: str = ""
    text: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self != JobQuery()

    def to_address(self) -> dict[str, str]:
        """What stands in an address for it."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}

    @classmethod
    def from_address(cls, params: Mapping[str, str]) -> JobQuery:
        """The query that an address asks for; a state that there is not is left out."""
        asked = {field.name: params.get(field.name, "").strip() for field in fields(cls)}
        return cls(**{**asked, "state": asked["state"] if asked["state"] in STATES else ""})

    def finds(self, job: FineTuningJob, said: Iterable[str] = ()) -> bool:
        """Whether it asks for this job; `said` are the other words it is shown with."""
        return (
            self.state in {"", state_of(job)}
            and self.of in {"", job.project_id}
            and self.place in {"", job.connection_id}
            and _has_all(self.text, [*said, *_texts_of(job)])
        )


def state_of(job: FineTuningJob) -> str:
    """In which of the `STATES` it is; one with an unknown status is under way."""
    if job.is_active:
        return UNDER_WAY
    return DONE if job.status == "succeeded" else STOPPED


def _texts_of(job: FineTuningJob) -> list[str]:
    known = (job.fine_tuned_model, job.provider_job_id, job.request.model, job.request.suffix)
    return [text for text in known if text]


def _has_all(wanted: str, texts: Iterable[str]) -> bool:
    there = "\n".join(texts).casefold()
    return all(word in there for word in wanted.casefold().split())
