"""Worker processes: started in a session of their own, found again by their lock, and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from trainer.folders import JobFolder

CODE = Path(__file__).resolve().parent.parent
WINDOWS = sys.platform == "win32"


def half_the_cores() -> int:
    """How many threads compute, where nothing else is said: the other half is for the app.

    Threads that wait for a busy core lose more than they bring: see docs/decisions/0014.
    """
    return max(1, (os.cpu_count() or 1) // 2)


def start_worker(folder: JobFolder) -> subprocess.Popen[bytes]:
    """Start the worker of a job; what it prints goes into the job's log."""
    return start_program("trainer.worker", str(folder.path), log=folder.log)


def start_program(module: str, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Start one of our own programs in a session of its own."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  # our own program and our own folder
            [sys.executable, "-m", module, *arguments],
            cwd=CODE,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def is_worker_alive(folder: JobFolder) -> bool:
    """Whether some process holds the job's lock, whoever started it."""
    return is_locked(folder.lock)


def is_locked(path: Path) -> bool:
    """Whether some process holds this lock."""
    if not path.exists():
        return False
    try:
        with FileLock(path, blocking=False):
            return False
    except Timeout:
        return True


def end_worker(folder: JobFolder) -> None:
    """End the worker that holds the lock, with all it has started; it resumes or is forgotten."""
    if is_worker_alive(folder) and folder.pid.exists():
        end_process_group(int(folder.pid.read_text()))


def end_process_group(pid: int) -> None:
    """End a process that leads a session of its own, and that session with it."""
    try:
        if WINDOWS:
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
