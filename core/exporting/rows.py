"""Examples as rows of a spreadsheet: instructions, one question and one reply."""

from __future__ import annotations

import re

from core.cells import COLUMNS
from core.examples import ASSISTANT, SYSTEM, USER, Example, Message

_HALVES = re.compile("[\ud800-\udfff]")


def row_of(example: Example) -> list[str]:
    """The texts under `COLUMNS`.

    Raises:
        ValueError: a row cannot hold the example; `why_no_row` tells before.
    """
    if reason := why_no_row(example):
        raise ValueError(reason)
    said = {message.role: message.text for message in example.messages}
    return [said.get(role, "") for role in COLUMNS]


def why_no_row(example: Example) -> str:
    """Why a row cannot hold an example whole, or "" where it can.

    extras: tools, weights, names, other roles or keys, content that is not text; turns: more than
    one question and one reply; unfinished: no question, no reply, or another order; text: nothing
    but blanks, or broken characters, which would not come back as they were.
    """
    roles = [message.role for message in example.messages]
    if example.extra or not all(map(_is_plain, example.messages)):
        return "extras"
    if len(example.turns) > 2 or roles.count(SYSTEM) > 1:
        return "turns"
    if roles not in ([USER, ASSISTANT], [SYSTEM, USER, ASSISTANT]):
        return "unfinished"
    said = "".join(message.text for message in example.messages)
    blank_system = example.system is not None and not example.system.strip()
    return "text" if not said.strip() or blank_system or is_broken(said) else ""


def is_broken(text: str) -> bool:
    """Whether a text has halves of characters, which no UTF-8 can hold."""
    return not text.isascii() and _HALVES.search(text) is not None


def _is_plain(message: Message) -> bool:
    return (
        set(message.keys) == {"role", "content"}
        and message.role in COLUMNS
        and isinstance(message.content, str)
    )
