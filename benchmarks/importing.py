"""`importing`: 100,000 examples looked through and imported as the page does, and their check."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from benchmarks.check import check
from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, seconds, spread
from benchmarks.texts import as_line, examples, short_examples
from core.jsonl import read_jsonl
from core.preparing import Basis, prepare_file
from core.storage import Project, Store
from core.tasks import unwatched
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
            "same file; both by two processes, of which one writes. Writing alone is what is left "
            "of an import once its rows are ready: no import can take less. Vocabularies are "
            "loaded before. The speed is a check's time divided by that of the way."
        ),
        columns=("examples", "way", "time", "speed, a check's being 1"),
        figures=tuple(figures),
    )


def _ways(path: Path, rows: int) -> dict[str, Callable[[], float]]:
    return {
        "check": lambda: seconds(lambda: check(path)),
        "look through": lambda: seconds(lambda: _look(path)),
        "import": lambda: _import(path, rows),
        "writing alone": lambda: _write(path, rows),
    }


def _look(path: Path) -> None:
    with path.open("rb") as file:
        read_preview(file, path.name)


def _import(path: Path, rows: int) -> float:
    with _a_project() as (store, project), path.open("rb") as file:
        preview = read_preview(file, path.name)
        took = seconds(lambda: import_examples(store, project, file, preview, share_system=True))
        return _checked(store, project, rows, took)


def _write(path: Path, rows: int) -> float:
    with _a_project() as (store, project), path.open("rb") as file:
        shared = read_preview(file, path.name).shared_system
        basis = Basis.of(project, shared, path.stat().st_size)
        ready = list(prepare_file(file, read_jsonl, basis, unwatched))
        took = seconds(lambda: store.add_rows(project.id, "import", ready))
        return _checked(store, project, rows, took)


@contextmanager
def _a_project() -> Iterator[tuple[Store, Project]]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Store.open(f"sqlite:///{Path(folder) / 'import.db'}") as store,
    ):
        yield store, create_project(store, "import")


def _checked(store: Store, project: Project, rows: int, took: float) -> float:
    if store.count_rows(project.id) != rows:
        raise NotEqual("rows")
    return took
