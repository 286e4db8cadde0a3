"""The tools that a reply calls, as a form shows them, and whether their arguments are JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count

from core.examples import Example, Json, JsonObject, Message

# What Python's parser says, by its first words, and the code of what we say.
_REASONS = {
    "Expecting value": "value",
    "Expecting property name": "name",
    "Expecting ':'": "colon",
    "Expecting ','": "comma",
    "Illegal trailing comma": "comma_left",
    "Unterminated string": "quote",
    "Invalid control character": "line_break",
    "Invalid \\": "backslash",
    "Extra data": "extra",
}
JSON_REASONS = (*dict.fromkeys(_REASONS.values()), "number", "object", "deep", "other")


@dataclass(frozen=True, slots=True)
class Call:
    """One tool called: the id its answer names, the function, its arguments as JSON text."""

    id: str
    function: str
    arguments: str


@dataclass(frozen=True, slots=True)
class JsonProblem:
    """Why a text is no JSON, as one of `JSON_REASONS`, and where; line and column from 1."""

    reason: str
    line: int
    column: int
    at: int = field(default=0, compare=False)  # characters before it


def has_plain_calls(message: Message) -> bool:
    """Whether every call is as OpenAI writes it, so that a form shows it whole; none is, too."""
    calls = message.tool_calls
    return calls is None or (isinstance(calls, tuple) and all(map(_is_plain, calls)))


def calls_of(message: Message) -> tuple[Call, ...]:
    """The tools that a message calls; nothing where they are not as OpenAI writes them."""
    return tuple(map(_read, _raw(message)))


def with_call(message: Message, call: Call) -> Message:
    """The message calling one tool more."""
    function = JsonObject((("name", call.function), ("arguments", call.arguments)))
    written = JsonObject((("id", call.id), ("type", "function"), ("function", function)))
    return message.with_value("tool_calls", (*_raw(message), written))


def without_call(message: Message, at: int) -> Message:
    """The message without its call at `at`; providers refuse an empty list of calls."""
    left = tuple(call for i, call in enumerate(_raw(message)) if i != at)
    return message.with_value("tool_calls", left) if left else message.without("tool_calls")


def with_call_text(message: Message, at: int, field: str, text: str) -> Message:
    """The message with one field of its call at `at` rewritten: id, function or arguments."""
    calls = list(_raw(message))
    if field == "id":
        calls[at] = calls[at].with_value("id", text)
    else:
        name = "name" if field == "function" else field
        calls[at] = calls[at].with_value("function", _function(calls[at]).with_value(name, text))
    return message.with_value("tool_calls", tuple(calls))


def new_call_id(example: Example) -> str:
    """An id that no call of the conversation has."""
    taken = {call.id for message in example.messages for call in calls_of(message)}
    return next(name for n in count(1) if (name := f"call_{n}") not in taken)


def find_json_problem(text: str, *kinds: type) -> JsonProblem | None:
    """Why `text` is no JSON object, or nothing of other `kinds`; None where it is."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        said = (ours for theirs, ours in _REASONS.items() if error.msg.startswith(theirs))
        return JsonProblem(next(said, "other"), error.lineno, error.colno, error.pos)
    except _NotANumber:
        return JsonProblem("number", 1, 1)
    except RecursionError:
        return JsonProblem("deep", 1, 1)
    except ValueError:  # a whole number of more digits than Python reads
        return JsonProblem("other", 1, 1)
    return None if isinstance(value, kinds or dict) else JsonProblem("object", 1, 1)


class _NotANumber(Exception):
    """NaN or an infinity, which JSON does not know."""


def _refuse(_: str) -> None:
    raise _NotANumber


def _is_plain(call: Json) -> bool:
    if not isinstance(call, JsonObject) or not isinstance(call.get("id"), str | None):
        return False
    function = _function(call)
    return isinstance(function.get("name"), str) and isinstance(function.get("arguments"), str)


def _function(call: JsonObject) -> JsonObject:
    function = call.get("function")
    return function if isinstance(function, JsonObject) else JsonObject()


def _raw(message: Message) -> tuple[JsonObject, ...]:
    calls = message.tool_calls
    if not isinstance(calls, tuple) or not has_plain_calls(message):
        return ()
    return tuple(call for call in calls if isinstance(call, JsonObject))


def _read(call: JsonObject) -> Call:
    function = _function(call)
    texts = (call.get("id") or "", function.get("name"), function.get("arguments"))
    return Call(*map(str, texts))
