"""Programs killed at their k-th step: before, in and after each write, and around each request.

Run as a program it reads one command a line, forks for each, and tells how the fork ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from a_training import a_client, python_path, start

from core.storage import Store
from core.storage.database import Database
from core.training import cancel_job, look_at_job

KILLED = -signal.SIGKILL


def look(store: Store, client: Any) -> None:
    """Look at the only job there is."""
    look_at_job(store, lambda: client, store.load_jobs()[0].id)


def cancel(store: Store, client: Any) -> None:
    """Cancel the only job there is."""
    cancel_job(store, client, store.load_jobs()[0].id)


ACTIONS: dict[str, Callable[[Store, Any], object]] = {
    "start": start,
    "look": look,
    "cancel": cancel,
}


class Crashes:
    """A program that forks one that dies, as often as it is asked."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, __file__],
            env=python_path(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def is_killed(self, action: str, url: str, base_url: str, without: str, step: int) -> bool:
        """Whether the action on this store and place came as far as its `step`, and died there."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps([action, url, base_url, without, step]) + "\n")
        self._program.stdin.flush()
        ended = int(self._program.stdout.readline())
        assert ended in {0, KILLED}, "neither killed nor done"
        return ended == KILLED

    def close(self) -> None:
        """End the program that forks."""
        self._program.communicate(timeout=30)


def _die_at(step: int) -> None:
    """Let this program be killed when it has come so far."""
    passed = iter(range(1, step + 1))

    def pass_step() -> None:
        if next(passed) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    writing, send = Database._writing, httpx2.HTTPTransport.handle_request

    @contextmanager
    def writing_in_steps(store: Database) -> Iterator[Any]:
        pass_step()
        with writing(store) as conn:
            yield conn
            pass_step()  # written, and not yet on disk
        pass_step()

    def send_in_steps(transport: Any, request: Any) -> Any:
        pass_step()
        answer = send(transport, request)
        pass_step()
        return answer

    Database._writing = writing_in_steps  # type: ignore[method-assign, assignment]
    httpx2.HTTPTransport.handle_request = send_in_steps  # type: ignore[method-assign]


def _run(action: str, url: str, base_url: str, without: str, step: int) -> None:
    with Store.open(url) as store, a_client(base_url, *without.split(), timeout=20) as client:
        _die_at(step)
        ACTIONS[action](store, client)


def main() -> None:
    """Fork for each command, and tell how the fork ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(*json.loads(line))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
