"""A place to train in a few lines: OpenAI's shape over real HTTP, with faults on demand."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk-test-1234567890abcdef"

RESET = "reset"  # the connection is torn down without an answer
HANG = "hang"  # no answer until the place is closed
AFTER = "after "  # "after reset": the work is done, then the fault happens


@dataclass
class APlace:
    """What it has been asked, what it keeps, and the faults still to come, by "METHOD /path"."""

    base_url: str = ""
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    checkpoints: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    models: list[dict[str, Any]] = field(default_factory=list)
    flagged: dict[str, list[str]] = field(default_factory=dict)  # by a word, the categories
    faults: dict[str, list[Any]] = field(default_factory=dict)
    ignores_metadata_filter: bool = False
    knows_metadata: bool = True
    lists_oldest_first: bool = False
    escapes: str = ""  # the characters that it writes as \\uXXXX, as JSON may and .NET does
    closing: threading.Event = field(default_factory=threading.Event)

    def fault(self, route: str, *faults: Any) -> None:
        """Let the next requests to `route` go wrong, each by one fault: RESET, (status, body)…"""
        self.faults.setdefault(route, []).extend(faults)

    def written(self, content: Any) -> bytes:
        """An answer as it is sent."""
        text = json.dumps(content)
        for character in self.escapes:
            text = text.replace(character, f"\\u{ord(character):04X}")
        return text.encode()

    def asked(self, route: str) -> list[dict[str, Any]]:
        """The JSON bodies of the requests to `route`."""
        found = [b for m, p, _, b in self.requests if f"{m} {urlsplit(p).path}" == route]
        return [json.loads(body) if body[:1] == b"{" else {} for body in found]

    def add_job(self, **values: Any) -> dict[str, Any]:
        """Create a job as the place would."""
        number = len(self.jobs) + 1
        job = {
            "id": f"ftjob-{number}",
            "object": "fine_tuning.job",
            "created_at": 1_790_000_000 + number,
            "status": "validating_files",
            "model": "gpt-4o-mini-2024-07-18",
            "metadata": None,
            "result_files": [],
            **values,
        }
        self.jobs[job["id"]] = job
        self.events.setdefault(job["id"], [])
        return job

    def add_event(self, job_id: str, message: str, **values: Any) -> None:
        """Let a job tell something."""
        number = len(self.events[job_id]) + 1
        event = {"id": f"{job_id}-e{number}", "created_at": 1_790_000_000 + number}
        self.events[job_id].append({**event, "level": "info", "message": message, **values})

    # What each route does

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Any:
        """The JSON (or bytes) for a request, or (status, JSON)."""
        parts = path.removeprefix("/v1/").split("/")
        match method, parts:
            case "GET", ["models"]:
                return {"object": "list", "data": self.models}
            case "DELETE", ["models", *_]:
                return {"id": "/".join(parts[1:]), "object": "model", "deleted": True}
            case "POST", ["moderations"]:
                return {"results": [self._moderated(text) for text in json.loads(body)["input"]]}
            case "POST", ["files"]:
                file_id = f"file-{len(self.files) + 1}"
                self.files[file_id] = _uploaded(body)
                return {"id": file_id, "object": "file"}
            case "GET", ["files", file_id, "content"]:
                return self.files.get(file_id, _error(404, "No such file"))
            case "POST", ["fine_tuning", "jobs"]:
                return self._create(json.loads(body))
            case "GET", ["fine_tuning", "jobs"]:
                return _page(self._listed(query), query)
            case _, ["fine_tuning", "jobs", job_id, *_] if job_id not in self.jobs:
                return _error(404, f"No such job: {job_id}")
            case "GET", ["fine_tuning", "jobs", job_id]:
                return self.jobs[job_id]
            case "POST", ["fine_tuning", "jobs", job_id, "cancel"]:
                return self._turned(self.jobs[job_id], "cancelled")
            case "POST", ["fine_tuning", "jobs", job_id, "pause"]:
                return self._turned(self.jobs[job_id], "paused")
            case "POST", ["fine_tuning", "jobs", job_id, "resume"]:
                return self._turned(self.jobs[job_id], "queued")
            case "GET", ["fine_tuning", "jobs", job_id, "events"]:
                step = 1 if self.lists_oldest_first else -1
                return _page(self.events[job_id][::step], query)
            case "GET", ["fine_tuning", "jobs", job_id, "checkpoints"]:
                return _page(self.checkpoints.get(job_id, [])[::-1], query)
        return _error(404, f"No route {path}")

    def _moderated(self, text: str) -> dict[str, Any]:
        found = [name for word, names in self.flagged.items() if word in text for name in names]
        categories = {name: name in found for name in ("violence", "hate", "harassment", *found)}
        return {"flagged": bool(found), "categories": categories}

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        job = self.add_job(
            model=asked["model"],
            training_file=asked["training_file"],
            validation_file=asked.get("validation_file"),
            metadata=asked.get("metadata") if self.knows_metadata else None,
            created_at=int(time.time()),
            method=asked["method"],
        )
        self.add_event(job["id"], "Created fine-tuning job")
        return job

    def _turned(self, job: dict[str, Any], status: str) -> Any:
        if job["status"] in {"succeeded", "failed", "cancelled"}:
            return _error(400, "Job has already completed")
        job["status"] = status
        self.add_event(job["id"], f"The job has been {status}")
        return job

    def _listed(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        wanted = {k[9:-1]: v[0] for k, v in query.items() if k.startswith("metadata[")}
        newest_first = list(self.jobs.values())[::-1]
        if self.ignores_metadata_filter or not self.knows_metadata:
            return newest_first
        return [j for j in newest_first if wanted.items() <= (j["metadata"] or {}).items()]


def _page(items: list[dict[str, Any]], query: dict[str, list[str]]) -> dict[str, Any]:
    limit = int(query.get("limit", ["20"])[0])
    after = query.get("after", [""])[0]
    start = next((i + 1 for i, item in enumerate(items) if item["id"] == after), 0)
    data = items[start : start + limit]
    return {"object": "list", "data": data, "has_more": start + limit < len(items)}


def _error(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": message, "type": "invalid_request_error", "code": None}}


def _uploaded(body: bytes) -> bytes:
    """The file out of a multipart form: the part whose header names a filename."""
    boundary = body.split(b"\r\n", 1)[0]
    part = next(p for p in body.split(boundary) if b"filename=" in p)
    return part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    place: APlace

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is part of the tests."""


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
        place, parts = self.server.place, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        place.requests.append((self.command, self.path, headers, body))
        waiting = place.faults.get(f"{self.command} {parts.path}", [])
        fault = waiting.pop(0) if waiting else None
        if isinstance(fault, str) and fault.startswith(AFTER):
            place.answer(self.command, parts.path, parse_qs(parts.query), body)
            fault = fault.removeprefix(AFTER)
        elif isinstance(fault, tuple) and fault[0] == AFTER.strip():
            place.answer(self.command, parts.path, parse_qs(parts.query), body)
            fault = fault[1:]
        if fault == RESET:
            self._reset()
        elif fault == HANG:
            place.closing.wait()
            self.close_connection = True
        else:
            answer = fault or place.answer(
                self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), body
            )
            self._send(answer)

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)  # close with RST
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def _send(self, answer: Any) -> None:
        status, content = answer if isinstance(answer, tuple) else (200, answer)
        data = content if isinstance(content, bytes) else self.server.place.written(content)
        kind = "text/event-stream" if data.startswith(b"data:") else "application/json"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def a_place() -> Iterator[APlace]:
    """A place that listens on a free port as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.place = APlace(base_url=f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.place
    finally:
        server.place.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
