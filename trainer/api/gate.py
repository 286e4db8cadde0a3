"""Before every route: is the key right, is the body small enough, is anybody there at all?"""

from __future__ import annotations

import hmac
import json
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from trainer.errors import NotAuthenticated, TooLarge, TrainerError

OPEN_PATHS = frozenset({"/health"})
MOST_BYTES = 512 * 1024 * 1024  # a file at OpenAI
FORM_BYTES = 64 * 1024  # what a form adds around it


class Gate:
    """ASGI middleware; it also knows when somebody last asked for something."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self._expected = f"Bearer {key}".encode()
        self._open = 0
        self._last = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._open += 1
        try:
            problem = self._find_problem(scope)
            if problem is None:
                await self.app(scope, receive, send)
            else:
                await _answer(problem, send)
        finally:
            self._open -= 1
            self._last = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """How long nothing has been asked; 0 while an answer is being given."""
        return 0.0 if self._open else time.monotonic() - self._last

    def _find_problem(self, scope: Scope) -> TrainerError | None:
        headers = Headers(scope=scope)
        given = headers.get("authorization", "").encode("latin-1")
        if scope["path"] not in OPEN_PATHS and not hmac.compare_digest(given, self._expected):
            return NotAuthenticated(
                "A key is needed, as a bearer token. It is in the file `key` of the trainer's data "
                "folder.",
                "invalid_api_key",
            )
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > MOST_BYTES + FORM_BYTES:
            return TooLarge("A file can be 512 MB at most.", "file_too_large", "file")
        return None


async def _answer(problem: TrainerError, send: Send) -> None:
    body = json.dumps(problem.to_json()).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
