"""Starts programs that outlive the app, and tells by a lock whether one still runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
LOOK_SECONDS = 0.05

_started: list[subprocess.Popen[bytes]] = []


def start_apart(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a program of ours in a session of its own; what it prints is added to `log`.

    The end of the app, Ctrl-C in its window included, does not end it.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603  # our own modules, no shell
            list(command),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            **_apart(),
        )
    _started[:] = [p for p in _started if p.poll() is None]  # also lays the ended ones to rest
    _started.append(process)
    return process


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"start_new_session": True}


@contextmanager
def held_lock(path: Path, patience: float = 0.0) -> Iterator[bool]:
    """Hold the lock at `path` for as long as the block lasts.

    False where another still holds it after `patience` seconds.
    The system lets go of it when the holder ends, however it ends, so no lock is ever stale.
    """
    with path.open("ab") as file:
        deadline = time.monotonic() + patience
        while not (ours := _take(file)) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        yield ours


def is_held(path: Path) -> bool:
    """Whether a running program holds the lock at `path`."""
    if not path.exists():
        return False
    with held_lock(path) as ours:
        return not ours


def _take(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
