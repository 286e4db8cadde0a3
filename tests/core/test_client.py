"""core/providers/client.py: the SDK over real HTTP, its traps and its faults."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from a_place import HANG, KEY, RESET, APlace, a_place

from core.errors import BadInput, PermissionRefused, ProviderError, Unavailable
from core.jobs import ChatReply, Fetch, Metric, TrainingRequest
from core.providers.client import ProviderClient, open_client
from core.providers.profiles import load_profile
from core.words import LANGUAGES, say

REQUEST = TrainingRequest(model="gpt-4o-mini")
JOBS = "/v1/fine_tuning/jobs"


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, for one test."""
    with a_place() as place:
        yield place


@pytest.fixture
def client(place: APlace) -> Iterator[ProviderClient]:
    """A client of OpenAI's profile for it, which does not wait long."""
    client = open_client(load_profile("openai"), place.base_url, KEY, timeout=0.5)
    yield client
    client.close()


HELLO = [{"role": "user", "content": "hi"}]
CALLS: dict[str, Callable[[ProviderClient], Any]] = {  # each method once, by the route it asks
    "POST /v1/files": lambda client: client.upload_file(b"{}\n", "a.jsonl"),
    f"POST {JOBS}": lambda client: client.create_job(REQUEST, "file-1", None, {}),
    f"GET {JOBS}": lambda client: client.list_jobs(),
    f"GET {JOBS}/j": lambda client: client.load_job("j"),
    f"GET {JOBS}/j/events": lambda client: client.load_events("j"),
    f"GET {JOBS}/j/checkpoints": lambda client: client.load_checkpoints("j"),
    f"POST {JOBS}/j/cancel": lambda client: client.cancel_job("j"),
    "GET /v1/models": lambda client: client.list_models(),
    "GET /v1/files": lambda client: client.look_at_files(),
    "DELETE /v1/models/m": lambda client: client.delete_model("m"),
    "GET /v1/files/f/content": lambda client: client.load_result_metrics("f"),
    "POST /v1/chat/completions": lambda client: client.chat("m", HELLO),
    "POST /v1/moderations": lambda client: client.moderate(["a"]),
    "POST /v1/tokenize": lambda client: client.count_tokens("m", ["a"]),
}
BODY = {"error": {"message": "Because.", "type": "t", "code": "c"}}


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ((400, BODY), "Rejected", "request_refused"),
        ((401, BODY), "AuthenticationFailed", "key_refused"),
        ((403, BODY), "PermissionRefused", None),
        ((404, BODY), "Rejected", "not_found_there"),
        ((422, BODY), "Rejected", "request_refused"),
        ((429, BODY), "RateLimited", "rate_limited"),
        ((500, b"<html>Oops</html>"), "Unavailable", "provider_failed"),
        ((503, b""), "Unavailable", "provider_failed"),
        (RESET, "Unavailable", "connection_lost"),
    ],
)
def test_each_fault_is_one_of_ours_and_asked_once(
    place: APlace, client: ProviderClient, fault: Any, kind: str, code: str | None
) -> None:
    """On every route the fault arrives as its kind, and nothing is sent a second time."""
    for number, (route, call) in enumerate(CALLS.items(), 1):
        place.fault(route, fault)
        with pytest.raises(ProviderError) as raised:
            call(client)
        assert (type(raised.value).__name__, len(place.requests)) == (kind, number), route
        assert code is None or raised.value.code == code, route


NONSENSE = [b"{nonsense", b"\xff\xfe", b"[]", b"null", b"{}", b"[" * 100_000]


# Any bytes are a file, and of a deletion nothing is read.
READ = [route for route in CALLS if "content" not in route and "DELETE" not in route]


@pytest.mark.parametrize("answer", NONSENSE, ids=lambda answer: repr(answer[:9]))
def test_an_answer_that_makes_no_sense_is_unavailable(
    place: APlace, client: ProviderClient, answer: bytes
) -> None:
    """Bad JSON, bad text and the wrong shape become one sentence."""
    for route in READ:
        place.fault(route, (200, answer))
        with pytest.raises(Unavailable) as raised:
            CALLS[route](client)
        assert raised.value.code == "unreadable_answer", route


