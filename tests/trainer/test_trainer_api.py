"""Files, lists, what a job may say, and what the models are asked before they exist."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI
from real_trainer import (
    BASE,
    WEATHER,
    Trained,
    all_events,
    as_jsonl,
    finished,
    start_job,
    upload,
    weather_rows,
)


def a_row(**changes: Any) -> dict[str, Any]:
    """A good line, with other keys in its last message."""
    row = weather_rows()[0]
    row["messages"][-1] |= changes
    return row


def test_a_file_comes_back_byte_for_byte(client: OpenAI) -> None:
    """What is uploaded is what is downloaded, under its own name and size."""
    file = client.files.create(file=("jokes.jsonl", WEATHER.read_bytes()), purpose="fine-tune")
    assert (file.filename, file.bytes) == ("jokes.jsonl", 2545)
    assert client.files.content(file.id).read() == WEATHER.read_bytes()
    client.files.delete(file.id)
    with pytest.raises(openai.NotFoundError):
        client.files.content(file.id)


def test_files_are_listed_page_by_page(client: OpenAI) -> None:
    """Newest first or oldest first, a page at a time, without a gap or a repeat."""
    made = [upload(client) for _ in range(3)]
    listed = [file.id for file in client.files.list(limit=2)]
    assert [file_id for file_id in listed if file_id in made] == made[::-1]
    oldest_first = [file.id for file in client.files.list(limit=2, order="asc")]
    assert oldest_first == listed[::-1]
    for file_id in made:
        client.files.delete(file_id)


def test_jobs_are_listed_page_by_page_and_by_metadata(client: OpenAI) -> None:
    """All pairs must match; a page knows whether there is another."""
    marks = [{"set": "pages", "number": str(i)} for i in range(3)]
    rows = as_jsonl(weather_rows()[:1])
    made = [finished(client, start_job(client, rows, metadata=mark).id).id for mark in marks]
    jobs = client.fine_tuning.jobs
    page = jobs.list(limit=2, metadata={"set": "pages"})
    assert [job.id for job in page.data] == made[:0:-1]
    assert page.has_more
    rest = jobs.list(limit=2, after=page.data[-1].id, metadata={"set": "pages"})
    assert [job.id for job in rest.data] == made[:1]
    assert not rest.has_more
    assert [job.id for job in jobs.list(metadata=marks[1])] == [made[1]]
    assert not list(jobs.list(metadata={"set": "pages", "number": "9"}))
    assert not list(jobs.list(metadata={"number]=1": "x"}))


@pytest.mark.training
def test_events_are_listed_page_by_page(client: OpenAI, trained: Trained) -> None:
    """Small pages tell the same story as large ones."""
    listed = client.fine_tuning.jobs.list_events(trained.job.id, limit=37)
    assert [event.id for event in listed][::-1] == [
        e.id for e in all_events(client, trained.job.id)
    ]


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"not json\n", "invalid_training_file", "Line 1: this is not valid JSON"),
        (b"\xff\xfe\n", "invalid_training_file", "Line 1: this is not UTF-8"),
        (as_jsonl([a_row()] * 9), "invalid_n_examples", "9 examples in the file"),
        (as_jsonl([a_row()] * 9 + [{}]), "invalid_training_file", "Line 10: there is no list of"),
        (as_jsonl([a_row(role="tool")] * 10), "invalid_training_file", 'the role is "tool"'),
        (
            as_jsonl([a_row(role="user")] * 10),
            "invalid_training_file",
            "Line 1: there is no message",
        ),
        (as_jsonl([a_row(weight=0)] * 10), "invalid_training_file", "nothing to learn from"),
        (as_jsonl([a_row(tool_calls=[])] * 10), "invalid_training_file", "tool_calls cannot be"),
    ],
)
def test_a_job_fails_with_a_sentence_about_its_file(
    client: OpenAI, content: bytes, code: str, said: str
) -> None:
    """The error names code, parameter and line, and stands in the story as well."""
    job = finished(client, start_job(client, content).id)
    assert job.status == "failed"
    assert job.error.code == code
    assert job.error.param == "training_file"
    assert said in job.error.message
    last = all_events(client, job.id)[-1]
    assert (last.level, last.message) == ("error", job.error.message)


def test_a_bad_validation_file_fails_the_job_too(client: OpenAI) -> None:
    """The parameter says which of the two files it was."""
    bad = upload(client, b"{}\n")
    job = finished(client, start_job(client, validation_file=bad).id)
    assert (job.error.code, job.error.param) == ("invalid_validation_file", "validation_file")


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"model": "gpt-4o"}, "model"),
        ({"training_file": "file-nothing"}, "training_file"),
        ({"validation_file": "file-nothing"}, "validation_file"),
        ({"hyperparameters": {"n_epochs": 51}}, "hyperparameters.n_epochs"),
        ({"suffix": "x" * 65}, "suffix"),
        ({"seed": -1}, "seed"),
        ({"metadata": {"k" * 65: "v"}}, "metadata"),
        ({"method": {"type": "dpo"}}, "method.type"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations"),
    ],
)
def test_a_bad_request_makes_no_job(client: OpenAI, given: dict[str, Any], param: str) -> None:
    """The refusal names the parameter, and the list of jobs stays as it was."""
    before = client.fine_tuning.jobs.list(limit=1).data
    body = {"model": BASE, "training_file": upload(client), **given}
    with pytest.raises((openai.BadRequestError, openai.NotFoundError)) as refused:
        client.post("/fine_tuning/jobs", cast_to=object, body=body)
    assert refused.value.param == param
    assert [job.id for job in client.fine_tuning.jobs.list(limit=1)][:1] == [j.id for j in before]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "two", "9" * 5000])
def test_a_limit_that_is_none_is_refused(client: OpenAI, limit: str) -> None:
    """However many digits it has."""
    with pytest.raises(openai.BadRequestError) as refused:
        client.get(f"/fine_tuning/jobs?limit={limit}", cast_to=object)
    assert refused.value.param == "limit"


def test_the_untrained_base_says_that_it_knows_nothing(client: OpenAI) -> None:
    """No weights to chat with, and no vocabulary to count with."""
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=BASE, messages=[{"role": "user", "content": "hi"}])
    assert refused.value.code == "base_has_no_weights"
    assert "tiny-scratch knows nothing before it is trained" in refused.value.message
    with pytest.raises(openai.BadRequestError) as refused:
        client.post("/tokenize", cast_to=object, body={"model": BASE, "input": ["hi"]})
    assert refused.value.code == "no_vocabulary_yet"


def test_the_bases_are_described(client: OpenAI) -> None:
    """Parameters, context, licence and limits stand beside the model's own object."""
    base = client.get(f"/models/{BASE}", cast_to=dict[str, Any])
    assert base["owned_by"] == "tonesmith"
    assert base["base"]["context_length"] == 1024
    assert base["base"]["parameters"] == 2_600_000
    assert base["base"]["limits"]
