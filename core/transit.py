"""Files on their way in or out: on disk, found by a ticket nobody can guess, gone after a day.

A name is only ever told and shown: what lies on disk is called by chance. Each server keeps its
files in a folder of its own, so that those of a server that has ended can be told and removed.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from secrets import token_urlsafe
from typing import Literal

from core.background import held_lock, is_held
from core.errors import StorageFailed

MOST_BYTES = 512 * 1024 * 1024  # as `server.maxUploadSize` says
KEPT_SECONDS = 86_400
LONGEST_NAME = 120
START_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class TransitFile:
    """A file on disk and the name a person knows it by; `size` in bytes."""

    path: Path
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class _Held:
    """What a ticket stands for, until a moment of the monotonic clock."""

    way: Literal["expected", "in", "out"]
    until: float
    file: TransitFile | None = None


class Transit:
    """The files of this server. Whoever has a ticket has the file, so keep it to oneself."""

    def __init__(self, home: Path) -> None:
        self._folder = _own_folder(home / "transit")
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}

    def expect(self) -> str:
        """A ticket for one file to come in."""
        return self._issue(_Held("expected", _end()))

    def is_expected(self, ticket: str) -> bool:
        """Whether a file may still come in for this ticket."""
        return self._find(ticket, "expected") is not None

    def new_path(self) -> Path:
        """An empty file that nobody else on this computer may read."""
        path = self._folder / token_urlsafe(12)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return path

    def take_in(self, ticket: str, path: Path, name: str) -> bool:
        """The file for a ticket is there, whole. False, and it is removed, where one came first."""
        came = _Held("in", _end(), TransitFile(path, _shown(name), path.stat().st_size))
        with self._lock:
            if expected := self.is_expected(ticket):
                self._held[ticket] = came
        if not expected:
            _remove(path)
        return expected

    def find_in(self, ticket: str) -> TransitFile | None:
        """What came in for a ticket, or None."""
        held = self._find(ticket, "in")
        return held.file if held else None

    def offer(self, path: Path, name: str) -> str:
        """A ticket by which the file can be fetched under this name, as often as one likes."""
        path.chmod(0o600)  # whoever wrote it may have replaced the one that was made for it
        return self._issue(
            _Held("out", _end(), TransitFile(path, _shown(name), path.stat().st_size))
        )

    def find_out(self, ticket: str) -> TransitFile | None:
        """What a ticket fetches, or None."""
        held = self._find(ticket, "out")
        return held.file if held else None

    def forget(self, ticket: str) -> None:
        """Remove a ticket and the file it stands for; an unknown one is no fault."""
        with self._lock:
            held = self._held.pop(ticket, None)
        if held and held.file:
            _remove(held.file.path)

    def _issue(self, held: _Held) -> str:
        now = time.monotonic()
        for late in [ticket for ticket, each in list(self._held.items()) if each.until < now]:
            self.forget(late)
        ticket = token_urlsafe(24)
        with self._lock:
            self._held[ticket] = held
        return ticket

    def _find(self, ticket: str, way: str) -> _Held | None:
        held = self._held.get(ticket)
        return held if held and held.way == way and held.until > time.monotonic() else None


def _end() -> float:
    return time.monotonic() + KEPT_SECONDS


def _shown(name: str) -> str:
    """A name for people: without folders, and without what no name has."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[-LONGEST_NAME:] or "?"


def _remove(path: Path) -> None:
    with suppress(OSError):  # gone already, or (Windows) still read: the next start removes it
        path.unlink()


_opened: dict[Path, Transit] = {}
_opening = threading.Lock()
_for_life = ExitStack()  # the locks that say that this server still runs


def open_transit(home: Path) -> Transit:
    """The one transit of this server and data folder; what ended servers left there is removed.

    Raises:
        StorageFailed: `data_folder_unwritable`, with its `path`.
    """
    with _opening:
        if home not in _opened:
            _opened[home] = Transit(home)
        return _opened[home]


def _own_folder(under: Path) -> Path:
    """A fresh folder, locked for as long as this server runs; those that nobody holds go."""
    folder = under / token_urlsafe(9)
    try:
        under.mkdir(parents=True, exist_ok=True)
        with held_lock(under / "starting", START_SECONDS):  # servers begin one after the other
            for left in filter(Path.is_dir, under.iterdir()):
                if not is_held(left / "lock"):
                    shutil.rmtree(left, ignore_errors=True)
            folder.mkdir(mode=0o700)
            _for_life.enter_context(held_lock(folder / "lock"))
    except OSError as refused:
        raise StorageFailed("data_folder_unwritable", path=str(folder)) from refused
    return folder
