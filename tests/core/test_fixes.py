"""core/fixes.py: each fix mends what its finding is about, brings no error, and is done once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from core_builders import an_example, lines_of, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example
from core.findings import Severity
from core.fixes import (
    DATASET_FIXES,
    FIXES,
    KEPT_KEYS,
    PROJECT_FIXES,
    UNSEEN,
    apply_fix,
    can_fix,
)
from core.jsonl import write_line
from core.providers.profiles import load_profiles
from core.rules import check_example
from core.rules.registry import DATASET_RULES, EXAMPLE_RULES, STRUCTURE_RULES

RULES = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
ASK = {"role": "user", "content": "Rain?"}
REPLY = {"role": "assistant", "content": "No."}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
CALLING = {"role": "assistant", "tool_calls": [CALL]}
# What takes a person: words to be written, something to be decided.
BY_HAND = {
    "example_missing_assistant_message", "missing_user_message", "missing_system_message",
    "nothing_learned", "too_few_examples", "few_examples", "nothing_to_learn", "over_token_limit",
    "file_too_large", "tool_call_mismatch", "unknown_tool_call", "sensitive_instructions",
}  # fmt: skip
# What a rule finds beside that which it is named for.
BESIDE = {"secret", "unknown_tool_call"}

texts = st.sampled_from(
    ["", " ", "Rain?", " No. ", "天气\n", "\0", "a\0b", "\ud83d", "x\ude00 "]
) | st.sampled_from(
    [
        "Mail anna.k@gmail.com ",
        "打13912345670",
        "password is Tr0ub4dor&3",
        '{"a": 1,} So.',
        '{"a": 1',
    ]
)
roles = st.sampled_from(["system", "user", "assistant", "tool", "gpt", " Human ", "narrator", 7])
odd = st.sampled_from([None, 7, 0.5, True, False, [], ["a"], [{"type": "text", "text": "Hi"}], {}])
messages = st.fixed_dictionaries(
    {},
    optional={
        "role": roles,
        "content": texts | odd,
        "text": texts,
        "from": roles,
        "name": texts | odd,
        "weight": st.sampled_from([0, 1, "0", "1", True, False, 0.5, -1, "no", None, [], 2]),
        "tool_calls": st.sampled_from([[CALL], []]),
        "mood": texts,
    },
)
examples = st.lists(messages, max_size=5).map(lambda said: of_messages(*said))


def mended(code: str, *said: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages after the fix for a code."""
    after: list[dict[str, Any]] = apply_fix(code, of_messages(*said)).to_json()["messages"]
    return after


def found(example: Example) -> Counter[str]:
    """How often each code is found, those of a line among them."""
    in_line = [finding.code for line in lines_of(write_line(example)) for finding in line.findings]
    in_rules = [finding.code for finding in check_example(example)]
    return Counter([*in_rules, *(code for code in in_line if code in UNSEEN)])


def errors(example: Example) -> Counter[str]:
    """How often each error is found."""
    found = (each for each in check_example(example) if each.severity is Severity.ERROR)
    return Counter(finding.code for finding in found)


def faults(code: str, example: Example) -> int:
    """How much of a finding there is: with two keys that are missing, or foreign, it counts two."""
    named = (dict(f.params).get("keys", "") for f in check_example(example) if f.code == code)
    return found(example)[code] + sum(str(keys).count(",") for keys in named)


@pytest.mark.parametrize("code", sorted(FIXES.keys() - set(UNSEEN)))
@given(example=examples)
def test_a_fix_that_changes_what_was_found_leaves_less_of_it(code: str, example: Example) -> None:
    """It never pretends to have mended something."""
    if can_fix(code, example) and found(example)[code]:
        assert faults(code, apply_fix(code, example)) < faults(code, example)


@pytest.mark.parametrize("code", FIXES)
@given(example=examples)
def test_a_fix_brings_no_error(code: str, example: Example) -> None:
    """Of no kind, however odd the example."""
    assert errors(apply_fix(code, example)) <= errors(example)


