"""The one place where what Together's SDK raises becomes what we say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import together

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)
from core.providers import errors_map
from core.providers.errors_map import MESSAGE_LENGTH, wait_told
from core.providers.keys import mask_keys
from core.providers.together_place.transport import InnerAddress

# From the particular to the general: an error is what the nearest of its classes says.
MEANINGS: dict[type[BaseException], tuple[type[ProviderError], str]] = {
    together.APIStatusError: (Rejected, "request_refused"),  # or what `BY_STATUS` says
    together.APITimeoutError: (Unavailable, "no_answer_in_time"),
    together.APIConnectionError: (Unavailable, "connection_lost"),
    together.APIResponseValidationError: (Unavailable, "unreadable_answer"),
    together.FileTypeError: (Rejected, "request_refused"),
    together.TogetherError: (Unavailable, "provider_failed"),
    httpx.TimeoutException: (Unavailable, "no_answer_in_time"),
    httpx.HTTPError: (Unavailable, "connection_lost"),
    httpx.StreamError: (Unavailable, "connection_lost"),
    httpx.InvalidURL: (Unavailable, "cannot_connect"),
    RecursionError: (Unavailable, "unreadable_answer"),  # JSON nested without end
}

# What the SDK stumbles over inside itself when an answer is not what it expects.
STUMBLES = (AssertionError, AttributeError, KeyError, TypeError, ValueError)
MEANINGS |= dict.fromkeys(STUMBLES, (Unavailable, "unreadable_answer"))

# The status says it all: for uploads the SDK raises the same class whatever it was.
BY_STATUS: dict[int, tuple[type[ProviderError], str]] = {
    **errors_map.BY_STATUS,
    401: (AuthenticationFailed, "key_refused"),
    402: (RateLimited, "no_credit"),
    403: (PermissionRefused, "permission_refused"),
    404: (Rejected, "not_found_there"),
    429: (RateLimited, "rate_limited"),
}

# The request never left, so nothing can have happened there.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)


@contextmanager
def translated(key: str = "") -> Iterator[None]:
    """Whatever the SDK raises inside leaves as one of ours, without the key and its chain."""
    try:
        yield
    except tuple(MEANINGS) as error:
        raise translate(error, key) from None  # the chain may quote the key


def translate(error: BaseException, key: str = "") -> ProviderError:
    """What an error of the SDK or below it means; `message` is Together's own, masked."""
    kind, code = next(MEANINGS[c] for c in type(error).__mro__ if c in MEANINGS)
    kind, code = _refined(error, kind, code)
    facts: dict[str, str | float] = {"message": mask_keys(_message(error), key)[:MESSAGE_LENGTH]}
    if isinstance(error, together.APIStatusError):
        facts |= wait_told(error.response.headers)
    return kind(code, **facts)


def _refined(
    error: BaseException, kind: type[ProviderError], code: str
) -> tuple[type[ProviderError], str]:
    """What the class alone does not tell."""
    if any(isinstance(e, InnerAddress) for e in (error, error.__cause__)):
        return Rejected, "address_refused"
    if any(isinstance(e, NEVER_SENT) for e in (error, error.__cause__)):
        return Unavailable, "cannot_connect"
    if isinstance(error, together.APIStatusError):
        return _by_status(error.status_code)
    return kind, code


def _by_status(status: int) -> tuple[type[ProviderError], str]:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return Unavailable, "provider_failed"
    if status < 400:  # an upload that was sent on to nowhere
        return Unavailable, "unreadable_answer"
    return MEANINGS[together.APIStatusError]


def _message(error: BaseException) -> str:
    """Its own sentence, else the HTTP status, else the kind of error."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None  # a page is no sentence
    told = inner.get("message") if isinstance(inner, dict) else inner
    if isinstance(told, str) and told.strip():
        return told.strip()
    if isinstance(error, together.APIStatusError):
        return f"HTTP {error.status_code}"
    return type(error.__cause__ or error).__name__
