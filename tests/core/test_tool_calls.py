"""core/tool_calls.py: arguments are a JSON object, or it is said where they are not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tool_calls import JSON_REASONS, JsonProblem, find_json_problem

floats = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers() | floats | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("", "value", 1, 1),
        ('{"a": }', "value", 1, 7),
        ("{a: 1}", "name", 1, 2),
        ('{"a" 1}', "colon", 1, 6),
        ('{\n  "a": 1\n  "b": 2}', "comma", 3, 3),
        ('{"a": "b}', "quote", 1, 7),
        ('{"a": "b\nc"}', "line_break", 1, 9),
        ('{"a": "\\q"}', "backslash", 1, 8),
        ('{"a": 1} and', "extra", 1, 10),
        ('{"a": NaN}', "number", 1, 1),
        ("[1, 2]", "object", 1, 1),
        ("[" * 100_000, "deep", 1, 1),
    ],
)
def test_a_slip_is_named_with_its_place(text: str, reason: str, line: int, column: int) -> None:
    """The line and column are where the reader stopped."""
    assert find_json_problem(text) == JsonProblem(reason, line, column)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4), st.sampled_from([None, 2]))
def test_an_object_is_sound(value: dict[str, object], indent: int | None) -> None:
    """However it is laid out."""
    assert find_json_problem(json.dumps(value, indent=indent)) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_is_judged(text: str) -> None:
    """Half-typed text is no fault of ours: there is always a known reason, or none."""
    problem = find_json_problem(text)
    assert problem is None or problem.reason in JSON_REASONS
