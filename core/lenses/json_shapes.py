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
from core.json_replies import find_reply_problem, read_json_reply
from core.lenses.base import Found

CODE = "odd_json_shape"
# A reply's names and types, sorted; None where it is no JSON.
Shape: TypeAlias = tuple[tuple[str, str], ...] | None

PROSE, MISSING, TYPE, EXTRA = "prose", "missing", "type", "extra"
HOW = (PROSE, MISSING, TYPE, EXTRA)  # a reply can differ, worst first
FEWEST = 8  # replies that are JSON: of fewer, nobody knows which are the odd ones
MOST = 0.8  # of the replies, from which on what they have is what is meant
RARE = 0.1  # of the replies, up to which a name is one too many
_FREE = 200  # shapes from which on, where they are many of the replies, there is none in common
_ENOUGH = 5  # values of a name, of which the type can be told
_ITEM = "[]"  # stands for what is in a list, which may be empty
_DEEPEST = 4
_WIDEST = 200  # names in one reply; who has more keeps data under them
_NULL = "null"
_KINDS: dict[type, str] = {str: "text", bool: "flag", int: "number", float: "number"}


@dataclass(slots=True)
class _Group:
    """The replies under the same instructions: by shape in which rows, and how often each part."""

    rows: dict[Shape, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    replies: Counter[bool] = field(default_factory=Counter)  # by whether they are JSON
    names: Counter[str] = field(default_factory=Counter)
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, row_id: int, shape: Shape, by: int) -> None:
        """One reply of a row more, or one less."""
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
        self._groups: dict[int, _Group] = defaultdict(_Group)  # by a hash of their instructions
        self._rows: dict[int, tuple[int, tuple[Shape, ...]]] = {}
        self._shapes: dict[Shape, Shape] = {}  # each is kept once
        self._stale: set[int] = set()
        self._odd: dict[int, tuple[Found, ...]] = {}

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        self.drop([row_id for row_id, _ in rows])
        for row_id, example in rows:
            shapes = tuple(self._shapes.setdefault(each, each) for each in _shapes_of(example))
            self._rows[row_id] = (hash(example.system), shapes)
            self._count(row_id, 1)

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        for row_id in row_ids:
            if row_id in self._rows:
                self._count(row_id, -1)
                del self._rows[row_id]

    def found(self) -> Sequence[Found]:
        """The rows that differ; each says `how`, one of `HOW`, and by which `name`."""
        for system in self._stale:
            self._odd[system] = tuple(_find_odd(self._groups[system]))
            if not self._odd[system]:
                del self._odd[system]
            if not self._groups[system].rows:
                del self._groups[system]
        self._stale.clear()
        return sorted((each for odd in self._odd.values() for each in odd), key=_row_of)

    def _count(self, row_id: int, by: int) -> None:
        system, shapes = self._rows[row_id]
        for shape in shapes:
            self._groups[system].count(row_id, shape, by)
            self._stale.add(system)


def _row_of(found: Found) -> tuple[int, ...]:
    return found.rows


def _shapes_of(example: Example) -> Iterator[Shape]:
    """One for each reply that says something; what is broken JSON is told by a rule."""
    for message in example.messages:
        if message.role == ASSISTANT and message.text.strip():
            value = read_json_reply(message.text)
            if value is not None:
                yield _shape_of(value)
            elif find_reply_problem(message.text) is None:
                yield None


def _shape_of(value: Any) -> Shape:
    parts: set[tuple[str, str]] = set()
    _add_parts(value, "", parts, 0)
    return tuple(sorted(parts))


def _add_parts(value: Any, name: str, parts: set[tuple[str, str]], depth: int) -> None:
    """The name with the type of its value, and what stands in it; null says nothing of a type."""
    if len(parts) >= _WIDEST:
        return
    shape = "object" if isinstance(value, dict) else "list" if isinstance(value, list) else ""
    parts.add((name, shape or _KINDS.get(type(value), _NULL)))
    if not shape or depth >= _DEEPEST:
        return
    inner = value.items() if isinstance(value, dict) else ((_ITEM, item) for item in value)
    for key, item in inner:
        _add_parts(item, f"{name}.{key}".lstrip("."), parts, depth + 1)


def _find_odd(group: _Group) -> Iterator[Found]:
    """What differs from the shape that most replies have, where most have one."""
    replies = group.replies[True]
    few = (1 - MOST) * group.replies.total()
    if replies < FEWEST or group.replies[False] > few or len(group.rows) > max(few, _FREE):
        return
    meant = _Meant(group, replies)
    found: dict[str, list[Found]] = defaultdict(list)
    for shape, rows in group.rows.items():
        how, name = meant.differs(shape)
        if how:
            found[how] += (Found(CODE, (row,), (("how", how), ("name", name))) for row in rows)
    for how in HOW:
        if how != EXTRA or len(found[how]) <= few:  # else the names are data themselves
            yield from found[how]


def _parent(name: str) -> str:
    """The name that another one stands under; what a list holds stands under its items."""
    return name.removesuffix(_ITEM).rstrip(".") if name.endswith(_ITEM) else name.rpartition(".")[0]


class _Meant:
    """What most replies have in common."""

    def __init__(self, group: _Group, replies: int) -> None:
        names = group.names
        self.names = {
            name for name, n in names.items() if n >= MOST * max(names[_parent(name)], _ENOUGH)
        }
        self.types: dict[str, set[str]] = defaultdict(set)
        for (name, kind), n in group.parts.items():
            if n >= MOST * max(names[name], _ENOUGH):
                self.types[name].add(kind)
        self.rare = {name for name, n in names.items() if n <= max(1, RARE * replies)}

    def differs(self, shape: Shape) -> tuple[str, str]:
        """How a reply differs, worst first, and by which name; "" where it does not."""
        if shape is None:
            return PROSE, ""
        has = {name for name, _ in shape}
        missing = sorted(
            name for name in self.names - has if _parent(name) in has and not name.endswith(_ITEM)
        )
        if missing:
            return MISSING, missing[0]
        for name, kind in shape:
            usual = self.types.get(name, set()) - {_NULL}
            if kind != _NULL and usual and kind not in usual:
                return TYPE, name
        extra = sorted(has & self.rare)
        return (EXTRA, extra[0]) if extra else ("", "")
