"""Reading a file by its recipe: one stream of lines, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import BinaryIO, TypeAlias

from core.encodings import UTF_8, read_text_lines
from core.importing.objects import read_json
from core.importing.parquet import read_parquet
from core.importing.recipe import CSV, FOREIGN, JSON, JSONL, PARQUET, TRANSCRIPT, XLSX, Recipe
from core.importing.sheets import read_workbook
from core.importing.tables import read_csv
from core.importing.transcripts import read_conversations
from core.jsonl import Line, read_jsonl, read_line
from core.lines import read_range
from core.rules.codes import find

Reader: TypeAlias = Callable[[BinaryIO], Iterator[Line]]


def read_by(recipe: Recipe) -> Reader:
    """What reads a file by this recipe, from where it stands: a line for all that it says.

    Memory holds one row or object at a time. Bad data becomes findings; the reader raises only
    what the source raises.
    """
    return partial(_read, recipe)


def _read(recipe: Recipe, file: BinaryIO) -> Iterator[Line]:
    return _READERS[recipe.kind](file, recipe)


def reads_lines(reader: Reader) -> bool:
    """Whether it reads UTF-8 text line by line, so that parts of a file can be read apart."""
    recipe = reader.args[0] if isinstance(reader, partial) else None
    return reader is read_jsonl or (
        recipe is not None and recipe.kind == JSONL and recipe.encoding == UTF_8
    )


def read_part(file: BinaryIO, start: int, end: int, reader: Reader) -> Iterator[Line]:
    """What a reader that `reads_lines` finds from one line's end to another's; all in memory.

    Lines are numbered from 1.
    """
    if reader is read_jsonl:
        return map(read_line, read_range(file, start, end))
    file.seek(start)
    return reader(BytesIO(file.read(end - start)))


def _read_transcript(file: BinaryIO, recipe: Recipe) -> Iterator[Line]:
    return read_conversations(read_text_lines(file, recipe.encoding), recipe.talk)


def _read_foreign(file: BinaryIO, recipe: Recipe) -> Iterator[Line]:
    yield Line(1, b"", None, (find("foreign_file"),))


_READERS: dict[str, Callable[[BinaryIO, Recipe], Iterator[Line]]] = {
    JSONL: read_json,
    JSON: read_json,
    CSV: read_csv,
    XLSX: read_workbook,
    PARQUET: read_parquet,
    TRANSCRIPT: _read_transcript,
    FOREIGN: _read_foreign,
}
