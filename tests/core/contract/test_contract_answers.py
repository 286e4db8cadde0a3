"""Whatever OpenAI's description allows a place to answer is read, and read right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest
from a_described_place import KEY, a_described_place
from all_calls import CALLS, all_profiles, offered, speaking
from described_values import any_value, least_answer
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from known_deviations import LISTED, AnswerThatDeviates, answers_that_deviate
from openai.types import FileDeleted, FileObject, Model, ModelDeleted
from openai.types.chat import ChatCompletion
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint
from openai_description import answer_of, described, problems_of, schema_named

from core.metrics import HIGHEST_STEP, metrics_of
from core.providers import shapes
from core.providers.profiles import THIS_COMPUTER, Profile, load_profile

Json = dict[str, Any]
# The same ones each time: what is tested here changes only with the description or our reading.
A_FEW = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)

SDK_TYPES: Mapping[str, Any] = {
    "FineTuningJob": FineTuningJob,
    "FineTuningJobEvent": FineTuningJobEvent,
    "FineTuningJobCheckpoint": FineTuningJobCheckpoint,
    "OpenAIFile": FileObject,
    "Model": Model,
    "DeleteModelResponse": ModelDeleted,
    "DeleteFileResponse": FileDeleted,
    "CreateChatCompletionResponse": ChatCompletion,
}


def moment(seconds: int | None) -> datetime | None:
    """A time as the API writes it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("name", SDK_TYPES)
def test_the_sdk_and_the_description_mean_the_same(name: str) -> None:
    """What is made up from the description is as described, and the SDK's strict types take it."""

    @A_FEW
    @given(st.deferred(lambda: any_value(schema_named(name))))
    def check(value: Json) -> None:
        assert problems_of(value, schema_named(name)) == set()
        SDK_TYPES[name].model_validate(value, strict=True)

    check()


@A_FEW
@given(st.deferred(lambda: any_value(schema_named("FineTuningJob"))))
def test_any_job_is_read_whole(value: Json) -> None:
    """Each field that we keep, as it was told; null stays unknown."""
    job = shapes.read_job(value)
    assert (job.id, job.status, job.model) == (value["id"], value["status"], value["model"])
    assert job.created_at == moment(value["created_at"])
    assert job.finished_at == moment(value["finished_at"])
    assert job.estimated_finish == moment(value.get("estimated_finish"))
    assert job.fine_tuned_model == value["fine_tuned_model"]
    assert job.trained_tokens == value["trained_tokens"]
    assert job.training_file_id == value["training_file"]
    assert job.validation_file_id == value["validation_file"]
    assert list(job.result_file_ids) == value["result_files"]
    assert job.seed == value["seed"]
    error = value["error"] or {}
    assert (job.error_code, job.error_message) == (error.get("code"), error.get("message"))
    assert job.metadata == (value.get("metadata") or {})


@A_FEW
@given(st.deferred(lambda: any_value(schema_named("FineTuningJobEvent"))))
def test_any_event_is_read_whole(value: Json) -> None:
    """Its id, time, level, kind, words and figures."""
    event = shapes.read_event(value)
    assert (event.id, event.level, event.message) == tuple(
        value[name] for name in ("id", "level", "message")
    )
    assert event.created_at == moment(value["created_at"])
    assert event.type == value.get("type", "message")
    assert event.data == value.get("data", {})


@A_FEW
@given(st.deferred(lambda: any_value(schema_named("FineTuningJobCheckpoint"))))
def test_any_checkpoint_is_read_whole(value: Json) -> None:
    """Its id, step, time, the name to talk to it by, and its place in the curves."""
    assume(value["step_number"] <= HIGHEST_STEP)
    point = shapes.read_checkpoint(value)
    assert (point.id, point.step) == (value["id"], value["step_number"])
    assert point.model == value["fine_tuned_model_checkpoint"]
    assert point.created_at == moment(value["created_at"])
    curve, told = metrics_of(shapes.read_checkpoint_figures(value)), value["metrics"]
    assert curve is not None
    assert (curve.step, curve.train_loss) == (value["step_number"], told.get("train_loss"))
    assert curve.train_accuracy == told.get("train_mean_token_accuracy")


