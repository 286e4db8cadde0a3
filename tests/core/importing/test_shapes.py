"""Tests of core.importing.shapes: what each can carry comes back, and the rest is named."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example, Message
from core.importing import SHAPES
from core.importing.shapes import guess_shape

TEXT = st.text(max_size=12)
ROLE = st.sampled_from(
    ["system", "user", "assistant", "tool", "human", "gpt", "narrator", "", None]
)
ODD = st.sampled_from([None, 5, True, [], ["a"], {"type": "text"}])
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "role": ROLE, "content": TEXT | ODD, "name": TEXT, "weight": st.sampled_from([0, 1, 0.5]),
        "from": ROLE, "value": TEXT,
        "tool_calls": st.just([{"id": "c", "type": "function",
                                "function": {"name": "f", "arguments": "{}"}}]),
    },
)  # fmt: skip
PLAIN = st.builds(lambda role, text: {"role": role, "content": text},
                  st.sampled_from(["user", "assistant"]), TEXT)  # fmt: skip
TURNS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=3).map(
    lambda pairs: [m for q, a in pairs for m in
                   ({"role": "user", "content": q}, {"role": "assistant", "content": a})]
)  # fmt: skip
SYSTEM = st.lists(TEXT.map(lambda text: {"role": "system", "content": text}), max_size=1)
EXTRA = st.dictionaries(
    st.sampled_from(["id", "source", "tools", "system", "input", "prompt", "conversations"]),
    TEXT | ODD, max_size=3,
)  # fmt: skip


def an_example(messages: list[Any], extra: dict[str, Any], at: int, rejected: list[Any]) -> Example:
    """An example with other keys, some of them before its messages."""
    pairs = list(extra.items())
    pairs.insert(at, ("messages", messages))
    example = Example.from_json(dict(pairs))
    return replace(example, rejected=tuple(map(Message.from_json, rejected)))


EXAMPLES = st.builds(
    an_example,
    st.lists(MESSAGE, max_size=4)
    | st.builds(lambda system, turns: [*system, *turns], SYSTEM, TURNS | st.lists(PLAIN)),
    EXTRA,
    st.integers(0, 3),
    st.lists(PLAIN | MESSAGE, max_size=2),
)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
@given(example=EXAMPLES)
def test_what_a_shape_can_carry_comes_back(shape, example):
    """Written and read again, an example is the same, or the shape has said why not."""
    reason = shape.why_not(example)
    assert reason in {"", "extras", "turns", "unfinished", "no_pair", "text"}
    if reason:
        return
    value = json.loads(json.dumps(shape.write(example)))
    back = shape.read(value)
    assert isinstance(back, Example)
    assert (back.messages, back.extra, back.messages_at) == (
        example.messages, example.extra, example.messages_at,
    )  # fmt: skip
    assert shape.recognises(value)
    if shape.id == "preference":
        assert back.rejected == example.rejected


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
@given(system=SYSTEM, turns=TURNS, extra=st.dictionaries(st.sampled_from(["id", "n"]), TEXT))
def test_plain_conversations_are_carried_by_all(shape, system, turns, extra):
    """Text in turn, with instructions that say something: no shape refuses it."""
    said = [m for m in system if m["content"].strip()] + turns
    if not all(message["content"].strip() for message in said):
        return
    rejected = [{"role": "assistant", "content": "worse"}]
    assert shape.why_not(an_example(said, extra, 0, rejected)) == ""


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(
            ["messages", "role", "content", "conversations", "from", "value", "instruction",
             "input", "output", "history", "system", "prompt", "completion", "chosen", "rejected",
             "preferred_output", "non_preferred_output", "tools", "id"]
        ), inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
@given(value=VALUES)
def test_any_value_is_an_example_or_says_why_not(shape, value):
    """Nothing raises; an example that was read can be judged, and written if it can be carried."""
    read = shape.read(value)
    assert isinstance(shape.recognises(value), bool)
    if not isinstance(read, Example):
        assert read
        return
    assert read.messages
    assert "messages" not in dict(read.extra)
    if not shape.why_not(read):
        back = shape.read(shape.write(read))
        assert isinstance(back, Example)
        assert replace(back, rejected=()) == replace(read, rejected=())


CHAT = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}
PAIRS = {"chosen": "better", "rejected": "worse"}


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (CHAT, "chat"),
        ({"conversations": [{"from": "human", "value": "q"}]}, "sharegpt"),
        ({"instruction": "q", "input": "", "output": "a"}, "alpaca"),
        ({"instruction": "q", "input": "", "output": ["a", "b"]}, "preference"),
        ({"prompt": "q", "completion": "a"}, "prompt_completion"),
        ({"prompt": "q", **PAIRS}, "preference"),
        ({**CHAT, **PAIRS}, "preference"),
        ({"input": CHAT, "preferred_output": [], "non_preferred_output": []}, "preference"),
        ({"question": "q", "answer": "a"}, ""),
        ([CHAT], ""),
    ],
)
def test_a_shape_is_known_by_its_keys(value, shape):
    """The choosier shape goes first, and what none knows is nobody's."""
    assert guess_shape([value]) == shape


