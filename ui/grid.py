"""The table of examples behind one small function: rows go in, what a person does comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.cells import COLUMNS, cells_of, column_of, locked_columns
from core.examples import DRAFT, REVIEWS, Example
from core.findings import Finding, Severity
from core.rules import NO_CHECKS, Checks
from core.storage import Row
from ui import state
from ui.component import load_component, pack
from ui.feed import Feed, Values
from ui.findings import fix_words, gathered, sentence_of, span_of
from ui.inbox import Item, answer, read_message, take_items
from ui.text import language, t, words_of

GRID = "grid"
ROOM = 90_000  # bytes of a page; above it long texts are cut, and fetched when they are needed
_SHORTEST = 200  # characters that are shown of any text
_STEP = 100  # bytes; were texts cut to the byte, every letter typed would send all rows again
SHORTCUTS = (
    "tab",
    "enter",
    "line",
    "arrows",
    "escape",
    "fill",
    "mend",
    "open",
    "undo",
    "redo",
    "find",
    "pick",
    "review",
    "replace",
)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row with what only reading it can tell: its tokens, and what is to be said about it."""

    row: Row
    tokens: int | None
    findings: Sequence[tuple[Severity, Finding]]  # as seen at the place to train
    shared: int  # messages that the findings count before the row's own
    checks: Checks = NO_CHECKS


def example_grid(
    project_id: str,
    prompt: str,
    rows: Sequence[GridRow],
    around: Values,
    carry_out: Callable[[Item], None],
) -> None:
    """Show a page of rows to write in.

    prompt: what rows without instructions of their own inherit; around: what stands around the
    table (page, pages, total, undo, …); carry_out: does one thing that the person did, and is
    called before the next run reads any row.
    """
    feed = _feed(project_id, prompt)
    values = [values_of(row) for row in rows]
    update = feed.update(cut(values, ROOM - _size_without_texts(values), _whole()))
    words = {} if update["base"] else {"words": words_for(prompt)}
    data = {
        "name": f"grid.{project_id}",
        "added": _added(),
        **answer(GRID),
        **update,
        **words,
        **around,
    }
    load_component(GRID)(data=pack(data), key=GRID, on_sent_change=lambda: _receive(carry_out))


def renew_feed() -> None:
    """Send the whole page next time; for a run of the page, whose browser may hold nothing."""
    st.session_state.pop(state.GRID_FEED, None)


def _receive(carry_out: Callable[[Item], None]) -> None:
    message = read_message(GRID)
    if (held := st.session_state.get(state.GRID_FEED)) and "epoch" in message:
        held[1].acknowledge(message["epoch"], message["seen"])
    waiting = {item.get("key") for item in message.get("items", [])}
    for key in _added().keys() - waiting:  # the browser has heard it
        del _added()[key]
    take_items(GRID, carry_out)


def _feed(project_id: str, prompt: str) -> Feed:
    """The feed of what is shown; other words or other instructions begin a new one."""
    shown = (project_id, prompt, language())
    held = st.session_state.get(state.GRID_FEED)
    if held is None or held[0] != shown:
        held = st.session_state[state.GRID_FEED] = (shown, Feed())
    feed: Feed = held[1]
    return feed


def show_whole(row_id: int) -> None:
    """Somebody means to write in this row: its texts are shown however long they are."""
    _whole().add(row_id)


def hide_whole() -> None:
    """Another page is shown: what is long is cut again."""
    _whole().clear()


def row_added(key: str, row_id: int) -> None:
    """Tell the browser the id of the row that it asked for with this key."""
    _added()[key] = row_id


def _added() -> dict[str, int]:
    added: dict[str, int] = st.session_state.setdefault(state.GRID_ADDED, {})
    return added


def _whole() -> set[int]:
    whole: set[int] = st.session_state.setdefault(state.GRID_WHOLE, set())
    return whole


