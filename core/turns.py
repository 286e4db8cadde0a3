"""One conversation edited turn by turn: pure steps that say when it is no longer what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.cells import as_browsers_say
from core.errors import BadInput
from core.examples import Example, Json, Message
from core.tool_calls import (
    Call,
    calls_of,
    has_plain_calls,
    new_call_id,
    with_call,
    with_call_text,
    without_call,
)

TOOL = "tool"
CALL_FIELDS = ("id", "function", "arguments")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a person saw it when they acted: its place from 0, its role, its text."""

    at: int
    role: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a person writes: `field` of the message at `at`, or of one of the tools it calls.

    at: None for the instructions of the example's own; role: of the message, as it was seen;
    field: content, name or tool_call_id, or one of `CALL_FIELDS` where `call` counts from 0.
    """

    at: int | None
    role: str | None
    field: str = "content"
    call: int | None = None


def type_text(example: Example, spot: Spot, text: str, bases: Iterable[str]) -> Example:
    """`example` with `text` in `spot`, if what stands there is among the `bases` it was typed over.

    The same text again changes nothing, so that an edit may be sent twice.

    Raises:
        BadInput: `changed_elsewhere`; `theirs` is what stands there now, if anything does.
    """
    now = text_in(example, spot)
    if same_text(now, text):
        return example
    if not any(same_text(now, base) for base in bases):
        raise BadInput("changed_elsewhere", theirs=now)
    return _with_text(example, spot, text)


def text_in(example: Example, spot: Spot) -> str:
    """What stands in `spot`; absent and null are no text.

    Raises:
        BadInput: `changed_elsewhere`, where there is no such message or call, or what is no text.
    """
    if spot.at is None:
        return example.system or ""
    message = _message(example, spot.at, spot.role)
    if spot.call is not None:
        return str(getattr(_call(message, spot.call), spot.field))
    value = message.get(spot.field)
    if not isinstance(value, str | None):
        raise BadInput("changed_elsewhere")
    return value or ""


def same_text(one: str, other: str) -> bool:
    """Whether two texts look the same in a text area, where every line break is a line feed."""
    return as_browsers_say(one) == as_browsers_say(other)


def add_turn(example: Example, role: str) -> Example:
    """A blank turn at the end; a tool's answers the first call that has none yet."""
    if role != TOOL:
        return example.with_messages((*example.messages, Message.of(role, "")))
    call_id = next(iter(unanswered_calls(example)), "")
    pairs: tuple[tuple[str, Json], ...] = (
        ("role", TOOL),
        ("tool_call_id", call_id),
        ("content", ""),
    )
    return example.with_messages((*example.messages, Message(pairs)))


def remove_turn(example: Example, seen: Seen) -> Example:
    """Without the turn that was seen there."""
    find_seen(example, seen)
    return example.with_messages(m for i, m in enumerate(example.messages) if i != seen.at)


def move_turn(example: Example, seen: Seen, to: int) -> Example:
    """The turn that was seen there, at place `to` among the others."""
    message = find_seen(example, seen)
    if not 0 <= to < len(example.messages):
        raise BadInput("changed_elsewhere")
    others = [m for i, m in enumerate(example.messages) if i != seen.at]
    return example.with_messages([*others[:to], message, *others[to:]])


def weigh_turn(example: Example, seen: Seen, weight: int | None) -> Example:
    """Say whether a reply is learned from: 1, 0, or None to say nothing, which means it is."""
    message = find_seen(example, seen)
    said = message.without("weight") if weight is None else message.with_value("weight", weight)
    return example.with_message(seen.at, said)


def inherit_system(example: Example, seen: str) -> Example:
    """Without instructions of its own, which were seen to be these; the shared ones count again.

    Raises:
        BadInput: `changed_elsewhere`.
    """
    if not same_text(example.system or "", seen):
        raise BadInput("changed_elsewhere", theirs=example.system or "")
    return example.with_system(None)


def add_call(example: Example, seen: Seen) -> Example:
    """One more tool called in a reply; a reply without words then says so with null."""
    message = find_seen(example, seen)
    if not has_plain_calls(message):
        raise BadInput("changed_elsewhere")
    called = with_call(message, Call(new_call_id(example), "", "{}"))
    return example.with_message(seen.at, called if called.text else _with_content(called, ""))


def remove_call(example: Example, seen: Seen, at: int, function: str) -> Example:
    """Without one of the tools that a reply calls, seen to be `function`."""
    message = find_seen(example, seen)
    if _call(message, at).function != function:
        raise BadInput("changed_elsewhere")
    left = without_call(message, at)
    silent = left.content is None and left.tool_calls is None
    return example.with_message(seen.at, _with_content(left, "") if silent else left)


def unanswered_calls(example: Example) -> list[str]:
    """The ids of the calls that no tool message answers, in their order."""
    answered = {message.tool_call_id for message in example.messages if message.role == TOOL}
    calls = (call for message in example.messages for call in calls_of(message))
    return [call.id for call in calls if call.id not in answered]


def find_seen(example: Example, seen: Seen) -> Message:
    """The message at that place, if it is still what was seen.

    Raises:
        BadInput: `changed_elsewhere`.
    """
    message = _message(example, seen.at, seen.role)
    if not same_text(message.text, seen.text):
        raise BadInput("changed_elsewhere", theirs=message.text)
    return message


def _message(example: Example, at: int, role: str | None) -> Message:
    if not 0 <= at < len(example.messages) or example.messages[at].role != role:
        raise BadInput("changed_elsewhere")
    return example.messages[at]


def _call(message: Message, at: int) -> Call:
    calls = calls_of(message)
    if not 0 <= at < len(calls):
        raise BadInput("changed_elsewhere")
    return calls[at]


def _with_text(example: Example, spot: Spot, text: str) -> Example:
    if spot.at is None:
        return example.with_system(text or None)  # as in the table: blank inherits again
    message = example.messages[spot.at]
    if spot.call is not None:
        edited = with_call_text(message, spot.call, spot.field, text)
    else:
        edited = _EDITS[spot.field](message, text)
    return example.with_message(spot.at, edited)


def _with_content(message: Message, text: str) -> Message:
    """Nothing said beside a call is null, as OpenAI writes it."""
    return message.with_value("content", None if message.tool_calls and not text else text)


def _with_name(message: Message, text: str) -> Message:
    return message.with_value("name", text) if text else message.without("name")


def _with_call_id(message: Message, text: str) -> Message:
    return message.with_value("tool_call_id", text)


_EDITS: dict[str, Callable[[Message, str], Message]] = {
    "content": _with_content,
    "name": _with_name,
    "tool_call_id": _with_call_id,
}
