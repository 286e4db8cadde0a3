"""Replies that are JSON: the shape that most of them have, and the rows whose replies differ.

Rows are compared with those of the same instructions, for one project may ask for several things.
A shape is the names in a reply with the types of what stands there; few shapes are held for many
rows, so one edit is counted in and out and never asks for the other rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from core.examples import ASSISTANT, Example
from core.json_replies import read_json_reply
from core.lenses.base import Found

CODE = "odd_json_shape"
# A reply's names and types, sorted; None where it is no JSON.
Shape: TypeAlias = tuple[tuple[str, str], ...] | None

FEWEST = 8  # replies that are JSON: of fewer, nobody knows which are the odd ones
MOST = 0.8  # of the replies, from which on what they have is what is meant
RARE = 0.1  # of the replies, up to which a name is one too many
_DEEPEST = 4
_WIDEST = 200  # names in one reply; who has more keeps data under them
_KINDS: dict[type, str] = {str: "text", bool: "yes or no", int: "number", float: "number"}


@dataclass(slots=True)
class _Group:
    """The replies under the same instructions: by shape in which rows, and how often each part."""

    rows: dict[Shape, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    replies: Counter[bool] = field(default_factory=Counter)  # by whether they are JSON
    names: Counter[str] = field(default_factory=Counter)
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    odd: tuple[Found, ...] | None = None  # remembered until a row changes

    def count(self, row_id: int, shape: Shape, by: int) -> None:
        """One reply of a row more, or one less."""
        self.odd = None
        rows = self.rows[shape]
        rows[row_id] += by
        if not rows[row_id]:
            del rows[row_id]
        if not rows:
            del self.rows[shape]
        self.replies[shape is not None] += by
        for part in shape or ():
            self.parts[part] += by
        for name in {name for name, _ in shape or ()}:
            self.names[name] += by


class JsonShapes:
    """Which rows have a reply of another shape than most; `core.lenses.base.Lens`."""

    def __init__(self) -> None:
        self._groups: dict[str | None, _Group] = defaultdict(_Group)
        self._rows: dict[int, tuple[str | None, tuple[Shape, ...]]] = {}

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        self.drop([row_id for row_id, _ in rows])
        for row_id, example in rows:
            shapes = tuple(_shapes_of(example))
            self._rows[row_id] = (example.system, shapes)
            for shape in shapes:
                self._groups[example.system].count(row_id, shape, 1)

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        for row_id in row_ids:
            system, shapes = self._rows.pop(row_id, (None, ()))
            for shape in shapes:
                self._groups[system].count(row_id, shape, -1)
            if shapes and not self._groups[system].rows:
                del self._groups[system]

    def found(self) -> Sequence[Found]:
        """The rows that differ, in their order; by what they differ is the detail."""
        odd = [each for group in self._groups.values() for each in _odd_in(group)]
        return sorted(odd, key=lambda each: each.rows)


def _shapes_of(example: Example) -> Iterator[Shape]:
    """One for each reply that says something."""
    for message in example.messages:
        if message.role == ASSISTANT and message.text.strip():
            value = read_json_reply(message.text)
            yield None if value is None else _shape_of(value)


def _shape_of(value: Any) -> Shape:
    parts: set[tuple[str, str]] = set()
    _add_parts(value, "", parts, 0)
    return tuple(sorted(parts))


def _add_parts(value: Any, name: str, parts: set[tuple[str, str]], depth: int) -> None:
    """The name with the type of its value, and what stands in it; null says nothing of a type."""
    if len(parts) >= _WIDEST:
        return
    kind = "object" if isinstance(value, dict) else "list" if isinstance(value, list) else ""
    parts.add((name, kind or _KINDS.get(type(value), "null")))
    if not kind or depth >= _DEEPEST:
        return
    inner = value.items() if isinstance(value, dict) else (("[]", item) for item in value)
    for key, item in inner:
        _add_parts(item, f"{name}.{key}".lstrip("."), parts, depth + 1)


def _odd_in(group: _Group) -> tuple[Found, ...]:
    if group.odd is None:
        group.odd = tuple(_find_odd(group))
    return group.odd


def _find_odd(group: _Group) -> Iterator[Found]:
    """What differs from the shape that most replies have, where most have one."""
    replies = group.replies[True]
    if replies < FEWEST or replies < MOST * group.replies.total():
        return
    meant = {name for name, n in group.names.items() if n >= MOST * replies}
    if not meant - {""}:
        return
    types = {part[0]: part[1] for part, n in group.parts.items() if n >= MOST * replies}
    rare = {name for name, n in group.names.items() if n <= RARE * replies}
    for shape, rows in group.rows.items():
        how = _differs(shape, meant, types, rare)
        if how is not None:
            yield from (Found(CODE, (row,), (("how", how[0]), ("name", how[1]))) for row in rows)


def _differs(
    shape: Shape, meant: set[str], types: dict[str, str], rare: set[str]
) -> tuple[str, str] | None:
    """How a reply differs, worst first, and by which name."""
    if shape is None:
        return "prose", ""
    has = {name for name, _ in shape}
    missing = sorted(meant - has)
    if missing:
        return "missing", missing[0]
    for name, kind in shape:
        if kind != "null" and types.get(name, kind) not in (kind, "null"):
            return "type", name
    extra = sorted(has & rare)
    return ("extra", extra[0]) if extra else None
