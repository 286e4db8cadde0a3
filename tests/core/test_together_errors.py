"""core/providers/together_place/errors.py: each error of the package is one of ours, with words."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from a_together import DRIP, HANG, KEY, RESET, ATogether, a_together

together = pytest.importorskip("together", reason="the package `together` is not installed")

import httpx  # noqa: E402
from together import _exceptions  # noqa: E402

from core.errors import (  # noqa: E402
    AuthenticationFailed,
    BadInput,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)
from core.jobs import TrainingRequest  # noqa: E402
from core.providers.place import Place  # noqa: E402
from core.providers.profiles import load_profile  # noqa: E402
from core.providers.together_place import open_client  # noqa: E402
from core.providers.together_place.errors import (  # noqa: E402
    BY_STATUS,
    MEANINGS,
    translate,
)
from core.words import LANGUAGES, say  # noqa: E402

PROFILE = load_profile("together")
REQUEST = httpx.Request("POST", "https://api.together.ai/v1/fine-tunes")
HELLO = [{"role": "user", "content": "hi"}]
JOBS = "/v1/fine-tunes"
CALLS: dict[str, Callable[[Place], Any]] = {  # each method once, by the route it asks
    "POST /v1/files": lambda client: client.upload_file(b"{}\n", "a.jsonl"),
    "GET /v1/files": lambda client: client.look_at_files(),
    "GET /v1/files/f/content": lambda client: client.load_file("f"),
    f"POST {JOBS}": lambda client: client.create_job(TrainingRequest("m"), "file-1", None, {}),
    f"GET {JOBS}": lambda client: client.list_jobs(),
    f"GET {JOBS}/j": lambda client: client.load_job("j"),
    f"GET {JOBS}/j/events": lambda client: client.load_events("j"),
    f"GET {JOBS}/j/checkpoints": lambda client: client.load_checkpoints("j"),
    f"POST {JOBS}/j/cancel": lambda client: client.cancel_job("j"),
    "GET /v1/models": lambda client: client.list_models(),
    "POST /v1/chat/completions": lambda client: client.chat("m", HELLO),
}
BODY = {"error": {"message": f"Because {KEY}.", "type": "t", "code": None}}
MEANT: dict[Any, str] = {
    (400, b"<html>"): "request_refused",
    (401, b"{}"): "key_refused",
    (402, b"{}"): "no_credit",
    (403, b"{}"): "permission_refused",
    (404, b"{}"): "not_found_there",
    (413, b"{}"): "upload_too_large",
    (422, b"{}"): "request_refused",
    (429, b"{}"): "rate_limited",
    (500, b"{}"): "provider_failed",
    (503, b"busy"): "provider_failed",
    RESET: "connection_lost",
    HANG: "no_answer_in_time",
}
UNREADABLE = [b"[" * 100_000, b"\xff\xfe", b'"words"', b"null", b"{", b"[1]", b"{}"]


@pytest.fixture
def there() -> Iterator[ATogether]:
    """A Together, for one test."""
    with a_together() as there:
        yield there


@pytest.fixture
def client(there: ATogether) -> Iterator[Place]:
    """A client for it, which does not wait long."""
    client = open_client(PROFILE, there.base_url, KEY, timeout=0.3)
    yield client
    client.close()


def its_errors() -> Iterator[type[Exception]]:
    """Every exception class the package defines for its API, exported or not."""
    for module in (together, _exceptions):
        for _, thing in inspect.getmembers(module, inspect.isclass):
            if issubclass(thing, Exception) and thing.__module__.startswith("together"):
                yield thing


def an_error(kind: type[Exception]) -> Exception:
    """One of its errors, made the way the package makes it."""
    response = httpx.Response(400, request=REQUEST)
    if issubclass(kind, together.APIStatusError):
        return kind("No.", response=response, body=BODY)
    if issubclass(kind, together.APIResponseValidationError):
        return kind(response, BODY)
    if issubclass(kind, together.APIConnectionError):
        return kind(request=REQUEST)
    if issubclass(kind, together.APIError):
        return kind("No.", REQUEST, body=BODY)
    return kind("No.")


def test_the_package_has_the_errors_we_think_of() -> None:
    """The walk over its classes finds them, so that the next test cannot pass on nothing."""
    names = {kind.__name__ for kind in its_errors()}
    assert {"RateLimitError", "APITimeoutError", "FileTypeError", "ConflictError"} <= names


@pytest.mark.parametrize("kind", sorted(set(its_errors()), key=lambda kind: kind.__name__))
def test_every_error_of_the_package_is_one_of_ours(kind: type[Exception]) -> None:
    """Each class maps to exactly one leaf of our tree, whose code has words in both languages."""
    ours = translate(an_error(kind), KEY)
    assert type(ours) is not ProviderError and isinstance(ours, ProviderError)
    for language in LANGUAGES:
        assert KEY not in say(language, f"error.{ours.code}", **ours.params)


@pytest.mark.parametrize(
    "code", sorted({code for _, code in [*MEANINGS.values(), *BY_STATUS.values()]})
)
def test_every_meaning_has_a_sentence(code: str) -> None:
    """In both languages, whatever is told with it."""
    for language in LANGUAGES:
        assert say(language, f"error.{code}", message="Because.")


@pytest.mark.parametrize("route", CALLS)
@pytest.mark.parametrize("fault", MEANT, ids=str)
def test_what_goes_wrong_there_has_one_meaning(
    there: ATogether, client: Place, route: str, fault: Any
) -> None:
    """Whichever call it happens to: the same fault, the same code, and nothing asked twice."""
    there.fault(route, fault)
    with pytest.raises(ProviderError) as raised:
        CALLS[route](client)
    assert raised.value.code == MEANT[fault]
    assert len(there.requests) == 1


@pytest.mark.parametrize("route", CALLS)
@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:8]))
def test_an_answer_that_cannot_be_read_is_said_to_be(
    there: ATogether, client: Place, route: str, body: bytes
) -> None:
    """Nothing of the package or of Python gets out, whatever comes back with a 200."""
    there.fault(route, (200, body))
    if route == "GET /v1/files/f/content":
        assert client.load_file("f") == body  # bytes are bytes
        return
    if route == "GET /v1/models" and body == b"[1]":
        assert client.list_models() == []
        return
    with pytest.raises(Unavailable):
        CALLS[route](client)


@pytest.mark.parametrize("route", ["PUT /storage/file-1", "POST /v1/files/file-1/preprocess"])
@pytest.mark.parametrize("fault", [(500, b"{}"), (200, b"null"), (403, b"<xml>"), RESET, HANG])
def test_an_upload_can_break_at_any_step(
    there: ATogether, client: Place, route: str, fault: Any
) -> None:
    """An upload is three requests, and bytes that were taken but not kept come to light, too."""
    there.fault(route, fault)
    with pytest.raises(ProviderError):
        client.upload_file(b"{}\n", "a.jsonl")


@pytest.mark.parametrize("answer", [(302, b""), (409, b"{}"), (409, b"nothing"), (200, b"{}")])
def test_an_upload_that_is_sent_nowhere_is_a_fault_there(
    there: ATogether, client: Place, answer: Any
) -> None:
    """An answer without an address or an id is one of our errors, too."""
    there.fault("POST /v1/files", answer)
    with pytest.raises(ProviderError):
        client.upload_file(b"{}\n", "a.jsonl")


def test_nothing_that_is_raised_shows_the_key(there: ATogether, client: Place) -> None:
    """Neither its words nor the errors behind it, even where Together repeats the key."""
    there.fault(f"GET {JOBS}", (401, BODY))
    with pytest.raises(AuthenticationFailed) as raised:
        client.list_jobs()
    assert KEY not in "".join(traceback.format_exception(raised.value))
    assert "Because" in str(raised.value.params["message"])


def test_together_says_how_long_to_wait(there: ATogether, client: Place) -> None:
    """In seconds, for whoever asks again by itself."""
    there.fault(f"GET {JOBS}", (429, BODY, {"Retry-After": "7"}))
    with pytest.raises(RateLimited) as raised:
        client.list_jobs()
    assert raised.value.params["retry_after"] == 7


def test_an_answer_that_quotes_the_key_comes_without_it(there: ATogether, client: Place) -> None:
    """It would be kept in the database with the job's story."""
    there.add_job()
    there.add_event("ft-1", f"Started by {KEY}")
    assert KEY not in "".join(event.message for event in client.load_events("ft-1"))


