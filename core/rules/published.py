"""The rules of OpenAI's published format check, under its names and with its counts.

Source: OpenAI Cookbook, "Data preparation and analysis for chat model fine-tuning". Its
`data_type` is found while reading (`core.jsonl`), its `missing_messages_list` there and in
`check_example`.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.examples import ASSISTANT, Example, Message
from core.findings import Finding
from core.rules.codes import find
from core.rules.registry import structure_rule

KEYS = ("role", "content", "name")
ROLES = ("system", "user", "assistant")


@structure_rule
def message_missing_key(example: Example) -> Iterator[Finding]:
    """Every message has a role and content."""
    for index, message in enumerate(example.messages):
        keys = message.keys
        missing = [key for key in ("role", "content") if key not in keys]
        if missing:
            detail = _calls_tools(message) if missing == ["content"] else ""
            yield find(
                "message_missing_key",
                message=index,
                key=missing[0],
                detail=detail,
                keys=", ".join(missing),
            )


@structure_rule
def message_unrecognized_key(example: Example) -> Iterator[Finding]:
    """A message has no keys but role, content and name; however many, they count once."""
    for index, message in enumerate(example.messages):
        foreign = sorted(set(message.keys).difference(KEYS))
        if foreign:
            yield find(
                "message_unrecognized_key",
                message=index,
                key=foreign[0],
                detail=",".join(foreign),
                keys=", ".join(foreign),
            )


@structure_rule
def unrecognized_role(example: Example) -> Iterator[Finding]:
    """The role is system, user or assistant; an absent one is not."""
    for index, message in enumerate(example.messages):
        if message.role not in ROLES:
            role = message.role or ""
            yield find("unrecognized_role", message=index, key="role", detail=role, role=role)


@structure_rule
def missing_content(example: Example) -> Iterator[Finding]:
    """The content is text, and not empty; an absent one is not."""
    for index, message in enumerate(example.messages):
        if not message.text:
            detail = _calls_tools(message)
            role = message.role or ""
            yield find("missing_content", message=index, key="content", detail=detail, role=role)


@structure_rule
def example_missing_assistant_message(example: Example) -> Iterator[Finding]:
    """There is a reply to learn from."""
    if not any(message.role == ASSISTANT for message in example.messages):
        yield find("example_missing_assistant_message")


def _calls_tools(message: Message) -> str:
    """What a dialect accepts in place of content: tools that the assistant calls."""
    calls = message.tool_calls or message.get("function_call")
    silent = message.role == ASSISTANT and message.content is None
    return "tool_calls" if calls and silent else ""
