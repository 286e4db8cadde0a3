"""Rows of cells read in any shape: by columns, or as objects under the names of the columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from core.csv_rows import read_rows
from core.encodings import read_text_lines
from core.importing.columns import object_of
from core.importing.objects import reader_of
from core.importing.recipe import COLUMNS_SHAPE, Recipe
from core.importing.shapes import Read, guess_shape
from core.jsonl import Line
from core.table_format import TableFormat, format_of_rows
from core.tables import ReadCells, read_table_rows


def recipe_of_rows(kind: str, rows: list[list[str]], has_header: bool | None = None) -> Recipe:
    """The recipe for a table that begins with these rows, none of them blank."""
    table = format_of_rows(rows, has_header)
    return recipe_of_table(kind, table, rows[table.above + table.has_header :])


def recipe_of_table(kind: str, table: TableFormat, rows: list[list[str]]) -> Recipe:
    """The recipe for a table with these rows: its columns, unless their names are of a shape."""
    values = [object_of(table.names, row) for row in rows] if table.has_header else []
    shape = guess_shape(values)
    own = shape if shape not in ("", "prompt_completion") else COLUMNS_SHAPE
    return Recipe(kind, own, table)


def read_csv(file: BinaryIO, recipe: Recipe) -> Iterator[Line]:
    """The rows of a delimited text."""
    table = recipe.table
    rows = read_rows(read_text_lines(file, table.encoding), table.delimiter)
    return read_table_rows(rows, table, cells_reader(recipe))


def cells_reader(recipe: Recipe) -> ReadCells | None:
    """What reads a row's cells, or None where the columns of the recipe say it."""
    if recipe.shape == COLUMNS_SHAPE:
        return None
    read, names = reader_of(recipe), recipe.table.names

    def read_cells(cells: tuple[str, ...]) -> Read:
        return read(object_of(names, cells))

    return read_cells
