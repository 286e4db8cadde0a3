"""core/reviews.py: nothing stays approved that nobody has read, whichever way it was rewritten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from core_builders import a_project_of, an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.bulk import apply_act, fixing, instructing, tagging
from core.conversations import save_note, save_turn_text, save_turns
from core.editing import edit_example, save_cell, undo_change
from core.errors import BadInput
from core.examples import APPROVED, DRAFT, READY, REVIEWS, Example
from core.reviews import as_rewritten, says_the_same
from core.sheet import Typed, fill_cells, paste_cells, save_typed
from core.storage import Project, Store
from core.turns import Spot, add_turn


def approved(**said: str | None) -> Example:
    """An example that somebody has approved."""
    return an_example(**said).with_review(APPROVED)


def review(store: Store, project: Project, row_id: int) -> str:
    """The state of review of a row."""
    return store.load_row(project.id, row_id).example.review


Rewrite = Callable[[Store, Project, list[int]], object]
REWRITES: dict[str, Rewrite] = {
    "cell": lambda s, p, r: save_cell(s, p, r[0], "user", "Why?"),
    "edit": lambda s, p, r: edit_example(s, p, r[0], lambda now: now.with_system("Be brief.")),
    "typed": lambda s, p, r: save_typed(s, p, Typed(r[0], "user", "Why?", (" Rain? ",), "v")),
    "paste": lambda s, p, r: paste_cells(s, p, r, "user", [["Why?"]], "k"),
    "fill": lambda s, p, r: fill_cells(s, p, r[::-1], "user", "k"),
    "turn": lambda s, p, r: save_turn_text(
        s, p, r[0], Spot(1, "user"), "Why?", bases=[" Rain? "], visit="v"
    ),
    "turns": lambda s, p, r: save_turns(s, p, r[0], lambda now: add_turn(now, "user"), "k"),
    "fix": lambda s, p, r: apply_act(s, p, r, fixing("untrimmed_whitespace")),
    "instruct": lambda s, p, r: apply_act(s, p, r, instructing("Be brief.")),
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_whoever_rewrites_an_approved_example_makes_it_a_draft(
    store: Store, rewrite: Rewrite
) -> None:
    """By every way there is; one undo brings words and approval back."""
    project, rows = a_project_of(store, approved(user=" Rain? "), an_example(user="Snow?"))
    assert rewrite(store, project, rows)
    assert review(store, project, rows[0]) == DRAFT
    change = store.last_change(project.id)
    assert change is not None
    undo_change(store, project, change.id)
    assert review(store, project, rows[0]) == APPROVED


BESIDE: dict[str, Rewrite] = {
    "tag": lambda s, p, r: apply_act(s, p, r, tagging("new", on=True)),
    "note": lambda s, p, r: save_note(s, p, r[0], "Fine.", bases=[""], visit="v"),
    "same": lambda s, p, r: save_cell(s, p, r[0], "user", " Rain? "),
}


@pytest.mark.parametrize("act", BESIDE.values(), ids=BESIDE)
def test_what_stands_beside_the_words_is_no_rewriting(store: Store, act: Rewrite) -> None:
    """A tag or a note leaves the approval."""
    project, rows = a_project_of(store, approved(user=" Rain? "))
    act(store, project, rows)
    assert review(store, project, rows[0]) == APPROVED


@given(st.sampled_from(REVIEWS), st.sampled_from(REVIEWS), st.booleans())
def test_only_what_was_approved_and_still_says_so_is_reopened(
    before: str, after: str, rewritten: bool
) -> None:
    """Who approves what they write in one go has read it; a draft stays what it is."""
    old = an_example().with_review(before)
    new = (an_example(user="Why?") if rewritten else an_example()).with_review(after)
    reopened = rewritten and before == after == APPROVED
    assert as_rewritten(old, new).review == (DRAFT if reopened else after)


def test_typed_and_taken_back_stays_approved(store: Store) -> None:
    """As if nothing had happened: there is no change either."""
    project, (row_id,) = a_project_of(store, approved(user="Rain?"))
    save_typed(store, project, Typed(row_id, "user", "Rain", ("Rain?",), "v"))
    assert review(store, project, row_id) == DRAFT
    save_typed(store, project, Typed(row_id, "user", "Rain?", ("Rain",), "v"))
    assert review(store, project, row_id) == APPROVED
    assert [change.kind for change in store.load_changes(project.id)] == ["add"]


def test_typed_back_on_another_visit_stays_a_draft(store: Store) -> None:
    """By then it may have been read as a draft."""
    project, (row_id,) = a_project_of(store, approved(user="Rain?"))
    save_typed(store, project, Typed(row_id, "user", "Rain", ("Rain?",), "one"))
    save_typed(store, project, Typed(row_id, "user", "Rain?", ("Rain",), "two"))
    assert review(store, project, row_id) == DRAFT


def test_a_weight_of_true_is_not_the_weight_1() -> None:
    """Though Python says they are equal: a place to train refuses the one."""
    one, other = (
        of_messages({"role": "assistant", "content": "No.", "weight": weight})
        for weight in (True, 1)
    )
    assert one == other
    assert not says_the_same(one, other)


def test_a_note_is_one_change_a_visit(store: Store) -> None:
    """However often it was sent while one wrote; typed and taken back it is none."""
    project, (row_id,) = a_project_of(store, an_example())
    for before, text in (("", "To"), ("To", "Too long")):
        change = save_note(store, project, row_id, text, bases=[before], visit="v")
    assert change is not None
    assert (change.kind, change.rows) == ("note", 1)
    assert store.load_row(project.id, row_id).example.note == "Too long"
    assert save_note(store, project, row_id, "", bases=["Too long"], visit="v") is None
    assert [change.kind for change in store.load_changes(project.id)] == ["add"]


def test_a_note_that_another_tab_wrote_is_not_overwritten(store: Store) -> None:
    """The second is told what stands there."""
    project, (row_id,) = a_project_of(store, an_example().with_note("Theirs"))
    with pytest.raises(BadInput, match="changed_elsewhere") as refused:
        save_note(store, project, row_id, "Mine", bases=[""], visit="v")
    assert refused.value.params == {"theirs": "Theirs"}
    assert save_note(store, project, row_id, "Theirs", bases=[""], visit="v") is None


def test_a_state_that_nobody_approved_is_left_as_it_is(store: Store) -> None:
    """Ready stays ready: somebody is still to read it."""
    project, (row_id,) = a_project_of(store, an_example().with_review(READY))
    save_cell(store, project, row_id, "user", "Why?")
    assert review(store, project, row_id) == READY
