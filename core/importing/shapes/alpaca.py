"""Alpaca's form: `{"instruction": …, "input": …, "output": …}`, with `system` and `history`.

What stands in `input` belongs to the question and is put below it, as LLaMA-Factory does; earlier
turns stand in `history` as pairs of question and reply.
"""

from __future__ import annotations

from typing import Any

from core.examples import ASSISTANT, USER, Example, Message
from core.importing.shapes.shape import (
    Read,
    comes_back,
    example_of,
    not_an_object,
    placed,
    unfit,
    why_no_turns,
    with_system,
)

id = "alpaca"
KEYS = ("instruction", "input", "output", "system", "history")


def recognises(value: Any) -> bool:
    """By its instruction and output."""
    return isinstance(value, dict) and {"instruction", "output"} <= set(value)


def read(value: Any) -> Read:
    """History, question and reply in their order; a missing reply is left for the rules to tell."""
    if not isinstance(value, dict):
        return not_an_object()
    asked, earlier = question_of(value), history_of(value.get("history"))
    if asked is None or earlier is None:
        return unfit(KEYS[:3])
    turns = [*earlier, Message.of(USER, asked)]
    if value.get("output") is not None:
        turns.append(Message.from_json({"role": ASSISTANT, "content": value["output"]}))
    messages = with_system(value.get("system"), turns)
    return example_of(messages, value, KEYS)


def write(example: Example) -> dict[str, Any]:
    """The last question and reply, what went before as history."""
    said = [message.text for message in example.turns]
    own: dict[str, Any] = dict(zip(KEYS, [*said[-2:-1], "", *said[-1:]], strict=False))
    if example.system is not None:
        own["system"] = example.system
    if said[:-2]:
        own["history"] = [list(pair) for pair in zip(said[:-2:2], said[1:-2:2], strict=False)]
    return placed(example, own)


def why_not(example: Example) -> str:
    """Questions and replies in turn, as plain text."""
    if reason := why_no_turns(example):
        return reason
    if {key for key, _ in example.extra} & set(KEYS):
        return "extras"
    return "" if comes_back(read, write(example), example) else "text"


def question_of(value: dict[str, Any]) -> str | None:
    """The instruction with its input below, or None where it is no text."""
    asked, more = value.get("instruction"), value.get("input")
    if not isinstance(asked, str) or not isinstance(more, str | None):
        return None
    said = [asked] if asked.strip() or not more else []
    return "\n".join([*said, more] if more and more.strip() else said)


def history_of(value: Any) -> list[Message] | None:
    """The earlier turns, or None where they are no pairs of texts."""
    turns: list[Message] = []
    if not isinstance(value or [], list):
        return None
    for pair in value or []:
        if not isinstance(pair, list | tuple) or [type(each) for each in pair] != [str, str]:
            return None
        turns += (Message.of(USER, pair[0]), Message.of(ASSISTANT, pair[1]))
    return turns
