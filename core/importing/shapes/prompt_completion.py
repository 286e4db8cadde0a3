"""The form of legacy fine-tuning and of TRL: `{"prompt": …, "completion": …}`.

Each of the two is a text, or a list of messages that belong together.
"""

from __future__ import annotations

from typing import Any

from core.examples import ASSISTANT, USER, Example, Message
from core.importing.shapes.shape import (
    Read,
    comes_back,
    example_of,
    is_plain,
    not_an_object,
    placed,
    unfit,
    with_system,
)

id = "prompt_completion"
KEYS = ("prompt", "completion")


def recognises(value: Any) -> bool:
    """By its two keys."""
    return isinstance(value, dict) and set(KEYS) <= set(value)


def read(value: Any) -> Read:
    """A question and a reply, exactly as they stand: separators of old are part of the text."""
    if not isinstance(value, dict):
        return not_an_object()
    asked = said_by(USER, value.get("prompt"))
    answered = said_by(ASSISTANT, value.get("completion"))
    if asked is None or answered is None or not asked + answered:
        return unfit(KEYS)
    messages = with_system(value.get("system"), (*asked, *answered))
    return example_of(messages, value, (*KEYS, "system"))


def write(example: Example) -> dict[str, Any]:
    """Two texts where that says it all, else messages, of which the last is the completion."""
    asked, answered = example.messages[:-1], example.messages[-1:]
    if len(asked) == 1 and all(map(is_plain, example.messages)):
        return placed(example, {"prompt": asked[0].text, "completion": answered[0].text})
    said = ([message.to_json() for message in part] for part in (asked, answered))
    return placed(example, dict(zip(KEYS, said, strict=True)))


def why_not(example: Example) -> str:
    """Anything that ends with a reply."""
    if len(example.messages) < 2 or example.messages[-1].role != ASSISTANT:
        return "unfinished"
    return "" if comes_back(read, write(example), example) else "extras"


def said_by(role: str, value: Any) -> tuple[Message, ...] | None:
    """A text as a message of this role, a list as the messages it holds; None for anything else.

    Nothing said is no message.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return (Message.of(role, value),)
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return tuple(map(Message.from_json, value))
    return None
