"""How two states of an example differ: turn by turn, the text and all that is beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.diffs import Piece, diff_text, pair_up
from core.examples import DRAFT, Example, Json, Message, thaw
from core.tool_calls import calls_of

TurnKind: TypeAlias = Literal["added", "removed", "changed", "same"]
_Keys: TypeAlias = tuple[Callable[[Message], Hashable], ...]

_TEXT = {"role", "content"}  # told by the turn itself
_Pairs: TypeAlias = Sequence[tuple[str, Json]]


@dataclass(frozen=True, slots=True)
class FactDiff:
    """A value beside the text that differs, under its name; None where it was not there, or is not.

    The values are as a person reads them: text as it is, anything else as JSON.
    """

    name: str
    before: str | None
    after: str | None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What differs in it."""
        return diff_text(self.before or "", self.after or "")


@dataclass(frozen=True, slots=True)
class TurnDiff:
    """One turn: whether it is new, gone or another, its text in pieces, and what else differs."""

    kind: TurnKind
    role: str | None
    pieces: tuple[Piece, ...]
    facts: tuple[FactDiff, ...] = ()


@dataclass(frozen=True, slots=True)
class ExampleDiff:
    """An example before and after: its turns in reading order, and what stands beside them."""

    turns: tuple[TurnDiff, ...]
    facts: tuple[FactDiff, ...] = ()


def diff_examples(before: Example | None, after: Example | None) -> ExampleDiff:
    """What differs; None where the example was not there yet, or is gone."""
    old, new = before or Example(), after or Example()
    turns = _align(old.messages, new.messages, _KEYS)
    return ExampleDiff(
        tuple(_diff_turn(one, other) for one, other in turns),
        tuple(_diff_facts(_about(old), _about(new))),
    )


def _about(example: Example) -> _Pairs:
    marks: list[tuple[str, Json]] = [
        ("tags", ", ".join(example.tags)),
        ("review", "" if example.review == DRAFT else example.review),
        ("note", example.note),
        ("held_out", example.held_out),
        ("rejected", "\n\n".join(_text_of(message.content) for message in example.rejected)),
    ]
    return [*example.extra, *(mark for mark in marks if mark[1])]


def _align(
    before: Sequence[Message], after: Sequence[Message], keys: _Keys
) -> Iterator[tuple[Message | None, Message | None]]:
    """The turns of both side by side: alike by the first key, and in between by the next ones."""
    if not keys:
        yield from ((message, None) for message in before)
        yield from ((None, message) for message in after)
        return
    key, *others = keys
    pairs = pair_up([*map(key, before)], [*map(key, after)])
    x = y = 0
    for i, j in [*pairs, (len(before), len(after))]:
        yield from _align(before[x:i], after[y:j], tuple(others))
        yield from zip(before[i : i + 1], after[j : j + 1], strict=True)
        x, y = i + 1, j + 1


def _itself(message: Message) -> Hashable:
    return message


def _role(message: Message) -> Hashable:
    return message.role


def _content(message: Message) -> Hashable:
    return message.content


_KEYS: _Keys = (_itself, _role, _content)


def _diff_turn(before: Message | None, after: Message | None) -> TurnDiff:
    old, new = before or Message(()), after or Message(())
    pieces = diff_text(_text_of(old.content), _text_of(new.content))
    facts = tuple(_diff_facts(_beside(old), _beside(new)))
    if before is None or after is None:
        kind: TurnKind = "added" if before is None else "removed"
        return TurnDiff(kind, (after or old).role, pieces, facts)
    if before.role != after.role:
        role = FactDiff("role", _told("role", before.get("role")), _told("role", after.get("role")))
        facts = (role, *facts)
    return TurnDiff("same" if before == after else "changed", after.role, pieces, facts)


def _text_of(content: Json) -> str:
    """The content to be read; what is no text as JSON, and nothing where it is null or absent."""
    return "" if content is None else _told("content", content)


def _beside(message: Message) -> _Pairs:
    return [pair for pair in message.pairs if pair[0] not in _TEXT]


def _diff_facts(before: _Pairs, after: _Pairs) -> Iterator[FactDiff]:
    old, new = dict(before), dict(after)
    for name in dict.fromkeys([*old, *new]):
        if name in old and name in new and old[name] == new[name]:
            continue
        told = [_told(name, values[name]) if name in values else None for values in (old, new)]
        yield FactDiff(name, *told)


def _told(name: str, value: Json) -> str:
    """A value as a person reads it."""
    if isinstance(value, str):
        return value
    if name == "tool_calls":
        calls = calls_of(Message(((name, value),)))
        if calls:
            return "\n".join(f"{call.function}({call.arguments})  {call.id}" for call in calls)
    return json.dumps(thaw(value), ensure_ascii=False, indent=2)
