"""core/tool_schemas.py: calls are held to what is declared, offline and in bounded time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from core_builders import of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example, freeze
from core.findings import Finding
from core.rules import check_example
from core.tool_schemas import MISMATCHES, find_mismatch, functions_of

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "pattern": "^[A-Z]"},
        "days": {"type": "integer", "minimum": 1},
        "unit": {"enum": ["c", "f"]},
        "at": {"type": "object", "properties": {"hour": {"type": "integer"}}},
    },
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "function": {"name": "look", "parameters": SCHEMA}}


def calling(name: str, arguments: str, **beside: Any) -> Example:
    """A conversation in which a reply calls one tool."""
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
    asked = {"role": "user", "content": "Rain?"}
    reply = {"role": "assistant", "tool_calls": [call]}
    return Example.from_json({"messages": [asked, reply], **beside})


def found(example: Example) -> list[Finding]:
    """What is said about its calls."""
    codes = ("unknown_tool_call", "tool_call_mismatch")
    return [each for each in check_example(example) if each.code in codes]


@pytest.mark.parametrize(
    ("arguments", "kind", "at"),
    [
        ("{}", "missing", "city"),
        ('{"city": 7}', "type", "city"),
        ('{"city": "Wuhan", "mood": 1}', "extra", "mood"),
        ('{"city": "Wuhan", "unit": "k"}', "choice", "unit"),
        ('{"city": "Wuhan", "days": 0}', "other", "days"),
        ('{"city": "wuhan"}', "other", "city"),
        ('{"city": "Wuhan", "at": {"hour": "noon"}}', "type", "at.hour"),
        ('{"city": ', "json", ""),
        ("[1]", "json", ""),
    ],
)
def test_what_does_not_fit_is_told_by_name(arguments: str, kind: str, at: str) -> None:
    """Not by what stands there, which could be anybody's."""
    (finding,) = found(calling("look", arguments, tools=[TOOL]))
    assert (finding.code, finding.detail) == ("tool_call_mismatch", kind)
    assert dict(finding.params) == {"name": "look", "at": at}
    assert (finding.place.message, finding.place.key) == (1, "tool_calls")
    assert kind in MISMATCHES


@pytest.mark.parametrize("arguments", ['{"city": "Wuhan"}', '{"city": "Wuhan", "days": 2}'])
def test_what_fits_is_fine(arguments: str) -> None:
    """Whatever may be left out."""
    assert found(calling("look", arguments, tools=[TOOL])) == []


def test_a_tool_that_is_not_declared() -> None:
    """Where any is; where none is, there is nothing to hold it to."""
    (finding,) = found(calling("leap", "{}", tools=[TOOL]))
    assert (finding.code, dict(finding.params)) == ("unknown_tool_call", {"name": "leap"})
    assert found(calling("leap", "{}")) == []
    assert found(calling("leap", "{")) != []


@pytest.mark.parametrize(
    "beside",
    [
        {"functions": [{"name": "look", "parameters": SCHEMA}]},
        {"tools": [{"name": "look", "parameters": SCHEMA}]},
    ],
)
def test_older_ways_to_declare(beside: dict[str, Any]) -> None:
    """Under `functions`, and without the frame around it."""
    example = calling("look", "{}", **beside)
    assert list(functions_of(example)) == ["look"]
    assert [finding.detail for finding in found(example)] == ["missing"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nothing known"},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"$ref": "#/nowhere"},
        {"$ref": "#"},
        {"properties": {"a": {"pattern": "("}}},
        {"patternProperties": {"(a+)+$": {"type": "null"}}},
        {"properties": {"a": {"pattern": "(a|aa)+$"}}},
        {"required": 7},
        {},
    ],
)
def test_a_schema_that_cannot_be_checked_says_nothing(schema: dict[str, Any]) -> None:
    """Nothing is fetched, no pattern takes long, and nothing fails."""
    assert find_mismatch(freeze(schema), json.dumps({"a": "a" * 40 + "!"})) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["type", "properties", "required", "enum", "items", "$ref", "allOf", "not",
                         "minimum", "multipleOf", "pattern", "additionalProperties", "a"]),
        inner | st.sampled_from(["string", "object", "array", "integer", "#", "a"]),
    ),
    max_leaves=10,
)  # fmt: skip


@given(JSON, st.dictionaries(st.sampled_from(["a", "b"]), JSON))
def test_no_schema_makes_it_fail(schema: object, arguments: object) -> None:
    """However odd what was declared, and what was called with it."""
    tools = [{"type": "function", "function": {"name": "look", "parameters": schema}}]
    found(calling("look", json.dumps(arguments), tools=tools))


@pytest.mark.parametrize("tools", [None, {}, "look", [None, 7, "look", {}, {"function": 3}]])
def test_odd_declarations_declare_nothing(tools: object) -> None:
    """They are what a file may hold."""
    assert dict(functions_of(calling("look", "{}", tools=tools))) == {}


def test_messages_without_calls_are_passed_over() -> None:
    """An odd `tool_calls` as well."""
    odd = {"role": "assistant", "content": "", "tool_calls": [{"id": 3}]}
    assert found(of_messages({"role": "user", "content": "Hi"}, odd)) == []
