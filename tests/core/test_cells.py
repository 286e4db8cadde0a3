"""core/cells.py: an example as one row of a table, and back."""

from __future__ import annotations

from typing import Any

import pytest
from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.cells import (
    COLUMNS,
    Cells,
    blank_example,
    cells_of,
    column_of,
    locked_columns,
    text_of,
    with_cell,
)
from core.examples import Example, Message
from core.findings import Finding, Place, Severity
from core.rules import check_example

ROLES = ("system", "user", "assistant", "tool")
messages = st.builds(Message.of, st.sampled_from(ROLES), st.text(max_size=12))
conversations = st.builds(Example, st.lists(messages, max_size=6).map(tuple))


def test_a_plain_example_fills_its_three_cells() -> None:
    """Own instructions, the question, the reply; nothing is hidden."""
    example = an_example(system="S", user="U", assistant="A")
    assert cells_of(example) == Cells("S", "U", "A", more_turns=0)
    assert locked_columns(example) == ()


def test_what_is_absent_is_an_empty_cell() -> None:
    """An example without messages is a row that can be written in."""
    assert cells_of(Example()) == Cells("", "", "", more_turns=0)


def test_a_longer_conversation_shows_its_first_question_and_last_reply() -> None:
    """The turns between are counted: they stand in the panel."""
    roles = ("user", "assistant", "user", "assistant")
    cells = cells_of(of_messages(*({"role": r, "content": str(i)} for i, r in enumerate(roles))))
    assert cells == Cells("", "0", "3", more_turns=2)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\u2028b", "\n"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_cell_shows_its_text_as_it_is(column: str, text: str) -> None:
    """Line breaks and all; a cell has room for them."""
    example = an_example(**{column: text})
    assert text_of(example, column) == text
    assert locked_columns(example) == ()


@pytest.mark.parametrize(
    ("messages", "locked"),
    [
        (({"role": "user", "content": [{"type": "text", "text": "Hi"}]},), ("user",)),
        (({"role": "user", "content": "a"}, {"role": "assistant", "content": 5}), ("assistant",)),
        (({"role": "system", "content": "a"}, {"role": "system", "content": "b"}), ("system",)),
        (({"role": "system", "content": ["a"]},), ("system",)),
        (({"role": "assistant", "content": None},), ()),
    ],
)
def test_what_a_cell_cannot_show_is_not_written_over_there(
    messages: tuple[dict[str, Any], ...], locked: tuple[str, ...]
) -> None:
    """Typing over parts, numbers or a second system message would lose what is not shown."""
    assert locked_columns(of_messages(*messages)) == locked


def test_only_the_turns_that_are_shown_lock_their_cells() -> None:
    """A picture in the middle of a conversation is no reason to lock its ends."""
    picture = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
    example = of_messages(
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Show me."},
        {"role": "user", "content": picture},
        {"role": "assistant", "content": "A cat."},
    )
    assert locked_columns(example) == ()


@pytest.mark.parametrize(
    ("example", "code", "column"),
    [
        (an_example(assistant=""), "missing_content", "assistant"),
        (an_example(user=" Hi"), "untrimmed_whitespace", "user"),
        (an_example(system=""), "missing_content", "system"),
        (an_example(user=None), "missing_user_message", "user"),
        (an_example(assistant=None), "example_missing_assistant_message", "assistant"),
    ],
)
def test_a_finding_stands_where_it_can_be_mended(example: Example, code: str, column: str) -> None:
    """In the cell of its text, or where the text is missing."""
    (found,) = [finding for finding in check_example(example) if finding.code == code]
    assert column_of(example, found) == column


def test_a_finding_of_what_is_inherited_stands_at_the_instructions() -> None:
    """The message it is about is none of the example's own, and those after it are counted on."""
    example = an_example(system=None, user=" Hi")
    checked = example.inheriting(" Be brief.")
    found = {finding.place.message: finding for finding in check_example(checked)}
    assert column_of(example, found[0], shared=1) == "system"
    assert column_of(example, found[1], shared=1) == "user"


def test_a_finding_between_the_ends_stands_in_no_cell() -> None:
    """Only the panel shows the turn it is about."""
    said = [Message.of(role, "a") for role in ("user", "assistant", "user", "assistant")]
    example = Example(tuple(said))
    places = [column_of(example, a_finding(at)) for at in range(4)]
    assert places == ["user", None, None, "assistant"]


def a_finding(message: int) -> Finding:
    """Something about one message."""
    return Finding("missing_content", Severity.ERROR, Place(message=message))


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


@given(conversations, st.sampled_from(COLUMNS), st.text(min_size=1, max_size=12))
def test_what_is_typed_into_a_cell_is_what_it_shows(
    example: Example, column: str, text: str
) -> None:
    """Whatever the conversation, the text lands in that cell and in no other."""
    before, after = cells_of(example), cells_of(with_cell(example, column, text))
    assert getattr(after, column) == text_of(with_cell(example, column, text), column) == text
    assert [getattr(after, c) for c in COLUMNS if c != column] == [
        getattr(before, c) for c in COLUMNS if c != column
    ]
