"""Values that a file holds one by one, read in a shape: each becomes an example or a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.examples import Example
from core.findings import Finding
from core.importing.columns import reader_of_columns, unused_keys
from core.importing.recipe import COLUMNS_SHAPE, JSON, Recipe
from core.importing.shapes import SHAPES, Read
from core.jsonl import Line, Value, at_line, read_value
from core.lines import RawLine, read_items, read_text
from core.rules.codes import find

NAMED = 20  # keys that are told by name


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a file, where it stands and how."""

    number: int
    raw: bytes
    value: Value


def read_json(file: BinaryIO, recipe: Recipe) -> Iterator[Line]:
    """Lines of JSON, or the items of a list, in the shape of the recipe."""
    return read_objects(json_items(file, recipe.kind, recipe.encoding), recipe)


def json_items(file: BinaryIO, kind: str, encoding: str) -> Iterator[Item]:
    """The values of a JSON file as they stand, one by one."""
    cut = read_items if kind == JSON else read_text
    return map(_item_of, cut(file, encoding))


def read_objects(items: Iterable[Item], recipe: Recipe) -> Iterator[Line]:
    """What values say in the shape of the recipe; unused keys are told where they first stand."""
    read = reader_of(recipe)
    known: set[str] = set()
    for item in items:
        value = item.value
        if value.fault:
            yield Line(item.number, item.raw, None, value.findings)
            continue
        findings = list(value.findings)
        if recipe.shape == COLUMNS_SHAPE and (
            unused := unused_keys(recipe.table, value.value, known)
        ):
            findings.append(find("unused_columns", line=item.number, columns=_named(unused)))
        yield _line_of(item, read(value.value), findings)


def reader_of(recipe: Recipe) -> Callable[[Any], Read]:
    """What turns a value into an example, in the shape of the recipe."""
    if recipe.shape == COLUMNS_SHAPE:
        return reader_of_columns(recipe.table)
    return SHAPES[recipe.shape].read


def _named(keys: list[str]) -> str:
    """The keys in a sentence, which ends somewhere."""
    return ", ".join([*keys[:NAMED], *(["…"] if len(keys) > NAMED else [])])


def _item_of(line: RawLine) -> Item:
    return Item(line.number, line.raw, read_value(line))


def _line_of(item: Item, said: Read, findings: list[Finding]) -> Line:
    if isinstance(said, Example):
        return Line(item.number, item.raw, said, tuple(findings))
    faults = (at_line(finding, item.number) for finding in said)
    return Line(item.number, item.raw, None, (*faults, *findings))
