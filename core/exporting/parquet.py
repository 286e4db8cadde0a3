"""Parquet as data sets are published in it: a column of conversations, `messages`.

A message has role and content, and name and weight, null where it has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from core.examples import Example, Message
from core.exporting.rows import is_broken

GROUP_ROWS = 10_000  # written at once, or as many as have
GROUP_CHARACTERS = 16_000_000

_FIELDS = {"role": pa.string(), "content": pa.string(), "name": pa.string(), "weight": pa.int8()}
_MESSAGE = pa.struct(list(_FIELDS.items()))
_SCHEMA = pa.schema([("messages", pa.list_(_MESSAGE))])


def write_parquet(examples: Iterable[Example], file: BinaryIO) -> None:
    """Each example as a list of messages; a group of rows is in memory at a time."""
    with pq.ParquetWriter(file, _SCHEMA, compression="zstd") as writer:
        for group in _groups(examples):
            writer.write_batch(pa.RecordBatch.from_pydict({"messages": group}, _SCHEMA))


def why_no_messages(example: Example) -> str:
    """Why the column cannot hold an example whole, or "" where it can.

    extras: tools, other keys, content that is not text, a weight that is neither 0 nor 1;
    unfinished: no message; text: broken characters, which would not come back as they were.
    """
    if example.extra or not all(map(_is_plain, example.messages)):
        return "extras"
    if not example.messages:
        return "unfinished"
    said = (str(value) for message in example.messages for _, value in message.pairs)
    return "text" if is_broken("".join(said)) else ""


def _is_plain(message: Message) -> bool:
    """Whether each value fits its field, and none is null, which would not be told from absent."""
    fits = all(
        type(value) is str if key != "weight" else type(value) is int and value in (0, 1)
        for key, value in message.pairs
    )
    return fits and {"role", "content"} <= set(message.keys) <= set(_FIELDS)


def _groups(examples: Iterable[Example]) -> Iterator[list[Any]]:
    group: list[Any] = []
    characters = 0
    for example in examples:
        group.append([message.to_json() for message in example.messages])
        characters += sum(len(message.text) for message in example.messages)
        if len(group) == GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group
