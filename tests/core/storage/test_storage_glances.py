"""core/storage/glances.py: the little that pages read again and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs import ACTIVE, ENDED, FineTuningJob, JobEvent, TrainingRequest
from core.storage import Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def a_job(store: Store, job_id: str, status: str, **values: object) -> FineTuningJob:
    """A job that is kept."""
    known = {"project_id": None, "connection_id": "c", "created_at": NOW, **values}
    job = FineTuningJob(job_id, status=status, request=TrainingRequest("m"), **known)  # type: ignore[arg-type]
    store.save_job(job)
    return job


@pytest.mark.parametrize("status", sorted({*ACTIVE, *ENDED, "a_status_of_the_future"}))
def test_what_is_watched_is_what_a_job_says_of_itself(store: Store, status: str) -> None:
    """Also of one that has ended and of which something has yet to come."""
    jobs = [
        a_job(store, "settled", status),
        a_job(store, "due", status, look_after=NOW, created_at=NOW + timedelta(seconds=1)),
    ]
    assert store.load_watched_jobs() == [job for job in jobs if job.is_watched]


def test_the_oldest_watched_job_comes_first(store: Store) -> None:
    """In the order in which they were started."""
    for hours in (1, 3, 2):
        a_job(store, f"job-{hours}", "running", created_at=NOW - timedelta(hours=hours))
    assert [job.id for job in store.load_watched_jobs()] == ["job-3", "job-2", "job-1"]


def test_the_end_of_a_story_is_its_latest_events(store: Store) -> None:
    """In the order in which they came, and no other job's."""
    for name in ("job-1", "job-2"):
        a_job(store, name, "running")
        events = [JobEvent(f"e{n}", NOW, "info", f"{name} {n}", data={"step": n}) for n in range(9)]
        store.save_events(name, events)
    found = store.load_latest_events("job-1", 3)
    assert [event.message for event in found] == ["job-1 6", "job-1 7", "job-1 8"]
    assert found == store.load_events("job-1")[-3:]
    assert store.load_latest_events("job-3", 3) == []
