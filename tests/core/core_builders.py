"""Small builders for examples and files."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from core.editing import DEFAULT_PRICED_FOR, facts_in
from core.examples import Example
from core.jsonl import Line, read_jsonl
from core.storage import Project, Put, Store

DATA = Path(__file__).resolve().parent.parent / "data"
WEATHER_JOKES = DATA / "weather-jokes.jsonl"
MARV = DATA / "marv.jsonl"


def a_row(
    system: str | None = "You joke about the weather.",
    user: str | None = "Will it rain?",
    assistant: str | None = "Only on your parade.",
) -> dict[str, Any]:
    """One row as `json.loads` gives it; None leaves a message out."""
    said = {"system": system, "user": user, "assistant": assistant}
    messages = [{"role": role, "content": text} for role, text in said.items() if text is not None]
    return {"messages": messages}


def an_example(**said: str | None) -> Example:
    """One sound example, or with what is given in its place."""
    return Example.from_json(a_row(**said))


def of_messages(*messages: dict[str, Any]) -> Example:
    """An example of exactly these messages."""
    return Example.from_json({"messages": list(messages)})


def a_project_of(store: Store, *examples: Example) -> tuple[Project, list[int]]:
    """A project of these examples, and the ids of its rows."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id), [row.id for row in store.iterate_rows(project.id)]


def jsonl(*rows: Any) -> bytes:
    """Rows as a file of one line each."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def lines_of(content: bytes) -> list[Line]:
    """Every line that is read from a file with this content."""
    return list(read_jsonl(BytesIO(content)))


def codes_of(content: bytes) -> list[str]:
    """The codes of all findings about a file's lines, in their order."""
    return [finding.code for line in lines_of(content) for finding in line.findings]
