"""The one place where what the SDK raises becomes what we say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    return kind(code, message=mask_keys(_message(error), key)[:MESSAGE_LENGTH])


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
    if isinstance(error, openai.APIStatusError) and error.status_code == 408:
        return Unavailable, "no_answer_in_time"
    if isinstance(error, openai.APIStatusError) and error.status_code == 413:
        return Rejected, "upload_too_large"
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
