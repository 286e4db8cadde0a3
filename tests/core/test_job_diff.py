"""core/job_diff.py: what has become of the examples since a job was trained on them."""

from __future__ import annotations

import pytest
from core_builders import a_project_of, an_example
from hypothesis import given
from hypothesis import strategies as st

from core.editing import facts_in, save_system_prompt
from core.examples import APPROVED, Example
from core.job_diff import JobDiff, diff_examples_of, diff_job
from core.queries import TRAINING
from core.selection import ALL, Selection
from core.storage import Amend, Put, Remove, Store
from core.transfer import export_lines

RAIN, SNOW, SUN = (
    an_example(system=None, user=f"Will it {what}?", assistant=f"{what}, yes.")
    for what in ("rain", "snow", "shine")
)


def numbered(*examples: Example) -> list[tuple[int, Example]]:
    """The examples as a file has them, from 1."""
    return list(enumerate(examples, 1))


def rows(*examples: Example, first: int = 101) -> list[tuple[int, Example]]:
    """The same as rows, with ids of their own."""
    return list(enumerate(examples, first))


def kinds(diff: JobDiff) -> list[tuple[str, int | None, int | None]]:
    """What differs, with its line and its row."""
    return [(row.kind, row.line, row.row_id) for row in diff.rows]


def test_the_same_examples_do_not_differ() -> None:
    """In whatever order they stand now."""
    diff = diff_examples_of(numbered(RAIN, SNOW, SUN), rows(SUN, RAIN, SNOW), "")
    assert diff.is_same
    assert (diff.same, diff.row_of) == (3, {1: 102, 2: 103, 3: 101})


def test_added_removed_and_changed_ones_are_told_apart() -> None:
    """A reply that was rewritten is the same example; another question is another one."""
    rewritten = an_example(system=None, user="Will it snow?", assistant="Heaps.")
    new = an_example(system=None, user="Is it windy?", assistant="Hold your hat.")
    diff = diff_examples_of(numbered(SUN, RAIN, SNOW), rows(SUN, rewritten, new), "")
    assert kinds(diff) == [("removed", 2, None), ("changed", 3, 102), ("added", None, 103)]
    assert (diff.same, diff.count("changed")) == (1, 1)
    assert diff.row_of == {1: 101, 3: 102}


def test_a_rewritten_question_is_known_by_its_reply() -> None:
    """And one that was rewritten as a whole by what it stands behind."""
    asked = an_example(system=None, user="Any snow?", assistant="snow, yes.")
    anew = an_example(system=None, user="Umbrella?", assistant="Two.")
    diff = diff_examples_of(numbered(SUN, RAIN, SNOW), rows(SUN, anew, asked), "")
    assert kinds(diff) == [("changed", 2, 102), ("changed", 3, 103)]


def test_copies_are_counted_one_by_one() -> None:
    """Of three copies one that went is one that was removed."""
    diff = diff_examples_of(numbered(RAIN, RAIN, RAIN), rows(RAIN, RAIN), "")
    assert kinds(diff) == [("removed", 3, None)]


def test_other_shared_instructions_are_said_once() -> None:
    """Not as a change of every example that inherits them."""
    then = [(n, one.inheriting("Be brief.")) for n, one in numbered(RAIN, SNOW)]
    diff = diff_examples_of(then, rows(RAIN, SNOW), "Be funny.")
    assert diff.prompt == ("Be brief.", "Be funny.")
    assert (diff.same, diff.rows, diff.is_same) == (2, (), False)


def test_instructions_of_ones_own_are_part_of_an_example() -> None:
    """Where one has others than the rest, it has changed."""
    then = [(n, one.inheriting("Be brief.")) for n, one in numbered(RAIN, SNOW)]
    diff = diff_examples_of(then, rows(RAIN, SNOW.with_system("Be rude.")), "Be brief.")
    assert kinds(diff) == [("changed", 2, 102)]
    assert (diff.rows[0].before, diff.rows[0].after) == (SNOW, SNOW.with_system("Be rude."))
    assert diff.prompt is None


few = st.lists(st.sampled_from([RAIN, SNOW, SUN, an_example(user="Hail?")]), max_size=8)


@given(few, few)
def test_every_example_of_both_sides_is_told_of_once(
    then: list[Example], now: list[Example]
) -> None:
    """As the same, changed, gone or new; and no row belongs to two lines."""
    diff = diff_examples_of(numbered(*then), rows(*now), "")
    assert diff.same + diff.count("changed") + diff.count("removed") == len(then)
    assert diff.same + diff.count("changed") + diff.count("added") == len(now)
    assert len(set(diff.row_of.values())) == len(diff.row_of)


@pytest.fixture
def sent(store: Store) -> tuple[Store, str, bytes, list[int]]:
    """A project of three examples under shared instructions, and the bytes that went out."""
    project, ids = a_project_of(store, RAIN, SNOW, SUN)
    save_system_prompt(store, project, "Be funny.")
    lines = export_lines(store, store.load_project(project.id), Selection(ALL, TRAINING))
    return store, project.id, b"".join(lines), ids


def test_the_kept_bytes_are_compared_with_the_project(
    sent: tuple[Store, str, bytes, list[int]],
) -> None:
    """An edit, a removal and a new example, each found where it is."""
    store, project_id, snapshot, ids = sent
    project = store.load_project(project_id)
    assert diff_job(store, project, snapshot).is_same
    facts = facts_in(project)
    rewritten = an_example(system=None, user="Will it snow?", assistant="Heaps.")
    edits = [Put(rewritten, facts(rewritten), id=ids[1]), Remove(ids[2]), Put(SUN, facts(SUN))]
    store.apply_change(project_id, "edit", edits)
    diff = diff_job(store, project, snapshot)
    assert (diff.same, kinds(diff)) == (2, [("changed", 2, ids[1])])


def test_what_was_held_out_or_not_approved_is_no_difference(
    sent: tuple[Store, str, bytes, list[int]],
) -> None:
    """A file of the approved ones is compared with the approved ones."""
    store, project_id, _, ids = sent
    project = store.load_project(project_id)
    facts = facts_in(project)
    approve = [
        Amend(row_id, lambda example: example.with_review(APPROVED), facts) for row_id in ids[:2]
    ]
    store.apply_change(project_id, "review", approve)
    approved = Selection(APPROVED, TRAINING)
    snapshot = b"".join(export_lines(store, store.load_project(project_id), approved))
    assert diff_job(store, project, snapshot).is_same


def test_lines_that_are_none_keep_their_numbers(store: Store) -> None:
    """So that what a provider says of line 3 is about the third line."""
    project, ids = a_project_of(store, RAIN, SNOW)
    lines = list(export_lines(store, project))
    diff = diff_job(store, project, lines[0] + b"broken\n" + lines[1])
    assert diff.row_of == {1: ids[0], 3: ids[1]}
