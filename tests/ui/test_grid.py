"""ui/grid.py: what the table tells becomes edits, each once."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.cells import COLUMNS
from ui.grid import PICK, new_edits

IDS = (11, 22, 33)
Table = dict[int, dict[str, Any]]
steps = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(COLUMNS), st.text(max_size=3)), max_size=8
)


def test_nothing_typed_is_no_edit() -> None:
    """An untouched table says nothing."""
    found = new_edits(IDS, {}, {})
    assert (found.typed, found.picked, found.newly_picked) == ((), (), None)


def test_what_was_typed_is_told_by_row_and_column() -> None:
    """The index of the row becomes its id."""
    found = new_edits(IDS, {}, {1: {"user": "U", "assistant": "A"}})
    assert found.typed == ((22, "user", "U"), (22, "assistant", "A"))


def test_what_was_told_before_is_not_told_again() -> None:
    """A widget repeats all edits since it was made; only the new one counts."""
    before: Table = {0: {"user": "old"}}
    found = new_edits(IDS, before, {0: {"user": "old", "assistant": "new"}})
    assert found.typed == ((11, "assistant", "new"),)


def test_an_emptied_cell_is_an_empty_text() -> None:
    """The table tells None for it."""
    assert new_edits(IDS, {}, {0: {"system": None}}).typed == ((11, "system", ""),)


def test_picks_are_told_in_the_order_of_the_table() -> None:
    """All of them, and which one is new."""
    before: Table = {2: {PICK: True}}
    found = new_edits(IDS, before, {2: {PICK: True}, 0: {PICK: True}})
    assert found.picked == (11, 33)
    assert found.newly_picked == 11


def test_a_pick_taken_back_is_none() -> None:
    """A row ticked and unticked is not picked."""
    found = new_edits(IDS, {1: {PICK: True}}, {1: {PICK: False}})
    assert (found.picked, found.newly_picked) == ((), None)


def test_a_row_that_is_not_there_any_more_is_ignored() -> None:
    """A late message about a longer table edits nobody."""
    found = new_edits(IDS, {}, {3: {"user": "late", PICK: True}, -1: {"user": "odd"}})
    assert (found.typed, found.picked) == ((), ())


@given(steps)
def test_every_edit_is_told_exactly_once(typed: list[tuple[int, str, str]]) -> None:
    """However often the table reports, applying what is new gives what it shows."""
    shown: Table = {}
    applied: dict[tuple[int, str], str] = {}
    for row, column, text in typed:
        before = deepcopy(shown)
        shown.setdefault(row, {})[column] = text
        edits = new_edits(IDS, before, shown)
        assert len(edits.typed) == (before.get(row, {}).get(column) != text)
        applied.update({(row_id, name): value for row_id, name, value in edits.typed})
        assert new_edits(IDS, shown, shown).typed == ()
    assert applied == {(IDS[r], c): text for r, cells in shown.items() for c, text in cells.items()}
