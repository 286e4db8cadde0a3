"""Taking a change back: exactly what was before, unless someone has changed it since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy import Row as Record

from core.errors import BadInput, NotFound
from core.examples import Example
from core.storage.content import read_content, says_the_same
from core.storage.database import Database
from core.storage.recording import record
from core.storage.records import Change, RowFacts
from core.storage.schema import change_items, changes
from core.storage.steps import BATCH, Draft, State, Step, batches, load_states, lock_project
from core.tasks import Advance, unwatched

UNDO = "undo"
REDO = "redo"


class Undo(Database):
    """The part of the store that takes changes back."""

    def undo_change(
        self,
        change_id: int,
        facts_of: Callable[[Example], RowFacts],
        advance: Advance = unwatched,
    ) -> Change:
        """Put back what was before, in the same places, and record that as a change of its own.

        To undo an undo is a redo. `facts_of` checks and counts what comes back. `advance` is told
        how many rows more are back; where it raises, none is.

        Raises:
            NotFound: `change_gone`, `project_gone`.
            BadInput: `already_undone`; `changed_since`, where a row or the system prompt is no
                longer what the change left. Then nothing is touched.
        """
        with self._writing() as conn:
            change = _load_change(conn, change_id)
            prompt = lock_project(conn, change.project_id)
            change = _load_change(conn, change_id)  # again: now nobody else can undo it
            if change.undone_by is not None:
                raise BadInput("already_undone")
            draft = _draft(change, prompt, self.author)
            parts = batches(_items_backwards(conn, change_id), key=lambda item: item.example_id)
            steps = (_plan(conn, change.project_id, part, facts_of) for part in parts)
            undone = record(conn, draft, _telling(steps, advance))
            if undone is None:  # no recorded change is empty, so its undo is not either
                raise BadInput("changed_since")
            _mark(conn, change, undone)
            return undone


def _telling(batches: Iterable[list[Step]], advance: Advance) -> Iterator[list[Step]]:
    """The batches; `advance` hears of each when it is written."""
    for batch in batches:
        yield batch
        advance(len(batch))


def _load_change(conn: Connection, change_id: int) -> Record[Any]:
    found = conn.execute(select(changes).where(changes.c.id == change_id)).one_or_none()
    if found is None:
        raise NotFound("change_gone")
    return found


def _draft(change: Record[Any], prompt: str, author: str) -> Draft:
    if change.prompt_after is not None and change.prompt_after != prompt:
        raise BadInput("changed_since")
    return Draft(
        change.project_id,
        REDO if change.kind == UNDO else UNDO,
        author,
        change.params,
        prompt_before=prompt,
        prompt_after=prompt if change.prompt_before is None else change.prompt_before,
        undoes=change.undoes or change.id,
    )


def _items_backwards(conn: Connection, change_id: int) -> Iterator[Record[Any]]:
    """The change's rows, the last first, a batch in memory at a time."""
    table = change_items.c
    query = select(change_items).where(table.change_id == change_id).order_by(table.number.desc())
    below = None
    while True:
        page = query if below is None else query.where(table.number < below)
        found = conn.execute(page.limit(BATCH)).all()
        if not found:
            return
        yield from found
        below = found[-1].number


def _plan(
    conn: Connection,
    project_id: str,
    items: Sequence[Record[Any]],
    facts_of: Callable[[Example], RowFacts],
) -> list[Step]:
    stored = load_states(conn, project_id, [item.example_id for item in items])
    return [_step(item, stored.get(item.example_id), facts_of) for item in items]


def _step(item: Record[Any], stored: State | None, facts_of: Callable[[Example], RowFacts]) -> Step:
    if (stored and stored.content) != item.after:
        raise BadInput("changed_since")
    if item.before is None:
        return Step(item.example_id, stored, None)
    example = read_content(item.before)
    before = State(item.before, item.position)
    known = stored is not None and says_the_same(stored.content, item.before)
    return Step(item.example_id, stored, before, example, None if known else facts_of(example))


def _mark(conn: Connection, change: Record[Any], undone: Change) -> None:
    """Say what is in effect now: the change is not, and the one it undid or redid may be again."""
    of = update(changes)
    conn.execute(of.where(changes.c.id == change.id).values(undone_by=undone.id))
    if change.undoes is not None:
        by = undone.id if undone.kind == UNDO else None
        conn.execute(of.where(changes.c.id == change.undoes).values(undone_by=by))
