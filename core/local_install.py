"""Installs the packages for training on this computer while the app goes on, and says how far.

A worker (`core/install_worker.py`) runs pip in a session of its own and keeps what it sees in
`install/state.json` of the data folder, so that a reload, a second tab or another start of the
app all look at the same installation.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from core.background import ROOT, held_lock, is_held, start_apart
from core.errors import StorageFailed

APP_REQUIREMENTS = ROOT / "requirements.txt"
# Both lists, so that pip keeps the app's own versions while it adds the rest.
REQUIREMENTS = (ROOT / "requirements-local.txt", APP_REQUIREMENTS)
START_SECONDS = 15.0
LOOK_SECONDS = 0.05
SAVE_TRIES = 20


@dataclass(frozen=True, slots=True)
class Install:
    """An installation as it stands; every figure was seen, none is estimated.

    `packages` counts, while `getting`, those pip has found to be needed (`total` is not known
    then: 0), and while `placing` those that are in place, of `total`; `package` is the next of
    them. `file` is what is being downloaded: `file_done` of about `file_bytes`. `fetched` bytes
    have been downloaded in all.
    A failure has a `reason` (a code under `install` in the locales) and pip's last words.
    """

    state: Literal["not_started", "running", "failed", "done"]
    stage: Literal["getting", "placing"] = "getting"
    packages: int = 0
    total: int = 0
    package: str = ""
    file: str = ""
    file_done: int = 0
    file_bytes: int = 0
    fetched: int = 0
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class InstallFolder:
    """The files of an installation below the data folder."""

    path: Path

    @classmethod
    def under(cls, home: Path) -> InstallFolder:
        """The one of a data folder."""
        return cls(home / "install")

    @property
    def state(self) -> Path:
        """What `load_install` reads."""
        return self.path / "state.json"

    @property
    def log(self) -> Path:
        """What pip wrote during the latest installation; kept."""
        return self.path / "install.log"

    @property
    def worker_log(self) -> Path:
        """What the worker itself had to say, which should be nothing."""
        return self.path / "worker.log"

    @property
    def lock(self) -> Path:
        """Held by the worker for as long as it works."""
        return self.path / "lock"

    @property
    def starting(self) -> Path:
        """Held while one press starts the worker."""
        return self.path / "starting"

    @property
    def cancel(self) -> Path:
        """There when a person wants the worker to stop."""
        return self.path / "cancel"

    @property
    def downloads(self) -> Path:
        """Pip's temporary files, removed at the end."""
        return self.path / "downloads"


def install_offered() -> bool:
    """Whether this app may install anything: not where `TONESMITH_LOCAL=0` says it is hosted."""
    return os.environ.get("TONESMITH_LOCAL", "").strip() != "0"


def start_install(
    home: Path, *, python: str = sys.executable, requirements: Sequence[Path] = REQUIREMENTS
) -> None:
    """Start installing `requirements` into `python`'s environment; one at a time for all.

    Returns as soon as the installation can be seen by `load_install`; where one is under way
    already, that one is it.

    Raises:
        StorageFailed: `data_folder_unwritable`, or `install_did_not_start` with its `reason`.
    """
    folder = InstallFolder.under(home)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        with held_lock(folder.starting, START_SECONDS):  # presses in the same moment queue here
            if not _is_at_work(home, folder):
                command = [python, "-m", "core.install_worker", str(home), *map(str, requirements)]
                _wait_for(folder, start_apart(command, folder.worker_log))
    except OSError as refused:
        raise StorageFailed("data_folder_unwritable", path=str(folder.path)) from refused


def _is_at_work(home: Path, folder: InstallFolder) -> bool:
    """Whether a worker is; one that has said its last word lets go of the lock a moment later."""
    deadline = time.monotonic() + START_SECONDS
    while is_held(folder.lock):
        if load_install(home).state == "running" or time.monotonic() > deadline:
            return True
        time.sleep(LOOK_SECONDS)
    return False


def _wait_for(folder: InstallFolder, worker: subprocess.Popen[bytes]) -> None:
    """Until our worker is at work."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if is_held(folder.lock):
            return
        if worker.poll() is not None:
            break
        time.sleep(LOOK_SECONDS)
    if worker.poll() != 0:  # 0: it was that quick
        said = folder.worker_log.read_text(encoding="utf-8", errors="replace").strip()
        raise StorageFailed("install_did_not_start", reason=said.splitlines()[-1] if said else "…")


def load_install(home: Path) -> Install:
    """The installation as it stands now."""
    folder = InstallFolder.under(home)
    alive = is_held(folder.lock)  # asked first: a worker lets go after its last word
    try:
        install = Install(**json.loads(folder.state.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Install("not_started")
    if install.state == "running" and not alive:
        return replace(install, state="failed", reason="interrupted")
    return install


def save_install(folder: InstallFolder, install: Install) -> None:
    """Replace the state in one step, so that no reader ever finds half of it."""
    fresh = folder.state.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(install)), encoding="utf-8")
    for _ in range(SAVE_TRIES):
        with suppress(PermissionError):  # Windows, while somebody reads it
            fresh.replace(folder.state)
            return
        time.sleep(LOOK_SECONDS)


def cancel_install(home: Path) -> None:
    """Ask the installation to stop; it does within a second. Nothing happens where none runs."""
    folder = InstallFolder.under(home)
    if is_held(folder.lock):
        folder.cancel.touch()
