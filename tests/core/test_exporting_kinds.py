"""core/exporting: what a kind of file takes comes back as it was, and the rest has a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from core_builders import a_row, an_example, of_messages
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.examples import Example, Message
from core.exporting import FILE_KINDS, PREFERENCE, FileKind
from core.importing import guess_recipe, read_by
from core.learned import learned_replies, tally
from core.transfer import is_unreadable

SYSTEM = {"role": "system", "content": "s"}
USER, REPLY = {"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}
TURNS = [USER, REPLY, USER, REPLY]
KINDS = list(FILE_KINDS.values())
PAIRS = FILE_KINDS[PREFERENCE]
WORSE = (Message.of("assistant", "No idea."),)


def written(kind: FileKind, *examples: Example) -> bytes:
    """The examples as a file."""
    file = BytesIO()
    kind.write(examples, file)
    assert not file.closed
    return file.getvalue()


def read_again(kind: FileKind, content: bytes) -> list[Example]:
    """What the import makes of a file of this kind; nothing in it is unreadable."""
    recipe = guess_recipe(BytesIO(content), f"file.{kind.ending}")
    lines = list(read_by(recipe)(BytesIO(content)))
    assert [line.raw for line in lines if is_unreadable(line)] == []
    return [line.example for line in lines if line.example is not None]


def said_by(example: Example) -> Any:
    """What an example says; in which order a message's keys stand is no matter."""
    return json.dumps(example.to_json(), sort_keys=True)


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["=1+1", "'=x", "-", "a\r\nb", "a\rb", "\n", " x ", "_x000D_", "_x0041", "#N/A", "1.50", "TRUE",
     "\x01", "\x1f", "\0", "￾", "𝒳 你好", "\ud83d", "2024-05-03", '"quoted"', "a,b;c\td", "’",
     '{"role": "user"}']
)  # fmt: skip
VALUES = TEXTS | st.none() | st.integers(0, 1)
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "content": TEXTS},
    optional={"name": VALUES, "weight": st.integers(0, 1)},
)
TALKS = st.lists(TEXTS, min_size=2, max_size=6).map(
    lambda texts: [
        {"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(texts)
    ]
)
EXAMPLES = st.one_of(
    st.lists(MESSAGES, min_size=1, max_size=4),
    TALKS,
    st.tuples(TEXTS, TALKS).map(lambda it: [{"role": "system", "content": it[0]}, *it[1]]),
).map(lambda said: of_messages(*said))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(examples=st.lists(EXAMPLES, min_size=1, max_size=5))
def test_what_a_kind_takes_comes_back(kind: FileKind, examples: list[Example]) -> None:
    """Out and in again: the same conversations in the same order, and as many replies learned."""
    if kind is PAIRS:
        examples = [replace(each, rejected=WORSE) for each in examples]
    held = [each for each in examples if not kind.why_not(each)]
    assume(held)
    back = read_again(kind, written(kind, *held))
    assert list(map(said_by, back)) == list(map(said_by, held))
    assert sum(map(learned_replies, back)) == sum(map(learned_replies, held))
    assert kind is not PAIRS or [each.rejected for each in back] == [WORSE] * len(held)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_nothing_at_all_is_a_file_too(kind: FileKind) -> None:
    """A file without examples can be opened, and holds none."""
    assert read_again(kind, written(kind)) == []


@pytest.mark.parametrize(
    ("kind", "example", "reason"),
    [
        ("jsonl", of_messages({**REPLY, "tool_calls": []}), ""),
        ("preference", of_messages(SYSTEM, *TURNS), "no_pair"),
        ("preference", replace(of_messages(USER), rejected=WORSE), "unfinished"),
        ("preference", replace(of_messages(SYSTEM, *TURNS), rejected=WORSE), ""),
        ("sharegpt", of_messages(SYSTEM, *TURNS), ""),
        ("sharegpt", of_messages(USER, {**REPLY, "weight": 0}), ""),
        ("sharegpt", of_messages(USER, {**REPLY, "from": "x"}), "extras"),
        ("alpaca", of_messages(SYSTEM, *TURNS), ""),
        ("alpaca", of_messages(USER), "unfinished"),
        ("alpaca", of_messages(REPLY, USER), "turns"),
        ("alpaca", of_messages(USER, {**REPLY, "weight": 0}), "extras"),
        ("csv", of_messages(USER, REPLY), ""),
        ("csv", of_messages(*TURNS), "turns"),
        ("xlsx", of_messages(USER, REPLY), ""),
        ("xlsx", of_messages(*TURNS), "turns"),
        ("xlsx", an_example(user=""), ""),
        ("xlsx", an_example(user=" \n"), "text"),
        ("xlsx", an_example(user="x" * 32_767), ""),
        ("xlsx", an_example(user="x" * 32_768), "long"),
        ("xlsx", an_example(user="𝒳" * 16_384), "long"),
        ("xlsx", an_example(user="=" + "x" * 32_766), ""),
        ("xlsx", an_example(user="\r" + "x" * 32_766), "long"),
        ("parquet", of_messages(SYSTEM, *TURNS), ""),
        ("parquet", of_messages({"content": "u", "role": "user"}), ""),
        ("parquet", of_messages({**USER, "name": "Ann"}, {**REPLY, "weight": 0}), ""),
        ("parquet", of_messages(USER, {**REPLY, "weight": None}), "extras"),
        ("parquet", of_messages(USER, {**REPLY, "weight": 1.0}), "extras"),
        ("parquet", of_messages(USER, {**REPLY, "weight": True}), "extras"),
        ("parquet", of_messages(USER, {**REPLY, "refusal": "x"}), "extras"),
        ("parquet", of_messages(USER, {**REPLY, "content": None}), "extras"),
        ("parquet", Example.from_json({**a_row(), "tools": []}), "extras"),
        ("parquet", Example(), "unfinished"),
        ("parquet", an_example(user="\ud83d"), "text"),
    ],
)
def test_a_kind_says_what_it_cannot_hold(kind: str, example: Example, reason: str) -> None:
    """Whatever would be cut or changed has a reason."""
    assert FILE_KINDS[kind].why_not(example) == reason


def test_lines_are_counted_as_they_stand_in_the_file() -> None:
    """Of the kind that is trained on, the bytes themselves."""
    content = written(FILE_KINDS["jsonl"], of_messages(*TURNS), an_example())
    assert tally(content.splitlines()).replies == 3
