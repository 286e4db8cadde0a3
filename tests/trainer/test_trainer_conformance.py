"""Every response holds to the SDK's types and to OpenAI's published description."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import openai
import pytest
from described import assert_described
from openai import OpenAI
from openai.types import FileDeleted, FileObject, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint
from real_trainer import (
    BASE,
    Trained,
    as_jsonl,
    finished,
    start_job,
    upload,
    weather_rows,
)

JOBS, FILES = "/fine_tuning/jobs", "/files"


def get(client: OpenAI, path: str, **query: Any) -> dict[str, Any]:
    """The very JSON of a response, before the SDK makes anything of it."""
    return client.get(path, cast_to=dict[str, Any], options={"params": query})


@pytest.fixture(scope="module")
def failed(client: OpenAI) -> Any:
    """A job that failed because of its file."""
    return finished(client, start_job(client, as_jsonl(weather_rows()[:3])).id)


@pytest.mark.training
def test_jobs_hold_to_the_types(client: OpenAI, trained: Trained, failed: Any) -> None:
    """A succeeded, a failed and a listed job, strictly."""
    for job_id in (trained.job.id, failed.id):
        job = get(client, f"{JOBS}/{job_id}")
        FineTuningJob.model_validate(job, strict=True)
        assert_described(job, "FineTuningJob")
    listed = get(client, JOBS)
    assert_described(listed, "ListPaginatedFineTuningJobsResponse")
    assert {job["id"] for job in listed["data"]} >= {trained.job.id, failed.id}


def test_a_job_says_null_where_the_description_does(client: OpenAI, failed: Any) -> None:
    """What is not known yet is present as null, and lists are there though empty."""
    job = get(client, f"{JOBS}/{failed.id}")
    for name in ("fine_tuned_model", "trained_tokens", "estimated_finish", "validation_file"):
        assert job[name] is None
    assert job["result_files"] == []
    assert set(job["error"]) == {"code", "message", "param"}
    fresh = client.post(
        JOBS, cast_to=dict[str, Any], body={"model": BASE, "training_file": upload(client)}
    )
    client.fine_tuning.jobs.cancel(fresh["id"])
    FineTuningJob.model_validate(fresh, strict=True)
    assert_described(fresh, "FineTuningJob")
    assert fresh["error"] is None
    assert fresh["finished_at"] is None
    assert isinstance(fresh["seed"], int)


@pytest.mark.training
def test_events_and_checkpoints_hold_to_the_types(client: OpenAI, trained: Trained) -> None:
    """Every event and checkpoint; data is left out where there is none, never null."""
    events = get(client, f"{JOBS}/{trained.job.id}/events", limit=100)
    assert_described(events, "ListFineTuningJobEventsResponse")
    story = get(client, f"{JOBS}/{trained.job.id}/events", after=events["last_id"], limit=100)
    for event in events["data"] + story["data"]:
        FineTuningJobEvent.model_validate(event, strict=True)
        assert event.get("data", {}) is not None
    checkpoints = get(client, f"{JOBS}/{trained.job.id}/checkpoints")
    assert_described(checkpoints, "ListFineTuningJobCheckpointsResponse")
    for checkpoint in checkpoints["data"]:
        FineTuningJobCheckpoint.model_validate(checkpoint, strict=True)
        assert None not in checkpoint["metrics"].values()


def test_files_hold_to_the_types(client: OpenAI) -> None:
    """Create, list (an empty list too), retrieve and delete; `expires_at` is left out."""
    file_id = upload(client)
    file = get(client, f"{FILES}/{file_id}")
    FileObject.model_validate(file, strict=True)
    assert_described(file, "OpenAIFile")
    assert "expires_at" not in file
    assert_described(get(client, FILES), "ListFilesResponse")
    assert_described(get(client, FILES, purpose="batch"), "ListFilesResponse")
    gone = client.delete(f"{FILES}/{file_id}", cast_to=dict[str, Any])
    FileDeleted.model_validate(gone, strict=True)
    assert_described(gone, "DeleteFileResponse")


@pytest.mark.training
def test_models_hold_to_the_types(client: OpenAI, trained: Trained) -> None:
    """The list, a base, a tuned model whose id has slashes and colons."""
    listed = get(client, "/models")
    assert_described(listed, "ListModelsResponse")
    for model in listed["data"]:
        Model.model_validate(model, strict=True)
        assert get(client, f"/models/{model['id']}") == model


@pytest.mark.training
def test_chat_holds_to_the_types(client: OpenAI, trained: Trained) -> None:
    """A completion, and every chunk of a streamed one with its usage."""
    asked = {
        "model": trained.job.fine_tuned_model,
        "messages": weather_rows()[0]["messages"][:-1],
        "max_tokens": 5,
    }
    whole = client.post("/chat/completions", cast_to=dict[str, Any], body=asked)
    ChatCompletion.model_validate(whole, strict=True)
    assert_described(whole, "CreateChatCompletionResponse")
    streamed = client.chat.completions.with_raw_response.create(
        **asked, stream=True, stream_options={"include_usage": True}
    )
    lines = streamed.http_response.read().decode().strip().split("\n\n")
    assert lines[-1] == "data: [DONE]"
    for line in lines[:-1]:
        chunk = json.loads(line.removeprefix("data: "))
        ChatCompletionChunk.model_validate(chunk, strict=True)
        assert_described(chunk, "CreateChatCompletionStreamResponse")


def broken_calls() -> list[tuple[int, Callable[[OpenAI], Any]]]:
    """A call for every kind of refusal, with the status it gets."""
    nothing = dict[str, Any]
    return [
        (404, lambda c: c.get("/nowhere", cast_to=nothing)),
        (405, lambda c: c.post("/models", cast_to=nothing)),
        (404, lambda c: c.files.retrieve("file-nothing")),
        (404, lambda c: c.fine_tuning.jobs.retrieve("ftjob-nothing")),
        (404, lambda c: c.models.retrieve("ft:local/tiny-scratch::nothing")),
        (400, lambda c: c.models.delete(BASE)),
        (400, lambda c: c.files.create(file=("a.jsonl", b""), purpose="fine-tune")),
        (400, lambda c: c.files.create(file=("a.jsonl", b"{}"), purpose="batch")),
        (400, lambda c: c.post("/files", cast_to=nothing, body={"purpose": "fine-tune"})),
        (400, lambda c: c.post(JOBS, cast_to=nothing, body=[])),
        (400, lambda c: c.post("/tokenize", cast_to=nothing, body={"model": BASE, "input": "x"})),
        (400, lambda c: c.fine_tuning.jobs.list(after="ftjob-nothing")),
        (400, lambda c: c.fine_tuning.jobs.list(limit=0)),
        (401, lambda c: c.with_options(api_key="wrong").models.list()),
        (401, lambda c: c.with_options(api_key="wrong").get("/nowhere", cast_to=nothing)),
    ]


@pytest.mark.parametrize(("status", "call"), broken_calls())
def test_every_refusal_has_the_shape_of_an_error(
    client: OpenAI, status: int, call: Callable[[OpenAI], Any]
) -> None:
    """A status, a sentence the SDK can show, and the published error object."""
    with pytest.raises(openai.APIStatusError) as refused:
        call(client)
    assert refused.value.status_code == status
    body = refused.value.response.json()
    assert_described(copy.deepcopy(body), "ErrorResponse")
    assert body["error"]["message"] in str(refused.value.message)
    assert body["error"]["message"].strip()
