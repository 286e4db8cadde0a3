"""Tables and examples: a row is one question and one reply, with its instructions.

Reading never fails: what cannot be read becomes a finding and keeps its text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import BinaryIO, TypeAlias

from core.cells import COLUMNS
from core.column_names import TAGS
from core.csv_rows import Row, read_rows
from core.encodings import BROKEN, KEEP_BYTES, UTF_8, as_utf8, read_text_lines
from core.examples import SYSTEM, Example, Message
from core.findings import Finding
from core.formulas import unguard
from core.jsonl import LONG_LINE_BYTES, Line, at_line
from core.rules.codes import find
from core.table_format import MAPPED, TableFormat

# What the cells of a row say: an example, or why they say none.
ReadCells: TypeAlias = Callable[[tuple[str, ...]], Example | list[Finding]]

_BETWEEN_TAGS = re.compile("[,;|\n，；、]")


def read_table(file: BinaryIO, table: TableFormat) -> Iterator[Line]:
    """Stream the rows of a delimited text; raises only what the source raises."""
    rows = read_rows(read_text_lines(file, table.encoding), table.delimiter)
    return read_table_rows(rows, table)


def read_table_rows(
    rows: Iterable[Row], table: TableFormat, read: ReadCells | None = None
) -> Iterator[Line]:
    """What the rows of a table say, numbered as a spreadsheet shows them, from 1.

    The header comes as a line without an example, with what is to be said about the columns; rows
    of blank cells come as one such line for all that stand together. `read` makes an example of
    the cells; by default the columns that the table names do.
    """
    all_used = read is not None
    read = read or partial(_example_of, table=table)
    above = table.above
    blanks: tuple[int, int] | None = None  # the first that stand together, and how many
    header: Line | None = None
    some = False
    for row in rows:
        if row.is_blank:
            blanks = (blanks[0], blanks[1] + 1) if blanks else (row.number, 1)
            continue
        yield from _blank_line(blanks)
        blanks = None
        if above and not row.fault:
            above -= 1
            yield _aside(row, table, "above_header")
        elif table.has_header and header is None and not row.fault:
            header = _header_line(row, table, all_used=all_used)
            yield header
        elif table.has_header and row.cells == table.first_row:
            yield _aside(row, table, "repeated_header")
        else:
            some = True
            yield _read_row(row, table, read)
    yield from _blank_line(blanks)
    if header is not None and not some:
        yield Line(header.number, b"", None, (find("only_header", line=header.number),))


def _aside(row: Row, table: TableFormat, code: str) -> Line:
    """A row that is no example, and why."""
    return Line(row.number, _raw(row, table), None, (find(code, line=row.number),))


def _read_row(row: Row, table: TableFormat, read: ReadCells) -> Line:
    raw = _raw(row, table)
    faults = list(_check_row(row, table))
    notes = list(_check_text(row, raw, table))
    if not faults:
        said = read(row.cells)
        if isinstance(said, Example):
            return Line(row.number, raw, said, tuple(notes))
        faults = [at_line(finding, row.number) for finding in said]
    return Line(row.number, raw, None, (*faults, *notes))


def _example_of(cells: tuple[str, ...], table: TableFormat) -> Example | list[Finding]:
    """The conversation in a row; a blank system cell inherits the project's instructions."""
    said = {
        role: cells[column] if column < len(cells) else ""
        for role, column in zip(MAPPED, table.columns, strict=True)
        if column is not None
    }
    if table.is_ours:
        said = {role: unguard(text) for role, text in said.items()}
    return example_of(said)


def example_of(said: Mapping[str, str]) -> Example | list[Finding]:
    """The conversation of a row, by what its columns hold; a blank system text is none."""
    if not any(text.strip() for role, text in said.items() if role != TAGS):
        return [find("nothing_in_columns")]
    tags = [tag.strip() for tag in _BETWEEN_TAGS.split(said.get(TAGS, ""))]
    messages = [
        Message.of(role, said[role])
        for role in COLUMNS
        if role in said and (role != SYSTEM or said[role].strip())
    ]
    return Example(tuple(messages)).with_tags(filter(None, tags))


def _check_row(row: Row, table: TableFormat) -> Iterator[Finding]:
    """What makes a row unreadable."""
    if row.fault:
        yield find(row.fault, line=row.number)
    if BROKEN.search(row.text):
        yield find("unknown_characters", line=row.number)
    if table.delimiter and _has_more(row, table):
        yield find("long_row", line=row.number, cells=len(row.cells), expected=table.width)


def _check_text(row: Row, raw: bytes, table: TableFormat) -> Iterator[Finding]:
    """What is odd about a row that can be read."""
    needed = max((column for column in table.columns if column is not None), default=-1)
    if row.cells and len(row.cells) <= needed:
        yield find("short_row", line=row.number, cells=len(row.cells), expected=table.width)
    if not table.delimiter and _has_more(row, table):
        yield find("beside_table", line=row.number)
    if "\0" in row.text:
        yield find("nul_character", line=row.number)
    if len(raw) > LONG_LINE_BYTES:
        yield find("very_long_line", line=row.number, bytes=len(raw))


def _has_more(row: Row, table: TableFormat) -> bool:
    return any(cell.strip() for cell in row.cells[table.width :])


def _header_line(row: Row, table: TableFormat, all_used: bool) -> Line:
    said = _check_header(table, row.number, all_used)
    return Line(row.number, _raw(row, table), None, tuple(said))


def _check_header(table: TableFormat, line: int, all_used: bool) -> Iterator[Finding]:
    """What is to be said about the columns, once."""
    known = Counter(name.strip().casefold() for name in table.first_row if name.strip())
    for name in (name for name, times in known.items() if times > 1):
        yield find("duplicate_column", line=line, name=name)
    if (unused := table.unused_names) and not all_used:
        yield find("unused_columns", line=line, columns=", ".join(unused))


def _blank_line(blanks: tuple[int, int] | None) -> Iterator[Line]:
    """One line for all blank rows that stand together."""
    if blanks:
        first, count = blanks
        yield Line(first, b"", None, (find("blank_rows", line=first, count=count),))


def _raw(row: Row, table: TableFormat) -> bytes:
    """The text of a row as UTF-8; one in another encoding than the table stays as it stood."""
    text = row.text.rstrip("\r\n")
    if BROKEN.search(text) and table.encoding not in ("", UTF_8):
        with suppress(UnicodeError):
            original = text.encode(table.encoding, KEEP_BYTES)
            original.decode(UTF_8)
            return original
    return as_utf8(text)
