"""One edited cell: rows read from the database, and bytes sent to a real browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from sqlalchemy import Engine, event

from benchmarks.browser import Edit, open_editors
from benchmarks.figures import ROUNDS, NotEqual, Table, spread
from benchmarks.programs import find_browser, the_app
from benchmarks.projects import a_home
from benchmarks.rerun import visit
from ui.frame import open_store

SIZES, QUICK_SIZES = (100, 10_000, 100_000), (100, 300)


@dataclass
class Reading:
    """What came out of the database: rows of every kind, and examples with their text."""

    rows: int = 0
    examples: int = 0


def measure(*, quick: bool = False) -> Table:
    """Edit one cell again and again in projects of each size, in turn."""
    sizes, rounds = (QUICK_SIZES, 2) if quick else (SIZES, ROUNDS)
    with a_home(sizes) as (home, projects):
        read = {size: count_reading(project, rounds) for size, project in projects.items()}
        sent = _measure_browser(home, projects, rounds)
    columns = ["rows", "examples read", "rows read in all"]
    figures = [
        [f"{size:,}", spread([r.examples for r in read[size]], digits=0),
         spread([r.rows for r in read[size]], digits=0)]
        for size in sizes
    ]  # fmt: skip
    if sent:
        columns += ["bytes sent", "from Enter to the new total"]
        for line, size in zip(figures, sizes, strict=True):
            line.append(spread([e.sent for e in sent[size]], digits=0))
            line.append(spread([e.seconds * 1000 for e in sent[size]], "ms", 0))
    return Table(
        title="Editing one cell",
        about=(
            "Rows: what the database hands to the app for one edit, the edit saved and the whole "
            "page run again (AppTest; the fragment that an edit really reruns reads no more). "
            "The sums in the head of the page come as one row for each different count of "
            "tokens, of which there are only so many. "
            + ("Bytes: frames of the web socket in a headless Chromium after Enter, until "
               "the new total of tokens stands on the page and nothing follows; times with "
               "Streamlit's wait of 150 ms." if sent else "No browser here: bytes not measured.")
        ),
        columns=tuple(columns),
        figures=tuple(tuple(line) for line in figures),
    )  # fmt: skip


def count_reading(project: str, rounds: int) -> list[Reading]:
    """Edit a cell `rounds` times through the page's own script; what each edit read."""
    with counted_reading() as reading:
        try:
            app = visit("editor", project)
            found = [_edit(app, reading, f"Reply number {n}.") for n in range(rounds)]
            _check_saved(project, f"Reply number {rounds - 1}.")
            return found
        finally:
            open_store().close()
            st.cache_resource.clear()


def _check_saved(project: str, text: str) -> None:
    row = open_store().load_rows(project, limit=1)[0]
    if row.example.messages[-1].text != text:
        raise NotEqual("what was typed and what was saved")


def _edit(app: Any, reading: Reading, text: str) -> Reading:
    reading.rows = reading.examples = 0
    state = app.session_state
    generation = state["grid_generation"] if "grid_generation" in state else 0  # noqa: SIM401  # it has no `get`
    state[f"grid_{generation}"] = {"edited_rows": {0: {"assistant": text}}}
    app.run()
    return Reading(reading.rows, reading.examples)


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


def _measure_browser(home: Path, projects: Mapping[int, str], rounds: int) -> dict[int, list[Edit]]:
    """By size, what each edit sent and how long it took; nothing where there is no browser."""
    browser = find_browser()
    if browser is None:
        return {}
    with the_app(home) as address, open_editors(browser, address, projects) as editors:
        found: dict[int, list[Edit]] = {size: [] for size in projects}
        for n in range(rounds):
            for size, editor in editors.items():
                found[size].append(editor.edit(words=n + 3))
    return found
