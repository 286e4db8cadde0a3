"""What ends at a place, and when: base models, new jobs, and the tuned models of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.jobs import Connection, FineTuningJob, RemoteModel
from core.providers.profiles import Model, Profile, load_profiles

NOTICE = timedelta(days=90)
# Who told a day: the place itself, in its list of models, or our file about it.
PLACE, PROFILE = "place", "profile"
# What ends; the word of a `Closing` in the profiles too.
MODEL, JOBS, TUNED = "model", "jobs", "tuned"


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends on a day.

    what: `model` (nobody can train the base model any more), `jobs` (nobody can start there any
    more) or `tuned` (models tuned from it answer no longer); days_left: until that day, 0 or less
    once it has come; told_by: `place` or `profile`.
    """

    what: str
    on: date
    days_left: int
    told_by: str

    @property
    def is_over(self) -> bool:
        """Whether the day has come."""
        return self.days_left <= 0

    @property
    def blocks(self) -> bool:
        """Whether a job started now would be refused: the base model or the whole place is shut."""
        return self.is_over and self.what in {MODEL, JOBS}


@dataclass(frozen=True, slots=True)
class Dark:
    """A tuned model of one's own that will answer no longer, or does so already."""

    job: FineTuningJob
    model: str
    on: date
    days_left: int
    told_by: str

    @property
    def is_over(self) -> bool:
        """Whether the day has come."""
        return self.days_left <= 0


def endings(
    profile: Profile, model: Model, remote: Sequence[RemoteModel], today: date
) -> tuple[Ending, ...]:
    """What has ended or will within 90 days for whoever trains `model` there; the soonest first.

    remote: the place's own list of models, () where it was not asked. What the place says of its
    base model counts for more than what our file says.
    """
    found = [
        Ending(what, on, (on - today).days, told_by)
        for what, (on, told_by) in _days(profile, model, remote).items()
        if on - today <= NOTICE
    ]
    return tuple(sorted(found, key=lambda ending: (ending.on, ending.what)))


def going_dark(
    jobs: Iterable[FineTuningJob],
    connections: Iterable[Connection],
    remote_by_connection: Mapping[str, Sequence[RemoteModel]],
    today: date,
) -> tuple[Dark, ...]:
    """The tuned models of these jobs whose last day is known, however far away; soonest first."""
    profiles = {profile.id: profile for profile in load_profiles()}
    places = {
        connection.id: profiles[connection.profile_id]
        for connection in connections
        if connection.profile_id in profiles
    }
    found = [
        Dark(job, tuned, on, (on - today).days, told_by)
        for job in jobs
        if (tuned := job.fine_tuned_model) and not job.model_deleted and job.connection_id in places
        for on, told_by in _last_day(
            places[job.connection_id], job, remote_by_connection.get(job.connection_id, ())
        )
    ]
    return tuple(sorted(found, key=lambda dark: (dark.on, dark.model)))


def shutdown_day(model_ids: Iterable[str | None], remote: Sequence[RemoteModel]) -> date | None:
    """The day on which the place says that one of these models ends; the soonest of them."""
    wanted = set(model_ids)
    days = [each.shutdown_on for each in remote if each.id in wanted and each.shutdown_on]
    return min(days, default=None)


def _last_day(
    profile: Profile, job: FineTuningJob, remote: Sequence[RemoteModel]
) -> Iterator[tuple[date, str]]:
    """The day on which a job's model goes dark, where it is known."""
    if own := shutdown_day([job.fine_tuned_model], remote):
        yield own, PLACE
        return
    days = _days(profile, profile.find_model(job.request.model), remote)
    if TUNED in days:
        yield days[TUNED]


def _days(
    profile: Profile, model: Model | None, remote: Sequence[RemoteModel]
) -> dict[str, tuple[date, str]]:
    """By what ends: its day, and who told it; of a base model that is not known, its place's."""
    days = {each.ends: (each.on, PROFILE) for each in profile.closings if each.ends}
    if model is None:
        return days
    if model.closed_on is not None:
        days[MODEL] = model.closed_on, PROFILE
    if model.dark_on is not None:
        days[TUNED] = model.dark_on, PROFILE
    if said := shutdown_day([model.id, model.train_as], remote):
        days[MODEL] = said, PLACE
        if TUNED not in days or said < days[TUNED][0]:
            days[TUNED] = said, PLACE  # what was tuned from it goes with it at the latest
    return days
