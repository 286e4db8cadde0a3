"""How requests travel to Together: its package has an HTTP library of its own."""

from __future__ import annotations

import os
from contextlib import suppress

import httpx
from together import DefaultHttpxClient, Together

from core.providers.addresses import check_base_url
from core.providers.keys import check_key
from core.providers.transport import open_http

os.environ.setdefault("TOGETHER_DISABLE_TQDM", "true")  # no progress bar on the server's screen


class InnerAddress(httpx.RequestError):
    """A request was about to go to a cloud's inner address; an error that the SDK lets through."""


def open_sdk(base_url: str, key: str, timeout: float) -> Together:
    """The SDK for one address, without its habits that do harm; nothing travels yet.

    Raises:
        AuthenticationFailed: `key_missing`, `key_malformed`.
        BadInput: `bad_base_url`, `address_with_secret`, `address_refused`.
        Unavailable: `bad_proxy`.
    """
    check_key(key)
    base_url = check_base_url(base_url)
    return Together(
        api_key=key,
        base_url=base_url,
        max_retries=0,  # it repeats POSTs by itself, and a job is paid for each time
        default_headers={"Authorization": f"Bearer {key}"},  # before those of the environment
        http_client=open_http(httpx, _Connections, InnerAddress, base_url, timeout),
    )


class _Connections(DefaultHttpxClient):
    """Closes itself when nobody holds it any more: a page makes a client at each run."""

    def __del__(self) -> None:
        with suppress(Exception):  # half made, or at the end of the program
            self.close()
