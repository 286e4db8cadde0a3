"""Projects of several sizes in one data folder, as an import makes them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from pathlib import Path

from benchmarks.texts import as_line, short_examples
from core.storage import Store
from core.transfer import create_project, import_examples, read_preview


@contextmanager
def a_home(sizes: Sequence[int]) -> Iterator[tuple[Path, Mapping[int, str]]]:
    """A data folder for the block, with a project of so many rows each; yields ids by size.

    The folder is also this process's own (`TONESMITH_HOME`) while the block runs.
    """
    before = os.environ.get("TONESMITH_HOME")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["TONESMITH_HOME"] = folder
        try:
            with Store.open() as store:
                projects = {size: _make_project(store, size) for size in sizes}
            yield Path(folder), projects
        finally:
            os.environ.pop("TONESMITH_HOME")
            if before is not None:
                os.environ["TONESMITH_HOME"] = before


def _make_project(store: Store, size: int) -> str:
    """The id of a new project with this many rows, counted and checked as at every import."""
    project = create_project(store, f"{size:,} rows")
    content = b"".join(as_line(row) for row in islice(short_examples(), size))
    preview = read_preview(BytesIO(content), "rows.jsonl")
    import_examples(store, project, BytesIO(content), preview, share_system=True)
    return project.id
