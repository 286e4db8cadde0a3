"""core/cells.py: an example as one row of a table, and back."""

from __future__ import annotations

from typing import Any

import pytest
from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.cells import (
    COLUMNS,
    LINE_BREAK_MARK,
    Cells,
    blank_example,
    cells_of,
    with_cell,
    with_flat_cell,
)
from core.examples import Example, Message

ROLES = ("system", "user", "assistant", "tool")
messages = st.builds(Message.of, st.sampled_from(ROLES), st.text(max_size=12))
conversations = st.builds(Example, st.lists(messages, max_size=6).map(tuple))
one_line = st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=12)


def test_a_plain_example_fills_its_three_cells() -> None:
    """Own instructions, the question, the reply; nothing is hidden."""
    cells = cells_of(an_example(system="S", user="U", assistant="A"))
    assert cells == Cells("S", "U", "A", more_turns=0)
    assert not cells.needs_panel


def test_what_is_absent_is_an_empty_cell() -> None:
    """An example without messages is a row that can be written in."""
    assert cells_of(Example()) == Cells("", "", "", more_turns=0)


def test_a_longer_conversation_shows_its_first_question_and_last_reply() -> None:
    """The turns between are counted, and send the person to the panel."""
    roles = ("user", "assistant", "user", "assistant")
    cells = cells_of(of_messages(*({"role": r, "content": str(i)} for i, r in enumerate(roles))))
    assert cells == Cells("", "0", "3", more_turns=2)
    assert cells.needs_panel


@pytest.mark.parametrize(
    "messages",
    [
        ({"role": "user", "content": [{"type": "text", "text": "Hi"}]},),
        ({"role": "user", "content": "a"}, {"role": "assistant", "content": 5}),
        ({"role": "system", "content": "a"}, {"role": "system", "content": "b"}),
    ],
)
def test_what_a_cell_cannot_show_is_edited_in_the_panel(
    messages: tuple[dict[str, Any], ...],
) -> None:
    """Typing over parts, numbers or a second system message would lose what is not shown."""
    assert cells_of(of_messages(*messages)).needs_panel


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "a\n", "\n"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_text_with_line_breaks_is_edited_in_the_panel(column: str, text: str) -> None:
    """A cell would flatten it, so the row says that it needs more room."""
    assert cells_of(an_example(**{column: text})).needs_panel


def test_line_breaks_are_marked_where_they_are_shown_on_one_line() -> None:
    """The cell shows that there are breaks, and has none itself."""
    cells = cells_of(an_example(assistant="one\r\ntwo\nthree"))
    assert cells.flat("assistant") == f"one{LINE_BREAK_MARK}two{LINE_BREAK_MARK}three"


def test_a_new_row_is_a_question_and_a_reply_to_be_written() -> None:
    """Blank means empty text, not absent messages."""
    assert blank_example() == of_messages(
        {"role": "user", "content": ""}, {"role": "assistant", "content": ""}
    )


def test_an_emptied_instruction_inherits_again() -> None:
    """Blank in the table means: those for every example."""
    assert with_cell(an_example(system="S"), "system", "").system is None


def test_a_missing_turn_is_added_where_it_belongs() -> None:
    """A question stands behind the instructions, a reply at the end."""
    example = with_cell(an_example(user=None, assistant=None), "assistant", "A")
    example = with_cell(example, "user", "U")
    assert [message.role for message in example.messages] == ["system", "user", "assistant"]


def test_typing_keeps_what_the_cell_does_not_show() -> None:
    """Names, weights and the keys beside them stay where they were."""
    example = Example.from_json({
        "id": 7,
        "messages": [
            {"role": "user", "content": "U", "name": "Ann"},
            {"role": "assistant", "content": "A", "weight": 0},
        ],
        "tools": [],
    })  # fmt: skip
    typed = with_cell(example, "assistant", "B").to_json()
    assert typed["messages"][1] == {"role": "assistant", "content": "B", "weight": 0}
    assert {**typed, "messages": None} == {**example.to_json(), "messages": None}


@given(conversations, st.sampled_from(COLUMNS), one_line)
def test_what_is_typed_into_a_cell_is_what_it_shows(
    example: Example, column: str, text: str
) -> None:
    """Whatever the conversation, the text lands in that cell and in no other."""
    before, after = cells_of(example), cells_of(with_cell(example, column, text))
    assert getattr(after, column) == text
    assert [getattr(after, c) for c in COLUMNS if c != column] == [
        getattr(before, c) for c in COLUMNS if c != column
    ]


@given(conversations)
def test_a_flat_cell_never_breaks_the_line(example: Example) -> None:
    """Whatever the text, a cell is one line."""
    cells = cells_of(example)
    assert all(len(cells.flat(column).splitlines()) <= 1 for column in COLUMNS)


def test_marked_line_breaks_stay_line_breaks() -> None:
    """Typing in a flat cell keeps the breaks whose marks are still there."""
    example = an_example(assistant="one\ntwo")
    flat = cells_of(example).flat("assistant")
    edited = with_flat_cell(example, "assistant", flat + "!")
    assert edited is not None
    assert edited.messages[-1].text == "one\ntwo!"
    assert with_flat_cell(example, "assistant", "one two") is None
