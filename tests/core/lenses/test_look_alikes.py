"""core/lenses/look_alikes.py: pairs that ask the same, however the rows came to stand there."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lens_builders import a_talk

from core.examples import Example, Message
from core.lenses.base import Found
from core.lenses.look_alikes import (
    CONFLICTING,
    LEAKED,
    MOST,
    NEAR_DUPLICATE,
    REPEATED,
    LookAlikes,
)

QUESTIONS = (
    "How long does delivery take to Germany?",
    "how long does the delivery to Germany take",
    "How long does delivery take to Denmark?",
    "Can I return a kettle that I have used?",
    "Can I return a ketle that I have used?",
    "什么时候能送到德国？",
    "请问什么时候能送到德国呢？",
    "什么时候能送到法国？",
    "",
    "😀",
    "\ud83d x",
)
REPLIES = (
    "Three days.",
    "Five days.",
    "Yes, within a month.",
    "No, sorry.",
    "三天。",
    '{"days": 3}',
)


def a_lens(*examples: Example) -> LookAlikes:
    """A lens over these examples, numbered from 1."""
    lens = LookAlikes()
    lens.put([*enumerate(examples, 1)])
    return lens


def codes(lens: LookAlikes) -> dict[str, list[tuple[int, ...]]]:
    """The pairs found, by their code."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for each in lens.found():
        found.setdefault(each.code, []).append(each.rows)
    return found


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[int, Example | None]]:
    """A row that is put, or dropped where there is no example, again and again."""
    example = st.builds(
        lambda user, reply, held_out: a_talk(user, reply, held_out=held_out),
        st.sampled_from(QUESTIONS),
        st.sampled_from(REPLIES),
        st.booleans(),
    )
    return draw(st.lists(st.tuples(st.integers(1, 12), st.none() | example), max_size=40))


@settings(deadline=None, max_examples=150)
@given(edits(), st.sets(st.integers(0, 40)))
def test_whatever_came_before_the_same_rows_show_the_same(
    done: list[tuple[int, Example | None]], looks: set[int]
) -> None:
    """A lens that was kept in step finds what one built anew finds, wherever it was asked."""
    lens, rows = LookAlikes(), dict[int, Example]()
    for at, (row_id, example) in enumerate(done):
        if example is None:
            lens.drop([row_id])
            rows.pop(row_id, None)
        else:
            lens.put([(row_id, example)])
            rows[row_id] = example
        if at in looks:
            lens.found()
    anew = LookAlikes()
    anew.put(sorted(rows.items()))
    assert list(anew.found()) == list(lens.found())
