"""A place to train that answers as OpenAI's description says, and holds what it is asked to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from described_values import least_answer
from openai_description import (
    EVENTS,
    FORM,
    JSON,
    UNDESCRIBED,
    body_of,
    find_operation,
    problems_of,
    query_of,
)

KEY = "sk-test-1234567890abcdef"
CONTENT = "GET /files/{file_id}/content"
RESULTS = b"step,train_loss\n1,0.5\n"

Problem = tuple[str, str, str]  # the operation, where in the request, what is wrong there


@dataclass
class DescribedPlace:
    """What it was asked for that nobody described, and the bodies; `answers`: other than least."""

    base_url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    problems: set[Problem] = field(default_factory=set)
    bodies: dict[str, list[Any]] = field(default_factory=dict)

    def answer(self, method: str, url: str, kind: str, body: bytes) -> tuple[str, bytes]:
        """The kind and the bytes of an answer; the request is held to the description first."""
        path, query = urlsplit(url).path.removeprefix("/v1"), urlsplit(url).query
        operation = find_operation(method, path)
        if operation is None:
            self.problems.add((f"{method} {path}", "", UNDESCRIBED))
            return JSON, b'{"counts": [1]}'
        names = {name.partition("[")[0] for name, _ in parse_qsl(query)}
        self._note(operation, {(f"?{name}", UNDESCRIBED) for name in names - query_of(operation)})
        asked = _read_body(kind, body)
        schema = body_of(operation, kind.partition(";")[0])
        if schema is not None:
            self._note(operation, problems_of(asked, schema))
        elif body:
            self._note(operation, {("", UNDESCRIBED)})
        self.bodies.setdefault(operation, []).append(asked)
        return self._written(operation, asked)

    def _note(self, operation: str, found: set[tuple[str, str]]) -> None:
        self.problems |= {(operation, at, what) for at, what in found}

    def _written(self, operation: str, asked: Any) -> tuple[str, bytes]:
        if operation == CONTENT:
            return "application/octet-stream", RESULTS
        if isinstance(asked, dict) and asked.get("stream"):
            chunk = least_answer(operation, EVENTS)
            chunk = {**chunk, "choices": [{**chunk["choices"][0], "finish_reason": "stop"}]}
            return EVENTS, f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
        answer = self.answers.get(operation) or least_answer(operation)
        return JSON, json.dumps(answer).encode()


def _read_body(kind: str, body: bytes) -> Any:
    if not kind.startswith(FORM):
        return json.loads(body or b"null")
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = [part for part in form.walk() if isinstance(part, Message) and part is not form]
    return {
        part.get_param("name", header="content-disposition"): part.get_payload() for part in parts
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for its second packet
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
        place, kind = self.server.place, self.headers.get("Content-Type", JSON)
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            place.problems.add((f"{self.command} {self.path}", "Authorization", UNDESCRIBED))
        kind, data = place.answer(self.command, self.path, kind, body)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    place: DescribedPlace


@contextmanager
def a_described_place() -> Iterator[DescribedPlace]:
    """A place that listens on a free port as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.place = DescribedPlace(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.place
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
