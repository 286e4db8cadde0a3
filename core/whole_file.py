"""A file that is there whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.errors import StorageFailed


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write; it stands under `path` once the block ends, and not where the block raises.

    Raises:
        StorageFailed: `disk_full`, or `data_folder_unwritable`, with the `path` of its folder.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as refused:
        code = "disk_full" if refused.errno == errno.ENOSPC else "data_folder_unwritable"
        raise StorageFailed(code, path=str(path.parent)) from refused
    finally:
        part.unlink(missing_ok=True)
