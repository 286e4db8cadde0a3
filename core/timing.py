"""How long a job was at work, without its rests; and how many others it waits for here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from core.jobs import SAVED, UNSURE, FineTuningJob, JobEvent
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store
from core.story import code_of

# Events after which nothing is done, and those that show that something is again. A provider's
# queue is part of what a job takes there; here a job only waits for others of one's own.
RESTS, STIRS = {"paused"}, {"going_on", "started", "resumed", "checkpoint"}
RESTS_HERE, STIRS_HERE = {"paused", "accepted"}, {"started"}

AT_WORK, WAITING = {"running", "pausing"}, {"validating_files", "queued"}


def load_time_taken(store: Store, job: FineTuningJob, now: datetime | None = None) -> float | None:
    """The same as `time_taken`, from what the store has of the job."""
    return time_taken(job, store.load_messages(job.id), now)


def time_taken(
    job: FineTuningJob, events: Sequence[JobEvent] = (), now: datetime | None = None
) -> float | None:
    """Seconds of work from its start to its end, or until now; None where the end is not known.

    events: what it has told, the oldest first; steps may be left out.
    """
    if job.status in {SAVED, UNSURE}:
        return None
    end = job.finished_at or ((now or datetime.now(UTC)) if job.is_active else None)
    if end is None:
        return None
    taken = end - job.created_at - _rested(job, events, end)
    return max(0.0, taken.total_seconds())


def _rested(job: FineTuningJob, events: Sequence[JobEvent], end: datetime) -> timedelta:
    is_here = job.connection_id == THIS_COMPUTER
    rests, stirs = (RESTS_HERE, STIRS_HERE) if is_here else (RESTS, STIRS)
    rested, since = timedelta(), None
    for event in events:
        code = code_of(event)
        if code in rests:
            since = since or event.created_at
        elif code in stirs and since is not None:
            rested, since = rested + max(event.created_at - since, timedelta()), None
    return rested + max(end - since, timedelta()) if since else rested


def count_ahead(job: FineTuningJob, jobs: Iterable[FineTuningJob]) -> int:
    """How many of `jobs` this computer takes before a waiting one; 0 where nobody here knows."""
    if job.connection_id != THIS_COMPUTER or job.status not in WAITING:
        return 0
    others = [each for each in jobs if each.id != job.id and each.connection_id == THIS_COMPUTER]
    return sum(
        each.status in AT_WORK or (each.status in WAITING and each.created_at < job.created_at)
        for each in others
    )
