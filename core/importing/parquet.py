"""Parquet as objects: each row with its columns, a batch in memory at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from core.encodings import BROKEN, KEEP_BYTES, UTF_8, as_utf8
from core.examples import Example
from core.importing.objects import Item, read_objects
from core.importing.recipe import Recipe
from core.jsonl import Line, Value
from core.rules.codes import find

BATCH_ROWS = 64
BUFFER_BYTES = 1_000_000


def read_parquet(file: BinaryIO, recipe: Recipe) -> Iterator[Line]:
    """The rows in the shape of the recipe; where the file is damaged, that is the last line."""
    return map(_check_text, read_objects(parquet_items(file), recipe))


def parquet_items(file: BinaryIO) -> Iterator[Item]:
    """The rows as values, numbered from 1; raw is the JSON of a row.

    Bytes that are no text stand in a value as `BROKEN` has them, and in raw as they stood.
    """
    import pyarrow as pa  # takes a while to import, and is needed here alone
    import pyarrow.parquet as pq

    number = 0
    try:
        source = pq.ParquetFile(file, buffer_size=BUFFER_BYTES, pre_buffer=False)
        for batch in source.iter_batches(BATCH_ROWS, use_threads=False):
            for row in batch.to_pylist():
                number += 1
                value = as_json(row)
                raw = as_utf8(json.dumps(value, ensure_ascii=False))
                yield Item(number, raw, Value(value, ()))
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError):
        fault = Value(None, (find("damaged_file", line=number + 1),), fault=True)
        yield Item(number + 1, b"", fault)


def as_json(value: Any) -> Any:
    """A value as JSON has it; null fields of messages are absent, as Parquet cannot leave them out.

    Dates, decimals and bytes become their text.
    """
    if isinstance(value, dict):
        return {
            str(key): as_json(item)
            for key, item in value.items()
            if item is not None or key == "content"
        }
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.decode(UTF_8, KEEP_BYTES) if isinstance(value, bytes) else str(value)


def _check_text(line: Line) -> Line:
    """A row is no example if bytes that are no text would be part of it; a picture beside may."""
    if line.example is None or _is_text(line.raw) or not _is_broken(line.example):
        return line
    fault = find("unknown_characters", line=line.number)
    return Line(line.number, line.raw, None, (fault, *line.findings))


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _is_broken(example: Example) -> bool:
    rejected = [message.to_json() for message in example.rejected]
    said = json.dumps([example.to_json(), rejected, example.tags], ensure_ascii=False)
    return bool(BROKEN.search(said))