def test_no_answer_in_time_is_unavailable(place: APlace, client: ProviderClient) -> None:
    """A place that stays silent is given up, without a second try."""
    place.fault(f"POST {JOBS}", HANG)
    with pytest.raises(Unavailable) as raised:
        client.create_job(REQUEST, "file-1", None, {})
    assert raised.value.code == "no_answer_in_time"
    assert len(place.requests) == 1


def test_nobody_there_is_told_apart_from_a_broken_connection() -> None:
    """A refused connection means that nothing was sent."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    client = open_client(load_profile("openai"), url, KEY)
    with pytest.raises(Unavailable) as raised:
        client.list_models()
    client.close()
    assert raised.value.code == "cannot_connect"


# Starting a job


def test_only_what_is_chosen_is_sent(place: APlace, client: ProviderClient) -> None:
    """With everything on auto the hyperparameters are empty, and suffix and seed are left out."""
    client.create_job(REQUEST, "file-1", None, {"tonesmith_job": "x"})
    assert place.asked(f"POST {JOBS}") == [
        {
            "model": "gpt-4o-mini-2024-07-18",
            "training_file": "file-1",
            "metadata": {"tonesmith_job": "x"},
            "method": {"type": "supervised", "supervised": {"hyperparameters": {}}},
        }
    ]


@pytest.mark.parametrize(
    ("profile", "name"),
    [("openai", "learning_rate_multiplier"), ("this_computer", "learning_rate")],
)
def test_the_learning_rate_travels_under_the_places_own_name(
    place: APlace, profile: str, name: str
) -> None:
    """OpenAI takes a multiplier, our trainer an absolute rate; each under its own name."""
    client = open_client(load_profile(profile), place.base_url, KEY)
    chosen = TrainingRequest("m", n_epochs=3, batch_size=2, learning_rate=0.5, suffix="s", seed=7)
    client.create_job(chosen, "file-1", "file-2", {})
    client.close()
    (asked,) = place.asked(f"POST {JOBS}")
    given = asked["method"]["supervised"]["hyperparameters"]
    assert given == {"n_epochs": 3, "batch_size": 2, name: 0.5}
    assert (asked["suffix"], asked["seed"], asked["validation_file"]) == ("s", 7, "file-2")


def asked_of(place: APlace, profile: str, request: TrainingRequest) -> dict[str, Any]:
    """The body of the request for a job at a place of that profile."""
    client = open_client(load_profile(profile), place.base_url, KEY)
    client.create_job(request, "file-1", None, {"tonesmith_job": "x"})
    client.close()
    (asked,) = place.asked(f"POST {JOBS}")
    return asked


def test_azure_is_told_where_to_train(place: APlace) -> None:
    """And nothing of our metadata, of which nobody says that it is taken there."""
    asked = asked_of(place, "azure", TrainingRequest("gpt-4.1-mini", suffix="voice"))
    assert asked == {
        "model": "gpt-4.1-mini-2025-04-14",
        "training_file": "file-1",
        "suffix": "voice",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {}}},
        "trainingType": "GlobalStandard",
    }


@pytest.mark.parametrize("rate", [None, 2e-5])
def test_nebius_is_always_told_to_train_an_addition(place: APlace, rate: float | None) -> None:
    """Left out, it would train the whole model; its learning rate is itself, never a factor."""
    model = "meta-llama/Llama-3.1-8B-Instruct"
    asked = asked_of(place, "nebius", TrainingRequest(model, learning_rate=rate))
    given = asked["method"]["supervised"]["hyperparameters"]
    assert given == {"lora": True, **({"learning_rate": rate} if rate else {})}
    assert asked["model"] == model
    assert "metadata" not in asked


@pytest.mark.parametrize("profile", ["azure", "nebius"])
def test_without_metadata_a_job_is_found_by_its_file(place: APlace, profile: str) -> None:
    """It was uploaded for one job only; another's file is another's."""
    for number in (1, 2, 3):
        place.add_job(training_file=f"file-{number}")
    client = open_client(load_profile(profile), place.base_url, KEY)
    found = client.find_jobs({"tonesmith_job": "x"}, "file-2")
    client.close()
    assert [job.id for job in found] == ["ftjob-2"]


# Uploading


@pytest.mark.parametrize(("profile", "mark"), [("azure", BOM_UTF8), ("openai", b"")])
@pytest.mark.parametrize("is_kept", [True, False], ids=["a file", "bytes"])
def test_a_byte_order_mark_goes_where_it_is_asked_for(
    place: APlace, tmp_path: Path, profile: str, mark: bytes, is_kept: bool
) -> None:
    """In front of the same bytes, and only on the way: what we keep has none."""
    data = '{"messages": []}\n{"问": "天气"}\n'.encode() * 50_000
    kept = tmp_path / "training.jsonl"
    kept.write_bytes(data)
    client = open_client(load_profile(profile), place.base_url, KEY)
    file_id = client.upload_file(kept if is_kept else data, "training.jsonl")
    client.close()
    assert place.files[file_id] == mark + data
    assert kept.read_bytes() == data


def test_a_refusal_to_start_explains_the_closing(place: APlace, client: ProviderClient) -> None:
    """OpenAI's 403 on create comes with the dates of its profile and its own words."""
    place.fault(f"POST {JOBS}", (403, BODY))
    with pytest.raises(PermissionRefused) as raised:
        client.create_job(REQUEST, "file-1", None, {})
    assert raised.value.code == "training_closing"
    assert raised.value.params["new_jobs"] == "2027-01-06"
    for language in LANGUAGES:
        sentence = say(language, "error.training_closing", **raised.value.params)
        assert "2026-05-07" in sentence
        assert "Because." in sentence


