"""How requests travel: to which address, with which key and headers, past which proxy."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from core.errors import BadInput, Unavailable
from core.providers.addresses import check_base_url, check_host, is_loopback, resolve
from core.providers.keys import check_key

OPENAI_HOST = "api.openai.com"
CONNECT_SECONDS = 10.0
# Below uvicorn's 5 s, so that a poll never meets a connection the server is just closing.
KEEP_ALIVE_SECONDS = 3.0


def open_sdk(base_url: str, key: str, timeout: float) -> openai.OpenAI:
    """The SDK for one address, without its habits that do harm; nothing travels yet.

    Raises:
        AuthenticationFailed: `key_missing`, `key_malformed`.
        BadInput: `bad_base_url`, `address_with_secret`, `address_refused`.
        Unavailable: `bad_proxy`.
    """
    check_key(key)
    base_url = check_base_url(base_url)
    return openai.OpenAI(
        api_key=key,
        base_url=base_url,
        # The SDK repeats POSTs by itself: a timeout on create has made three jobs.
        max_retries=0,
        default_headers={**_headers_to_leave_out(base_url), "Authorization": f"Bearer {key}"},
        http_client=_http_client(base_url, timeout),
    )


class InnerAddress(httpx2.RequestError):
    """A request was about to go to a cloud's inner address; an error that the SDK lets through."""


class _Connections(openai.DefaultHttpxClient):
    """Closes itself when nobody holds it any more: a page makes a client at each run."""

    def __del__(self) -> None:
        with suppress(Exception):  # half made, or at the end of the program
            self.close()


def _http_client(base_url: str, timeout: float) -> httpx2.Client:
    """Connections for one place; a proxy from the environment never stands before this computer."""
    local = is_loopback(urlsplit(base_url).hostname or "")
    plain = local and base_url.startswith("http://")  # no certificates to read: 20 ms less
    try:
        return _Connections(
            trust_env=not local,
            verify=not plain,
            follow_redirects=not plain,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            event_hooks={"request": [_check_request]},
            limits=httpx2.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS),
        )
    except (ImportError, ValueError, httpx2.InvalidURL):  # socks without its package, a wrong URL
        raise Unavailable("bad_proxy") from None


def _check_request(request: httpx2.Request) -> None:
    """Also what a name resolves to, and where an answer sends us on to.

    Raises:
        InnerAddress: before anything has travelled.
    """
    try:
        check_host(request.url.host, resolve(request.url.host))
    except BadInput:
        raise InnerAddress("an inner address", request=request) from None


def _headers_to_leave_out(base_url: str) -> dict[str, Any]:
    """Headers the SDK takes from the environment, which are meant for OpenAI only."""
    if urlsplit(base_url).hostname == OPENAI_HOST:
        return {}
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = {line.partition(":")[0].strip() for line in lines if ":" in line}
    names |= {"OpenAI-Organization", "OpenAI-Project"}
    return {name: openai.Omit() for name in names if name.lower() != "authorization"}