@pytest.mark.parametrize("code", FIXES)
@given(example=examples)
def test_a_fix_done_twice_is_done_once(code: str, example: Example) -> None:
    """Nothing is left for a second time."""
    once = apply_fix(code, example)
    assert not can_fix(code, once)
    assert apply_fix(code, once) == once


@pytest.mark.parametrize("code", FIXES)
def test_a_sound_example_is_left_alone(code: str) -> None:
    """There is nothing to mend, and nothing is."""
    for sound in (an_example(), of_messages(ASK, CALLING, {**REPLY, "weight": 0}, ASK, REPLY)):
        if not found(sound)[code]:
            assert not can_fix(code, sound)


# By code: what always goes, however odd the example is.
ALWAYS = ("bad_weight", "bad_name", "untrimmed_whitespace")


@pytest.mark.parametrize("code", ALWAYS)
@given(example=examples)
def test_where_nothing_is_to_be_decided_nothing_is_left(code: str, example: Example) -> None:
    """Each of these findings can be mended."""
    assert found(apply_fix(code, example))[code] == 0


@pytest.mark.parametrize("code", UNSEEN)
@given(example=examples)
def test_no_broken_character_stays_but_where_there_is_no_other(code: str, example: Example) -> None:
    """In content, in names, in whatever else a message carries."""
    after = apply_fix(code, example)
    said = [message.without("content") for message in after.messages]
    assert found(example.with_messages(said))[code] == 0
    assert all(len(m.text) < 2 or not found(Example((m,)))[code] for m in after.messages)


def test_every_rule_has_a_fix_or_takes_a_person() -> None:
    """A new rule has to say which."""
    rules = {rule.__name__ for rule in (*STRUCTURE_RULES, *EXAMPLE_RULES, *DATASET_RULES)} | BESIDE
    ways = (set(FIXES) - set(UNSEEN), set(DATASET_FIXES), BY_HAND)
    assert set().union(*ways) == rules
    assert sum(map(len, ways)) == len(rules)


def test_the_documentation_lists_every_fix() -> None:
    """docs/rules.md says what each one does."""
    _, _, section = RULES.read_text(encoding="utf-8").partition("## What is mended")
    listed = re.findall(r"^- `(\w+)`: ", section.partition("\n## ")[0], re.MULTILINE)
    assert listed == [*FIXES, *PROJECT_FIXES, *DATASET_FIXES]


