"""core/job_queries.py: what the list of jobs is narrowed to."""

from __future__ import annotations

import pytest
from core_events import a_job
from hypothesis import given
from hypothesis import strategies as st

from core.job_queries import DONE, STATES, STOPPED, UNDER_WAY, JobQuery, state_of
from core.jobs import TrainingRequest


@pytest.mark.parametrize(
    ("status", "state"),
    [("queued", UNDER_WAY), ("paused", UNDER_WAY), ("a_new_one", UNDER_WAY), ("succeeded", DONE),
     ("failed", STOPPED), ("cancelled", STOPPED)],
)  # fmt: skip
def test_every_status_is_in_one_state(status: str, state: str) -> None:
    """One that nobody has heard of goes on."""
    assert state_of(a_job(status=status)) == state
    assert [each for each in STATES if JobQuery(state=each).finds(a_job(status=status))] == [state]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (JobQuery(), True),
        (JobQuery(of="p1", place="c"), True),
        (JobQuery(of="p2"), False),
        (JobQuery(place="elsewhere"), False),
        (JobQuery(text="JOKES gpt"), True),
        (JobQuery(text="weather"), True),
        (JobQuery(text="ftjob-7"), True),
        (JobQuery(text="jokes nowhere"), False),
    ],
)
def test_a_query_finds_by_project_place_and_words(query: JobQuery, found: bool) -> None:
    """All the words must stand somewhere, in whatever order and case."""
    job = a_job(
        project_id="p1",
        provider_job_id="ftjob-7",
        request=TrainingRequest("gpt-4o-mini", suffix="jokes"),
    )
    assert query.finds(job, ["Weather", "OpenAI"]) is found


texts = st.text().map(str.strip)


@given(st.sampled_from(["", *STATES]), texts, texts, texts)
def test_an_address_brings_back_its_query(state: str, of: str, place: str, text: str) -> None:
    """What was asked for survives a reload."""
    query = JobQuery(state, of, place, text)
    assert JobQuery.from_address(query.to_address()) == query
    assert JobQuery.from_address({**query.to_address(), "page": "2"}) == query


def test_a_state_that_there_is_not_is_left_out() -> None:
    """An address can be written by anybody."""
    assert JobQuery.from_address({"state": "asleep"}) == JobQuery()
