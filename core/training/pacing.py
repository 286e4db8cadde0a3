"""How often a job's provider is asked: at once while little has happened, seldom when it is late.

Where no answer comes, twice as long is waited each time; what a provider itself asks for counts.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from core.errors import NotFound, Rejected, TonesmithError
from core.jobs import PAUSED, FineTuningJob
from core.providers.profiles import THIS_COMPUTER

# For a client that looks: a person who wants to stop the job waits for no longer.
LOOK_SECONDS = 20.0
# Nobody else asks while one is asking, who says so ever again; were that program killed, another
# asks after this.
LEASE = timedelta(seconds=30)
# Seconds between two looks: on this computer, and at a place that others use as well.
HERE = (1.0, 3.0)
ELSEWHERE = (3.0, 15.0)
RESTING = 300.0  # the same, of a paused job: whoever lets it go on from here asks at once
A_LOOK, AFTER_THE_END = 1 / 50, 1 / 5  # of the time that has passed, as the wait for the next
LONGEST = 60.0  # seconds without an answer before it is asked again
LONGEST_AFTER_THE_END = 3_600.0  # the same, where only the rest of a story is missing
MOST_PATIENCE = 3_600.0  # of what a provider asks us to wait
# What may still come after the end: a last line of the story, and the file of results.
SETTLING = timedelta(seconds=10)
RESULTS = timedelta(minutes=10)


def next_look(job: FineTuningJob, now: datetime, *, is_whole: bool) -> datetime | None:
    """When to look again; None where a job has ended and all that belongs to it is here."""
    if not job.is_active and is_whole:
        return None
    soonest, latest = HERE if job.connection_id == THIS_COMPUTER else ELSEWHERE
    if job.status == PAUSED:
        wait = RESTING
    elif job.is_active:
        wait = min(latest, (now - job.created_at).total_seconds() * A_LOOK)
    else:
        wait = (now - (job.finished_at or now)).total_seconds() * AFTER_THE_END
    return now + timedelta(seconds=max(soonest, wait))


def is_past(job: FineTuningJob, wait: timedelta, now: datetime) -> bool:
    """Whether so long has passed since a job ended; at some places nobody knows when it did."""
    return not job.is_active and (job.finished_at is None or now - job.finished_at > wait)


def after_failure(job: FineTuningJob, problem: TonesmithError, now: datetime) -> dict[str, Any]:
    """What is kept of a look that failed: when to look again, and why not before."""
    if isinstance(problem, Rejected | NotFound) and is_past(job, RESULTS, now):
        return {"look_after": None}  # it was there once, and is not there any more
    longest = LONGEST if job.is_active else LONGEST_AFTER_THE_END
    doubled = min(longest, 2.0 ** min(job.failed_looks + 1, 20))
    wait = doubled * random.uniform(0.5, 1.0)  # noqa: S311  # so that many do not ask in step
    asked_for = problem.params.get("retry_after", 0)
    if isinstance(asked_for, int | float):
        wait = max(wait, min(asked_for, MOST_PATIENCE))
    return {
        "look_after": now + timedelta(seconds=wait),
        "failed_looks": job.failed_looks + 1,
        "look_problem": problem.code,
        "look_params": dict(problem.params),
    }
