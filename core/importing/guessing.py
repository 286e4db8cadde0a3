"""What a file is, told by its beginning: its kind, the shape of its examples, its columns."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO

from core.column_names import role_of
from core.encodings import SAMPLE_BYTES, UTF_8, WINDOWS_1252, guess_encoding, read_beginning
from core.examples import ASSISTANT, USER
from core.importing.columns import columns_of
from core.importing.objects import json_items
from core.importing.parquet import parquet_items
from core.importing.recipe import (
    COLUMNS_SHAPE,
    CSV,
    FOREIGN,
    JSON,
    JSONL,
    PARQUET,
    TRANSCRIPT,
    XLSX,
    Recipe,
)
from core.importing.shapes import guess_shape
from core.importing.sheets import guess_workbook
from core.importing.tables import recipe_of_table
from core.importing.transcripts import find_talk, is_transcript
from core.importing.workbook.book import may_be_workbook
from core.table_format import TableFormat, guess_format, is_table, rows_below

SAMPLE = 50  # values that are looked at
MOST_BYTES = 2_000_000
_ENDINGS = {"csv": CSV, "tsv": CSV, "tab": CSV, "jsonl": JSONL, "ndjson": JSONL, "json": JSONL}
# What begins like this is neither text nor a table: old Excel or with a password, PDF, archives,
# pictures, web pages.
_FOREIGN = (
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x89PNG",
    b"\xff\xd8\xff",
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|head|meta)", re.IGNORECASE)
_JSON_BEGINS = re.compile(r'\s*(?:\{|\[\s*[\[{"\]])')
_NO_TABLE = TableFormat("", "", False, (), 0)
_CHAT = "chat"  # the shape that is named where nothing tells


def guess_recipe(
    file: BinaryIO,
    name: str,
    *,
    kind: str | None = None,
    shape: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    sheet: str | None = None,
) -> Recipe:
    """How a file of this name is to be read; what is given is not guessed.

    `file` must be seekable and is left at its start. Never raises on what it holds.
    """
    kind = kind or guess_kind(file, name)
    file.seek(0)
    if kind in (JSONL, JSON):
        recipe = _guess_json(file, kind, encoding or _json_encoding(file))
    elif kind == CSV:
        table = guess_format(file, encoding=encoding, delimiter=delimiter, has_header=has_header)
        recipe = recipe_of_table(CSV, table, rows_below(file, table))
    elif kind == XLSX:
        recipe = guess_workbook(file, sheet, has_header) or Recipe(kind, _CHAT, _NO_TABLE)
    elif kind == PARQUET:
        items = islice(parquet_items(file), SAMPLE)
        recipe = _of_objects(kind, [item.value.value for item in items if not item.value.fault])
    elif kind == TRANSCRIPT:
        recipe = _guess_transcript(file, encoding)
    else:
        recipe = Recipe(kind, _CHAT, _NO_TABLE)
    file.seek(0)
    return recipe.with_shape(shape) if shape else recipe


def guess_kind(file: BinaryIO, name: str) -> str:
    """By the first bytes, then by the ending of the name, then by the text."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith(b"PK\x03\x04"):
        return XLSX if may_be_workbook(file) else FOREIGN
    if head.startswith(_FOREIGN) or _MARKUP.match(head):
        return FOREIGN
    kind = _ENDINGS.get(name.lower().rpartition(".")[2])
    if kind == CSV:
        return CSV
    file.seek(0)
    text = read_beginning(file, guess_encoding(file), SAMPLE_BYTES)
    if kind == JSONL or _is_json(text):
        return JSON if _spans_lines(text) else JSONL
    if is_transcript(text) or not (is_table(file, "") or _has_objects(text)):
        return TRANSCRIPT
    return JSONL if _has_objects(text) else CSV


def _is_json(text: str) -> bool:
    return bool(_JSON_BEGINS.match(text))


def _has_objects(text: str) -> bool:
    """Whether some line is a JSON object, though the first is none."""
    return any(_is_whole(line.strip()) for line in text.splitlines())


def _spans_lines(text: str) -> bool:
    """Whether the values of a JSON text do not end with their lines, or stand in one list.

    A list that is the only line is a list of examples; one a line would be an example each. An
    object that is the only line may stand around such a list.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not _is_json(text):
        return False
    try:
        value = json.loads(lines[0])
    except (ValueError, RecursionError):  # damaged, or goes on below
        return not any(_is_whole(line) for line in lines[1:])
    return len(lines) == 1 and (isinstance(value, list) or _holds_list(value))


def _holds_list(value: Any) -> bool:
    """Whether an object is no example itself, and holds one list of objects, which may be some."""
    if not isinstance(value, dict) or guess_shape([value]):
        return False
    lists = [item for item in value.values() if isinstance(item, list) and item]
    says_more = any(role_of(key) in (USER, ASSISTANT) for key in value)
    return not says_more and len(lists) == 1 and all(isinstance(each, dict) for each in lists[0])


def _is_whole(line: str) -> bool:
    return line.startswith("{") and line.endswith("}")


def _guess_transcript(file: BinaryIO, encoding: str | None) -> Recipe:
    encoding = encoding or guess_encoding(file)
    talk = find_talk(read_beginning(file, encoding, MOST_BYTES))
    return Recipe(TRANSCRIPT, _CHAT, replace(_NO_TABLE, encoding=encoding), talk=talk)


def _json_encoding(file: BinaryIO) -> str:
    """JSON is UTF-8 unless it says otherwise; Windows-1252 would take any broken byte for text."""
    encoding = guess_encoding(file)
    file.seek(0)
    return UTF_8 if encoding == WINDOWS_1252 else encoding


def _guess_json(file: BinaryIO, kind: str, encoding: str) -> Recipe:
    values, size = [], 0
    for item in json_items(file, kind, encoding):
        if not item.value.fault:
            values.append(item.value.value)
        size += len(item.raw)
        if len(values) == SAMPLE or size > MOST_BYTES:
            break
    return _of_objects(kind, values, encoding)


def _of_objects(kind: str, values: list[Any], encoding: str = "") -> Recipe:
    """The recipe for objects of which these are the first."""
    table = replace(columns_of(values), encoding=encoding)
    return Recipe(kind, guess_shape(values) or _shape_without(table), table)


def _shape_without(table: TableFormat) -> str:
    """Where no shape is recognised: columns, if there are any to choose from."""
    return COLUMNS_SHAPE if table.width else _CHAT
