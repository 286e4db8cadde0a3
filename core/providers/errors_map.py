"""The one place where what the SDK raises becomes what we say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai
from openai import _exceptions as sdk  # some of its classes are exported nowhere else

from core.errors import (
    AuthenticationFailed,
    PermissionRefused,
    ProviderError,
    RateLimited,
    Rejected,
    Unavailable,
)
from core.metrics import number_of
from core.providers.keys import mask_keys
from core.providers.transport import InnerAddress

MESSAGE_LENGTH = 500

# From the particular to the general: an error is what the nearest of its classes says.
MEANINGS: dict[type[BaseException], tuple[type[ProviderError], str]] = {
    openai.AuthenticationError: (AuthenticationFailed, "key_refused"),
    sdk.SubjectTokenProviderError: (AuthenticationFailed, "key_refused"),
    openai.PermissionDeniedError: (PermissionRefused, "permission_refused"),
    openai.RateLimitError: (RateLimited, "rate_limited"),
    openai.NotFoundError: (Rejected, "not_found_there"),
    openai.APIStatusError: (Rejected, "request_refused"),
    openai.ContentFilterFinishReasonError: (Rejected, "request_refused"),
    openai.LengthFinishReasonError: (Rejected, "request_refused"),
    openai.InternalServerError: (Unavailable, "provider_failed"),
    openai.APITimeoutError: (Unavailable, "no_answer_in_time"),
    openai.APIConnectionError: (Unavailable, "connection_lost"),
    openai.APIResponseValidationError: (Unavailable, "unreadable_answer"),
    openai.InvalidWebhookSignatureError: (Unavailable, "unreadable_answer"),
    openai.OpenAIError: (Unavailable, "provider_failed"),
    httpx2.TimeoutException: (Unavailable, "no_answer_in_time"),
    httpx2.HTTPError: (Unavailable, "connection_lost"),
    httpx2.StreamError: (Unavailable, "connection_lost"),
    httpx2.InvalidURL: (Unavailable, "cannot_connect"),
    ValueError: (Unavailable, "unreadable_answer"),  # JSON, Unicode and pydantic's errors
    RecursionError: (Unavailable, "unreadable_answer"),  # JSON nested without end
}

# Where the provider's own code says more than the class.
BY_CODE: dict[str, tuple[type[ProviderError], str]] = {
    "insufficient_quota": (RateLimited, "no_credit"),  # OpenAI's; a 429 like being too fast
    "base_has_no_weights": (Rejected, "base_has_no_weights"),  # our trainer's
    "no_vocabulary_yet": (Rejected, "no_vocabulary_yet"),  # our trainer's
    "vocabulary_not_fetched": (Rejected, "vocabulary_not_fetched"),  # our trainer's
    "base_is_being_fetched": (Unavailable, "base_is_being_fetched"),  # our trainer's
    "base_download_failed": (Unavailable, "base_download_failed"),  # our trainer's
    "base_disk_full": (Unavailable, "base_disk_full"),  # our trainer's
}

# Where the number says more than the class.
BY_STATUS: dict[int, tuple[type[ProviderError], str]] = {
    405: (Rejected, "not_found_there"),  # a server that has no such thing may say it so
    408: (Unavailable, "no_answer_in_time"),
    410: (Rejected, "not_found_there"),
    413: (Rejected, "upload_too_large"),
    501: (Rejected, "not_found_there"),
}

# The request never left, so nothing can have happened there.
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol)


@contextmanager
def translated(key: str = "") -> Iterator[None]:
    """Whatever the SDK raises inside leaves as one of ours, without the key and its chain."""
    try:
        yield
    except tuple(MEANINGS) as error:
        raise translate(error, key) from None  # the chain may quote the key


def translate(error: BaseException, key: str = "") -> ProviderError:
    """What an error of the SDK or below it means; `message` is the provider's own, masked."""
    kind, code = next(MEANINGS[c] for c in type(error).__mro__ if c in MEANINGS)
    kind, code = _refined(error, kind, code)
    facts: dict[str, str | float] = {"message": mask_keys(_message(error), key)[:MESSAGE_LENGTH]}
    if isinstance(error, openai.APIStatusError):
        facts |= wait_told(error.response.headers)
    return kind(code, **facts)


def wait_told(headers: Mapping[str, str]) -> dict[str, float]:
    """`retry_after`, the seconds to wait before asking again, where an answer's headers say so.

    Units as in RFC 9110, 10.2.3: seconds, or the date when to come back; OpenAI has one in
    milliseconds as well.
    """
    milliseconds = number_of(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return {"retry_after": max(0.0, milliseconds / 1_000)}
    told = headers.get("retry-after", "")
    seconds = number_of(told)
    if seconds is None:
        seconds = _seconds_until(told)
    return {} if seconds is None else {"retry_after": max(0.0, seconds)}


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _refined(
    error: BaseException, kind: type[ProviderError], code: str
) -> tuple[type[ProviderError], str]:
    """What the class alone does not tell."""
    if isinstance(error, InnerAddress) or isinstance(error.__cause__, InnerAddress):
        return Rejected, "address_refused"
    if isinstance(error.__cause__, NEVER_SENT):
        return Unavailable, "cannot_connect"
    if isinstance(error, openai.APIStatusError) and error.code in BY_CODE:
        return BY_CODE[error.code]
    if isinstance(error, openai.APIStatusError):
        return BY_STATUS.get(error.status_code, (kind, code))
    return kind, code


def _message(error: BaseException) -> str:
    """The provider's own sentence, else the HTTP status, else the kind of error."""
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else None
    if isinstance(told, str) and told.strip():
        return told.strip()
    if isinstance(error, openai.APIStatusError):
        return f"HTTP {error.status_code}"
    if isinstance(error, openai.APIError) and error.body is not None:
        return error.message
    return type(error.__cause__ or error).__name__
