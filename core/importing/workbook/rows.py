"""The rows of a sheet as text, with merged cells filled in and formulas by their results."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element

from core.csv_rows import Row
from core.importing.workbook.book import Book, Sheet, told_as_damage
from core.importing.workbook.seen import seen_text
from core.importing.workbook.strings import text_in
from core.importing.workbook.xml import iterate_elements

CHUNK_BYTES = 200_000
LONGEST_TAG = 1_000
FORMULA, ERROR = "formula_cell", "error_cell"

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_LETTERS = re.compile("[A-Z]{1,3}")
_HIDDEN = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')


@dataclass(slots=True)
class Notes:
    """What is to be known of a sheet before its rows are read.

    tall: for each row in which cells begin that are merged with some below, their column and last
    row; all from 1.
    """

    tall: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    merged: int = 0  # cells merged with others
    hidden_rows: int = 0


def read_notes(book: Book, sheet: Sheet) -> Notes:
    """Look through a sheet for merged cells and hidden rows, which stand behind or among its rows.

    Raises:
        Damaged: it cannot be read to its end.
    """
    notes = Notes()
    with told_as_damage(), book.archive.open(sheet.part) as source:
        for piece in _pieces(source):
            notes.hidden_rows += len(_HIDDEN.findall(piece))
            for left, top, right, bottom in _MERGED.findall(piece):
                first, last = int(top), int(bottom)
                columns = _number(left.decode()), _number(right.decode())
                notes.merged += (last - first + 1) * (columns[1] - columns[0] + 1)
                if last > first:
                    notes.tall.setdefault(first, []).append((columns[0], last))
    return notes


def read_sheet_rows(
    book: Book, sheet: Sheet, notes: Notes, used: Collection[int | None] | None
) -> Iterator[Row]:
    """The rows that the sheet has, numbered as it shows them, each with its text as a CSV row.

    used: the columns (from 0) in which a formula without result, or with an error as its result,
    makes the row faulty; None for all.

    Raises:
        Damaged: the sheet cannot be read to its end.
    """
    from openpyxl.worksheet import _reader

    openpyxl: Any = _reader
    parser = openpyxl.WorkSheetParser(None, book.strings, data_only=True, **book.reading)
    filling: dict[int, tuple[int, str]] = {}  # by column: the last row, and what is shown
    with told_as_damage(), book.archive.open(sheet.part) as source:
        for element, namespace in iterate_elements(source, "row", within="sheetData"):
            number, cells, faults = _read_row(element, namespace, parser, book)
            own = bool(cells)
            _fill(cells, number, filling, notes)
            fault = next((f for at, f in faults.items() if used is None or at - 1 in used), "")
            yield _row_of(number, cells if own else {}, fault)


def _read_row(
    element: Element, namespace: str, parser: Any, book: Book
) -> tuple[int, dict[int, str], dict[int, str]]:
    """The number of a row; by column (from 1) the texts of its cells, and what is wrong there."""
    parser.row_counter = int(element.get("r") or parser.row_counter + 1)
    parser.col_counter = 0
    cells, faults = {}, {}
    for cell in element.iterfind(f"{namespace}c"):
        column, text, fault = _read_cell(cell, namespace, parser, book)
        if text.strip():
            cells[column] = text
        if fault:
            faults[column] = fault
    return parser.row_counter, cells, faults


def _read_cell(cell: Element, namespace: str, parser: Any, book: Book) -> tuple[int, str, str]:
    """Column from 1, text, and what is wrong."""
    try:
        read = parser.parse_cell(cell)
    except (ValueError, LookupError, TypeError, ArithmeticError):  # damaged in itself
        letters = _LETTERS.match(cell.get("r") or "")
        parser.col_counter = _number(letters[0]) if letters else parser.col_counter + 1
        return parser.col_counter, cell.findtext(f"{namespace}v") or "", ERROR
    column, value, kind = read["column"], read["value"], read["data_type"]
    formula = cell.find(f"{namespace}f")
    if value is None and formula is not None and kind != "str":
        return column, f"={formula.text or ''}", FORMULA
    if cell.get("t") == "inlineStr" and (inline := cell.find(f"{namespace}is")) is not None:
        value = text_in(inline, namespace)
    style = read["style_id"]
    number_format = book.formats[style] if style < len(book.formats) else "General"
    return column, seen_text(value, number_format), ERROR if kind == "e" else ""


def _fill(
    cells: dict[int, str], number: int, filling: dict[int, tuple[int, str]], notes: Notes
) -> None:
    """Put into a row what cells merged from above show there."""
    for column, (last, text) in list(filling.items()):
        if number > last:
            del filling[column]
        else:
            cells.setdefault(column, text)
    for column, last in notes.tall.get(number, ()):
        if column in cells:
            filling[column] = (last, cells[column])


def _row_of(number: int, cells: dict[int, str], fault: str) -> Row:
    width = max(cells, default=0)
    texts = tuple(cells.get(column, "") for column in range(1, width + 1))
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="").writerow(texts)
    return Row(number, written.getvalue(), texts, fault)


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a source in pieces that end with a whole tag."""
    held = b""
    while chunk := source.read(CHUNK_BYTES):
        piece = held + chunk
        end = piece.rfind(b">") + 1
        held = piece[end:]
        if len(held) > CHUNK_BYTES:  # text, and no tag begins in it
            held = held[-LONGEST_TAG:]
        yield piece[:end]
    yield held


def _number(letters: str) -> int:
    """A column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
