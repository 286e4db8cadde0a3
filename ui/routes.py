"""The two addresses of our own beside Streamlit's: a file streams in, a file streams out.

Streamlit's own upload and download hold every file in memory. Both of ours take a ticket that a
page of this server has issued, and nothing from a page of somebody else's.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.transit import MOST_BYTES, Transit, open_transit

GATHERED_BYTES = 1_000_000  # before a thread writes them to the disk
STUCK_SECONDS = 60  # without a single byte
# Said to be encoded as it is, so that Streamlit does not pack it anew for every download.
AS_IT_IS = {
    "Content-Encoding": "identity",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_served = False


class _TooLarge(Exception):
    """More bytes came than a file may have; never leaves this file."""


def create_routes() -> list[Route]:
    """The routes for `st.App`; from now on pages hand out their addresses."""
    global _served  # told once, by the server that has them
    _served = True
    return [
        Route(address_of("{ticket}"), receive_file, methods=["PUT"]),
        Route(address_of("{ticket}"), send_file, methods=["GET"]),
    ]


def are_served() -> bool:
    """Whether this server has the routes; `streamlit run streamlit_app.py` has not."""
    return _served


def open_own_transit() -> Transit:
    """The files on their way in and out of this server."""
    from core.storage import data_home  # not above: the server answers before all that is read

    return open_transit(data_home())


def address_of(ticket: str) -> str:
    """Where the file of a ticket goes to, or comes from."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}/files/{ticket}"


async def receive_file(request: Request) -> Response:
    """Take in one file as it comes; half a file is none. The answer to a refusal has its `code`."""
    ticket, transit = request.path_params["ticket"], open_own_transit()
    if not _is_from_here(request) or not transit.is_expected(ticket):
        return _refuse("refused", 403)
    if int(request.headers.get("content-length") or 0) > MOST_BYTES:
        return _refuse("too_large", 413)
    path = transit.new_path()
    try:
        await _write(_lively(request.stream()), path)
        if transit.take_in(ticket, path, request.query_params.get("name", "")):
            return JSONResponse({"ticket": ticket}, 201)
        return _refuse("refused", 409)
    except _TooLarge:
        refusal = _refuse("too_large", 413)
    except (ClientDisconnect, TimeoutError):
        refusal = _refuse("broken", 400)
    except OSError:
        refusal = _refuse("disk_full", 507)
    path.unlink(missing_ok=True)
    return refusal


async def send_file(request: Request) -> Response:
    """Hand out the file of a ticket, a piece at a time."""
    file = open_own_transit().find_out(request.path_params["ticket"])
    if file is None or not _is_from_here(request) or not file.path.exists():
        return _refuse("refused", 404)
    kind = "application/octet-stream"
    return FileResponse(file.path, filename=file.name, media_type=kind, headers=AS_IT_IS)


async def _lively(chunks: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """What comes, as long as something comes; else a stuck sender would keep us for ever."""
    while True:
        with anyio.fail_after(STUCK_SECONDS):
            chunk = await anext(chunks, None)
        if chunk is None:
            return
        yield chunk


async def _write(chunks: AsyncIterator[bytes], path: Path) -> None:
    """Write what comes to `path`, with never more than a little of it in memory."""
    gathered, size = bytearray(), 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                raise _TooLarge
            gathered += chunk
            if len(gathered) >= GATHERED_BYTES:
                await file.write(gathered)
                gathered = bytearray()
        await file.write(gathered)


def _is_from_here(request: Request) -> bool:
    """Whether a page of this server asks, or the person themselves; not another website.

    Browsers say so in a header that no page can write; where they do not (plain HTTP beyond this
    computer), where the page came from must be where it asks.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin" or (site == "none" and request.method == "GET")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _refuse(code: str, status: int) -> Response:
    return JSONResponse({"code": code}, status)
