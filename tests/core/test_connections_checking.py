"""core/providers/checking.py: what works at a place is said line by line, found out by looking."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from a_place import HANG, KEY, APlace, a_place
from a_website import a_website

from core.providers.checking import ConnectionReport, Works, check_connection, model_to_ask
from core.providers.client import open_client
from core.providers.profiles import load_profile
from core.words import LANGUAGES, say

YES, NO, UNKNOWN = Works.YES, Works.NO, Works.UNKNOWN
BY_CODE = {"error": {"message": "Because.", "type": "t", "code": None}}


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place that lists two models and answers questions."""
    with a_place() as place:
        place.models = [{"id": "text-embedding-3", "object": "model"},
                        {"id": "llama-3", "object": "model"}]  # fmt: skip
        yield place


def an_answer() -> tuple[int, dict[str, Any]]:
    """A chat completion."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "Hi"},
        "finish_reason": "stop",
    }
    return 200, {"id": "c", "object": "chat.completion", "choices": [choice]}


def a_list() -> tuple[int, dict[str, Any]]:
    """A list with nothing in it."""
    return 200, {"object": "list", "data": []}


def look(
    url: str, *, timeout: float = 10.0, profile: str = "openai_compatible", **asked: bool
) -> ConnectionReport:
    """The report on what is at `url`; each sentence of it exists in both languages."""
    client = open_client(load_profile(profile), url, KEY, timeout=timeout)
    report = check_connection(client, **asked)
    client.close()
    for check in report.checks:
        assert all(say(language, check.words, **check.params) for language in LANGUAGES)
        assert KEY not in str(check.params)
    return report


def found(report: ConnectionReport) -> dict[str, Works]:
    """What works, by name, in the report's order."""
    return {check.what: check.works for check in report.checks}


def test_a_place_where_all_works(place: APlace) -> None:
    """Every line is a yes, and only what a person may cost was asked by permission."""
    place.fault("GET /v1/files", a_list())
    place.fault("POST /v1/chat/completions", an_answer())
    report = look(place.base_url, ask_a_model=True)
    assert found(report) == dict.fromkeys(
        ("address", "key", "models", "files", "jobs", "chat"), YES
    )
    assert report.models == ("text-embedding-3", "llama-3")
    assert report.first_failure is None
    assert place.asked("POST /v1/chat/completions")[0]["model"] == "llama-3"
    assert place.asked("POST /v1/chat/completions")[0]["max_tokens"] == 1


@pytest.mark.parametrize("profile", ["azure", "nebius"])
def test_nobody_is_asked_where_models_answer_once_they_are_deployed(
    place: APlace, profile: str
) -> None:
    """Also with permission; that is said, and is no failure."""
    report = look(place.base_url, profile=profile, ask_a_model=True)
    assert (report["chat"].works, report["chat"].words) == (UNKNOWN, "check.chat_after_deploy")
    assert not place.asked("POST /v1/chat/completions")
    assert report.first_failure is None


def test_looking_changes_nothing_there(place: APlace) -> None:
    """Without permission there are three reads of one item each, and no question."""
    place.fault("GET /v1/files", a_list())
    report = look(place.base_url)
    assert [(method, path) for method, path, _, _ in place.requests] == [
        ("GET", "/v1/models"), ("GET", "/v1/files?limit=1"),
        ("GET", "/v1/fine_tuning/jobs?limit=1"),
    ]  # fmt: skip
    assert (report["chat"].works, report["chat"].words) == (UNKNOWN, "check.chat_unasked")


def test_a_server_that_only_chats(place: APlace) -> None:
    """No files and no jobs are two plain no's; the address and the key are right."""
    place.fault("GET /v1/fine_tuning/jobs", (405, BY_CODE))
    place.fault("POST /v1/chat/completions", an_answer())
    report = look(place.base_url, ask_a_model=True)
    assert list(found(report).values()) == [YES, YES, YES, NO, NO, YES]
    assert report["jobs"].words == "check.jobs_missing"


