"""core/copies.py: of rows that say the same, only one that is not wanted goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from core_builders import a_project_of, an_example

from core.bulk import (
    apply_act,
    deleting,
    deleting_copies,
    instructing,
    preview_act,
    reviewing,
)
from core.copies import find_copies, find_spares, still_holds
from core.editing import (
    edit_example,
    priced_for,
)
from core.examples import APPROVED, READY, Example
from core.lenses.base import Found
from core.lenses.look_alikes import NEAR_DUPLICATE
from core.storage import Project, Store
from core.summary import reckoning_of


def examples(store: Store, project: Project) -> list[Example]:
    """All examples in order."""
    return [row.example for row in store.iterate_rows(project.id)]


def test_of_examples_that_say_the_same_the_first_stays(store: Store) -> None:
    """Where nobody marked another; deleting the others leaves no finding."""
    twice, other = an_example(user="Twice?"), an_example(user="Once?")
    project, rows = a_project_of(store, twice, other, twice, twice)
    copies = copies_in(store, project)
    assert list(copies) == [rows[2], rows[3]]
    apply_act(store, project, list(copies), deleting_copies(copies))
    assert examples(store, project) == [twice, other]
    assert store.count_duplicates(project.id) == 0
    assert copies_in(store, project) == {}


def copies_in(store: Store, project: Project) -> dict[int, bytes]:
    """The copies among all rows."""
    return find_copies(store, project, reckoning_of(project, priced_for(project)[1]))


@pytest.mark.parametrize("better", [
    lambda one: one.with_review(READY),
    lambda one: one.with_tags(["new"]),
    lambda one: one.with_note("Ask Ann."),
], ids=["ready", "tags", "note"])  # fmt: skip
def test_of_copies_the_one_with_most_work_in_it_stays(
    store: Store, better: Callable[[Example], Example]
) -> None:
    """Wherever it stands; how far it is in review counts more than what is noted beside it."""
    plain = an_example(user="Twice?")
    project, rows = a_project_of(store, plain, better(plain), plain)
    assert list(copies_in(store, project)) == [rows[0], rows[2]]
    reviewed = plain.with_review(APPROVED)
    project, rows = a_project_of(store, better(plain), reviewed, reviewed)
    assert list(copies_in(store, project)) == [rows[0], rows[2]]


def test_of_pairs_a_row_goes_only_where_one_that_stays_is_its_pair(store: Store) -> None:
    """And of each pair the one with more work in it stays."""
    some = nearly_the_same(5)
    some[2] = some[2].with_review(READY)
    project, rows = a_project_of(store, *some)
    in_a_line = [(rows[0], rows[1]), (rows[1], rows[2]), (rows[2], rows[3])]
    assert [*find_spares(store, project, in_a_line)] == [rows[1], rows[3]]
    assert find_spares(store, project, []) == {}


def nearly_the_same(n: int) -> list[Example]:
    """Examples that ask and reply nearly the same, none of them a copy."""
    asks = "Can I return a kettle that I have used"
    return [
        an_example(user=asks + "?" * at, assistant="Yes, within 30 days" + "!" * at)
        for at in range(n)
    ]


@pytest.mark.parametrize("rewritten", [
    an_example(user="Will it rain in Rome?"),
    an_example(user="Can I return a kettle that I have used", assistant="No, used ones stay."),
    nearly_the_same(1)[0].with_system("Be brief."),
    nearly_the_same(1)[0].with_held_out(True),
], ids=["asks", "replies", "instructions", "part"])  # fmt: skip
@pytest.mark.parametrize("which", [0, 1])
def test_a_pair_that_was_rewritten_since_it_was_found_loses_nothing(
    store: Store, rewritten: Example, which: int
) -> None:
    """Whichever of both it was, and whatever makes them two examples now."""
    project, rows = a_project_of(store, *nearly_the_same(2))
    pair = Found(NEAR_DUPLICATE, (rows[0], rows[1]))
    assert still_holds(store, project, pair)
    assert [*find_spares(store, project, [pair.rows])] == [rows[1]]
    edit_example(store, project, rows[which], lambda _: rewritten)
    assert not still_holds(store, project, pair)
    assert find_spares(store, project, [pair.rows]) == {}


def test_a_pair_of_which_one_is_gone_holds_no_more(store: Store) -> None:
    """What is left has no pair."""
    project, rows = a_project_of(store, *nearly_the_same(2))
    apply_act(store, project, rows[:1], deleting())
    pair = Found(NEAR_DUPLICATE, (rows[0], rows[1]))
    assert not still_holds(store, project, pair)
    assert find_spares(store, project, [pair.rows]) == {}


def test_a_copy_that_was_rewritten_since_it_was_found_stays(store: Store) -> None:
    """And so does one that somebody approved; it is counted in no preview."""
    plain = an_example(user="Twice?")
    project, rows = a_project_of(store, *[plain] * 4)
    copies = copies_in(store, project)
    apply_act(store, project, rows[1:2], instructing("Be brief."))
    apply_act(store, project, rows[2:3], reviewing(APPROVED))
    act = deleting_copies(copies)
    assert preview_act(store, project, list(copies), act).changed == 1
    change = apply_act(store, project, list(copies), act)
    assert change is not None
    assert change.rows == 1
    assert [row.id for row in store.iterate_rows(project.id)] == rows[:3]
