"""XLSX as rows of a table: which sheet, what stands where, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from core.csv_rows import Row
from core.findings import Finding
from core.importing.recipe import COLUMNS_SHAPE, XLSX, Recipe
from core.importing.tables import cells_reader, recipe_of_rows
from core.importing.workbook.book import Book, Damaged, Sheet, open_book
from core.importing.workbook.rows import Notes, read_notes, read_sheet_rows
from core.jsonl import Line
from core.rules.codes import find
from core.table_format import SAMPLE_ROWS
from core.tables import read_table_rows


def guess_workbook(
    file: BinaryIO, sheet: str | None = None, has_header: bool | None = None
) -> Recipe | None:
    """The recipe for a workbook: the first sheet whose columns tell, or else that has any text.

    None where it is none.
    """
    best: Recipe | None = None
    try:
        with open_book(file) as book:
            names = tuple(each.name for each in book.sheets)
            for each in _in_question(book, sheet):
                rows = _first_rows(book, each)
                recipe = recipe_of_rows(XLSX, rows, has_header)
                recipe = replace(recipe, sheet=each.name, sheets=names)
                if rows and recipe.is_complete:
                    return recipe
                if best is None or not best.table.width:
                    best = recipe
    except Damaged:
        return best
    return best


def read_workbook(file: BinaryIO, recipe: Recipe) -> Iterator[Line]:
    """The rows of the recipe's sheet; where the file is damaged, that is the last line."""
    number = 0
    try:
        with open_book(file) as book:
            sheet = next((each for each in book.sheets if each.name == recipe.sheet), None)
            if sheet is None:
                raise Damaged
            notes = read_notes(book, sheet)
            used = set(recipe.table.columns) if recipe.shape == COLUMNS_SHAPE else None
            width = recipe.table.width
            rows = (_padded(row, width) for row in read_sheet_rows(book, sheet, notes, used))
            yield from _told_first(list(_check_sheet(book, sheet, notes)))
            for line in read_table_rows(rows, recipe.table, cells_reader(recipe)):
                number = line.number
                yield line
    except Damaged:
        yield Line(number + 1, b"", None, (find("damaged_file", line=number + 1),))


def _in_question(book: Book, sheet: str | None) -> list[Sheet]:
    """The sheet that was asked for, or the visible ones, or where there are none the others."""
    named = [each for each in book.sheets if each.name == sheet]
    visible = [each for each in book.sheets if not each.hidden]
    return named or visible or list(book.sheets)


def _first_rows(book: Book, sheet: Sheet) -> list[list[str]]:
    """The first rows that are not blank, as far as they can be read."""
    rows: list[list[str]] = []
    try:
        for row in islice(read_sheet_rows(book, sheet, Notes(), ()), 10 * SAMPLE_ROWS):
            if not row.is_blank:
                rows.append(list(row.cells))
            if len(rows) == SAMPLE_ROWS:
                break
    except Damaged:
        pass
    return rows


def _padded(row: Row, width: int) -> Row:
    """With the blank cells at its end, which a sheet leaves out."""
    return replace(row, cells=row.cells + ("",) * (width - len(row.cells)))


def _check_sheet(book: Book, sheet: Sheet, notes: Notes) -> Iterator[Finding]:
    others = [each.name for each in book.sheets if each != sheet]
    if others:
        yield find("other_sheets", sheets=", ".join(others))
    if notes.merged:
        yield find("merged_cells", count=notes.merged)
    if notes.hidden_rows:
        yield find("hidden_rows", count=notes.hidden_rows)


def _told_first(findings: list[Finding]) -> Iterator[Line]:
    """A line before all others, for what is to be said about the sheet."""
    if findings:
        yield Line(1, b"", None, tuple(findings))