def test_nobody_there_is_told_from_a_lost_connection() -> None:
    """What never left cannot have been done: a start may simply be tried again."""
    client = open_client(PROFILE, "http://127.0.0.1:9/v1", KEY, timeout=2)
    with pytest.raises(Unavailable) as raised:
        client.look_at_jobs()
    assert raised.value.code == "cannot_connect"
    client.close()


@pytest.mark.parametrize(
    ("url", "key", "code"),
    [
        ("http://169.254.169.254/v1", KEY, "address_refused"),
        ("file:///etc/passwd", KEY, "bad_base_url"),
        ("https://me:pw@api.together.ai/v1", KEY, "address_with_secret"),
        (PROFILE.base_url, "", "key_missing"),
        (PROFILE.base_url, "two words", "key_malformed"),
    ],
)
def test_a_bad_address_or_key_never_travels(url: str, key: str, code: str) -> None:
    """They are looked at before the package sees them."""
    with pytest.raises((BadInput, AuthenticationFailed)) as raised:
        open_client(PROFILE, url, key)
    assert raised.value.code == code


def test_an_answer_cannot_send_us_on_to_an_inner_address(there: ATogether, client: Place) -> None:
    """Every request is looked at once more, redirected ones as well."""
    there.fault(f"GET {JOBS}", (307, b"", {"Location": "http://169.254.169.254/latest"}))
    with pytest.raises(Rejected) as raised:
        client.list_jobs()
    assert raised.value.code == "address_refused"


def test_a_name_that_changes_its_meaning_is_noticed_in_time(
    there: ATogether, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that stood for something harmless when it was looked at: nothing travels to it."""
    inner = (ip_network("127.0.0.0/8"),)
    monkeypatch.setattr("core.providers.addresses.METADATA_NETWORKS", inner)
    client = open_client(PROFILE, there.base_url.replace("127.0.0.1", "localhost"), KEY)
    with pytest.raises(Rejected) as raised:
        client.look_at_jobs()
    assert (raised.value.code, there.requests) == ("address_refused", [])
    client.close()


def test_an_answer_that_drips_without_end_is_given_up(there: ATogether, client: Place) -> None:
    """Each of its pieces comes in time, and all of them never end."""
    there.fault(f"GET {JOBS}", DRIP)
    with pytest.raises(Unavailable) as raised:
        client.list_jobs()
    assert raised.value.code == "no_answer_in_time"


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment may ask for one that needs a package we do not have."""
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1:1")
    with pytest.raises(Unavailable) as raised:
        open_client(PROFILE, PROFILE.base_url, KEY)
    assert raised.value.code == "bad_proxy"
