"""core/retiring.py: what ends at a place, and which tuned models go dark with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.jobs import Connection, FineTuningJob, RemoteModel, TrainingRequest
from core.providers.profiles import Closing, load_profile, load_profiles
from core.retiring import NOTICE, Dark, Ending, endings, going_dark

OPENAI = load_profile("openai")
SMALL = OPENAI.model("gpt-4o-mini")
OLD = OPENAI.model("gpt-3.5-turbo")
TODAY = date(2026, 11, 23)
AT_OPENAI = Connection("openai", "openai", "OpenAI", OPENAI.base_url)


def a_job(tuned: str | None = "ft:small:x", **changes: object) -> FineTuningJob:
    """A job at OpenAI that has ended with a tuned model."""
    job = FineTuningJob(
        id="job-1",
        project_id="p",
        connection_id="openai",
        status="succeeded",
        request=TrainingRequest("gpt-4o-mini"),
        created_at=datetime(2026, 5, 1, tzinfo=UTC),
        fine_tuned_model=tuned,
    )
    return replace(job, **changes)  # type: ignore[arg-type]


def ends(day: str, model: str = SMALL.train_as) -> RemoteModel:
    """A model in the place's own list, with its last day."""
    return RemoteModel(model, shutdown_on=date.fromisoformat(day))


def told(found: tuple[Ending, ...]) -> list[tuple[str, str, int, str]]:
    """Endings as (what, day, days left, told by)."""
    return [(each.what, each.on.isoformat(), each.days_left, each.told_by) for each in found]


def test_openai_s_last_days_are_known_from_its_profile() -> None:
    """From the end of August they are near enough to be told, the soonest first."""
    assert told(endings(OPENAI, SMALL, (), TODAY)) == [
        ("jobs", "2027-01-06", 44, "profile"),
        ("tuned", "2027-01-14", 52, "profile"),
    ]


@pytest.mark.parametrize("base", ["gpt-4.1-nano-2025-04-14", "o4-mini", "gpt-3.5-turbo"])
def test_what_was_tuned_from_a_model_that_is_shut_is_dark(base: str) -> None:
    """Since its own day, and not only on the last day of all tuned models there."""
    job = a_job("ft:nano:x", request=TrainingRequest(base))
    (dark,) = going_dark([job], [AT_OPENAI], {}, TODAY)
    assert (dark.on, dark.is_over) == (date(2026, 10, 23), True)
    model = OPENAI.find_model(base)
    assert model is not None
    assert endings(OPENAI, model, (), TODAY)[0].blocks


def test_only_what_ends_within_ninety_days_is_told() -> None:
    """On the ninetieth day before it for the first time, and ever after."""
    last = date(2027, 1, 6)
    assert endings(OPENAI, SMALL, (), last - NOTICE - timedelta(days=1)) == ()
    assert [e.what for e in endings(OPENAI, SMALL, (), last - NOTICE)] == ["jobs"]
    assert [e.what for e in endings(OPENAI, SMALL, (), date(2030, 1, 1))] == ["jobs", "tuned"]


def test_what_ends_for_some_is_not_told_as_an_end_for_all() -> None:
    """A closing without `ends` stands on the page in its own words, and blocks nobody."""
    place = replace(OPENAI, closings=(Closing("new_organisations", TODAY),))
    assert endings(place, SMALL, (), TODAY) == ()


def test_nobody_can_start_from_the_last_day_on() -> None:
    """Neither at a place that has shut, nor on a base model that has; before, everybody can."""
    before, after = date(2027, 1, 5), date(2027, 1, 6)
    assert not any(each.blocks for each in endings(OPENAI, SMALL, (), before))
    assert [e.what for e in endings(OPENAI, SMALL, (), after) if e.blocks] == ["jobs"]
    shut = endings(OPENAI, OLD, (), TODAY)
    assert [(e.what, e.is_over, e.blocks) for e in shut] == [
        ("model", True, True),
        ("tuned", True, False),
        ("jobs", False, False),
    ]


