"""OpenAI's chat form: `{"messages": [{"role": …, "content": …}, …]}`.

Anthropic's models and LLaMA-Factory have the instructions beside the list, as `system`.
"""

from __future__ import annotations

from typing import Any

from core.examples import Example
from core.importing.shapes.shape import Read, comes_back, example_of, with_system
from core.jsonl import check_chat

id = "chat"


def recognises(value: Any) -> bool:
    """By its list of messages."""
    return isinstance(value, dict) and isinstance(value.get("messages"), list)


def read(value: Any) -> Read:
    """As published; a value that is no such object is told under the published names."""
    if faults := list(check_chat(value)):
        return faults
    example = Example.from_json(value)
    beside = value.get("system")
    if example.system is not None or not isinstance(beside, str) or not beside.strip():
        return example
    return example_of(with_system(beside, example.messages), value, ("messages", "system"))


def write(example: Example) -> dict[str, Any]:
    """All of it, keys in their order."""
    return example.to_json()


def why_not(example: Example) -> str:
    """It holds everything, if it is not nothing, and not instructions in two places."""
    if not example.messages:
        return "unfinished"
    return "" if comes_back(read, write(example), example) else "extras"
