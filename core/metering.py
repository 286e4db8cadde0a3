"""A file that tells how much of it was read, so that progress is known in whatever format it is."""

from __future__ import annotations

import io
from typing import BinaryIO, cast


class _Counted(io.RawIOBase):
    """Passes everything on, and counts the bytes read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """As the file is."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where in the file we are."""
        return self._file.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on, and count."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class Meter:
    """A reader of a file that stays open afterwards, and what was read of it since last asked."""

    def __init__(self, file: BinaryIO) -> None:
        self._counted = _Counted(file)
        self._told = 0
        self.file = cast(BinaryIO, io.BufferedReader(self._counted, io.DEFAULT_BUFFER_SIZE * 8))

    def take(self) -> int:
        """How many bytes were read since this was last asked."""
        since, self._told = self._counted.count - self._told, self._counted.count
        return since
