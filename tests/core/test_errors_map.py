"""core/providers/errors_map.py: every error of the SDK is one of ours, with a sentence."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import openai
import pydantic
import pytest
from openai import _exceptions

from core.errors import ProviderError, Unavailable
from core.providers.errors_map import BY_CODE, MEANINGS, translate, translated, wait_told
from core.words import LANGUAGES, has_words, say

CORE = Path(__file__).resolve().parents[2] / "core"
REQUEST = httpx2.Request("POST", "https://example.com/v1/fine_tuning/jobs")
KINDS = {"AuthenticationFailed", "PermissionRefused", "RateLimited", "Unavailable", "Rejected"}


def sdk_errors() -> Iterator[type[Exception]]:
    """Every exception class the SDK defines, exported or not."""
    for module in (openai, _exceptions):
        for _, thing in inspect.getmembers(module, inspect.isclass):
            if issubclass(thing, Exception) and thing.__module__.startswith("openai"):
                yield thing


def an_error(kind: type[Exception], status: int = 400, message: str = "No.") -> Exception:
    """One of the SDK's errors, made the way the SDK makes it, with what a server said."""
    body = {"message": message, "code": None}
    response = httpx2.Response(status, request=REQUEST)
    if issubclass(kind, openai.OAuthError):
        return kind(response=response, body=body)
    if issubclass(kind, openai.APIStatusError):
        return kind(message, response=response, body=body)
    if issubclass(kind, openai.APIResponseValidationError):
        return kind(response, body)
    if issubclass(kind, openai.APIConnectionError):
        return kind(request=REQUEST)
    if issubclass(kind, openai.APIError):
        return kind(message, REQUEST, body=body)
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    return error


def test_the_sdk_has_the_errors_we_think_of() -> None:
    """The walk over the SDK's classes finds them, so that the next test cannot pass on nothing."""
    names = {kind.__name__ for kind in sdk_errors()}
    assert {"RateLimitError", "APITimeoutError", "OAuthError", "WebSocketQueueFullError"} <= names


@pytest.mark.parametrize("kind", sorted(set(sdk_errors()), key=lambda kind: kind.__name__))
def test_every_error_of_the_sdk_is_one_of_ours(kind: type[Exception]) -> None:
    """Each class maps to exactly one leaf of our tree, whose code has words in both languages."""
    ours = translate(an_error(kind))
    assert type(ours).__name__ in KINDS
    for language in LANGUAGES:
        assert say(language, f"error.{ours.code}", **ours.params)


@pytest.mark.parametrize("code", sorted({code for _, code in MEANINGS.values()}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_meaning_has_a_sentence(code: str, language: str) -> None:
    """No code of the map is without words."""
    assert has_words(language, f"error.{code}")


def raised_codes() -> list[str]:
    """The codes that the sources of this part raise by name."""
    raising = re.compile(
        r'\b(?:Unavailable|BadInput|NotFound|AuthenticationFailed|Rejected)\(\s*"(\w+)"'
    )
    files = [CORE / "local_trainer.py", *(CORE / "training").glob("*.py")]
    files += (CORE / "providers").rglob("*.py")
    codes = {code for file in files for code in raising.findall(file.read_text("utf-8"))}
    return sorted(codes | {code for _, code in BY_CODE.values()})


@pytest.mark.parametrize("code", raised_codes())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_raised_by_name_has_a_sentence(code: str, language: str) -> None:
    """What is raised beside the map has words too."""
    assert has_words(language, f"error.{code}")


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (openai.BadRequestError, 400, ("Rejected", "request_refused")),
        (openai.AuthenticationError, 401, ("AuthenticationFailed", "key_refused")),
        (openai.PermissionDeniedError, 403, ("PermissionRefused", "permission_refused")),
        (openai.NotFoundError, 404, ("Rejected", "not_found_there")),
        (openai.APIStatusError, 408, ("Unavailable", "no_answer_in_time")),
        (openai.ConflictError, 409, ("Rejected", "request_refused")),
        (openai.APIStatusError, 413, ("Rejected", "upload_too_large")),
        (openai.RateLimitError, 429, ("RateLimited", "rate_limited")),
        (openai.InternalServerError, 503, ("Unavailable", "provider_failed")),
    ],
)
def test_a_status_means_what_it_says(
    kind: type[Exception], status: int, expected: tuple[str, str]
) -> None:
    """Each HTTP status leads to its kind and code."""
    ours = translate(an_error(kind, status))
    assert (type(ours).__name__, ours.code) == expected


def test_no_credit_is_told_apart_from_too_fast() -> None:
    """OpenAI answers both with 429; only its code says which."""
    body = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    response = httpx2.Response(429, request=REQUEST)
    error = openai.RateLimitError("…", response=response, body=body)
    assert translate(error).code == "no_credit"


@pytest.mark.parametrize(
    "raised",
    [
        httpx2.ReadTimeout("slow"),
        httpx2.ReadError("gone"),
        httpx2.RemoteProtocolError("nonsense"),
        httpx2.InvalidURL("no"),
        json.JSONDecodeError("no", "", 0),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
        RecursionError("deep"),
    ],
)
def test_what_lies_beneath_the_sdk_is_mapped_too(raised: Exception) -> None:
    """Transport and parsing errors that the SDK lets through are Unavailable."""
    with pytest.raises(Unavailable), translated():
        raise raised


def test_an_error_of_pydantic_is_mapped_too() -> None:
    """An answer of the wrong types is an unreadable answer."""
    with pytest.raises(Unavailable) as caught, translated():
        pydantic.TypeAdapter(int).validate_python("many")
    assert caught.value.code == "unreadable_answer"


def test_a_mistake_of_ours_is_not_hidden() -> None:
    """Only what the SDK and the network raise is mapped; a bug stays a bug."""
    with pytest.raises(AttributeError), translated():
        raise AttributeError("typo")


def test_the_message_is_the_providers_own_without_keys() -> None:
    """What the provider said is passed on, any key in it masked, and not endlessly."""
    key = "abcdef-0123456789"
    said = f"Key {key} or sk-live-123456 is wrong. " + "x" * 2000
    ours = translate(an_error(openai.BadRequestError, message=said), key)
    message = str(ours.params["message"])
    assert message.startswith("Key ••• or ••• is wrong. xxx")
    assert len(message) <= 500


def test_every_provider_error_leaf_can_be_reached() -> None:
    """The map leaves no leaf of our tree unused."""
    assert {kind.__name__ for kind, _ in MEANINGS.values()} == KINDS
    assert {kind.__name__ for kind in ProviderError.__subclasses__()} == KINDS


# How long to wait


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "60", "retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_what_a_provider_asks_us_to_wait_is_kept(headers: dict[str, str], seconds: float) -> None:
    """In seconds or as a date, which may have passed already; of any error, a 503 as well."""
    response = httpx2.Response(503, request=REQUEST, headers=headers)
    ours = translate(openai.InternalServerError("No.", response=response, body=None))
    assert ours.params["retry_after"] == seconds


def test_a_date_to_come_back_is_counted_from_now() -> None:
    """As servers behind a balancer write it."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < wait_told(httpx2.Headers({"Retry-After": date}))["retry_after"] <= 90


@pytest.mark.parametrize("told", ["", "soon", "nan", "inf", "Wed, 99 Foo 2026", "1" * 400])
def test_what_cannot_be_read_asks_for_nothing(told: str) -> None:
    """We wait as long as we would have waited."""
    assert wait_told(httpx2.Headers({"Retry-After": told})) == {}