def values_of(shown: GridRow) -> dict[str, Any]:
    """A row as the component takes it."""
    row, cells = shown.row, cells_of(shown.row.example)
    severities = [severity for severity, _ in shown.findings]
    worst = min(severities, key=list(Severity).index, default=None)
    values = {
        "id": row.id,
        "number": f"{row.number:,}",
        **{column: getattr(cells, column) for column in COLUMNS},
        "tokens": None if shown.tokens is None else f"{shown.tokens:,}",
        "mark": worst or "ok",
        "status": _status(shown, worst),
        "notes": _notes(shown),
    }
    if cells.more_turns:
        values["more"] = t("editor.more_turns", n=cells.more_turns)
    values |= _marks(row.example)
    if locked := locked_columns(row.example):
        values["locked"] = locked
    return values


def _marks(example: Example) -> dict[str, Any]:
    """What people have put on the example, as far as it is not as usual."""
    marks = {
        "tags": example.tags,
        "review": "" if example.review == DRAFT else example.review,
        "note": example.note,
        "held_out": example.held_out,
    }
    return {name: value for name, value in marks.items() if value}


def _status(shown: GridRow, worst: Severity | None) -> str:
    code = next((finding.code for seen, finding in shown.findings if seen == worst), None)
    return t(f"finding.{code}.title") if code else t("editor.row_ready")


def _notes(shown: GridRow) -> list[dict[str, Any]]:
    codes = {finding.code for _, finding in shown.findings}
    fixes = {code: fix_words(code, shown.row.example, shown.checks) for code in codes}
    return gathered(
        _note(shown, severity, finding, fixes[finding.code]) for severity, finding in shown.findings
    )


def _note(shown: GridRow, severity: Severity, finding: Finding, fix: str) -> dict[str, Any]:
    column = column_of(shown.row.example, finding, shown.shared)
    return {
        "column": column or "user",  # beside the way to the turns that no cell shows
        "severity": severity,
        "code": finding.code,
        "text": sentence_of(finding),
        "fix": fix,
        **(span_of(finding) if column else {}),
    }


def cut(rows: Sequence[dict[str, Any]], room: int, whole: set[int]) -> list[dict[str, Any]]:
    """The rows with their longest texts cut, so that together they take `room` bytes or so.

    `whole` rows are spared. A cut text stands under "clipped", to be fetched before it is edited.
    """
    sizes = [len(row[column].encode("utf-8", "replace")) for row in rows for column in COLUMNS]
    if sum(sizes) <= room:
        return list(rows)
    longest = max(_SHORTEST, _level(sizes, room) // _STEP * _STEP)
    return [row if row["id"] in whole else _cut(row, longest) for row in rows]


def _size_without_texts(rows: Sequence[dict[str, Any]]) -> int:
    """The bytes that a page takes beside what is written in it: its figures and its notes."""
    return len(pack([row | dict.fromkeys(COLUMNS, "") for row in rows]))


def _level(sizes: Sequence[int], room: int) -> int:
    """The size to which the larger ones must be cut for all to fit in `room`."""
    left = sorted(sizes)
    for place, size in enumerate(left):
        share = room // (len(left) - place)
        if size > share:
            return share
        room -= size
    return left[-1]


def _cut(row: dict[str, Any], longest: int) -> dict[str, Any]:
    long = [column for column in COLUMNS if len(row[column].encode("utf-8", "replace")) > longest]
    if not long:
        return row
    return row | {column: _head(row[column], longest) for column in long} | {"clipped": long}


def _head(text: str, size: int) -> str:
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore") + "…"


def words_for(prompt: str) -> dict[str, Any]:
    """Every word that the table says, their places for facts left open."""
    shortcuts = [(t(f"grid.key_{name}"), t(f"grid.key_{name}_does")) for name in SHORTCUTS]
    return {
        **words_of("grid"),
        **{name: t(f"error.{name}") for name in ("changed_since", "cell_locked", "work_running")},
        **{f"review_{review}": t(f"review.{review}") for review in REVIEWS},
        "inherited": prompt or t("grid.no_instructions"),
        "shortcut_list": shortcuts,
    }
