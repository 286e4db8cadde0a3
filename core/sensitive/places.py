"""Where in a message people write: its content, parts of it, and what it hands to tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.examples import Json, JsonObject, Message

_CALLS = ("tool_calls", "function_call")
_ARGUMENTS = "arguments"


def sensitive_texts(message: Message) -> Iterator[tuple[str, str]]:
    """Each text of a message, with the key that it stands under."""
    for key, value in message.pairs:
        if key == "content":
            yield from ((key, text) for text in _said_in(value))
        elif key in _CALLS:
            yield from ((key, text) for text in _arguments_in(value))


def with_texts(message: Message, change: Callable[[str], str]) -> Message:
    """The message with each of these texts changed."""
    pairs = tuple((key, _changed_pair(key, value, change)) for key, value in message.pairs)
    return Message(pairs)


def _changed_pair(key: str, value: Json, change: Callable[[str], str]) -> Json:
    if key == "content":
        return _in_said(value, change)
    return _in_arguments(value, change) if key in _CALLS else value


def _said_in(value: Json) -> Iterator[str]:
    """A content that is text, or its parts that are; not what a picture is written as."""
    for part in value if isinstance(value, tuple) else (value,):
        text = part.get("text") if isinstance(part, JsonObject) else part
        if isinstance(text, str):
            yield text


def _in_said(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, tuple):
        return tuple(_in_said(part, change) for part in value)
    if isinstance(value, JsonObject):
        text = value.get("text")
        return value.with_value("text", change(text)) if isinstance(text, str) else value
    return change(value) if isinstance(value, str) else value


def _texts_in(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, JsonObject):
        for _, item in value.pairs:
            yield from _texts_in(item)


def _arguments_in(value: Json) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _arguments_in(item)
    elif isinstance(value, JsonObject):
        for key, item in value.pairs:
            yield from _texts_in(item) if key == _ARGUMENTS else _arguments_in(item)


def _changed(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(item, change) for item in value)
    if isinstance(value, JsonObject):
        return JsonObject(tuple((key, _changed(item, change)) for key, item in value.pairs))
    return value


def _in_arguments(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, tuple):
        return tuple(_in_arguments(item, change) for item in value)
    if isinstance(value, JsonObject):
        pairs = (
            (key, _changed(item, change) if key == _ARGUMENTS else _in_arguments(item, change))
            for key, item in value.pairs
        )
        return JsonObject(tuple(pairs))
    return value
