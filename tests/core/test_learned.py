"""core/learned.py: what is promised of a file is counted from its bytes."""

from __future__ import annotations

from typing import Any

import pytest
from core_builders import a_row, jsonl, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.dialects import Dialect
from core.examples import Example
from core.jsonl import write_line
from core.learned import (
    EMPTY,
    NO_REPLY,
    PASSED_OVER,
    REFUSED,
    SWITCHED_OFF,
    TOO_LONG,
    UNREADABLE,
    Outcome,
    Tally,
    is_learned,
    learned_replies,
    outcome_of,
    tally,
)

QUESTION = {"role": "user", "content": "U"}
TOOLS = Dialect(keys=frozenset({"role", "content", "tool_calls"}), content_optional=True)
CALLS = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]


def a_reply(content: Any = "A", **more: Any) -> dict[str, Any]:
    """A message of the assistant's."""
    return {"role": "assistant", "content": content, **more}


@pytest.mark.parametrize(
    ("message", "learned"),
    [
        (a_reply(), True),
        (a_reply(" "), True),
        (a_reply(weight=1), True),
        (a_reply(weight=0), False),
        (a_reply(weight=0.0), False),
        (a_reply(""), False),
        (a_reply(None), False),
        (a_reply(["A"]), False),
        (a_reply(None, tool_calls=CALLS), True),
        (a_reply(None, tool_calls=CALLS, weight=0), False),
        (a_reply(None, tool_calls=[]), False),
        (a_reply(None, function_call={"name": "f"}), True),
        ({**QUESTION, "weight": 1}, False),
        ({**a_reply(), "role": "Assistant"}, False),
    ],
)
def test_a_reply_is_learned_if_it_says_something(message: dict[str, Any], learned: bool) -> None:
    """Words or calls, and not switched off."""
    assert is_learned(of_messages(message).messages[0]) is learned


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (jsonl(a_row()), Tally(1, 1, 0, {})),
        (jsonl({"messages": [QUESTION, a_reply(), QUESTION, a_reply()]}), Tally(1, 2, 0, {})),
        (jsonl({"messages": [QUESTION, a_reply(), a_reply(weight=0)]}), Tally(1, 1, 1, {})),
        (jsonl({"messages": [QUESTION, a_reply(weight=0)]}), Tally(0, 0, 1, {SWITCHED_OFF: 1})),
        (jsonl({"messages": [QUESTION, a_reply("", weight=0)]}), Tally(0, 0, 0, {EMPTY: 1})),
        (jsonl({"messages": [QUESTION]}), Tally(0, 0, 0, {NO_REPLY: 1})),
        (b'{"messages": [oops', Tally(0, 0, 0, {UNREADABLE: 1})),
        (b"\n", Tally(0, 0, 0, {UNREADABLE: 1})),
    ],
)
def test_a_line_says_what_is_learned_of_it(line: bytes, found: Tally) -> None:
    """Nothing is dropped without a reason."""
    told = tally([line])
    assert told == found
    assert (told.conversations, told.dropped) == (1, 1 - found.learned_conversations)


def test_a_place_s_own_refusals_are_dropped() -> None:
    """Whatever else is said of a conversation, one that is refused is not learned."""
    lines = [
        jsonl(a_row()),
        jsonl({"messages": [QUESTION, a_reply(None, tool_calls=CALLS)]}),
        jsonl({"messages": [QUESTION, a_reply(), a_reply("")]}),
    ]
    assert tally(lines) == Tally(3, 3, 0, {})
    assert tally(lines, TOOLS) == Tally(2, 2, 0, {REFUSED: 1})
    assert tally(lines, Dialect()) == Tally(1, 1, 0, {REFUSED: 2})


def test_where_weights_are_ignored_every_reply_is_learned() -> None:
    """Nothing is switched off at a place that does not know the switch."""
    heedless = Dialect(keys=frozenset({"role", "content", "weight"}), ignores=frozenset({"weight"}))
    line = jsonl({"messages": [QUESTION, a_reply(), a_reply(weight=0)]})
    assert tally([line], heedless) == Tally(1, 2, 0, {})


def test_what_stands_under_a_key_that_is_passed_over_is_not_learned() -> None:
    """A reply that says it in words as well is; and the reason is another than saying nothing."""
    deaf = Dialect(keys=frozenset({"role", "content"}), spare_keys=True, content_optional=True)
    calls, both = a_reply(None, function_call={"name": "f"}), a_reply(function_call={"name": "f"})
    lines = [jsonl({"messages": [QUESTION, calls]}), jsonl({"messages": [QUESTION, calls, both]})]
    assert tally(lines) == Tally(2, 3, 0, {})
    assert tally(lines, deaf) == Tally(1, 1, 0, {PASSED_OVER: 1})
    assert outcome_of(of_messages(QUESTION, a_reply(""))).reason == EMPTY


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (None, Outcome(2, 1)),
        (4, Outcome(1, 1)),
        (1, Outcome(0, 1, TOO_LONG)),
        (0, Outcome(0, 1, TOO_LONG)),
    ],
)
def test_what_is_not_read_is_not_learned(read: int | None, found: Outcome) -> None:
    """A model learns only of the messages that it reads; without any reply among them, nothing."""
    example = of_messages(QUESTION, a_reply(), QUESTION, a_reply(weight=0), a_reply())
    assert outcome_of(example, read=read) == found


def test_too_long_is_no_reason_where_there_is_nothing_to_learn() -> None:
    """What is switched off is so however much is read."""
    assert outcome_of(of_messages(QUESTION, a_reply(weight=0)), read=0).reason == SWITCHED_OFF
    assert outcome_of(of_messages(QUESTION, a_reply()), refused=True, read=0).reason == REFUSED


def test_tallies_add_up() -> None:
    """Two files together are what both are."""
    one, other = tally(jsonl(a_row()).splitlines()), tally([b"x", b"y"])
    assert one + other == Tally(1, 1, 0, {UNREADABLE: 2})


CONTENTS = st.text(max_size=4) | st.none()
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant"]), "content": CONTENTS},
    optional={"weight": st.sampled_from([0, 1]), "tool_calls": st.sampled_from([[], CALLS])},
)
EXAMPLES = st.lists(MESSAGES, min_size=1, max_size=5).map(lambda said: of_messages(*said))


@given(st.lists(EXAMPLES, max_size=5))
def test_bytes_and_examples_agree(examples: list[Example]) -> None:
    """What a row says of itself adds up to what the bytes of all of them say."""
    told = tally(map(write_line, examples))
    assert told.replies == sum(map(learned_replies, examples))
    assert told.learned_conversations == sum(learned_replies(each) > 0 for each in examples)
    assert told.conversations == len(examples)
