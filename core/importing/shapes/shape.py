"""What a shape is, and what the shapes have in common: unfit values, and being held whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from core.examples import ASSISTANT, SYSTEM, USER, Example, Message, freeze
from core.findings import Finding
from core.rules.codes import find

# What a value says: an example, or why it is none.
Read: TypeAlias = Example | list[Finding]


class Shape(Protocol):
    """A form that examples have in files; each module beside this one is a shape."""

    @property
    def id(self) -> str:
        """The name it goes by in a `Recipe` and in `locales/`."""

    def recognises(self, value: Any) -> bool:
        """Whether a parsed value looks like this shape, sound or not."""

    def read(self, value: Any) -> Read:
        """The example in a parsed value; what only looks odd is kept, for the rules to tell."""

    def write(self, example: Example) -> dict[str, Any]:
        """The example in this shape; what it cannot hold is lost, `why_not` tells before."""

    def why_not(self, example: Example) -> str:
        """Why `read` would not give back what `write` writes, or "" where it does.

        extras: keys, roles or content that the shape has no place for; turns: more of them, or in
        another order; unfinished: a question or a reply is missing; no_pair: the worse
        reply is; text: blanks that would not come back.
        """


def unfit(keys: Iterable[str], message: int | None = None) -> list[Finding]:
    """The finding that a value is not of its shape, which has these keys."""
    return [find("wrong_shape", message=message, keys=", ".join(keys))]


def not_an_object(message: int | None = None) -> list[Finding]:
    """The finding that something else stands where an object belongs."""
    return [find("data_type", message=message)]


def example_of(messages: Iterable[Message], value: Mapping[str, Any], used: Iterable[str]) -> Read:
    """These messages with everything that the value says beside the keys they were read from."""
    known = set(used)
    if not isinstance(value.get("system"), str | None):
        known.discard("system")  # no instructions, and not to be dropped either
    rest = tuple((key, freeze(item)) for key, item in value.items() if key not in known)
    if any(key == "messages" for key, _ in rest):  # two conversations, and no telling which counts
        return unfit(known)
    place = next((at for at, key in enumerate(value) if key in known), 0)
    return Example(tuple(messages), rest, place)


def with_system(text: Any, messages: Iterable[Message]) -> tuple[Message, ...]:
    """The messages behind a system message of this text, if it says anything."""
    first = (Message.of(SYSTEM, text),) if isinstance(text, str) and text.strip() else ()
    return (*first, *messages)


def placed(example: Example, own: Mapping[str, Any]) -> dict[str, Any]:
    """A shape's own keys among those the example came with, where its messages stood."""
    rest = Example((), example.extra, 0).to_json()
    del rest["messages"]
    pairs = list(rest.items())
    pairs[example.messages_at : example.messages_at] = own.items()
    return dict(pairs)


def comes_back(shape_read: Callable[[Any], Read], written: Any, example: Example) -> bool:
    """Whether what was written is read as the same conversation with the same other keys."""
    read = shape_read(written)
    return isinstance(read, Example) and (read.messages, read.extra, read.messages_at) == (
        example.messages,
        example.extra,
        example.messages_at,
    )


def why_no_turns(example: Example) -> str:
    """Why plain texts in turn, question and reply, cannot hold an example, or "" where they can."""
    roles = [message.role for message in example.messages]
    turns = roles[1:] if roles[:1] == [SYSTEM] else roles
    if not all(map(is_plain, example.messages)):
        return "extras"
    if not turns or len(turns) % 2:
        return "unfinished"
    return "" if turns == [USER, ASSISTANT] * (len(turns) // 2) else "turns"


def is_plain(message: Message) -> bool:
    """Whether a message is one of the three speakers saying a text, and nothing else."""
    return (
        message.keys == ("role", "content")
        and message.role in (SYSTEM, USER, ASSISTANT)
        and isinstance(message.content, str)
    )
