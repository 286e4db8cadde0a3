"""What single places to train demand of an example, beyond the findings that concern everybody.

A demand is one small function with a name that dialects give: it returns the first message that
does not meet it (from 0), or None. Whose they are, and how sure that is, stands in the TOML files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from core.examples import ASSISTANT, SYSTEM, USER, Example

Demand: TypeAlias = Callable[[Example], int | None]


def system_first(example: Example) -> int | None:
    """Instructions stand at the beginning, once, or not at all."""
    roles = [message.role for message in example.messages]
    return next((at for at, role in enumerate(roles) if at and role == SYSTEM), None)


def user_first(example: Example) -> int | None:
    """After the instructions, the user speaks first."""
    roles = [message.role for message in example.messages]
    begin = int(roles[:1] == [SYSTEM])
    return begin if len(roles) > begin and roles[begin] != USER else None


def whole_weights(example: Example) -> int | None:
    """A weight that is 0 or 1 is written so, and not 0.0 or 1.0."""
    weights = [message.weight for message in example.messages]
    points = (at for at, w in enumerate(weights) if isinstance(w, float) and w in (0, 1))
    return next(points, None)


def last_reply_in_words(example: Example) -> int | None:
    """The last message answers in words; it calls no tool."""
    last = len(example.messages) - 1
    message = example.messages[last]
    calls = bool(message.tool_calls or message.get("function_call"))
    return last if message.role == ASSISTANT and calls else None


DEMANDS: Mapping[str, Demand] = MappingProxyType(
    {
        demand.__name__: demand
        for demand in (system_first, user_first, whole_weights, last_reply_in_words)
    }
)


def unmet(example: Example) -> dict[str, int]:
    """The demands that an example with messages does not meet, each with the first message."""
    found = ((name, demand(example)) for name, demand in DEMANDS.items())
    return {name: at for name, at in found if at is not None}
