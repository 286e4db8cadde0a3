"""core/storage: going from row to row."""

from __future__ import annotations

import pytest
from storage_builders import an_example

from core.editing import (
    DEFAULT_PRICED_FOR,
    add_example,
    delete_examples,
    duplicate_examples,
)
from core.errors import NotFound
from core.storage import Project, Store


@pytest.fixture
def project(store: Store) -> Project:
    """Seven rows in an order that is not that of their ids."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    for n in range(3):
        add_example(store, project, an_example(user=f"{n}?", assistant="Yes."))
    ids = [row.id for row in store.iterate_rows(project.id)]
    duplicate_examples(store, project, [*ids, ids[1]])
    return store.load_project(project.id)


def walk(store: Store, project: Project, start: int, by: int) -> list[int]:
    """The rows one comes by from `start` on."""
    found: list[int] = []
    at: int | None = start
    while (at := store.find_neighbour(project.id, at, by)) is not None:
        found.append(at)
    return found


def test_every_row_is_come_by_in_its_order(store: Store, project: Project) -> None:
    """Forwards and backwards, from either end."""
    ids = [row.id for row in store.iterate_rows(project.id)]
    assert walk(store, project, ids[0], 1) == ids[1:]
    assert walk(store, project, ids[-1], -1) == ids[-2::-1]


def test_a_row_that_is_gone_has_none(store: Store, project: Project) -> None:
    """Nor has one of another project."""
    first, second, *_ = (row.id for row in store.iterate_rows(project.id))
    delete_examples(store, project, [first])
    other = store.create_project("Other", priced_for=DEFAULT_PRICED_FOR)
    for project_id, row_id in ((project.id, first), (other.id, second)):
        with pytest.raises(NotFound, match="example_gone"):
            store.find_neighbour(project_id, row_id, 1)
