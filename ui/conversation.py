"""One conversation for the browser: what the panel shows of it, and a chat that is only read."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from core.dialects import Dialect
from core.editing import checks_in
from core.examples import ASSISTANT, SYSTEM, USER, Example, Message
from core.findings import Finding, Severity
from core.rules import check_example
from core.storage import Project, Row
from core.summary import seen_as
from core.tool_calls import Call, JsonProblem, calls_of, find_json_problem, has_plain_calls
from core.turns import TOOL
from ui.findings import fix_words, gathered, sentence_of, span_of
from ui.parts import bubble
from ui.text import t

Notes = Mapping[int | None, Sequence[dict[str, Any]]]


def chat_of(example: Example, most: int) -> str:
    """The conversation as bubbles in HTML, `most` of them; then how many more there are."""
    shown = "".join(bubble(message.role or "", message.text) for message in example.messages[:most])
    if len(example.messages) <= most:
        return shown
    return f"{shown}<small>{t('transfer.more_turns', n=len(example.messages) - most)}</small>"


def conversation_data(project: Project, row: Row, dialect: Dialect) -> dict[str, Any]:
    """Everything the panel shows of an example: its messages, and what is to be said of each."""
    notes = _notes(project, row.example, dialect)
    return {
        "id": row.id,
        "number": row.number,
        "review": row.example.review,
        "held_out": row.example.held_out,
        "note": row.example.note,
        "inherited": project.system_prompt,
        "messages": [
            _message(message, notes.get(at, [])) for at, message in enumerate(row.example.messages)
        ],
        "notes": notes.get(None, []),
    }


def role_name(role: str | None) -> str:
    """Who speaks, in words; a role we do not know keeps its own name."""
    if role in {SYSTEM, USER, ASSISTANT, TOOL}:
        return t(f"panel.role_{role}")
    return role or t("panel.role_none")


def _message(message: Message, notes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A message as the panel takes it; `raw` and `raw_calls` are shown and not edited."""
    plain = isinstance(message.content, str | None)
    plain_calls = has_plain_calls(message)
    return {
        "role": message.role,
        "who": role_name(message.role),
        "text": message.text,
        "raw": "" if plain else _as_json(message.to_json()["content"]),
        "name": message.name if isinstance(message.name, str | None) else None,
        "named": isinstance(message.name, str | None),
        "learned": message.weight is None or message.weight != 0,
        "weighed": message.weight is not None,
        "calls": [_call(call) for call in calls_of(message)],
        "raw_calls": "" if plain_calls else _as_json(message.to_json()["tool_calls"]),
        "call_id": str(message.tool_call_id or ""),
        "problem": _answer_problem(message),
        "notes": list(notes),
    }


def _call(call: Call) -> dict[str, str]:
    problem = _problem_words(find_json_problem(call.arguments))
    return {
        "id": call.id,
        "function": call.function,
        "arguments": call.arguments,
        "problem": problem,
    }


def _answer_problem(message: Message) -> str:
    """A tool may answer in plain words; what looks like JSON should be JSON."""
    if message.role != TOOL or not message.text.lstrip().startswith(("{", "[")):
        return ""
    problem = find_json_problem(message.text)
    return "" if problem and problem.reason == "object" else _problem_words(problem)


def _problem_words(problem: JsonProblem | None) -> str:
    if problem is None:
        return ""
    return t(f"json.{problem.reason}", line=problem.line, column=problem.column)


def _notes(project: Project, example: Example, dialect: Dialect) -> Notes:
    """What is to be said, by the message it is about; None is the example as a whole."""
    checks, whole = checks_in(project), example.inheriting(project.system_prompt)
    shared = len(whole.messages) - len(example.messages)
    notes: defaultdict[int | None, list[dict[str, Any]]] = defaultdict(list)
    fixes = cache(lambda code: fix_words(code, example, checks))  # asked once for each code
    for finding in check_example(whole, checks):
        severity = seen_as(dialect, finding.code, finding.severity, finding.detail)
        if severity is not None:
            at = finding.place.message
            own = at is not None and at >= shared
            place = at - shared if at is not None and own else None
            notes[place].append(_note(finding, severity, fixes(finding.code)))
    return {place: gathered(each) for place, each in notes.items()}


def _note(finding: Finding, severity: Severity, fix: str) -> dict[str, Any]:
    return {
        "text": sentence_of(finding),
        "severity": severity.value,
        "code": finding.code,
        "fix": fix,
        **span_of(finding),
    }


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
