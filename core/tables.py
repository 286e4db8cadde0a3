"""Tables and examples: a CSV row is one question and one reply, with its instructions.

Reading never fails: what cannot be read becomes a finding and keeps its text. Writing is meant for
spreadsheets: a byte order mark, CR LF, and no cell that a spreadsheet would run as a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from core.cells import COLUMNS
from core.csv_rows import Row, read_rows
from core.encodings import BROKEN, as_utf8, read_text_lines
from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.findings import Finding
from core.jsonl import LONG_LINE_BYTES, Line
from core.rules.codes import find
from core.table_format import TableFormat

# What a spreadsheet takes for the beginning of a formula (OWASP "CSV Injection", ASVS 1.2.10;
# the wide forms count in East Asian versions). Apostrophes before it are counted in, so that
# adding one and taking one away are each other's reverse.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")


def read_table(file: BinaryIO, table: TableFormat) -> Iterator[Line]:
    """Stream the rows of a table, numbered as a spreadsheet shows them, from 1.

    The header comes as a line without an example, with what is to be said about the columns; rows
    of blank cells come as one such line for all that stand together. Raises only what the source
    raises.
    """
    blanks: list[int] = []
    header: Line | None = None
    some = False
    for row in read_rows(read_text_lines(file, table.encoding), table.delimiter):
        if row.is_blank:
            blanks.append(row.number)
        elif table.has_header and header is None and not row.fault:
            header = Line(row.number, _raw(row), None, tuple(_check_header(table, row.number)))
            yield from _blank_line(blanks)
            yield header
        else:
            some = True
            yield from _blank_line(blanks)
            yield _read_row(row, table)
    yield from _blank_line(blanks)
    if header is not None and not some:
        yield Line(header.number, b"", None, (find("only_header", line=header.number),))


def write_table(examples: Iterable[Example]) -> Iterator[bytes]:
    """A header and each example as a row: UTF-8 with a byte order mark, CR LF, formulas defused.

    Raises:
        ValueError: a row cannot hold an example; `why_no_row` tells before.
    """
    yield "\ufeff".encode() + _write_row(COLUMNS)
    for example in examples:
        if reason := why_no_row(example):
            raise ValueError(reason)
        said = {message.role: message.text for message in example.messages}
        yield _write_row([_guard(said.get(role, "")) for role in COLUMNS])


def why_no_row(example: Example) -> str:
    """Why a row cannot hold an example whole, or "" where it can.

    extras: tools, weights, names, other roles or keys, content that is not text; turns: more than
    one question and one reply; unfinished: no question, no reply, or another order; text: nothing
    but blanks, or broken characters, which would not come back as they were.
    """
    roles = [message.role for message in example.messages]
    if example.extra or not all(map(_is_plain, example.messages)):
        return "extras"
    if len(example.turns) > 2 or roles.count(SYSTEM) > 1:
        return "turns"
    if roles not in ([USER, ASSISTANT], [SYSTEM, USER, ASSISTANT]):
        return "unfinished"
    said = "".join(message.text for message in example.messages)
    blank_system = example.system is not None and not example.system.strip()
    return "text" if not said.strip() or blank_system or _broken(said) else ""


def _is_plain(message: Message) -> bool:
    return (
        set(message.keys) == {"role", "content"}
        and message.role in COLUMNS
        and isinstance(message.content, str)
    )


def _broken(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def _write_row(cells: Iterable[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _guard(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _read_row(row: Row, table: TableFormat) -> Line:
    raw = _raw(row)
    faults = list(_check_row(row, table))
    notes = list(_check_text(row, raw, table))
    if faults:
        return Line(row.number, raw, None, (*faults, *notes))
    return Line(row.number, raw, _example_of(row.cells, table), tuple(notes))


def _example_of(cells: tuple[str, ...], table: TableFormat) -> Example:
    """The conversation in a row; a blank system cell inherits the project's instructions."""
    messages = []
    for role, column in zip(COLUMNS, table.columns, strict=True):
        text = cells[column] if column is not None and column < len(cells) else ""
        if column is not None and (role != SYSTEM or text.strip()):
            messages.append(Message.of(role, _unguard(text) if table.is_ours else text))
    return Example(tuple(messages))


def _check_row(row: Row, table: TableFormat) -> Iterator[Finding]:
    """What makes a row unreadable."""
    if row.fault:
        yield find(row.fault, line=row.number)
    if BROKEN.search(row.text):
        yield find("unknown_characters", line=row.number)
    if any(cell.strip() for cell in row.cells[table.width :]):
        yield find("long_row", line=row.number, cells=len(row.cells), expected=table.width)


def _check_text(row: Row, raw: bytes, table: TableFormat) -> Iterator[Finding]:
    """What is odd about a row that can be read."""
    needed = max((column for column in table.columns if column is not None), default=-1)
    if row.cells and len(row.cells) <= needed:
        yield find("short_row", line=row.number, cells=len(row.cells), expected=table.width)
    if "\0" in row.text:
        yield find("nul_character", line=row.number)
    if len(raw) > LONG_LINE_BYTES:
        yield find("very_long_line", line=row.number, bytes=len(raw))


def _check_header(table: TableFormat, line: int) -> Iterator[Finding]:
    """What is to be said about the columns, once."""
    known = Counter(name.strip().casefold() for name in table.first_row if name.strip())
    for name in (name for name, times in known.items() if times > 1):
        yield find("duplicate_column", line=line, name=name)
    if unused := table.unused_names:
        yield find("unused_columns", line=line, columns=", ".join(unused))


def _blank_line(numbers: list[int]) -> Iterator[Line]:
    """One line for all blank rows that stand together; `numbers` begins anew."""
    if numbers:
        count = len(numbers)
        yield Line(numbers[0], b"", None, (find("blank_rows", line=numbers[0], count=count),))
        numbers.clear()


def _raw(row: Row) -> bytes:
    return as_utf8(row.text.rstrip("\r\n"))