def test_a_place_that_is_not_closing_says_plainly_no(place: APlace) -> None:
    """Where the profile has no closing dates, a 403 is an ordinary one."""
    open_place = replace(load_profile("openai"), closings=())
    client = open_client(open_place, place.base_url, KEY)
    place.fault(f"POST {JOBS}", (403, BODY))
    with pytest.raises(PermissionRefused) as raised:
        client.create_job(REQUEST, "file-1", None, {})
    client.close()
    assert raised.value.code == "permission_refused"


# Reading


def test_jobs_are_found_by_our_metadata(place: APlace, client: ProviderClient) -> None:
    """The filter travels, and a place that ignores it does not fool us."""
    for number in range(150):
        place.add_job(metadata={"tonesmith_job": f"job-{number}"})
    for ignores in (False, True):
        place.ignores_metadata_filter = ignores
        found = client.find_jobs({"tonesmith_job": "job-3"})
        assert [job.id for job in found] == ["ftjob-4"]
        assert "metadata%5Btonesmith_job%5D=job-3" in place.requests[-1][1]


def test_a_list_of_jobs_goes_on_after_a_cursor(place: APlace, client: ProviderClient) -> None:
    """Newest first, ten at a time, and more on demand."""
    for _ in range(13):
        place.add_job()
    first, more = client.list_jobs()
    rest, no_more = client.list_jobs(after=first[-1].id)
    assert [job.id for job in first[:2]] == ["ftjob-13", "ftjob-12"]
    assert (len(first), more, len(rest), no_more) == (10, True, 3, False)


def test_events_come_whole_and_oldest_first(place: APlace, client: ProviderClient) -> None:
    """All pages are read; known events end the reading early."""
    job = place.add_job()["id"]
    for number in range(250):
        place.add_event(job, f"event {number}")
    events = client.load_events(job)
    assert [event.message for event in events] == [f"event {number}" for number in range(250)]
    asked = len(place.requests)
    known = {event.id for event in events[:-1]}
    assert client.load_events(job, known) == events[-1:]
    assert len(place.requests) == asked + 1


