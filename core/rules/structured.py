"""What a program reads: replies that are JSON, and calls of tools as they were declared."""

from __future__ import annotations

from collections.abc import Iterator

from core.examples import ASSISTANT, Example, Message
from core.findings import Finding
from core.json_replies import find_reply_problem
from core.rules.codes import find
from core.rules.registry import example_rule
from core.tool_calls import calls_of, find_json_problem
from core.tool_schemas import find_mismatch, functions_of


@example_rule
def broken_json_reply(example: Example) -> Iterator[Finding]:
    """A reply that begins as JSON is JSON to its end."""
    for index, message in enumerate(example.messages):
        if message.role == ASSISTANT:
            problem = find_reply_problem(message.text)
            if problem is not None:
                yield find(
                    "broken_json_reply",
                    message=index,
                    key="content",
                    start=problem.at,
                    end=len(message.text),
                    detail=problem.reason,
                )


@example_rule
def tool_call_mismatch(example: Example) -> Iterator[Finding]:
    """What a reply calls was declared, and its arguments are as its schema wants them.

    Finds `unknown_tool_call` as well; where no tool is declared, any may be called.
    """
    for index, message in enumerate(example.messages):
        pairs = message.pairs
        if len(pairs) == 2 and pairs[1][0] == "content":
            continue  # as nearly all are: asked so, it takes a quarter of the time
        yield from _check_calls(example, index, message)


def _check_calls(example: Example, index: int, message: Message) -> Iterator[Finding]:
    calls = calls_of(message)
    declared = functions_of(example) if calls else {}
    for call in calls:
        name = call.function
        if declared and name not in declared:
            yield find("unknown_tool_call", message=index, key="tool_calls", name=name)
        elif find_json_problem(call.arguments) is not None:
            yield _mismatch(index, name, "json")
        elif name in declared:
            mismatch = find_mismatch(declared[name], call.arguments)
            if mismatch is not None:
                yield _mismatch(index, name, mismatch.kind, mismatch.at)


def _mismatch(index: int, name: str, kind: str, at: str = "") -> Finding:
    return find(
        "tool_call_mismatch", message=index, key="tool_calls", detail=kind, name=name, at=at
    )
