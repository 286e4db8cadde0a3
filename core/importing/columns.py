"""Objects whose question and reply stand under keys of their own, as cells stand in columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from core.column_names import TAGS, role_of
from core.importing.shapes import Read
from core.importing.shapes.shape import not_an_object, unfit
from core.table_format import MAPPED, TableFormat, guess_columns
from core.tables import example_of

DEEPEST = 6  # keys within keys that count as columns
MOST_NAMES = 400

# What holds JSON where it stands in a cell; in any other column, JSON is what the model shall say.
_HOLDS_JSON = {"messages", "conversations", "conversation", "history", "tools"} | {
    "preferred_output", "non_preferred_output",
}  # fmt: skip
_MAY_HOLD_MESSAGES = {"prompt", "completion", "chosen", "rejected", "input"}


def flatten(value: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[
    tuple[str, Any]
]:  # fmt: skip
    """Each text, number or list of such under its name; "a.b" is the key b within the key a."""
    for key, item in value.items():
        name = f"{before}{key}"
        if isinstance(item, list) and any(isinstance(each, dict | list) for each in item):
            item = {str(at): each for at, each in enumerate(item)}
        if isinstance(item, dict) and depth < DEEPEST:
            yield from flatten(item, f"{name}.", depth + 1)
        else:
            yield name, item


def columns_of(values: Iterable[Any]) -> TableFormat:
    """The columns that some first objects have, and which of them hold what, by their names."""
    names: dict[str, None] = {}
    for value in values:
        if isinstance(value, dict):
            names |= dict.fromkeys(name for name, _ in flatten(value))
    first = tuple(names)[:MOST_NAMES]
    guess = guess_columns(name if role_of(name) else name.rpartition(".")[2] for name in first)
    return TableFormat("", "", True, first, len(first), guess)


def reader_of_columns(table: TableFormat) -> Callable[[Any], Read]:
    """Reads objects by the columns of `table`; what is missing counts as blank."""
    keys = {
        role: table.first_row[column]
        for role, column in zip(MAPPED, table.columns, strict=True)
        if column is not None
    }

    def read(value: Any) -> Read:
        if not isinstance(value, dict):
            return not_an_object()
        flat = dict(flatten(value))
        said = {role: _text_of(flat.get(key), role) for role, key in keys.items()}
        if None in said.values():
            return unfit(keys.values())
        return example_of({role: text or "" for role, text in said.items()})

    return read


def unused_keys(table: TableFormat, value: Any, known: set[str]) -> list[str]:
    """The keys of a value that nothing is read from and that were not `known` before; now they are.

    After `MOST_NAMES` no more are told.
    """
    if not isinstance(value, dict) or len(known) > MOST_NAMES:
        return []
    new = [name for name, item in flatten(value) if name not in known and item not in (None, "")]
    known.update(new)
    used = {table.first_row[column] for column in table.columns if column is not None}
    return [name for name in new if name not in used]


def object_of(names: Iterable[str], cells: Iterable[str]) -> dict[str, Any]:
    """The cells of a row as an object; blank ones are absent, and JSON is read where it belongs."""
    pairs = zip(names, cells, strict=False)
    return {name: _cell_of(name.strip(), cell) for name, cell in pairs if cell.strip()}


def _cell_of(name: str, cell: str) -> Any:
    if cell.lstrip()[:1] not in ("[", "{") or name not in _HOLDS_JSON | _MAY_HOLD_MESSAGES:
        return cell
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    return value if name in _HOLDS_JSON or _is_said(value) else cell


def _is_said(value: Any) -> bool:
    """Whether JSON is messages, or an object that holds them."""
    if isinstance(value, dict):
        return "messages" in value or {"from", "value"} <= set(value)
    return bool(value) and all(
        isinstance(each, dict) and ("role" in each or "from" in each) for each in value
    )


def _text_of(value: Any, role: str) -> str | None:
    """The text a person sees in a value, or None where it is no text and no number."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ("," if role == TAGS else "\n").join(value)
    return None if isinstance(value, list | dict) else json.dumps(value)
