"""Tools as ShareGPT's users write them: calls, results and offers as JSON in a text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from core.examples import ASSISTANT, JsonObject, Message
from core.tool_calls import Call, calls_of, with_call
from core.turns import TOOL

_CALLS = ("function_call", "tool_call", "function-call")
_RESULTS = ("observation", "tool", "function_response", "tool_response", "function")


def as_call(message: Message) -> Message:
    """A turn of `function_call` as a reply that calls, where its text is the JSON of a call."""
    if message.role not in _CALLS or set(message.keys) != {"role", "content"}:
        return message
    said = _parse(message.text)
    calls = [_call_of(each) for each in (said if isinstance(said, list) else [said])]
    if not calls or None in calls:
        return message
    reply = Message((("role", ASSISTANT), ("content", None)))
    for name, arguments in filter(None, calls):
        reply = with_call(reply, Call("", name, arguments))
    return reply


def as_results(messages: Iterable[Message]) -> Iterator[Message]:
    """The same turns with each call numbered, and each result naming the call it answers."""
    count = 0
    waiting: list[str] = []
    for message in messages:
        calls = calls_of(message)
        if calls and not any(call.id for call in calls):
            waiting = [f"call_{count + at}" for at in range(1, len(calls) + 1)]
            count += len(calls)
            yield _numbered(message, waiting)
        elif waiting and message.role in _RESULTS and set(message.keys) == {"role", "content"}:
            yield Message(
                (("role", TOOL), ("tool_call_id", waiting.pop(0)), ("content", message.content))
            )
        else:
            yield message


def as_tools(value: dict[str, Any]) -> dict[str, Any]:
    """The same value with its tools as OpenAI writes them, where they came as JSON in a text."""
    offered = _parse(value["tools"]) if isinstance(value.get("tools"), str) else None
    if not isinstance(offered, list) or not all(isinstance(each, dict) for each in offered):
        return value
    return value | {"tools": [each if "function" in each else _tool_of(each) for each in offered]}


def _tool_of(function: dict[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": function}


def _call_of(said: Any) -> tuple[str, str] | None:
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        return None
    arguments = said.get("arguments", {})
    if isinstance(arguments, dict):
        arguments = json.dumps(arguments, ensure_ascii=False)
    whole = set(said) <= {"name", "arguments"} and isinstance(arguments, str)
    return (said["name"], arguments) if whole else None


def _numbered(message: Message, ids: list[str]) -> Message:
    calls = message.tool_calls if isinstance(message.tool_calls, tuple) else ()
    numbered = tuple(
        call.with_value("id", name)
        for call, name in zip(calls, ids, strict=True)
        if isinstance(call, JsonObject)
    )
    return message.with_value("tool_calls", numbered)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
