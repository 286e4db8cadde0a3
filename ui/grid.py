"""The table of examples behind one small function, so that a better one can take its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.cells import COLUMNS, cells_of
from core.storage import Row
from ui import state
from ui.text import t

PICK = "pick"
ROW_HEIGHT = 38
Deltas = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row with what only reading it can tell: its tokens and its status in words."""

    row: Row
    tokens: int | None
    status: str


@dataclass(frozen=True, slots=True)
class GridEdits:
    """What a person did since the last run: texts typed, by row and column, and rows picked."""

    typed: tuple[tuple[int, str, str], ...]  # row id, column, text
    picked: tuple[int, ...]  # row ids, in the table's order
    newly_picked: int | None


def example_grid(load: Callable[[], Sequence[GridRow]], save: Callable[[GridEdits], None]) -> bool:
    """Save what was typed since the last run, then load the rows and show them to be edited.

    In this order, and with no element shown in between: Streamlit breaks a run off wherever it
    shows something, and what had been read but not yet saved would be gone.

    The widget tells rows by their index, so its edits are of the rows as they were last shown: a
    row that came or went since, here or in another tab, must not lend its place to another.
    Returns whether there were any rows.
    """
    shown, before, now = _told()
    edits = new_edits(shown, before, now)
    save(edits)
    rows = load()
    ids = tuple(row.row.id for row in rows)
    kept = {index: dict(delta) for index, delta in now.items()}
    if shown and shown != ids:
        renew_grid()
        kept = {}
    st.session_state[state.GRID_SHOWN] = (_key(), ids, kept)
    if rows:
        _show(rows)
    return bool(rows)


def picked_rows() -> tuple[int, ...]:
    """The ids of the rows that are ticked, in the table's order."""
    shown, _, now = _told()
    return new_edits(shown, {}, now).picked


def _told() -> tuple[tuple[int, ...], Deltas, Deltas]:
    """The row ids as last shown, what the widget had told by then, and what it tells now."""
    key, ids, before = st.session_state.get(state.GRID_SHOWN, (_key(), (), {}))
    if key != _key():
        return (), {}, {}
    return ids, before, st.session_state.get(key, {}).get("edited_rows", {})


def _key() -> str:
    return f"grid_{st.session_state.get(state.GRID_GENERATION, 0)}"


def _show(rows: Sequence[GridRow]) -> None:
    st.data_editor(
        _frame(rows),
        key=_key(),
        num_rows="fixed",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(len(rows), 14) + ROW_HEIGHT + 2,
        column_config=_columns(),
        disabled=["number", "tokens", "status"],
        alt=t("editor.table_alt"),
    )


def new_edits(ids: Sequence[int], before: Deltas, now: Deltas) -> GridEdits:
    """What `now` says that `before` did not; both map a row's index to the cells changed in it.

    A widget keeps telling all edits since it was made; applying them all again would overwrite
    what another tab has written meanwhile.
    """
    typed, newly_picked = [], None
    for index, delta in now.items():
        if not 0 <= index < len(ids):
            continue
        old = before.get(index, {})
        typed += [
            (ids[index], column, str(delta[column] or ""))
            for column in COLUMNS
            if column in delta and (column not in old or old[column] != delta[column])
        ]
        if delta.get(PICK) and not old.get(PICK):
            newly_picked = ids[index]
    picked = [ids[i] for i, delta in sorted(now.items()) if delta.get(PICK) and i < len(ids)]
    return GridEdits(tuple(typed), tuple(picked), newly_picked)


def renew_grid() -> None:
    """Drop what the widget remembers; call after anything else than typing changed the rows."""
    st.session_state[state.GRID_GENERATION] = st.session_state.get(state.GRID_GENERATION, 0) + 1


def _frame(rows: Sequence[GridRow]) -> pd.DataFrame:
    shown = [(row, cells_of(row.row.example)) for row in rows]
    return pd.DataFrame(
        {
            PICK: [False for _ in shown],
            "number": [row.row.number for row, _ in shown],
            **{column: [cells.flat(column) for _, cells in shown] for column in COLUMNS},
            "turns": [_turns(cells.more_turns) for _, cells in shown],
            "tokens": [row.tokens for row, _ in shown],
            "status": [row.status for row, _ in shown],
        }
    ).drop(columns=[] if any(cells.more_turns for _, cells in shown) else ["turns"])


def _turns(more: int) -> str:
    return t("editor.more_turns", n=more) if more else ""


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        PICK: column.CheckboxColumn("", width=38, help=t("editor.pick_help")),
        "number": column.NumberColumn("#", width=38),
        "system": column.TextColumn(t("editor.column_system"), width=120,
                                    help=t("editor.column_system_help")),
        "user": column.TextColumn(t("editor.column_user"), width=176),
        "assistant": column.TextColumn(t("editor.column_assistant"), width=290),
        "turns": column.TextColumn("", width=70, disabled=True),
        "tokens": column.NumberColumn(t("editor.column_tokens"), width=62, format="localized"),
        "status": column.TextColumn(t("editor.column_status"), width=112),
    }  # fmt: skip
