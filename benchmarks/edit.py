"""One edited cell: rows read, bytes sent, and time in a real browser beside an empty rerun."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from sqlalchemy import Engine, event

from benchmarks.browser import QUICK_QUIET, QUIET, Editor, EmptyPage, Rerun, a_browser
from benchmarks.figures import NotEqual, Table, ratios, spread
from benchmarks.programs import ROOT, find_browser, the_app
from benchmarks.projects import a_home
from benchmarks.rerun import visit
from core.cells import as_browsers_say, text_of
from core.sheet import Typed, save_typed
from core.storage import Store
from core.tasks import find_task
from ui.frame import open_store
from ui.survey import survey_key

SIZES, QUICK_SIZES = (100, 1_000, 100_000), (100, 300)
ROUNDS, QUICK_ROUNDS = 25, 2  # of edits
VIEWS, QUICK_VIEWS = 10, 1
PATIENCE = 300  # seconds until the survey of a project has seen all its rows
EMPTY = "benchmarks/empty_rerun.py"
REPLY = "assistant"
_LEFT_OUT = (".git", ".venv", ".hypothesis", ".*_cache", "__pycache__")


@dataclass
class Reading:
    """What came out of the database: rows of every kind, and examples with their text."""

    rows: int = 0
    examples: int = 0


@dataclass
class Seen:
    """What the browser saw, round by round: an empty rerun on an empty page, and by size an empty
    rerun on that page, an edit, and a view."""

    empty: list[Rerun] = field(default_factory=list)
    here: dict[int, list[Rerun]] = field(default_factory=dict)
    edits: dict[int, list[Rerun]] = field(default_factory=dict)
    views: dict[int, list[float]] = field(default_factory=dict)


def measure(*, quick: bool = False) -> Table:
    """Edit one cell again and again in projects of each size, in turn with an empty rerun."""
    sizes, rounds, views = (
        (QUICK_SIZES, QUICK_ROUNDS, QUICK_VIEWS) if quick else (SIZES, ROUNDS, VIEWS)
    )
    with a_home(sizes) as (home, projects):
        read = {size: count_reading(project, 2) for size, project in projects.items()}
        quiet = QUICK_QUIET if quick else QUIET
        seen = _measure_browser(home, projects, rounds, views, quiet)
    lines = [_read(size, read[size]) for size in sizes]
    columns = ["rows", "examples read", "rows read in all"]
    if seen:
        columns += [
            "bytes received", "from Tab to the new figures", "an empty rerun on this page",
            "times that", "times an empty page's",
            f"times that of {sizes[1]:,} rows", "first view", f"times that of {sizes[0]:,} rows",
        ]  # fmt: skip
        lines = [line + _told(seen, size, sizes) for line, size in zip(lines, sizes, strict=True)]
        lines.insert(0, _empty(seen, len(columns)))
    return Table(
        title="Editing one cell",
        about=_ABOUT + (_SEEN if seen else "No browser here: nothing was timed."),
        columns=tuple(columns),
        figures=tuple(tuple(line) for line in lines),
    )


_ABOUT = (
    "Rows: what the database hands to the app for one edit, the edit saved and the whole page run "
    "again (AppTest; the fragment that an edit really reruns reads no more), once the survey in "
    "the background has seen all rows. "
)
_SEEN = (
    "The rest in a headless Chromium, by the page's own clock, in turn. An edit: text typed over "
    "the first reply, from Tab until the row's tokens and state and the total of tokens are all "
    "new. An empty rerun: a component alone in a fragment, from its sending a number until it has "
    "it back; below the table on this very page, all of which Streamlit goes through at any rerun, "
    "and on an empty page in the same browser. A first view: from the navigation "
    "until the first row's cells and the total stand, with a warm browser cache. Bytes: frames of "
    "the web socket until nothing follows."
)


def _read(size: int, found: list[Reading]) -> list[str]:
    return [
        f"{size:,}",
        spread([reading.examples for reading in found], digits=0),
        spread([reading.rows for reading in found], digits=0),
    ]


def _told(seen: Seen, size: int, sizes: tuple[int, ...]) -> list[str]:
    edits = [edit.ms for edit in seen.edits[size]]
    here = [rerun.ms for rerun in seen.here[size]]
    views = seen.views[size]
    return [
        spread([edit.received for edit in seen.edits[size]], digits=0),
        spread(edits, "ms", 0),
        spread(here, "ms", 0),
        spread(ratios(edits, here)),
        spread(ratios(edits, [rerun.ms for rerun in seen.empty])),
        spread(ratios(edits, [edit.ms for edit in seen.edits[sizes[1]]])),
        spread(views, "ms", 0),
        spread(ratios(views, seen.views[sizes[0]])),
    ]


def _empty(seen: Seen, width: int) -> list[str]:
    received = spread([rerun.received for rerun in seen.empty], digits=0)
    line = ["an empty page", "", "", received, spread([rerun.ms for rerun in seen.empty], "ms", 0)]
    return [*line, *[""] * (width - len(line))]


def count_reading(project: str, rounds: int) -> list[Reading]:
    """Edit a cell `rounds` times and run the page's own script; what each edit read."""
    with counted_reading() as reading:
        try:
            app = visit("editor", project)
            _wait_for_survey(project)
            return [_edit(app, reading, project, f"Reply number {n}.") for n in range(rounds)]
        finally:
            open_store().close()
            st.cache_resource.clear()


