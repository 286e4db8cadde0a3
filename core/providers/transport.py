"""How requests travel: to which address, with which key and headers, past which proxy."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai

from core.errors import BadInput, Unavailable
from core.providers.addresses import (
    check_base_url,
    check_host,
    is_loopback,
    is_proxied,
    resolve,
)
from core.providers.deadlines import read_within
from core.providers.keys import check_key

OPENAI_HOST = "api.openai.com"
CONNECT_SECONDS = 10.0
# Below uvicorn's 5 s, so that a poll never meets a connection the server is just closing.
KEEP_ALIVE_SECONDS = 3.0

T = TypeVar("T")


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
        http_client=open_http(
            httpx2, _Connections, InnerAddress, base_url, timeout,
            follow_redirects=not _is_plain(base_url),
        ),
    )  # fmt: skip


class InnerAddress(httpx2.RequestError):
    """A request was about to go to a cloud's inner address; an error that the SDK lets through."""


class _Connections(openai.DefaultHttpxClient):
    """Closes itself when nobody holds it any more: a page makes a client at each run."""

    def __del__(self) -> None:
        with suppress(Exception):  # half made, or at the end of the program
            self.close()


def open_http(
    web: Any,
    kind: Callable[..., T],
    refused: Callable[..., Exception],
    base_url: str,
    timeout: float,
    *,
    follow_redirects: bool = True,
) -> T:
    """Connections for one place; a proxy from the environment never stands before this computer.

    web: httpx, or its like; kind: the client that it or an SDK has; refused: what is raised, once
    made, where a request is about to go to a cloud's inner address.

    Raises:
        Unavailable: `bad_proxy`.
    """
    local = is_loopback(urlsplit(base_url).hostname or "")
    try:
        return kind(
            trust_env=not local,
            verify=not _is_plain(base_url),  # no certificates to read: 20 ms less
            follow_redirects=follow_redirects,
            timeout=web.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            event_hooks={
                "request": [partial(_check_request, refused)],
                "response": [read_within(timeout, web)],
            },
            limits=web.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS),
        )
    except (ImportError, ValueError, web.InvalidURL):  # socks without its package, a wrong URL
        raise Unavailable("bad_proxy") from None


def _is_plain(base_url: str) -> bool:
    return base_url.startswith("http://") and is_loopback(urlsplit(base_url).hostname or "")


def _check_request(refused: Callable[..., Exception], request: Any) -> None:
    """Also what a name resolves to, and where an answer sends us on to, as for an upload.

    Raises:
        refused: before anything has travelled.
    """
    scheme, host = request.url.scheme, request.url.host
    try:
        check_host(host, resolve(host, scheme))
    except BadInput:
        raise refused("an inner address", request=request) from None
    if not is_proxied(host, scheme):
        request.extensions = {**request.extensions, "trace": partial(_check_peer, refused)}


def _check_peer(refused: Callable[..., Exception], event: str, info: Mapping[str, Any]) -> None:
    """Who has answered in the end: a name may stand for something else a moment later.

    Raises:
        refused: connected, but nothing has travelled.
    """
    if event != "connection.connect_tcp.complete":
        return
    stream = info["return_value"]
    try:
        check_host(str(stream.get_extra_info("server_addr")[0]))
    except BadInput:
        stream.close()
        raise refused("an inner address") from None


def _headers_to_leave_out(base_url: str) -> dict[str, Any]:
    """Headers the SDK takes from the environment, which are meant for OpenAI only."""
    if urlsplit(base_url).hostname == OPENAI_HOST:
        return {}
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = {line.partition(":")[0].strip() for line in lines if ":" in line}
    names |= {"OpenAI-Organization", "OpenAI-Project"}
    return {name: openai.Omit() for name in names if name.lower() != "authorization"}