@A_FEW
@given(st.deferred(lambda: any_value(schema_named("Model"))))
def test_any_model_is_read_whole(value: Json) -> None:
    """Its id, age, owner and the day it ends."""
    model = shapes.read_model(value)
    ends = value.get("shutdown_date")
    assert (model.id, model.owned_by) == (value["id"], value["owned_by"])
    assert model.created_at == moment(value["created"])
    assert model.shutdown_on == (date.fromisoformat(ends) if ends else None)


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.id)
def test_the_least_answer_is_enough(profile: Profile) -> None:
    """Whatever may be left out or be null is, in the answer to every question."""
    with a_described_place() as there, closing(speaking(profile, there.base_url, KEY)) as place:
        read = {name: CALLS[name](place) for name in offered(profile)}
    for name, operation in (
        ("load_job", "GET /fine_tuning/jobs/{fine_tuning_job_id}"),
        ("list_jobs", "GET /fine_tuning/jobs"),
        ("load_events", "GET /fine_tuning/jobs/{fine_tuning_job_id}/events"),
        ("upload_file", "POST /files"),
        ("list_models", "GET /models"),
    ):
        assert ids_read(read[name]) == ids_in(least_answer(operation))


@pytest.mark.parametrize(
    "deviation", answers_that_deviate(), ids=lambda one: f"{one.profile}-{one.call}-{one.at}"
)
def test_answers_that_deviate_are_read(deviation: AnswerThatDeviates) -> None:
    """The description refuses them, or they would not stand in the list; we do not."""
    answer = deviation.put_into(least_answer(deviation.operation))
    assert problems_of(answer, answer_of(deviation.operation))
    profile = load_profile(deviation.profile)
    with a_described_place() as there, closing(speaking(profile, there.base_url, KEY)) as place:
        there.answers[deviation.operation] = answer
        CALLS[deviation.call](place)
        assert deviation.operation in there.bodies


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("POST /fine_tuning/jobs", "create_job"),
        ("GET /fine_tuning/jobs", "list_jobs"),
        ("GET /fine_tuning/jobs/{fine_tuning_job_id}", "load_job"),
        ("GET /fine_tuning/jobs/{fine_tuning_job_id}/events", "load_events"),
        ("GET /fine_tuning/jobs/{fine_tuning_job_id}/checkpoints", "load_checkpoints"),
        ("POST /fine_tuning/jobs/{fine_tuning_job_id}/cancel", "cancel_job"),
        ("POST /fine_tuning/jobs/{fine_tuning_job_id}/pause", "pause_job"),
        ("POST /fine_tuning/jobs/{fine_tuning_job_id}/resume", "resume_job"),
        ("POST /files", "upload_file"),
        ("GET /files", "look_at_files"),
        ("GET /models", "list_models"),
        ("POST /moderations", "moderate"),
        ("POST /chat/completions", "chat"),
    ],
)
def test_its_own_examples_are_read(operation: str, call: str) -> None:
    """Though most of them leave out what the description says is always there."""
    with (
        a_described_place() as there,
        closing(speaking(load_profile(THIS_COMPUTER), there.base_url, KEY)) as place,
    ):
        for example in examples_of(operation):
            there.answers[operation] = example
            read = CALLS[call](place)
            if call == "chat":
                assert read.text == (example["choices"][0]["message"]["content"] or "")
            elif call == "moderate":
                assert [bool(flags) for flags in read] == [r["flagged"] for r in example["results"]]
            elif call != "look_at_files":  # which only raises
                assert ids_read(read) == ids_in(example)


def ids_in(answer: Any) -> set[str]:
    """The ids that an answer or the items of its list have."""
    return {item["id"] for item in answer.get("data", [answer])}


def ids_read(read: Any) -> set[str]:
    """The ids of what was made of it: one value, several, or several and whether there are more."""
    found = read[0] if isinstance(read, tuple) else read
    return {getattr(one, "id", one) for one in (found if isinstance(found, list) else [found])}


def examples_of(operation: str) -> list[Any]:
    """The answers shown in the description, those that are JSON but for commas and dots."""
    shown = described(operation)["x-oaiMeta"]["examples"]
    texts = [one["response"] for one in (shown if isinstance(shown, list) else [shown])]
    found = [example for text in texts if (example := read_example(text)) is not None]
    assert found
    return found


def read_example(text: str) -> Any:
    """What an example shows; None where it is no JSON, such as a stream."""
    whole = re.sub(r",\s*\{ \.\.\. \}", "", text)
    try:
        return json.loads(re.sub(r",(\s*[}\]])", r"\1", whole))
    except ValueError:
        return None


def test_every_listed_profile_is_there() -> None:
    """A provider that goes takes its deviations along."""
    assert set(LISTED) <= {profile.id for profile in all_profiles()}
