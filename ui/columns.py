"""How a table is read: what was recognised, and every part of it for the person to change."""

from __future__ import annotations

import hashlib
from functools import partial
from io import BytesIO

import streamlit as st

from core.cells import COLUMNS
from core.encodings import ENCODINGS
from core.examples import SYSTEM
from core.table_format import DELIMITERS, TableFormat, guess_format
from ui.parts import show_marked, show_note
from ui.text import t

SHOWN_CHARS = 24  # of a cell, so that one recognises a column without a name
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}


def choose_format(content: bytes) -> TableFormat:
    """What a table's beginning tells about it, as changed by the person."""
    mark = hashlib.sha256(content).hexdigest()[:12]
    show_note(t("transfer.table_lead"))
    guess = guess_format(BytesIO(content))
    left, right = st.columns(2)
    with left:
        encoding = st.selectbox(
            t("transfer.table_encoding"), ENCODINGS, ENCODINGS.index(guess.encoding),
            format_func=lambda each: t(f"transfer.encoding.{each}"), key=f"encoding_{mark}",
            help=t("transfer.table_encoding_help"),
        )  # fmt: skip
    guess = guess_format(BytesIO(content), encoding=encoding)
    with right:
        delimiter = st.selectbox(
            t("transfer.table_delimiter"), DELIMITERS, DELIMITERS.index(guess.delimiter),
            format_func=lambda each: t(f"transfer.delimiter.{_DELIMITER_NAMES[each]}"),
            key=f"delimiter_{mark}_{encoding}",
        )  # fmt: skip
    guess = guess_format(BytesIO(content), encoding=encoding, delimiter=delimiter)
    name = f"{mark}_{encoding}_{_DELIMITER_NAMES[delimiter]}"
    header = st.checkbox(t("transfer.table_header"), guess.has_header, key=f"header_{name}")
    guess = guess_format(
        BytesIO(content), encoding=encoding, delimiter=delimiter, has_header=header
    )
    table = _choose_columns(guess, f"{name}_{header}")
    if not table.is_complete:
        show_marked("warning", t("transfer.table_incomplete"))
    return table


def _choose_columns(table: TableFormat, name: str) -> TableFormat:
    """Which column holds the instructions, which the question, which the reply."""
    choices = [None, *range(table.width)]
    chosen = []
    for place, role, guess in zip(st.columns(3), COLUMNS, table.columns, strict=True):
        with place:
            column = st.selectbox(
                t(f"grid.column_{role}"), choices, choices.index(guess), key=f"{role}_{name}",
                format_func=partial(_column_name, table),
                help=t("transfer.table_system_help") if role == SYSTEM else None,
            )  # fmt: skip
        chosen.append(column)
    return table.with_columns(*chosen)


def _column_name(table: TableFormat, at: int | None) -> str:
    """The name a column has, or its letter and how it begins; or that it is none."""
    if at is None:
        return t("transfer.table_none")
    if table.has_header:
        return table.names[at]
    begins = "".join(table.first_row[at : at + 1]).strip()[:SHOWN_CHARS]
    return t("transfer.table_column", letter=table.names[at], text=begins)
