"""Together in a few lines: its shape over real HTTP, with faults on demand."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

KEY = "tgp_v1_secret-1234567890"

RESET = "reset"  # the connection is torn down without an answer
HANG = "hang"  # no answer until the place is closed
DRIP = "drip"  # an answer that comes byte by byte, until the place is closed
AFTER = "after "  # "after reset": the work is done, then the fault happens

LIMITS = {
    "max_num_epochs": 20,
    "max_learning_rate": 0.01,
    "min_learning_rate": 1e-8,
    "min_max_seq_length": 128,
    "max_seq_length_sft": 65_536,
    "max_seq_length_dpo": 49_152,
    "supports_vision": False,
}
ESTIMATE = {"allowed_to_proceed": True, "estimated_total_price": 4.0, "user_limit": 100.0}
EVENT = {
    "object": "fine-tune-event",
    "level": "info",
    "checkpoint_path": "",
    "hash": "",
    "model_path": "",
    "param_count": 0,
    "step": 0,
    "token_count": 0,
    "total_steps": 0,
    "training_offset": 0,
    "wandb_url": "",
}


@dataclass
class ATogether:
    """What it has been asked, what it keeps, and the faults still to come, by "METHOD /path"."""

    address: str = ""
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    by_checksum: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    metrics: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    checkpoints: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    storage: str = ""  # where uploads are sent on to; its own address where empty
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def base_url(self) -> str:
        """The address a client gets."""
        return f"{self.address}/v1"

    def fault(self, route: str, *faults: Any) -> None:
        """Let the next requests to `route` go wrong, each by one fault: RESET, (status, body)…"""
        self.faults.setdefault(route, []).extend(faults)

    def asked(self, route: str) -> list[dict[str, Any]]:
        """The JSON bodies of the requests to `route`."""
        found = [body for m, p, _, body in self.requests if f"{m} {urlsplit(p).path}" == route]
        return [json.loads(body) if body[:1] == b"{" else {} for body in found]

    def add_job(self, **values: Any) -> dict[str, Any]:
        """Create a job as the place would."""
        number = len(self.jobs) + 1
        job = {
            "id": f"ft-{number}",
            "status": "pending",
            "created_at": f"2026-11-23T06:{number:02}:00.000Z",
            "updated_at": f"2026-11-23T07:{number:02}:00.000Z",
            "model": "Qwen/Qwen3.5-9B",
            "model_output_name": f"me/Qwen3.5-9B-{number}",
            "adapter_output_name": None,
            "training_file": "file-1",
            "validation_file": "",
            "token_count": 0,
            "total_price": 0,
            **values,
        }
        self.jobs[job["id"]] = job
        self.events[job["id"]] = []
        self.add_event(job["id"], "Fine tune request created", type="job_pending")
        return job

    def add_event(self, job_id: str, message: str, **values: Any) -> None:
        """Let a job tell something."""
        number = len(self.events[job_id])
        at = {"created_at": f"2026-11-23T08:{number // 60:02}:{number % 60:02}.000Z"}
        event = {**EVENT, **at, "message": message, "type": "training_start", **values}
        self.events[job_id].append(event)

    # What each route does

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        """The JSON (or bytes) for a request, or (status, JSON), or (status, JSON, headers)."""
        parts = path.removeprefix("/v1").strip("/").split("/")
        match method, parts:
            case "PUT", ["storage", file_id]:
                self.files[file_id] = body
                return b""
            case _ if headers.get("authorization") != f"Bearer {KEY}":
                return _error(401, "Invalid API key provided")
            case "GET", ["models"]:
                return [_model("Qwen/Qwen3.5-9B"), _model("openai/gpt-oss-20b")]
            case "POST", ["chat", "completions"]:
                return _chat(json.loads(body))
            case _, ["files", *rest]:
                return self._file(method, rest, body)
            case "GET", ["fine-tunes", "models", "limits"]:
                return LIMITS
            case "POST", ["fine-tunes", "estimate-price"]:
                return ESTIMATE
            case "POST", ["fine-tunes"]:
                now = datetime.now(UTC).isoformat()
                return self.add_job(**{"created_at": now, **_told(json.loads(body))})
            case "GET", ["fine-tunes"]:
                return {"data": list(self.jobs.values())}
            case _, ["fine-tunes", job_id, *rest] if job_id in self.jobs:
                return self._job(method, job_id, rest)
        return _error(404, f"Nothing at {path}")

    def _file(self, method: str, parts: list[str], body: bytes) -> Any:
        match method, parts:
            case "POST", []:
                return self._begin_upload(body)
            case "GET", []:
                return {"data": [self._told_file(file_id) for file_id in self.files]}
            case _, [file_id, *_] if file_id not in self.files:
                return _error(404, "No such file")
            case _, [file_id] | [file_id, "preprocess"]:
                return self._told_file(file_id)
            case "GET", [file_id, "content"]:
                return self.files[file_id]
        return _error(404, "No such route")

    def _begin_upload(self, body: bytes) -> Any:
        """Where to put the bytes; the same bytes are the same file."""
        checksum = re.search(rb'name="checksum"\r\n\r\n(\w+)', body)[1].decode()  # type: ignore[index]
        if checksum in self.by_checksum:
            return 409, {"file_id": self.by_checksum[checksum]}
        file_id = f"file-{len(self.by_checksum) + 1}"
        self.by_checksum[checksum] = file_id
        storage = self.storage or f"{self.address}/storage"
        return 302, {}, {"Location": f"{storage}/{file_id}", "X-Together-File-Id": file_id}

    def _told_file(self, file_id: str) -> dict[str, Any]:
        return {
            "id": file_id,
            "object": "file",
            "bytes": len(self.files[file_id]),
            "created_at": 1_790_000_000,
            "filename": "examples.jsonl",
            "FileType": "jsonl",
            "Processed": True,
            "purpose": "fine-tune",
        }

    def _job(self, method: str, job_id: str, parts: list[str]) -> Any:
        job = self.jobs[job_id]
        match method, parts:
            case "GET", []:
                return job
            case "DELETE", []:
                del self.jobs[job_id]
                return {"message": "deleted"}
            case "POST", ["cancel"]:
                job["status"] = "cancelled"
                return job
            case "GET", ["events"]:
                return {"data": self.events[job_id]}
            case "GET", ["metrics"]:
                return {"metrics": self.metrics.get(job_id, [])}
            case "GET", ["checkpoints"]:
                return {"data": self.checkpoints.get(job_id, [])}
        return _error(404, "No such route")


def _told(asked: dict[str, Any]) -> dict[str, Any]:
    """What a job tells of what was asked for."""
    names = ("model", "training_file", "validation_file", "n_epochs", "learning_rate",
             "n_checkpoints", "n_evals", "suffix", "random_seed")  # fmt: skip
    batch = asked["batch_size"] if asked["batch_size"] != "max" else 8
    return {**{name: asked[name] for name in names if name in asked}, "batch_size": batch}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_780_000_000, "type": "chat",
            "organization": name.partition("/")[0]}  # fmt: skip


def _chat(asked: dict[str, Any]) -> Any:
    """An echo, at once or in two pieces."""
    said = f"You said: {asked['messages'][-1]['content']}"
    told = {"id": "c-1", "created": 1_790_000_000, "model": asked["model"]}
    if not asked.get("stream"):
        choice = {"index": 0, "finish_reason": "stop",
                  "message": {"role": "assistant", "content": said}}  # fmt: skip
        usage = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
        return {**told, "object": "chat.completion", "choices": [choice], "prompt": [],
                "usage": usage}  # fmt: skip
    pieces = [(said[:4], None), (said[4:], "stop")]
    chunks = [
        {**told, "object": "chat.completion.chunk", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": end}]}
        for text, end in pieces
    ]  # fmt: skip
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def _error(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": message, "type": "invalid_request_error", "code": None}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    place: ATogether

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in mid-answer is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for its second packet
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        place, path = self.server.place, urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        place.requests.append((self.command, self.path, headers, body))
        waiting = place.faults.get(f"{self.command} {path}", [])
        fault = waiting.pop(0) if waiting else None
        if isinstance(fault, str) and fault.startswith(AFTER):
            place.answer(self.command, path, headers, body)
            fault = fault.removeprefix(AFTER)
        if fault == RESET:
            self._reset()
        elif fault == HANG:
            place.closing.wait()
            self.close_connection = True
        elif fault == DRIP:
            self._drip()
        else:
            self._send(fault or place.answer(self.command, path, headers, body))

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)  # close with RST
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.server.place.closing.wait(0.02):
            self.wfile.write(b" ")

    def _send(self, answer: Any) -> None:
        status, content, *more = answer if isinstance(answer, tuple) else (200, answer)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        kind = "text/event-stream" if data.startswith(b"data:") else "application/json"
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(more[0] if more else {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def a_together() -> Iterator[ATogether]:
    """A Together that listens on a free port as long as the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.place = ATogether(address=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.place
    finally:
        server.place.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