def test_keys_that_some_place_takes_are_kept() -> None:
    """Whatever a profile names."""
    assert all(profile.dialect.keys <= KEPT_KEYS for profile in load_profiles())


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("untrimmed_whitespace", [{**ASK, "content": " Rain?\n"}, REPLY], [ASK, REPLY]),
        ("untrimmed_whitespace", [{**ASK, "content": " "}], [{**ASK, "content": " "}]),
        ("untrimmed_whitespace", [{**ASK, "content": [" a "]}], [{**ASK, "content": [" a "]}]),
        ("message_missing_key", [{"from": "human", "value": "Rain?"}, REPLY], [ASK, REPLY]),
        ("message_missing_key", [{"Role": "user", "Content": "Rain?"}], [ASK]),
        ("message_missing_key", [{"content": "Rain?"}], [{"content": "Rain?"}]),
        ("message_missing_key", [CALLING], [{**CALLING, "content": None}]),
        ("message_missing_key", [{"role": "user", "text": "Rain?"}], [ASK]),
        ("message_unrecognized_key", [{**ASK, "id": 7, "weight": 1}], [{**ASK, "weight": 1}]),
        ("message_unrecognized_key", [{"role": "user", "text": "Rain?"}], [ASK]),
        ("unrecognized_role", [{**ASK, "role": "Human"}, {**REPLY, "role": "gpt"}], [ASK, REPLY]),
        ("unrecognized_role", [{**ASK, "role": "narrator"}], [{**ASK, "role": "narrator"}]),
        ("missing_content", [ASK, {**REPLY, "content": ""}, REPLY], [ASK, REPLY]),
        ("missing_content", [{"role": "system", "content": ""}, ASK, REPLY], [ASK, REPLY]),
        ("missing_content", [ASK, {**REPLY, "content": ""}], [ASK, {**REPLY, "content": ""}]),
        ("missing_content", [{**ASK, "content": 7}], [{**ASK, "content": "7"}]),
        ("missing_content", [ASK, CALLING], [ASK, CALLING]),
        ("missing_content", [ASK, {"role": "tool", "content": ""}, REPLY],
         [ASK, {"role": "tool", "content": ""}, REPLY]),
        ("blank_content", [ASK, REPLY, {**ASK, "content": " "}], [ASK, REPLY]),
        ("last_message_not_assistant", [ASK, REPLY, ASK], [ASK, REPLY]),
        ("last_message_not_assistant", [ASK], [ASK]),
        ("consecutive_same_role", [ASK, ASK, REPLY], [{**ASK, "content": "Rain?\nRain?"}, REPLY]),
        ("consecutive_same_role", [{**ASK, "name": "Ann"}, ASK], [{**ASK, "name": "Ann"}, ASK]),
        ("consecutive_same_role", [{**REPLY, "weight": 0}, {**REPLY, "weight": 1}],
         [{**REPLY, "weight": 0}, {**REPLY, "weight": 1}]),
        ("bad_weight", [{**REPLY, "weight": "0"}], [{**REPLY, "weight": 0}]),
        ("bad_weight", [{**REPLY, "weight": False}], [{**REPLY, "weight": 0}]),
        ("bad_weight", [{**REPLY, "weight": True}], [REPLY]),
        ("bad_weight", [{**REPLY, "weight": 0.5}], [REPLY]),
        ("bad_name", [{**ASK, "name": 7}], [{**ASK, "name": "7"}]),
        ("bad_name", [{**ASK, "name": ["Ann"]}], [ASK]),
        ("nul_character", [{**ASK, "content": "Ra\0in?"}], [ASK]),
        ("lone_surrogate", [{**ASK, "content": "Rain?\ud83d"}], [ASK]),
        ("lone_surrogate", [{**ASK, "content": "Rain 🌧?"}], [{**ASK, "content": "Rain 🌧?"}]),
    ],
)  # fmt: skip
def test_what_a_fix_does(
    code: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    """And what it leaves to a person, as there is something to decide."""
    assert mended(code, *before) == after
    assert can_fix(code, of_messages(*before)) == (repr(before) != repr(after))


def test_a_text_of_nothing_but_broken_characters_stays() -> None:
    """Somebody has to write it: an empty message would be refused."""
    for code, text in (("nul_character", "\0"), ("lone_surrogate", "\ud83d")):
        assert not can_fix(code, of_messages({**ASK, "content": text}, REPLY))


def test_parts_that_are_all_text_become_text() -> None:
    """A picture among them stays what it is."""
    parts = [{"type": "text", "text": "Look:"}, {"type": "text", "text": "rain."}]
    picture = [*parts, {"type": "image_url", "image_url": {"url": "x"}}]
    assert mended("missing_content", {**ASK, "content": parts})[0]["content"] == "Look:\nrain."
    assert mended("missing_content", {**ASK, "content": picture})[0]["content"] == picture


def test_what_stands_beside_the_messages_is_cleaned_too() -> None:
    """A zero character in a tool's description spoils the line as well."""
    example = Example.from_json({"messages": [ASK, REPLY], "tools": [{"about": "a\0b"}]})
    assert apply_fix("nul_character", example).to_json()["tools"] == [{"about": "ab"}]


def test_a_long_run_of_empty_messages_is_mended_at_once() -> None:
    """They go together, without a look at each."""
    assert mended("missing_content", ASK, *[{**REPLY, "content": ""}] * 3_000, REPLY) == [
        ASK,
        REPLY,
    ]