def test_events_that_come_oldest_first_are_read_to_the_newest(
    place: APlace, client: ProviderClient
) -> None:
    """Some servers list so: then what is known says nothing of what follows."""
    job = place.add_job()["id"]
    place.lists_oldest_first = True
    for number in range(250):
        place.add_event(job, f"event {number}", created_at=1_790_000_000 + number // 2)
    events = client.load_events(job)
    assert [event.message for event in events] == [f"event {number}" for number in range(250)]
    known = {event.id for event in events[:120]}
    assert client.load_events(job, known) == events[120:]


def test_a_list_without_an_end_is_left(place: APlace, client: ProviderClient) -> None:
    """A place that gives the same page for ever is not asked for ever."""
    page = {"data": [{"id": "e1", "created_at": 1, "message": "again"}], "has_more": True}
    place.fault(f"GET {JOBS}/j/events", *[(200, page)] * 5)
    assert [event.message for event in client.load_events("j")] == ["again"]
    assert len(place.requests) == 2


def test_a_job_of_nulls_can_be_read(place: APlace, client: ProviderClient) -> None:
    """Only the id must be there; an unknown status stays what it is."""
    place.fault(
        f"GET {JOBS}/j",
        {
            "id": "j",
            "status": "dreaming",
            "created_at": 1e300,
            "finished_at": None,
            "trained_tokens": "many",
            "result_files": None,
            "error": [],
            "method": {"type": None},
            "hyperparameters": {"n_epochs": "auto", "batch_size": None},
            "metadata": {"a": 1},
        },
    )
    job = client.load_job("j")
    assert (job.id, job.status, job.created_at, job.trained_tokens) == ("j", "dreaming", None, None)
    assert (job.hyperparameters, job.metadata) == ({"n_epochs": "auto"}, {})


def test_a_curve_comes_with_checkpoints(place: APlace, client: ProviderClient) -> None:
    """By their own number of steps; one without figures has no point, and nulls are no figures."""
    job = place.add_job()["id"]
    figures = {"step": 99, "train_loss": 3.4, "valid_loss": 3.3, "full_valid_loss": None}
    place.checkpoints[job] = [
        {"id": "c1", "step_number": 10, "created_at": 1, "metrics": figures},
        {"id": "c2", "step_number": 20, "created_at": 2, "metrics": {"train_loss": 3.1}},
        {"id": "c3", "step_number": 30, "created_at": 3, "metrics": None},
    ]
    assert client.load_checkpoint_metrics(job) == [
        Metric(10, train_loss=3.4, valid_loss=3.3), Metric(20, train_loss=3.1), Metric(30)
    ]  # fmt: skip


def test_models_say_when_they_end(place: APlace, client: ProviderClient) -> None:
    """The day a model is shut down is read where it is told."""
    place.models = [
        {"id": "a/b", "created": 5, "shutdown_date": "2026-10-23"},
        {"id": "c", "shutdown_date": None},
    ]
    ended, lasting = client.list_models()
    assert str(ended.shutdown_on) == "2026-10-23"
    assert lasting.shutdown_on is None


def test_a_model_name_with_a_slash_reaches_its_route(place: APlace, client: ProviderClient) -> None:
    """`local/tiny-scratch` and `ft:a/b:c` are one part of the path."""
    client.delete_model("ft:local/tiny:x:1")
    assert place.requests[-1][1] == "/v1/models/ft:local%2Ftiny:x:1"


def test_a_base_on_its_way_says_how_far_it_is(place: APlace, client: ProviderClient) -> None:
    """Our trainer describes a base's weights; whatever is not on its way has no progress."""
    about = {"state": "fetching", "done_bytes": 5, "total_bytes": 9}
    answers = [{"id": "m", "base": {"weights": told}} for told in (about, {"state": "ready"}, None)]
    for answer in answers:
        place.fault("GET /v1/models/local%2Fx", answer)
    assert [client.load_fetch("local/x") for _ in answers] == [Fetch(5, 9), None, None]


# Talking


def test_a_chat_brings_the_answer_and_what_it_took(place: APlace, client: ProviderClient) -> None:
    """Text, tokens and why it ended; None is left to the provider."""
    place.fault(
        "POST /v1/chat/completions",
        {
            "choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 2},
        },
    )
    messages = [{"role": "user", "content": "hi"}]
    assert client.chat("m", messages, 0.0) == ChatReply("Hello", 5, 2, "stop")
    sent = place.asked("POST /v1/chat/completions")
    assert sent == [{"model": "m", "messages": messages, "temperature": 0.0}]


def a_stream(*pieces: str, end: str = "stop") -> bytes:
    """Server-sent events as a chat streams them."""
    chunks: list[dict[str, Any]] = [{"choices": [{"delta": {"content": p}}]} for p in pieces]
    chunks += [{"choices": [{"delta": {}, "finish_reason": end}]}] if end else []
    chunks += [{"choices": [], "usage": {"total_tokens": 3}}]
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return ("".join(lines) + ("data: [DONE]\n\n" if end else "")).encode()


def test_a_streamed_answer_comes_in_pieces(place: APlace, client: ProviderClient) -> None:
    """Each piece of text as it was sent, nothing for the chunks without any."""
    place.fault("POST /v1/chat/completions", (200, a_stream("今天", "下雨", "☔")))
    assert list(client.stream_chat("m", [])) == ["今天", "下雨", "☔"]


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (a_stream("a", end=""), "answer_cut_short"),
        (b"data: {nonsense\n\n", "unreadable_answer"),
        (b"data: 5\n\n", "unreadable_answer"),
        (b'data: {"error": {"message": "out of memory"}}\n\n', "provider_failed"),
    ],
)
def test_a_stream_that_breaks_says_so(
    place: APlace, client: ProviderClient, stream: bytes, code: str
) -> None:
    """A stream that ends early, makes no sense or brings an error raises one of ours."""
    place.fault("POST /v1/chat/completions", (200, stream))
    with pytest.raises(Unavailable) as raised:
        list(client.stream_chat("m", []))
    assert raised.value.code == code