def test_a_wrong_key_ends_it(place: APlace) -> None:
    """The server's own words; what comes after is not known."""
    place.fault("GET /v1/models", (401, {"error": {"message": f"Bad key {KEY}", "code": "x"}}))
    report = look(place.base_url, ask_a_model=True)
    assert list(found(report).values()) == [YES, NO, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
    assert report.first_failure is report["key"]
    assert report["key"].words == "error.key_refused"
    assert len(place.requests) == 1


def test_a_missing_key_is_wanted_not_wrong(place: APlace) -> None:
    """Nobody gave one, so nobody is told that it was refused."""
    place.fault("GET /v1/models", (401, BY_CODE))
    assert look(place.base_url, has_key=False)["key"].words == "check.key_wanted"


def test_a_public_list_of_models_does_not_vouch_for_the_key(place: APlace) -> None:
    """Where only files and jobs look at the key, their refusal counts."""
    place.fault("GET /v1/files", (401, BY_CODE))
    assert found(look(place.base_url))["key"] is NO


def test_a_wrong_path_is_told_from_a_dead_address(place: APlace) -> None:
    """404 everywhere means that somebody is there, under another path."""
    report = look(place.base_url.removesuffix("/v1") + "/api")
    assert report.first_failure is report["address"]
    assert report["address"].words == "check.address_wrong_path"


def test_a_website_is_no_place_to_train() -> None:
    """HTML with status 200 is told from a wrong path."""
    with a_website() as url:
        report = look(f"{url}/v1")
    assert report["address"].words == "check.address_not_openai"
    assert list(found(report).values()) == [NO, *[UNKNOWN] * 5]


def test_a_closed_port_has_its_own_sentence() -> None:
    """Nobody answers; only one attempt is made."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    assert look(url)["address"].words == "error.cannot_connect"


def test_a_server_that_says_nothing_is_not_waited_for(place: APlace) -> None:
    """A time-out ends the looking at the first question."""
    place.fault("GET /v1/models", HANG)
    report = look(place.base_url, timeout=0.2)
    assert report["address"].words == "error.no_answer_in_time"
    assert len(place.requests) == 1


def test_an_account_without_rights_has_a_right_address(place: APlace) -> None:
    """403 everywhere: it answers, and says what may not be done."""
    for route in ("models", "files", "fine_tuning/jobs"):
        place.fault(f"GET /v1/{route}", (403, BY_CODE))
    assert list(found(look(place.base_url)).values()) == [YES, YES, NO, NO, NO, UNKNOWN]


def test_a_server_in_trouble_is_not_said_to_lack_anything(place: APlace) -> None:
    """500 says nothing about what is on offer."""
    place.fault("GET /v1/files", (500, BY_CODE))
    place.fault("GET /v1/fine_tuning/jobs", (429, BY_CODE))
    report = look(place.base_url)
    assert (report["files"].works, report["jobs"].works) == (UNKNOWN, UNKNOWN)


def test_a_model_that_will_not_answer_is_named(place: APlace) -> None:
    """A missing route is a no; any other refusal leaves it open."""
    place.fault("POST /v1/chat/completions", (400, BY_CODE))
    refused = look(place.base_url, ask_a_model=True)["chat"]
    assert (refused.works, refused.params["model"]) == (UNKNOWN, "llama-3")
    assert look(place.base_url, ask_a_model=True)["chat"].works is NO


def test_a_base_that_talks_after_training_counts_as_chat(place: APlace) -> None:
    """Our own trainer says so of its smallest base."""
    refusal = {"error": {"message": "Train it first.", "code": "base_has_no_weights"}}
    place.fault("POST /v1/chat/completions", (400, refusal))
    chat = look(place.base_url, ask_a_model=True)["chat"]
    assert (chat.works, chat.words) == (YES, "check.chat_after_training")


@pytest.mark.parametrize(
    ("models", "chosen"),
    [
        ([], None),
        (["text-embedding-3", "whisper-1"], None),
        (["text-embedding-3", "llama-3", "ft:llama-3:mine"], "ft:llama-3:mine"),
        (["local/tiny-scratch", "llama-3"], "local/tiny-scratch"),
    ],
)
def test_the_likeliest_to_answer_is_asked(models: list[str], chosen: str | None) -> None:
    """A tuned model, else the first whose name does not say that it cannot."""
    assert model_to_ask(models) == chosen
