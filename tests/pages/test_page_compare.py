"""Compare: both are asked the same, and what they say stays on the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from a_place import KEY, APlace, a_place
from streamlit.testing.v1 import AppTest
from visits import ARTICLE, HOSTILE, bodies, is_well, keys, press, start, visit, words

from core.chats import load_turns
from core.jobs import Connection, FineTuningJob, TrainingRequest
from core.storage import Store
from core.words import say

CHAT = "POST /v1/chat/completions"
UNSEEN = "今年武汉的冬天冷不冷？"
SYSTEM = "你是一个会讲笑话的天气助理。"


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening."""
    with a_place() as place:
        yield place


def a_reply(text: str) -> tuple[int, dict[str, Any]]:
    """A chat completion with one answer."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return 200, {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice],
    }  # fmt: skip


def tuned(store: Store, place: APlace) -> AppTest:
    """The page after the weather jokes were tuned at that place."""
    store.save_connection(Connection("mine", "openai", "My place", place.base_url))
    _, project = start()
    snapshot = store.save_snapshot([ARTICLE.read_bytes()], 10)
    store.save_job(FineTuningJob(
        "job-1", project, "mine", "succeeded", TrainingRequest("gpt-4o-mini"), datetime.now(UTC),
        snapshot_sha256=snapshot.sha256, provider_job_id="ftjob-1", fine_tuned_model="ft:jokes",
    ))  # fmt: skip
    app = visit("compare", project, job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    return app.run()


def test_without_a_tuned_model_the_way_to_train_is_shown() -> None:
    """An empty page teaches, and leads on."""
    _, project = start()
    app = visit("compare", project)
    assert say("en", "compare.empty") in words(app)
    app = press(app, "go_train")
    assert [title.value for title in app.title] == [say("en", "train.title")]


def test_both_are_asked_the_same_as_trained(store: Store, place: APlace) -> None:
    """The unseen question is offered; base and tuned get it with the trained instructions."""
    app = tuned(store, place)
    place.fault(CHAT, a_reply("The base says."), a_reply("A joke."))
    app = press(app, "ask_unseen_0")
    assert is_well(app)
    assert "The base says." in words(app)
    assert "A joke." in words(app)
    base, own = place.asked(CHAT)
    assert (base["model"], own["model"]) == ("gpt-4o-mini-2024-07-18", "ft:jokes")
    assert base["messages"] == own["messages"]
    assert [message["content"] for message in own["messages"]] == [SYSTEM, UNSEEN]
    assert own["temperature"] == 0.7
    assert 500 in own.values()


def test_a_typed_question_is_asked_and_the_talk_goes_on(store: Store, place: APlace) -> None:
    """Earlier answers stay above later ones; markup in a reply is only text."""
    app = tuned(store, place)
    place.fault(CHAT, *(a_reply(text) for text in ("one", "two", HOSTILE, HOSTILE)))
    app = app.chat_input(key="question").set_value("First?").run()
    app = app.chat_input(key="question").set_value(HOSTILE).run()
    assert is_well(app)
    assert "First?" in words(app)
    assert words(app).count(HOSTILE) == 4
    assert not any("<script" in body for body in bodies(app))


def test_the_talk_is_there_after_a_reload(store: Store, place: APlace) -> None:
    """A new visit shows what was said; once emptied it can be brought back."""
    app = tuned(store, place)
    place.fault(CHAT, a_reply("The base says."), a_reply("A joke."))
    press(app, "ask_unseen_0")
    app = visit("compare", app.session_state["project"], job="job-1")
    assert "A joke." in words(app)
    app = press(app, "clear")
    assert "A joke." not in words(app)
    assert say("en", "compare.cleared") in words(app)
    app = press(app, "undo")
    assert is_well(app)
    assert "A joke." in words(app)
    assert "undo" not in keys(app)


def test_a_refusal_stands_where_the_reply_would(store: Store, place: APlace) -> None:
    """One that cannot answer says why; the other's answer is not lost."""
    app = tuned(store, place)
    gone = (404, {"error": {"message": "The model does not exist", "code": "model_not_found"}})
    place.fault(CHAT, a_reply("The base says."), gone)
    app = press(app, "ask_unseen_0")
    assert is_well(app)
    assert "The base says." in words(app)
    assert "The model does not exist" in words(app)
    [turn] = load_turns(store, "job-1")
    assert (turn.base_failed, turn.tuned_failed) == (False, True)
    assert 'ts-dot error"></i>' in "".join(bodies(app))  # no bubble: nobody has said that


def test_the_trained_questions_are_asked_again_and_counted(store: Store, place: APlace) -> None:
    """At temperature 0; the one reply that differs is shown with what was taught."""
    app = tuned(store, place)
    lines = ARTICLE.read_text(encoding="utf-8").splitlines()
    taught = [json.loads(line)["messages"][-1]["content"] for line in lines]
    place.fault(CHAT, *(a_reply(text) for text in [*taught[:9], "Something else."]))
    app = press(app, "recall")
    assert is_well(app)
    assert say("en", "compare.recall_score", right=9, total=10) in words(app)
    assert taught[9] in words(app)
    assert {asked["temperature"] for asked in place.asked(CHAT)} == {0}


def test_a_deleted_model_is_not_offered(store: Store, place: APlace) -> None:
    """Only what can still answer is in the list."""
    tuned(store, place)
    store.save_job(replace(store.load_job("job-1"), model_deleted=True))
    assert say("en", "compare.empty") in words(visit("compare"))


def test_a_model_outlives_its_project(store: Store, place: APlace) -> None:
    """With the project deleted one can still talk to what was trained on it."""
    app = tuned(store, place)
    store.delete_project(app.session_state["project"])
    app = visit("compare", job="job-1")
    app.session_state["session_keys"] = {"mine": KEY}
    place.fault(CHAT, a_reply("base"), a_reply("tuned"))
    app = app.run().chat_input(key="question").set_value("Still there?").run()
    assert is_well(app)
    assert "tuned" in words(app)