def test_tokens_are_counted_by_the_trainer(place: APlace, client: ProviderClient) -> None:
    """The trainer's own route, beside those of OpenAI, gives one number a text."""
    place.fault("POST /v1/tokenize", {"counts": [1, 2]})
    assert client.count_tokens("m", ["a", "b c"]) == [1, 2]
    assert place.asked("POST /v1/tokenize") == [{"model": "m", "input": ["a", "b c"]}]


# Keys, headers, proxies, addresses


def test_the_key_is_nowhere_but_in_its_header(
    place: APlace, client: ProviderClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a repr, a log at its most talkative, an exception or its traceback."""
    caplog.set_level(logging.DEBUG)
    said = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}
    place.fault("GET /v1/models", (401, said), RESET)
    seen = [repr(client)]
    for _ in range(2):
        with pytest.raises(ProviderError) as raised:
            client.list_models()
        seen += [repr(raised.value), *traceback.format_exception(raised.value)]
    client.upload_file(b"x", "a.jsonl")
    assert place.requests[0][2]["authorization"] == f"Bearer {KEY}"
    assert KEY not in "".join(seen) + caplog.text


def test_what_the_environment_keeps_for_openai_stays_there(
    place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Organisation, project, custom headers and another key do not travel to other places."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other-secret")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gate: gate-secret\nAuthorization: my-secret")
    client = open_client(load_profile("this_computer"), place.base_url, KEY)
    client.list_models()
    client.create_job(REQUEST, "f", None, {})
    client.close()
    headers = [headers for _, _, headers, _ in place.requests]
    assert "secret" not in str(headers)
    assert [h["authorization"] for h in headers] == [f"Bearer {KEY}"] * 2


def test_a_proxy_never_stands_before_this_computer(
    place: APlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proxies of the environment, even unusable ones, do not disturb 127.0.0.1."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    client = open_client(load_profile("this_computer"), place.base_url, KEY)
    client.list_models()
    client.close()


def test_a_proxy_that_cannot_be_used_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A SOCKS proxy without its package is no ImportError to a person."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(Unavailable) as raised:
        open_client(load_profile("openai"), "https://api.openai.com/v1", KEY)
    assert raised.value.code == "bad_proxy"


@pytest.mark.parametrize(
    "url", ["", "localhost:8000/v1", "ftp://a/v1", "https://", "http://[::1/v1", "http://a:port"]
)
def test_an_address_that_is_none_is_named(url: str) -> None:
    """What cannot be an address is bad input, before anything travels."""
    with pytest.raises(BadInput) as raised:
        open_client(load_profile("openai"), url, KEY)
    assert raised.value.code == "bad_base_url"
