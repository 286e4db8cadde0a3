"""How requests travel: to which address, with which key and headers, past which proxy."""

from __future__ import annotations

import os
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from core.errors import BadInput, Unavailable
from core.providers.keys import check_key

OPENAI_HOST = "api.openai.com"
CONNECT_SECONDS = 10.0
# Below uvicorn's 5 s, so that a poll never meets a connection the server is just closing.
KEEP_ALIVE_SECONDS = 3.0


def open_sdk(base_url: str, key: str, timeout: float) -> openai.OpenAI:
    """The SDK for one address, without its habits that do harm; nothing travels yet.

    Raises:
        AuthenticationFailed: `key_missing`, `key_malformed`.
        BadInput: `bad_base_url`.
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


def check_base_url(base_url: str) -> str:
    """The address without spaces around it.

    Raises:
        BadInput: `bad_base_url`, when it is not `http(s)://host…`.
    """
    base_url = base_url.strip()
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket left open
        usable = False
    if not usable:
        raise BadInput("bad_base_url", url=base_url)
    return base_url


class _Connections(openai.DefaultHttpxClient):
    """Closes itself when nobody holds it any more: a page makes a client at each run."""

    def __del__(self) -> None:
        with suppress(Exception):  # half made, or at the end of the program
            self.close()


def _http_client(base_url: str, timeout: float) -> httpx2.Client:
    """Connections for one place; a proxy from the environment never stands before this computer."""
    local = _is_loopback(base_url)
    plain = local and base_url.startswith("http://")  # no certificates to read: 20 ms less
    try:
        return _Connections(
            trust_env=not local,
            verify=not plain,
            follow_redirects=not plain,
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
            limits=httpx2.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS),
        )
    except (ImportError, ValueError, httpx2.InvalidURL):  # socks without its package, a wrong URL
        raise Unavailable("bad_proxy") from None


def _is_loopback(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _headers_to_leave_out(base_url: str) -> dict[str, Any]:
    """Headers the SDK takes from the environment, which are meant for OpenAI only."""
    if urlsplit(base_url).hostname == OPENAI_HOST:
        return {}
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    names = {line.partition(":")[0].strip() for line in lines if ":" in line}
    names |= {"OpenAI-Organization", "OpenAI-Project"}
    return {name: openai.Omit() for name in names if name.lower() != "authorization"}
