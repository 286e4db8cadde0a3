"""Finds the trainer of this computer, or starts it; from then on it is spoken to over HTTP only."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import httpx2

from core.background import start_apart
from core.errors import StorageFailed, Unavailable

SERVICE = "tonesmith-trainer"
NEEDED = ("torch", "transformers", "trl", "peft", "accelerate", "fastapi", "uvicorn")
START_SECONDS = 60.0
LOOK_SECONDS = 0.1
HEALTH_SECONDS = 2.0
# One that ended at once may have found another server starting: time for that one to be ready.
GRACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the trainer listens (`http://127.0.0.1:PORT/v1`), and the key it wants."""

    base_url: str
    key: str = field(repr=False)


def local_training_installed() -> bool:
    """Whether the packages for training on this computer are there, or have come meanwhile."""
    if all(map(find_spec, NEEDED)):
        return True
    importlib.invalidate_caches()  # Python remembers the folders it has looked into
    return all(map(find_spec, NEEDED))


def find_trainer(home: Path) -> Address | None:
    """The running trainer whose data is under `home`, if one answers."""
    folder = home / "trainer"
    try:
        told = json.loads((folder / "server.json").read_text(encoding="utf-8"))
        key = (folder / "key").read_text(encoding="utf-8").strip()
        root = str(told["base_url"]).rstrip("/").removesuffix("/v1")
    except (OSError, ValueError, TypeError, KeyError):
        return None  # never started, or only half of it written yet
    return Address(f"{root}/v1", key) if _is_ours(root) else None


def start_trainer(home: Path) -> Address:
    """The running trainer, started when there is none; several may ask at once.

    Raises:
        Unavailable: `local_training_missing`, `trainer_did_not_start` with its `reason`.
    """
    found = find_trainer(home)
    if found is not None:
        return found
    if not local_training_installed():
        raise Unavailable("local_training_missing")
    return _wait_for(home, _launch(home))


def _is_ours(root: str) -> bool:
    """Whether what answers there is the trainer, and not somebody else on its old port."""
    try:
        # Plain http on this computer: no proxy, and no certificates to read, which takes 20 ms.
        with httpx2.Client(timeout=HEALTH_SECONDS, trust_env=False, verify=False) as client:
            answer = client.get(f"{root}/health").json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
        return False
    return isinstance(answer, dict) and answer.get("service") == SERVICE


def _launch(home: Path) -> subprocess.Popen[bytes]:
    """A trainer in a session of its own, so that the end of the app does not end a job."""
    folder = home / "trainer"
    command = [sys.executable, "-m", "trainer", "--port", "0", "--data", str(folder)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return start_apart(command, _log(home))
    except OSError as refused:
        raise StorageFailed("data_folder_unwritable", path=str(folder)) from refused


def _wait_for(home: Path, process: subprocess.Popen[bytes]) -> Address:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = find_trainer(home)
        if found is not None:
            return found
        if process.poll() is not None:
            deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
        time.sleep(LOOK_SECONDS)
    raise Unavailable("trainer_did_not_start", reason=_last_words(home))


def _last_words(home: Path) -> str:
    """The last line the trainer wrote, which says what stopped it."""
    lines = _log(home).read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "…")[-300:]


def _log(home: Path) -> Path:
    return home / "trainer" / "start.log"
