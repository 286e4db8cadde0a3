"""core/json_replies.py: what begins as JSON is JSON to its end; slips are mended."""

from __future__ import annotations

import json

import pytest
from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.json_replies import find_reply_problem, mend_json, read_json_reply
from core.rules import check_example

SOUND = [
    '{"a": 1}',
    ' \n{"a": [1, 2]}\n',
    '[{"a": 1}, {"b": 2}]',
    '["a", "b"]',
    '```json\n{"a": 1}\n```',
    '```json\n{"a": 1}\n```\nThat is all.',
    '{"a": 1}\n{"b": 2}\n',
    "{}",
    "[]",
    "[1, 2, 3]",
]
NO_JSON = [
    "It will rain.",
    "[Laughs] Never.",
    "[ ] buy tea\n[x] drink it",
    "[1] says so, and [2] too.",
    "[1, 2] say so.",
    "[[Tea]] is a page of the wiki.",
    "[email] is where to write.",
    "{name}, your parcel is there.",
    "{{name}}, hello",
    "{ color: red }",
    "```python\nprint({'a': 1})\n```",
    "```\nplain\n```",
    "Here it is: {\"a\": 1,}",
    "",
]  # fmt: skip
# The reply, where and why it is no JSON, and what is left of it where that can be mended.
BROKEN = [
    ('{"a": 1,}', "name", 8, '{"a": 1}'),
    ('{"a": [1, 2,],}', "value", 12, '{"a": [1, 2]}'),
    ('{"a": 1} Hope this helps!', "extra", 9, '{"a": 1}'),
    ('```json\n{"a": 1,}\n```', "name", 16, '```json\n{"a": 1}\n```'),
    ('{"a": 1', "cut", 7, None),
    ('{"a": "tea', "cut", 6, None),
    ('{"a": tru}', "value", 6, None),
    ("{'a': 1}", "name", 1, None),
    ('{"a": NaN}', "number", 0, None),
    ('{"a" 1}', "colon", 5, None),
    ('{label: "tea", sure: true}', "name", 1, None),
    ("{“a”: 1}", "name", 1, None),
    ("[36, 37,", "cut", 8, None),
    ('["a", "b" c]', "comma", 10, None),
    ('{"a": 1} {"b": 2', "extra", 9, None),
    ('{"a": 1}{"b": 2}', "extra", 8, None),
    ('["a",] then ["c"]', "value", 5, None),
    ('["a",] and no more', "value", 5, '["a"]'),
]


@pytest.mark.parametrize("text", [*SOUND, *NO_JSON])
def test_what_is_sound_or_no_json_is_left_alone(text: str) -> None:
    """Notes in brackets, lists to tick off and templates are not JSON."""
    assert find_reply_problem(text) is None
    assert mend_json(text) == text


@pytest.mark.parametrize(("text", "reason", "at", "mended"), BROKEN)
def test_what_is_broken_is_told_where(text: str, reason: str, at: int, mended: str | None) -> None:
    """And mended only where nothing is to be decided."""
    problem = find_reply_problem(text)
    assert problem is not None
    assert (problem.reason, problem.at) == (reason, at)
    assert mend_json(text) == (mended or text)


@pytest.mark.parametrize("text", SOUND[:6])
def test_sound_json_is_read(text: str) -> None:
    """Also out of a fence."""
    assert isinstance(read_json_reply(text), dict | list)


@pytest.mark.parametrize("text", ["It rains.", '{"a": 1} Hope this helps!', "12", '"tea"', "null"])
def test_what_is_no_object_or_list_is_no_json_reply(text: str) -> None:
    """A number alone is an answer in words as well."""
    assert read_json_reply(text) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES.filter(lambda value: isinstance(value, dict | list)), st.integers(0, 60))
def test_json_is_sound_and_a_part_of_it_never_fails(value: object, at: int) -> None:
    """However it is cut."""
    text = json.dumps(value)
    assert find_reply_problem(text) is None
    find_reply_problem(text[:at])
    mend_json(text[:at])


@given(st.text(alphabet='{}[]",:1a \n`json', max_size=40))
def test_what_is_mended_is_sound_and_mended_once(text: str) -> None:
    """Or it is left as it was."""
    mended = mend_json(text)
    assert mended == text or find_reply_problem(mended) is None
    assert mend_json(mended) == mended


def test_only_replies_are_held_to_it() -> None:
    """Who asks may write what they like; the place is marked."""
    (finding,) = [
        each
        for each in check_example(an_example(user='{"a": 1,}', assistant='{"a": 1,}'))
        if each.code == "broken_json_reply"
    ]
    place = finding.place
    assert (place.message, place.start, place.end, finding.detail) == (2, 8, 9, "name")
    asked = of_messages({"role": "user", "content": '{"a": 1,}'})
    assert "broken_json_reply" not in {each.code for each in check_example(asked)}
