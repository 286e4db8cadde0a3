"""Jobs and Compare: a base model on its way to this computer is shown, and waited for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from a_place import KEY, APlace, a_place
from streamlit.testing.v1 import AppTest
from visits import is_well, settle, start, visit, words

from core.jobs import Connection, FineTuningJob, TrainingRequest
from core.storage import Store
from core.words import LANGUAGES, say

CHAT = "POST /v1/chat/completions"
MEGABYTE = 1_000_000
COMING = {"code": "base_is_being_fetched", "message": "On its way: 1 of 93 MB.", "type": "x"}
FAILED = {"code": "base_download_failed", "message": "No network.", "type": "x"}


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening."""
    with a_place() as place:
        yield place


def a_job(store: Store, place: APlace, status: str, **more: Any) -> str:
    """A job at that place; the project it belongs to."""
    store.save_connection(Connection("mine", "openai", "My place", place.base_url))
    _, project = start()
    remote = place.add_job(status=status)
    store.save_job(FineTuningJob(
        "job-1", project, "mine", status, TrainingRequest("gpt-4o-mini"), datetime.now(UTC),
        provider_job_id=remote["id"], **more,
    ))  # fmt: skip
    return project


def opened(page: str, project: str, lang: str = "en") -> AppTest:
    """The page, with the key of the place typed."""
    app = visit(page, project, lang, job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    return app.run()


def bars(app: AppTest) -> list[tuple[int, str]]:
    """Every progress bar: how many percent, and its words."""
    return [(bar.proto.value, bar.proto.text) for bar in app.get("progress")]


def a_fetch(done: int) -> dict[str, Any]:
    """The data of the trainer's event on how far the weights are."""
    return {"done_bytes": done * MEGABYTE, "total_bytes": 93 * MEGABYTE}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_job_that_waits_for_its_base_shows_how_far_it_is(
    store: Store, place: APlace, lang: str
) -> None:
    """A bar with words, and one line in the story; once steps come, the bar is gone."""
    project = a_job(store, place, "running")
    for done in (0, 31):
        place.add_event("ftjob-1", "Fetching the base model", data=a_fetch(done))
    app = settle(opened("jobs", project, lang))
    assert is_well(app)
    assert bars(app) == [(33, say(lang, "jobs.fetching_of", done="31", total="93"))]
    assert say(lang, "jobs.fetching") in words(app)
    assert words(app).count(say(lang, "event.fetching", done=31, total=93)) == 1

    place.add_event("ftjob-1", "Preparing the base model", data=a_fetch(93))
    assert bars(look_now(app, store)) == [(100, say(lang, "jobs.preparing"))]
    place.add_event("ftjob-1", "Step 1/50: training loss=2.00")
    assert bars(look_now(app, store)) == []


def look_now(app: AppTest, store: Store) -> AppTest:
    """The page, once the place was asked although it was not due."""
    store.update_job("job-1", look_after=None)
    return settle(app.run())


def test_comparing_waits_for_the_base(store: Store, place: APlace) -> None:
    """The original answers as soon as it has arrived; nobody has to ask again."""
    project = a_job(store, place, "succeeded", fine_tuned_model="ft:x")
    reply = {"choices": [{"message": {"content": "Bonjour"}, "finish_reason": "stop"}]}
    place.fault(CHAT, (503, {"error": COMING}), reply, reply)
    place.fault(
        "GET /v1/models/gpt-4o-mini-2024-07-18",
        {"id": "m", "base": {"weights": a_fetch(31)}},
        {"id": "m", "base": {"weights": {"state": "ready"}}},
    )
    app = opened("compare", project)
    app.chat_input[0].set_value("Hi").run()
    assert is_well(app)
    assert words(app).count("Bonjour") == 2
    assert say("en", "error.base_is_being_fetched", message="") not in words(app)


def test_a_base_that_cannot_be_fetched_is_told_on_its_side(store: Store, place: APlace) -> None:
    """The tuned model needs no base, and answers all the same."""
    project = a_job(store, place, "succeeded", fine_tuned_model="ft:x")
    reply = {"choices": [{"message": {"content": "Bonjour"}, "finish_reason": "stop"}]}
    place.fault(CHAT, (503, {"error": FAILED}), reply)
    app = opened("compare", project)
    app.chat_input[0].set_value("Hi").run()
    assert is_well(app)
    assert say("en", "error.base_download_failed", message="No network.") in words(app)
    assert words(app).count("Bonjour") == 1