def test_the_place_s_own_word_counts_for_more() -> None:
    """A base model's day, sooner or later than ours; its tuned models go with it at the latest."""
    sooner = endings(OPENAI, SMALL, [ends("2026-12-01")], TODAY)
    assert told(sooner)[:2] == [
        ("model", "2026-12-01", 8, "place"),
        ("tuned", "2026-12-01", 8, "place"),
    ]
    later = endings(OPENAI, OLD, [ends("2027-01-31", OLD.train_as)], TODAY)
    assert ("model", "2027-01-31", 69, "place") in told(later)
    assert not any(each.blocks for each in later)


def test_a_model_that_goes_on_for_long_is_not_mentioned() -> None:
    """Nor is one that the place lists without a day."""
    here = load_profile("this_computer")
    assert endings(here, here.models[0], [RemoteModel("local/tiny-scratch")], TODAY) == ()
    azure = load_profile("azure")
    assert endings(azure, azure.model("gpt-4.1"), (), TODAY) == ()


def test_one_s_own_model_goes_dark_with_its_place() -> None:
    """Its day comes from the profile, however far away it is."""
    (dark,) = going_dark([a_job()], [AT_OPENAI], {}, date(2026, 1, 1))
    assert (dark.model, dark.on, dark.days_left) == ("ft:small:x", date(2027, 1, 14), 378)
    assert (dark.told_by, dark.is_over) == ("profile", False)


def test_the_place_s_word_about_the_very_model_decides() -> None:
    """Before that about its base, and ours."""
    list_of_models = [ends("2027-03-01", "ft:small:x"), ends("2026-12-01")]
    (dark,) = going_dark([a_job()], [AT_OPENAI], {"openai": list_of_models}, TODAY)
    assert (dark.on, dark.told_by) == (date(2027, 3, 1), "place")
    (dark,) = going_dark([a_job()], [AT_OPENAI], {"openai": list_of_models[1:]}, TODAY)
    assert (dark.on, dark.told_by) == (date(2026, 12, 1), "place")


@pytest.mark.parametrize(
    "job",
    [
        a_job(None),
        a_job(model_deleted=True),
        a_job(connection_id="this_computer"),
        a_job(connection_id="gone"),
    ],
    ids=["no model", "deleted", "nothing ends there", "removed place"],
)
def test_what_has_no_day_is_not_listed(job: FineTuningJob) -> None:
    """A job without a model, one whose model is deleted, places where nothing ends or is known."""
    here = Connection("this_computer", "this_computer", "", "")
    assert going_dark([job], [AT_OPENAI, here], {}, TODAY) == ()


def test_a_place_whose_provider_is_retired_says_nothing() -> None:
    """Its jobs stay, but nobody knows its days any more."""
    gone = Connection("openai", "no_such_provider", "Old", "")
    assert going_dark([a_job()], [gone], {}, TODAY) == ()


def test_a_base_model_that_is_no_longer_known_has_the_place_s_day() -> None:
    """A name that the profile has dropped says nothing of its own."""
    (dark,) = going_dark([a_job(request=TrainingRequest("gpt-0"))], [AT_OPENAI], {}, TODAY)
    assert dark.on == date(2027, 1, 14)


def test_several_come_by_their_days() -> None:
    """The soonest first."""
    old = a_job("ft:old", id="job-2", request=TrainingRequest("gpt-3.5-turbo"))
    found: tuple[Dark, ...] = going_dark([a_job(), old], [AT_OPENAI], {}, TODAY)
    assert [(dark.model, dark.is_over) for dark in found] == [
        ("ft:old", True),
        ("ft:small:x", False),
    ]


@pytest.mark.parametrize("profile", load_profiles(), ids=lambda profile: profile.id)
def test_a_model_s_last_days_come_in_their_order(profile) -> None:
    """What was tuned answers at least as long as its base can be trained."""
    for model in profile.models:
        days = [day for day in (model.closed_on, model.dark_on) if day]
        assert days == sorted(days)
    assert all(closing.ends in {"", "jobs", "tuned"} for closing in profile.closings)
