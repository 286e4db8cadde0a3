"""Lenses of the shape of the set: however rows come and go, they see what stands there now."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example, Message
from core.lenses.base import Lens
from core.lenses.instructions import Instructions
from core.lenses.same_replies import SameReplies
from core.lenses.shape import ASPECTS, Shape
from core.rules.checks import Checks

CHECKS = Checks(
    limits=(
        ("odd_instructions_times", 2),
        ("same_reply_questions", 2),
        ("same_reply_words", 0),
        ("thin_rows", 3),
        ("thin_times", 2),
        ("validation_from", 3),
    )
)
TEXTS = (
    "Be kind, and answer in English.", "Be knid, and answer in English.", "Be kind and answer",
    "天气很好，我们出去走走吧。", "天气很好，我们出去走走", "Why?", "为什么？", "", " ", "\0",
    "Please write to our customer service.", "please write to our customer service", "😀", "}{",
    "\ud83d x",
)  # fmt: skip
texts = st.sampled_from(TEXTS) | st.text(max_size=8)
odd = st.sampled_from([None, 7, True, (), ("a",)])
roles = st.sampled_from(["system", "user", "assistant", "tool", "gpt", 7, None])
messages = st.builds(
    lambda role, content, weight: Message(
        (("role", role), ("content", content), *((("weight", weight),) if weight else ()))
    ),
    roles,
    texts | odd,
    st.sampled_from([None, 1, "0"]),
)
talks = st.builds(
    lambda *said: [
        Message.of(role, text)
        for role, text in zip(("system", "user", "assistant"), said, strict=True)
    ],
    texts,
    texts,
    texts,
)
examples = st.builds(
    lambda said, tags, held_out: Example(tuple(said)).with_tags(tags).with_held_out(held_out),
    talks | st.lists(messages, max_size=4),
    st.lists(st.sampled_from(["rain", "snow", ""]), max_size=2),
    st.booleans(),
)
row_ids = st.integers(1, 9)
steps = st.lists(
    st.lists(st.tuples(row_ids, examples), max_size=5, unique_by=lambda row: row[0])
    | st.sets(row_ids, max_size=4),
    max_size=8,
)
KINDS = (Shape, SameReplies, Instructions)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(steps)
def test_what_a_lens_sees_does_not_depend_on_how_the_rows_came(
    kind: Callable[[Checks], Lens], steps: list[list[tuple[int, Example]] | set[int]]
) -> None:
    """Put, changed, dropped and put again, or all at once: it is the same."""
    lens = kind(CHECKS)
    rows: dict[int, Example] = {}
    for step in steps:
        if isinstance(step, set):
            lens.drop(step)
            rows = {row_id: each for row_id, each in rows.items() if row_id not in step}
        else:
            lens.put(step)
            rows.update(step)
        lens.found()
    anew = kind(CHECKS)
    anew.put([*rows.items()])
    assert [*lens.found()] == [*anew.found()]
    assert all(set(found.rows) <= set(rows) for found in lens.found())
    if isinstance(lens, Shape) and isinstance(anew, Shape):
        for aspect in ASPECTS:
            assert lens.shares(aspect) == anew.shares(aspect)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(st.lists(st.tuples(row_ids, examples), max_size=9, unique_by=lambda row: row[0]))
def test_nothing_stays_of_rows_that_are_gone(
    kind: Callable[[Checks], Lens], rows: list[tuple[int, Example]]
) -> None:
    """A lens lives as long as the server."""
    lens, empty = kind(CHECKS), kind(CHECKS)
    lens.put(rows)
    lens.found()
    lens.drop([row_id for row_id, _ in rows])
    lens.found(), empty.found()
    kept = {name: value for name, value in vars(lens).items() if name != "_alike"}
    assert kept == {name: vars(empty)[name] for name in kept}