def _wait_for_survey(project: str) -> None:
    """What a thread of its own reads is no part of an edit."""
    task = find_task(survey_key(open_store().load_project(project)))
    if task is not None:
        task.wait(PATIENCE)


def _edit(app: Any, reading: Reading, project: str, text: str) -> Reading:
    store = open_store()
    row = store.load_rows(project, limit=1)[0]
    before = as_browsers_say(text_of(row.example, REPLY))
    reading.rows = reading.examples = 0
    save_typed(store, store.load_project(project), Typed(row.id, REPLY, text, (before,), text))
    app.run()
    found = Reading(reading.rows, reading.examples)
    _check_saved(store, project, text)
    return found


def _check_saved(store: Store, project: str, text: str) -> None:
    if text_of(store.load_rows(project, limit=1)[0].example, REPLY) != text:
        raise NotEqual("what was typed and what was saved")


@contextmanager
def counted_reading() -> Iterator[Reading]:
    """Count every row that SQLite hands over on connections made while the block runs."""
    reading = Reading()

    def look(cursor: Any, row: tuple[Any, ...]) -> tuple[Any, ...]:
        reading.rows += 1
        reading.examples += any(column[0] == "content" for column in cursor.description)
        return row

    def listen(connection: Any, _: object) -> None:
        connection.row_factory = look

    event.listen(Engine, "connect", listen)
    try:
        yield reading
    finally:
        event.remove(Engine, "connect", listen)


def _measure_browser(
    home: Path, projects: Mapping[int, str], rounds: int, views: int, quiet: int
) -> Seen | None:
    """What a browser sees of each project; None where there is no browser."""
    program = find_browser()
    if program is None:
        return None
    with (
        a_copy_that_echoes() as folder,
        the_app(home, folder=folder) as address,
        the_app(home / "empty", EMPTY) as empty_address,
        a_browser(program) as browser,
    ):
        empty = EmptyPage(browser, empty_address)
        editors = {size: Editor(browser, address, id_, quiet) for size, id_ in projects.items()}
        seen = _measure_in_turn(empty, editors, rounds, views)
    with Store.open() as store:
        for size, editor in editors.items():
            _check_saved(store, projects[size], editor.text)
    return seen


@contextmanager
def a_copy_that_echoes() -> Iterator[Path]:
    """A copy of the app with an empty fragment below the editor's table, for the block."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "app"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        with (copy / "pages" / "editor.py").open("a", encoding="utf-8") as page:
            page.write("\nfrom benchmarks.empty_rerun import show\n\nshow()\n")
        yield copy


def _measure_in_turn(
    empty: EmptyPage, editors: Mapping[int, Editor], rounds: int, views: int
) -> Seen:
    seen = Seen([], *({size: [] for size in editors} for _ in range(3)))
    for editor in editors.values():
        editor.view()  # fills the browser's cache
        editor.wait_for_tasks()
    for _ in range(views):
        for size, editor in editors.items():
            seen.views[size].append(editor.view())
    empty.rerun()
    for editor in editors.values():
        editor.edit()  # the first one fetches nothing new, but wakes everything up
    for _ in range(rounds):
        seen.empty.append(empty.rerun())
        for size, editor in editors.items():
            seen.here[size].append(editor.rerun())
            seen.edits[size].append(editor.edit())
    return seen
