"""core/timing.py: how long a job was at work, and what it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from core_events import START, a_job, a_step, an_event

from core.jobs import FineTuningJob, JobEvent
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store
from core.timing import count_ahead, load_time_taken, time_taken


def at(seconds: int, message: str) -> JobEvent:
    """An event of so many seconds after the start."""
    return an_event(message, seconds)


def ended(connection_id: str, after: float = 100) -> FineTuningJob:
    """A job that succeeded after so many seconds."""
    job = a_job(status="succeeded", connection_id=connection_id, created_at=START)
    return replace(job, finished_at=START + timedelta(seconds=after))


PAUSED = [at(30, "The job has been paused"), at(70, "The job has been resumed")]


@pytest.mark.parametrize(
    ("place", "events", "seconds"),
    [
        ("openai", [], 100),
        ("openai", PAUSED, 60),
        ("openai", PAUSED[:1], 30),  # cancelled while it rested
        ("openai", [at(5, "Files validated"), at(20, "Fine-tuning job started")], 100),
        (THIS_COMPUTER, [at(5, "Files validated"), at(20, "Fine-tuning job started")], 85),
        (THIS_COMPUTER, [*PAUSED, at(75, "Fine-tuning job started again")], 55),
        (THIS_COMPUTER, [at(5, "Files validated"), *PAUSED, at(90, "Fine-tuning job started")], 15),
    ],
)
def test_rests_are_no_work(place: str, events: list[JobEvent], seconds: float) -> None:
    """A pause never counts; waiting in a line only where the line is one's own."""
    assert time_taken(ended(place), events) == seconds


def test_a_job_that_is_not_sent_has_taken_no_time() -> None:
    """Nor one of which nobody knows when it ended."""
    assert time_taken(a_job(status="saved")) is None
    assert time_taken(a_job(status="failed")) is None


def test_the_same_from_what_the_store_has(tmp_path: Path) -> None:
    """Without reading a single step."""
    with Store.open(f"sqlite:///{tmp_path / 'jobs.db'}") as store:
        job = ended("openai")
        store.save_job(job)
        store.save_events(job.id, [a_step(1), *PAUSED])
        assert {event.type for event in store.load_messages(job.id)} == {"message"}
        assert load_time_taken(store, job) == 60


def test_jobs_that_come_first_here_are_counted() -> None:
    """The one at work, and those that wait longer; nobody knows how many at a provider."""

    def job(id: str, status: str, minutes: int = 0, place: str = THIS_COMPUTER) -> FineTuningJob:
        created_at = START + timedelta(minutes=minutes)
        return replace(a_job(status=status, connection_id=place, created_at=created_at), id=id)

    jobs = [
        job("works", "running", 9), job("first", "queued", 1), job("mine", "queued", 2),
        job("last", "queued", 3), job("rests", "paused", 0), job("done", "succeeded", 0),
        job("there", "queued", 2, "openai"), job("there2", "queued", 1, "openai"),
    ]  # fmt: skip
    counts = {each.id: count_ahead(each, jobs) for each in jobs}
    assert counts == {"works": 0, "first": 1, "mine": 2, "last": 3} | dict.fromkeys(
        ["rests", "done", "there", "there2"], 0
    )
