"""core/conversations.py: a step in a conversation is one Change, however often it is sent."""

from __future__ import annotations

from functools import partial

import pytest
from core_builders import an_example

from core.conversations import save_turn_text, save_turns
from core.editing import DEFAULT_PRICED_FOR, add_example, delete_examples, undo_change
from core.errors import BadInput, NotFound
from core.examples import Example
from core.storage import Project, Row, Store
from core.turns import Seen, Spot, add_turn, remove_turn, weigh_turn

REPLY = "Only on your parade."
SPOT = Spot(2, "assistant")


@pytest.fixture
def project(store: Store) -> Project:
    """A project of one example."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    add_example(store, project, an_example())
    return store.load_project(project.id)


def only(store: Store, project: Project) -> Row:
    """The only row, with its tokens."""
    [row] = store.load_rows(project.id, encoding="o200k_base")
    return row


def edits(store: Store, project: Project) -> int:
    """How many changes were made to the example."""
    return [change.kind for change in store.load_changes(project.id)].count("edit")


def type_reply(store: Store, project: Project, text: str, base: str, visit: str) -> None:
    """Type over the reply."""
    row_id = only(store, project).id
    save_turn_text(store, project, row_id, SPOT, text, bases=[base], visit=visit)


def test_a_visit_to_a_bubble_is_one_change(store: Store, project: Project) -> None:
    """However many letters were sent; another visit is another change."""
    before = only(store, project)
    for base, text in ((REPLY, "N"), ("N", "No"), ("No", "No, it is dry and it stays so.")):
        type_reply(store, project, text, base, "first")
    assert edits(store, project) == 1
    type_reply(store, project, "Yes.", "No, it is dry and it stays so.", "second")
    assert edits(store, project) == 2
    after = only(store, project)
    assert after.example.messages[2].text == "Yes."
    assert after.tokens != before.tokens


def test_typing_and_taking_it_back_leaves_no_change(store: Store, project: Project) -> None:
    """Escape in a bubble is as if nobody had been there."""
    before = only(store, project)
    type_reply(store, project, "N", REPLY, "visit")
    type_reply(store, project, REPLY, "N", "visit")
    assert edits(store, project) == 0
    assert only(store, project) == before


def test_what_another_tab_typed_is_told_and_kept(store: Store, project: Project) -> None:
    """Nothing is recorded for the one who comes second."""
    type_reply(store, project, "Theirs.", REPLY, "theirs")
    with pytest.raises(BadInput, match="changed_elsewhere") as told:
        type_reply(store, project, "Mine.", REPLY, "mine")
    assert told.value.params == {"theirs": "Theirs."}
    assert only(store, project).example.messages[2].text == "Theirs."


def test_a_step_sent_twice_is_taken_once(store: Store, project: Project) -> None:
    """Also where a second one would do more: another blank turn, another one removed."""
    row_id = only(store, project).id
    for _ in range(2):
        save_turns(store, project, row_id, partial(add_turn, role="user"), "add")
        save_turns(store, project, row_id, partial(add_turn, role="user"), "add more")
    assert len(only(store, project).example.messages) == 5
    for _ in range(2):
        edit = partial(remove_turn, seen=Seen(3, "user", ""))
        save_turns(store, project, row_id, edit, "remove")
    assert len(only(store, project).example.messages) == 4


def test_a_step_taken_back_does_not_come_again(store: Store, project: Project) -> None:
    """A late repetition of what was undone meanwhile changes nothing."""
    row, seen = only(store, project), Seen(2, "assistant", REPLY)

    def weigh(now: Example) -> Example:
        return weigh_turn(now, seen, 0)

    change = save_turns(store, project, row.id, weigh, "weigh")
    assert change is not None
    undo_change(store, project, change.id)
    assert save_turns(store, project, row.id, weigh, "weigh") is None
    assert only(store, project).example == row.example


def test_a_conversation_that_is_gone_says_so(store: Store, project: Project) -> None:
    """It is not brought back by a late letter."""
    row_id = only(store, project).id
    delete_examples(store, project, [row_id])
    with pytest.raises(NotFound, match="example_gone"):
        save_turn_text(store, project, row_id, SPOT, "Late", bases=[REPLY], visit="visit")
