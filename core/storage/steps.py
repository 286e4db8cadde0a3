"""What is to be written of rows: what was before and what is after, in batches."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from core.errors import NotFound
from core.examples import Example
from core.storage.records import RowFacts
from core.storage.schema import examples, projects

BATCH = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class State:
    """A row as it stands: its text and its place."""

    content: str
    position: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a change. `before` None: it is added; `after` None: it is removed.

    `facts` None: those that are stored still hold.
    """

    id: int | None  # None: the database gives one
    before: State | None
    after: State | None
    example: Example | None = None  # `after`, read
    facts: RowFacts | None = None  # of `example`


@dataclass(frozen=True, slots=True)
class Draft:
    """What a change says about itself before its rows are known."""

    project_id: str
    kind: str
    by: str
    params: dict[str, Any]
    prompt_before: str
    prompt_after: str
    undoes: int | None = None
    key: str | None = None


def batches(items: Iterable[_T], key: Callable[[_T], Hashable]) -> Iterator[list[_T]]:
    """Up to `BATCH` items at a time, none twice with the same key: a later one sees the earlier."""
    batch: list[_T] = []
    seen: set[Hashable] = set()
    for item in items:
        if len(batch) == BATCH or key(item) in seen:
            yield batch
            batch, seen = [], set()
        batch.append(item)
        if key(item) is not None:
            seen.add(key(item))
    if batch:
        yield batch


def lock_project(conn: Connection, project_id: str) -> str:
    """Let no other change of this project in until we are done; returns its system prompt.

    Raises:
        NotFound: `project_gone`.
    """
    query = select(projects.c.system_prompt).where(
        projects.c.id == project_id, projects.c.deleted_at.is_(None)
    )
    prompt: str | None = conn.scalar(query.with_for_update())
    if prompt is None:
        raise NotFound("project_gone")
    return prompt


def load_states(conn: Connection, project_id: str, row_ids: Iterable[int]) -> dict[int, State]:
    """By id, the rows that are there."""
    asked = list(row_ids)
    if not asked:  # to find out that none is asked for, the database would look at all
        return {}
    query = select(examples.c.id, examples.c.content, examples.c.position).where(
        examples.c.project_id == project_id, examples.c.id.in_(asked)
    )
    return {row_id: State(content, place) for row_id, content, place in conn.execute(query)}
