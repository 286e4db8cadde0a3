"""A proxy that stands before a place to train and lets answers go wrong, over real HTTP."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}
PIECES = 20  # that a dripping answer comes in


@dataclass(frozen=True)
class Answer:
    """What goes back: whole, only `half` of it, in slow `drip`s (seconds each), or not at all."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: str = "whole"
    seconds: float = 0.0


@dataclass(frozen=True)
class Fault:
    """What becomes of an answer; where it does not `arrive`, the place never hears the request."""

    change: Callable[[Answer], Answer]
    arrives: bool = True


def refused(status: int, body: Any = None, **headers: str) -> Fault:
    """Another answer instead; of a header's name, `_` stands for `-`."""
    told = {"error": {"message": f"Fault {status}.", "code": None}} if body is None else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = Answer(
        status, {"Content-Type": "application/json", **named}, json.dumps(told).encode()
    )
    return Fault(lambda _: answer, arrives=False)


def reset(*, arrives: bool = False) -> Fault:
    """The connection is torn down, before or after the place has done what was asked."""
    return Fault(lambda answer: Answer(sent="reset"), arrives)


def half() -> Fault:
    """The answer breaks off in the middle."""
    return Fault(lambda answer: _changed(answer, sent="half"))


def drip(seconds: float) -> Fault:
    """The answer comes in small pieces, each after so many seconds."""
    return Fault(lambda answer: _changed(answer, sent="drip", seconds=seconds))


def said(body: bytes) -> Fault:
    """These bytes instead of the answer's."""
    return Fault(lambda answer: _changed(answer, body=body))


def told(change: Callable[[Any], Any]) -> Fault:
    """The answer's JSON, changed."""
    return Fault(
        lambda answer: _changed(answer, body=json.dumps(change(json.loads(answer.body))).encode())
    )


def _changed(answer: Answer, **values: Any) -> Answer:
    return Answer(**{**vars(answer), **values})


@dataclass
class FaultProxy:
    """What it was asked, and what is to go wrong, by "METHOD /path"; "" stands for any."""

    target: str
    base_url: str = ""
    asked: list[str] = field(default_factory=list)
    faults: dict[str, list[Fault | None]] = field(default_factory=dict)
    always: dict[str, Fault] = field(default_factory=dict)

    def fault(self, route: str, *faults: Fault | None) -> None:
        """Let the next requests to `route` go wrong; None lets one pass."""
        self.faults.setdefault(route, []).extend(faults)

    def heal(self) -> None:
        """From now on nothing goes wrong."""
        self.faults.clear()
        self.always.clear()

    def next_fault(self, route: str) -> Fault | None:
        """What is to become of the answer to this request."""
        for key in (route, ""):
            if self.faults.get(key):
                return self.faults[key].pop(0)
            if key in self.always:
                return self.always[key]
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: FaultProxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        route = f"{self.command} {urlsplit(self.path).path}"
        self.server.proxy.asked.append(route)
        fault = self.server.proxy.next_fault(route)
        answer = self._passed_on(body) if fault is None or fault.arrives else Answer()
        with suppress(OSError):
            self._send(answer if fault is None else fault.change(answer))

    def _passed_on(self, body: bytes) -> Answer:
        there = HTTPConnection(urlsplit(self.server.proxy.target).netloc, timeout=30)
        try:
            there.request(self.command, self.path, body, dict(self.headers))
            answer = there.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            there.close()

    def _send(self, answer: Answer) -> None:
        if answer.sent == "reset":
            linger = struct.pack("ii", 1, 0)  # close with RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        else:
            self._send_head(answer)
            self._send_body(answer)
        self.close_connection = True

    def _send_head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()

    def _send_body(self, answer: Answer) -> None:
        if answer.sent == "half":
            self.wfile.write(answer.body[: len(answer.body) // 2])
        elif answer.sent == "drip":
            size = len(answer.body) // PIECES + 1
            for start in range(0, len(answer.body), size):
                threading.Event().wait(answer.seconds)
                self.wfile.write(answer.body[start : start + size])
        else:
            self.wfile.write(answer.body)


@contextmanager
def a_fault_proxy(target: str) -> Iterator[FaultProxy]:
    """A proxy on a free port before the place at `target`, as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    path = urlsplit(target).path
    server.proxy = FaultProxy(target, f"http://127.0.0.1:{server.server_port}{path}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
