"""Half characters, which JSON can write and no text can hold: refused, repaired, never a 500."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
from openai import OpenAI
from real_trainer import BASE, Trained, upload
from starlette.testclient import TestClient
from test_trainer_supervisor import add_job

from trainer.api.app import build_app
from trainer.api.context import Context
from trainer.fetcher import Fetcher
from trainer.folders import DataFolder
from trainer.store import Store
from trainer.supervisor import Supervisor

HALF = "\ud800"


def post(client: OpenAI, path: str, body: Any) -> httpx2.Response:
    """Send a body as escapes, which the SDK could not write."""
    headers = {"Authorization": f"Bearer {client.api_key}", "Content-Type": "application/json"}
    with httpx2.Client(trust_env=False, timeout=60) as plain:
        return plain.post(f"{client.base_url}{path}", content=json.dumps(body), headers=headers)


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"metadata": {"a": HALF}}, "metadata"),
        ({"metadata": {HALF: "a"}}, "metadata"),
        ({"suffix": HALF}, "suffix"),
        ({"model": HALF}, "model"),
        ({"training_file": HALF}, "training_file"),
        ({HALF: 1}, "body"),
    ],
)
def test_a_job_is_refused_by_name(client: OpenAI, changes: dict[str, Any], param: str) -> None:
    """400 with the parameter, and the jobs can still be listed."""
    body = {"model": BASE, "training_file": upload(client), **changes}
    answer = post(client, "fine_tuning/jobs", body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert client.fine_tuning.jobs.list(limit=1).object == "list"


@pytest.mark.parametrize("path", ["chat/completions", "tokenize"])
def test_no_model_is_called_that(client: OpenAI, path: str) -> None:
    """An id with half a character is an id of nothing."""
    messages = [{"role": "user", "content": "q"}]
    answer = post(client, path, {"model": HALF, "messages": messages, "input": ["q"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.training
def test_what_is_said_to_a_model_is_repaired(client: OpenAI, trained: Trained) -> None:
    """Text and names are read as training reads them."""
    model = trained.job.fine_tuned_model
    counted = post(client, "tokenize", {"model": model, "input": [HALF, "\ufffd"]})
    first, second = counted.json()["counts"]
    assert first == second
    said = [{"role": "user", "name": HALF, "content": f"q{HALF}"}]
    answer = post(client, "chat/completions", {"model": model, "messages": said, "max_tokens": 3})
    assert answer.status_code == 200


def test_what_was_stored_before_can_still_be_read(tmp_path: Path) -> None:
    """A job that an earlier server took in does not hide all the others."""
    data = DataFolder(tmp_path)
    with closing(Store(data.database)) as store:
        add_job(store, "succeeded")
        store.change_job("ftjob-1", metadata={"a": HALF})
        app = build_app(Context(data, store, Supervisor(data, store), Fetcher(data)))
        with TestClient(app) as plain:
            answer = plain.get("/v1/fine_tuning/jobs")
    assert answer.status_code == 200
    assert answer.json()["data"][0]["metadata"] == {"a": HALF}
