"""core/splitting.py: what is held out is a fair share of everything, and always the same."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from core_builders import an_example
from hypothesis import given
from hypothesis import strategies as st

from core.editing import facts_in, undo_change
from core.errors import Stopped
from core.examples import Example
from core.splitting import SPLIT, Key, apply_split, plan_split, split
from core.storage import Project, Put, Store

TAGS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=3, unique=True).map(tuple)
KEYS = st.lists(TAGS, max_size=120).map(lambda tags: list(enumerate(tags, 1)))
SHARES = st.sampled_from([0.05, 0.1, 0.15, 0.2, 1 / 3, 0.5]) | st.floats(0.01, 0.99)


@given(KEYS, SHARES, st.integers(0, 2**31))
def test_every_group_of_tags_has_its_share(keys: list[Key], share: float, seed: int) -> None:
    """Within less than one row in each group, and within half a row in all."""
    held = split(keys, share, seed)
    groups: dict[frozenset[str], list[int]] = defaultdict(list)
    for row_id, tags in keys:
        groups[frozenset(tags)].append(row_id)
    finest = len(keys) / 1000  # a share is taken to the thousandth
    for rows in groups.values():
        assert abs(len(held & set(rows)) - share * len(rows)) < 1 + finest
    assert abs(len(held) - share * len(keys)) <= 0.5 + finest
    assert held <= {row_id for row_id, _ in keys}


@given(KEYS, st.integers(1, 99), st.integers(0, 1000))
def test_sizes_are_exact_for_whole_percents(keys: list[Key], percent: int, seed: int) -> None:
    """No rounding of the share itself: nearest of all, next to it in every group."""
    held = split(keys, percent / 100, seed)
    assert abs(100 * len(held) - percent * len(keys)) <= 50
    sizes = Counter(frozenset(tags) for _, tags in keys)
    taken = Counter(frozenset(tags) for row_id, tags in keys if row_id in held)
    assert all(abs(100 * taken[tags] - percent * sizes[tags]) < 100 for tags in sizes)


@given(KEYS, SHARES, st.integers(0, 1000))
def test_the_same_seed_draws_the_same_rows(keys: list[Key], share: float, seed: int) -> None:
    """However often, and in whatever order an example's tags were put on."""
    turned = [(row_id, tags[::-1]) for row_id, tags in keys]
    assert split(keys, share, seed) == split(turned, share, seed)


def test_another_seed_draws_other_rows() -> None:
    """Each row is drawn by some seed, also where every row has a tag of its own."""
    for tags in (lambda n: (), lambda n: (f"tag {n}",)):
        keys = [(n, tags(n)) for n in range(20)]
        drawn = [split(keys, 0.1, seed) for seed in range(200)]
        assert len(set(drawn)) > 50
        assert frozenset().union(*drawn) == frozenset(range(20))


def a_project(store: Store, *tags: tuple[str, ...]) -> Project:
    """A project with an example for each of these tags."""
    project = store.create_project("P", priced_for="this_computer:local/tiny-scratch")
    facts = facts_in(project)
    examples = (an_example(user=f"{n}?").with_tags(each) for n, each in enumerate(tags))
    store.apply_change(project.id, "import", (Put(each, facts(each)) for each in examples))
    return store.load_project(project.id)


def held_out(store: Store, project: Project) -> list[Example]:
    """The examples that are held out now."""
    return [row.example for row in store.iterate_rows(project.id) if row.example.held_out]


def test_a_split_is_one_change_that_can_be_undone(store: Store) -> None:
    """As planned, and back; done twice it is no change."""
    project = a_project(store, *[("a",)] * 10, *[("b", "a")] * 10, *[()] * 10)
    plan = plan_split(store, project, 0.2, seed=7)
    assert (plan.rows, plan.held_out) == (30, 6)
    assert plan.by_tag == (("", 10, 2), ("a", 20, 4), ("b", 10, 2))
    assert held_out(store, project) == []
    change = apply_split(store, project, plan)
    assert change is not None
    assert (change.kind, change.rows) == (SPLIT, 6)
    assert change.params == {"share": 20, "seed": 7, "held_out": 6}
    assert Counter(each.tags for each in held_out(store, project)) == {
        ("a",): 2, ("b", "a"): 2, (): 2,
    }  # fmt: skip
    again = plan_split(store, project, 0.2, seed=7)
    assert (again.moves, apply_split(store, project, again)) == ((), None)
    undo_change(store, project, change.id)
    assert held_out(store, project) == []


def test_a_new_split_takes_the_place_of_the_old(store: Store) -> None:
    """Who was held out and is not drawn now is learned from again."""
    project = a_project(store, *[()] * 40)
    apply_split(store, project, plan_split(store, project, 0.5, seed=1))
    plan = plan_split(store, project, 0.1, seed=2)
    assert {held for _, held in plan.moves} == {True, False}
    apply_split(store, project, plan)
    assert len(held_out(store, project)) == 4


def test_tags_need_not_be_minded(store: Store) -> None:
    """The table of tags is told in either case."""
    project = a_project(store, *[("a",)] * 3, *[("b",)] * 3)
    plan = plan_split(store, project, 0.5, seed=1, by_tag=False)
    assert plan.held_out == 3
    assert [(tag, rows) for tag, rows, _ in plan.by_tag] == [("a", 3), ("b", 3)]


def test_a_split_that_is_stopped_holds_nothing_out(store: Store) -> None:
    """All of it or none."""
    project = a_project(store, *[()] * 1_100)
    plan = plan_split(store, project, 0.9, seed=1)

    def stop(done: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        apply_split(store, project, plan, advance=stop)
    assert held_out(store, project) == []
    with pytest.raises(Stopped):
        plan_split(store, project, 0.9, seed=1, advance=stop)


def test_progress_is_told_in_rows(store: Store) -> None:
    """Neither more nor fewer than there are."""
    project = a_project(store, *[()] * 1_100)
    told: list[int] = []
    plan = plan_split(store, project, 0.5, seed=1, advance=told.append)
    assert sum(told) == 1_100
    told.clear()
    apply_split(store, project, plan, advance=told.append)
    assert sum(told) == len(plan.moves) == 550
