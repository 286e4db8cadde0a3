"""Which examples of a project go out: all, approved, found, error-free; of which part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.blocking import is_blocked
from core.dialects import Dialect
from core.examples import APPROVED, Example
from core.queries import TRAINING, VALIDATION
from core.storage import Part, Project, Row, Store

ALL = "all"
READY = "ready"
FOUND = "found"
WHICH = (ALL, APPROVED, READY, FOUND)

PARTS = (ALL, TRAINING, VALIDATION)


@dataclass(frozen=True, slots=True)
class Selection:
    """What to take: `which` of `WHICH`, and of it which of `PARTS`.

    dialect: leave out what a place with it would refuse (READY is nothing but that); ids: the rows
    that were FOUND, which go out in this order.
    """

    which: str = ALL
    part: str = ALL
    dialect: Dialect | None = None
    ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """A choice that there is not is a mistake of ours."""
        if self.which not in WHICH or self.part not in PARTS:
            raise ValueError(f"no such selection: {self.which}, {self.part}")
        if self.which == READY and self.dialect is None:
            raise ValueError("ready for which place?")

    @property
    def asks_for(self) -> Part:
        """The part of a project that it is about, where the rows are not named one by one."""
        held_out = None if self.part == ALL else self.part == VALIDATION
        return Part(APPROVED if self.which == APPROVED else None, held_out)

    def leaves_out(self, example: Example) -> bool:
        """Whether an example as it is trained on has errors, where those are not wanted."""
        return self.dialect is not None and is_blocked(example, self.dialect)


EVERYTHING = Selection()


def select_examples(
    store: Store, project: Project, selection: Selection = EVERYTHING
) -> Iterator[Example]:
    """The examples as they are trained on, in order, one batch in memory."""
    asked = iterate_asked(store, project, selection)
    return (example for example in asked if not selection.leaves_out(example))


def iterate_asked(store: Store, project: Project, selection: Selection) -> Iterator[Example]:
    """The same with those that have errors."""
    return (example for _, example in iterate_named(store, project, selection))


def iterate_named(
    store: Store, project: Project, selection: Selection
) -> Iterator[tuple[int, Example]]:
    """The same, each with the id of its row."""
    for row in _rows(store, project, selection):
        yield row.id, row.example.inheriting(project.system_prompt)


def count_asked(store: Store, project: Project, selection: Selection) -> int:
    """How many there are of those; of rows that were found, as many as were named."""
    if selection.which == FOUND:
        return len(selection.ids)
    return store.count_part(project.id, selection.asks_for).rows


def _rows(store: Store, project: Project, selection: Selection) -> Iterator[Row]:
    if selection.which != FOUND:
        return store.iterate_rows(project.id, part=selection.asks_for)
    rows = store.iterate_found(project.id, selection.ids)
    held_out = selection.asks_for.held_out
    return (row for row in rows if held_out is None or row.example.held_out is held_out)
