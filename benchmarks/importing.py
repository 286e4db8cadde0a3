"""`importing`: 100,000 examples looked through and imported as the page does, and their check."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from benchmarks.check import check
from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, seconds, spread
from benchmarks.texts import as_line, examples, short_examples
from core.storage import Store
from core.transfer import create_project, import_examples, read_preview

ROWS, QUICK_ROWS = 100_000, 300
KINDS = {"short, English": short_examples, "long, English and Chinese": examples}


def measure(*, quick: bool = False) -> Table:
    """Check, look through and import the same files in turn, into a new database each time.

    Raises:
        NotEqual: not every example was imported.
    """
    rows = QUICK_ROWS if quick else ROWS
    figures: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, make in KINDS.items():
            count = rows if make is short_examples else rows // 5
            path = Path(folder) / "rows.jsonl"
            path.write_bytes(b"".join(map(as_line, islice(make(), count))))
            size = path.stat().st_size / 1e6
            found = measure_in_turn(_ways(path, count), 1 if quick else 3)
            figures += (
                (f"{count:,} {kind}, {size:.0f} MB", way, spread(times, "s"),
                 spread(ratios(found["check"], times)))
                for way, times in found.items()
            )  # fmt: skip
    return Table(
        title="Importing a file",
        about=(
            "What the page does with a file that was uploaded: it is looked through, then imported "
            "as one change into a new project: read, checked, counted, written with its index of "
            "words, its history and its sums, and on disk at the end. Beside it our check of the "
            "same file, by two processes; vocabularies are loaded before. The speed is a check's "
            "time divided by that of the way."
        ),
        columns=("examples", "way", "time", "speed, a check's being 1"),
        figures=tuple(figures),
    )


def _ways(path: Path, rows: int) -> dict[str, Callable[[], float]]:
    return {
        "check": lambda: seconds(lambda: check(path)),
        "look through": lambda: seconds(lambda: _look(path)),
        "import": lambda: _import(path, rows),
    }


def _look(path: Path) -> None:
    with path.open("rb") as file:
        read_preview(file, path.name)


def _import(path: Path, rows: int) -> float:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Store.open(f"sqlite:///{Path(folder) / 'import.db'}") as store,
        path.open("rb") as file,
    ):
        project = create_project(store, "import")
        preview = read_preview(file, path.name)
        took = seconds(lambda: import_examples(store, project, file, preview, share_system=True))
        if store.count_rows(project.id) != rows:
            raise NotEqual("rows")
        return took
