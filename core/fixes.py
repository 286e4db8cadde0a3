"""Repairs: for a finding's code, a pure function from the example to the mended one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.examples import Example, Message


def trim_content(example: Example) -> Example:
    """Take spaces and line breaks off both ends of every text."""
    return example.with_messages(_trimmed(message) for message in example.messages)


def _trimmed(message: Message) -> Message:
    trimmed = message.text.strip()
    return message.with_value("content", trimmed) if trimmed else message


FIXES: Mapping[str, Callable[[Example], Example]] = MappingProxyType(
    {"untrimmed_whitespace": trim_content}
)


def apply_fix(code: str, example: Example) -> Example:
    """The example without the findings of this code.

    Raises:
        KeyError: no fix is known for the code; ask `FIXES` first.
    """
    return FIXES[code](example)