def test_the_shape_of_most_values_is_that_of_the_file():
    """Some strangers do not matter, and one acquaintance among many strangers neither."""
    strange, known = {"question": "q"}, {"prompt": "q", "completion": "a"}
    assert guess_shape([strange, known, known, [], "x"]) == "prompt_completion"
    assert guess_shape([known, *[strange] * 9]) == ""


def pair_of(value: dict[str, Any]) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Who says what, and the worse reply."""
    read = SHAPES["preference"].read(value)
    assert isinstance(read, Example)
    return [(m.role, m.content) for m in read.messages], [m.content for m in read.rejected]


def said_by(role: str, text: str) -> dict[str, str]:
    """One message."""
    return {"role": role, "content": text}


@pytest.mark.parametrize(
    "value",
    [
        {"prompt": "q", "chosen": "a", "rejected": "b"},
        {"prompt": [said_by("user", "q")], "chosen": [said_by("assistant", "a")],
         "rejected": [said_by("assistant", "b")]},
        {"chosen": [said_by("user", "q"), said_by("assistant", "a")],
         "rejected": [said_by("user", "q"), said_by("assistant", "b")]},
        {"prompt": "q", "chosen": [said_by("user", "q"), said_by("assistant", "a")],
         "rejected": [said_by("user", "q"), said_by("assistant", "b")],
         "messages": [said_by("user", "q"), said_by("assistant", "a")]},
        {"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: q\n\nAssistant: b"},
        {"conversations": [{"from": "human", "value": "q"}],
         "chosen": {"from": "gpt", "value": "a"}, "rejected": {"from": "gpt", "value": "b"}},
        {"instruction": "q", "input": "", "output": ["a", "b"]},
        {"input": {"messages": [said_by("user", "q")]}, "preferred_output": [
            said_by("assistant", "a")], "non_preferred_output": [said_by("assistant", "b")]},
    ],
)  # fmt: skip
def test_a_preference_is_read_in_all_its_dialects(value):
    """The better reply is the example's, the worse one stands beside it."""
    assert pair_of(value) == ([("user", "q"), ("assistant", "a")], ["b"])


@pytest.mark.parametrize("role", ["Human", "Assistant"])
def test_a_role_within_a_reply_is_part_of_the_reply(role):
    """Only a text that begins with one is a conversation."""
    reply = f"Write it so:\n\n{role}: hi"
    value = {"prompt": "q", "chosen": reply, "rejected": "b"}
    assert pair_of(value) == ([("user", "q"), ("assistant", reply)], ["b"])


def test_a_question_that_is_none_of_the_conversations_is_not_guessed_at():
    """Two different questions: nobody can say which one counts."""
    talk = [said_by("user", "q"), said_by("assistant", "a")]
    other = [said_by("user", "q"), said_by("assistant", "b")]
    read = SHAPES["preference"].read({"prompt": "else", "chosen": talk, "rejected": other})
    assert [finding.code for finding in read] == ["wrong_shape"]


def test_two_conversations_in_one_object_are_not_guessed_at():
    """`messages` beside `conversations`: one of them would be dropped."""
    value = {"conversations": [{"from": "human", "value": "q"}], **CHAT}
    assert [finding.code for finding in SHAPES["sharegpt"].read(value)] == ["wrong_shape"]


def test_instructions_beside_the_list_come_first():
    """As LLaMA-Factory and Anthropic's models have them; blank ones are none."""
    for shape, value in (
        ("chat", CHAT),
        ("sharegpt", {"conversations": [{"from": "human", "value": "q"}]}),
        ("alpaca", {"instruction": "q", "output": "a"}),
    ):
        read = SHAPES[shape].read({"system": "Be kind.", **value})
        assert isinstance(read, Example)
        assert (read.system, dict(read.extra)) == ("Be kind.", {})
        blank = SHAPES[shape].read({**value, "system": " "})
        assert isinstance(blank, Example)
        assert blank.system is None
        odd = SHAPES[shape].read({**value, "system": 5})
        assert isinstance(odd, Example)
        assert (odd.system, dict(odd.extra)) == (None, {"system": 5})
