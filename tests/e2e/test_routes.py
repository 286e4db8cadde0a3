"""ui/routes.py over real HTTP: a file streams in and out, for who has a ticket and is from here."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from the_app import PATIENCE, App, a_started_app

SERVED = ("-m", "streamlit", "run", "tests/e2e/served.py")
CHUNK = b"x" * 1_000_000
MEGABYTES = int(os.environ.get("MOST_MEGABYTES", "100"))  # the limit that served.py sets
CONTENT = b"0123456789" * 100_000  # what served.py offers


class Visitor:
    """Who asks the server over HTTP, with the tickets that its pages issued."""

    def __init__(self, app: App) -> None:
        self.app = app
        tickets = json.loads((app.home / "tickets.json").read_text())
        self.unused: list[str] = tickets["in"]
        self.offered: str = tickets["out"]

    def ask(
        self, method: str, ticket: str, body: Any = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of a request for a ticket's file; `_` in a header is `-`."""
        there = http.client.HTTPConnection("127.0.0.1", self.app.port, timeout=PATIENCE)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            there.request(method, f"/files/{ticket}?name=tea.csv", body, named)
            answer = there.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            there.close()

    def files(self) -> set[Path]:
        """Everything that lies on the server's disk on its way."""
        return {path for path in (self.app.home / "transit").glob("*/*") if path.name != "lock"}


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """One server for all tests here; each takes tickets of its own."""
    with a_started_app(tmp_path_factory.mktemp("home"), *SERVED) as app:
        yield Visitor(app)


@pytest.fixture
def ticket(visitor: Visitor) -> str:
    """One that no file came for yet."""
    return visitor.unused.pop()


def test_a_file_comes_in_once(visitor: Visitor, ticket: str) -> None:
    """As it is, for nobody else to read; its ticket opens nothing any more."""
    before = visitor.files()
    status, _, answer = visitor.ask("PUT", ticket, b"user,assistant\nHi,Hello\n")
    assert (status, json.loads(answer)) == (201, {"ticket": ticket})
    (path,) = visitor.files() - before
    assert path.read_bytes() == b"user,assistant\nHi,Hello\n"
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
    assert visitor.ask("PUT", ticket, b"more")[0] == 403
    assert visitor.ask("GET", ticket)[0] == 404
    assert visitor.files() - before == {path}


@pytest.mark.parametrize("wrong", ["x", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "a" * 5000])
def test_without_a_ticket_nothing_comes_in_or_goes_out(visitor: Visitor, wrong: str) -> None:
    """Not by guessing, and not by a path."""
    before = visitor.files()
    for method in ("PUT", "GET"):
        assert visitor.ask(method, wrong, b"abc" if method == "PUT" else None)[0] in (400, 403, 404)
    assert visitor.files() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_no_other_website_may(visitor: Visitor, ticket: str, headers: dict[str, str]) -> None:
    """Even if it had a ticket."""
    assert visitor.ask("PUT", ticket, b"abc", **headers)[0] == 403
    assert visitor.ask("GET", visitor.offered, **headers)[0] == 404
    status, given, _ = visitor.ask("OPTIONS", ticket, **headers)
    assert status == 405
    assert "access-control-allow-origin" not in given


def test_our_own_page_may(visitor: Visitor, ticket: str) -> None:
    """As a browser says it, on this computer and beyond."""
    assert visitor.ask("PUT", ticket, b"abc", Sec_Fetch_Site="same-origin")[0] == 201
    origin = f"http://127.0.0.1:{visitor.app.port}"
    assert visitor.ask("PUT", visitor.unused.pop(), b"abc", Origin=origin)[0] == 201
    assert visitor.ask("GET", visitor.offered, Sec_Fetch_Site="none")[0] == 200


def test_what_says_it_is_too_large_is_refused_unread(visitor: Visitor, ticket: str) -> None:
    """And its ticket is still good for a smaller one."""
    there = http.client.HTTPConnection("127.0.0.1", visitor.app.port, timeout=PATIENCE)
    there.putrequest("PUT", f"/files/{ticket}")
    there.putheader("Content-Length", str(MEGABYTES * len(CHUNK) + 1))
    there.endheaders(b"x")
    answer = there.getresponse()
    assert (answer.status, json.loads(answer.read())) == (413, {"code": "too_large"})
    there.close()
    assert visitor.ask("PUT", ticket, b"abc")[0] == 201


def test_half_a_file_is_none(visitor: Visitor, ticket: str) -> None:
    """Who goes away in the middle leaves nothing behind, and may try again."""
    before = visitor.files()
    with socket.create_connection(("127.0.0.1", visitor.app.port)) as there:
        there.sendall(
            f"PUT /files/{ticket} HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n".encode()
        )
        there.sendall(CHUNK * 3)
        until(lambda: bool(visitor.files() - before))
    until(lambda: visitor.files() == before)
    assert visitor.ask("PUT", ticket, b"abc")[0] == 201


def test_a_file_goes_out_as_it_is(visitor: Visitor) -> None:
    """Whole or from where a download broke, under its name, to be stored and not shown."""
    status, headers, body = visitor.ask("GET", visitor.offered, Accept_Encoding="gzip")
    assert (status, body) == (200, CONTENT)
    assert headers["content-length"] == str(len(CONTENT))
    assert headers["content-disposition"].startswith("attachment; filename*=utf-8''%E8%8C%B6")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    status, _, body = visitor.ask("GET", visitor.offered, Range="bytes=999990-")
    assert (status, body) == (206, b"0123456789")


def until(seen: Callable[[], bool]) -> None:
    """Return once it is seen; what never comes is missing."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def memory_of(app: App) -> int:
    """What its process takes up, in bytes."""
    told = Path(f"/proc/{app.pid}/status").read_text()
    return int(told.partition("VmRSS:")[2].split()[0]) * 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_memory_does_not_grow_with_the_file(visitor: Visitor, ticket: str) -> None:
    """By a fraction of it; `MOST_MEGABYTES=500` does the same with 300 MB."""
    visitor.ask("PUT", visitor.unused.pop(), CHUNK)  # what it takes once and for all
    before, seen = memory_of(visitor.app), []

    def chunks() -> Iterator[bytes]:
        for _ in range(MEGABYTES * 6 // 10):
            yield CHUNK
            seen.append(memory_of(visitor.app))

    length = str(MEGABYTES * 6 // 10 * len(CHUNK))
    assert visitor.ask("PUT", ticket, chunks(), Content_Length=length)[0] == 201
    assert max(seen) - before < 15_000_000


def test_what_comes_is_counted(visitor: Visitor, ticket: str) -> None:
    """Who does not say how much is coming cannot fill the disk either."""
    before = visitor.files()
    endless = (CHUNK for _ in range(MEGABYTES + 5))
    status, _, answer = visitor.ask("PUT", ticket, endless)
    assert (status, json.loads(answer)) == (413, {"code": "too_large"})
    assert visitor.files() == before
