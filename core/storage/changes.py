"""The one path by which rows and the system prompt change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, select
from sqlalchemy import Row as Record

from core.errors import NotFound
from core.storage.content import read_content, write_content
from core.storage.database import Database
from core.storage.places import Places
from core.storage.records import Amend, Change, Put, Remove, UnreadableLine
from core.storage.schema import changes
from core.storage.steps import Draft, State, Step, batches, load_states, lock_project, record
from core.storage.unreadable import keep_unreadable_lines

Edit: TypeAlias = Put | Amend | Remove


class Changes(Database):
    """The part of the store that writes rows."""

    def apply_change(
        self,
        project_id: str,
        kind: str,
        edits: Iterable[Edit],
        *,
        by: str = "",
        params: Mapping[str, Any] | None = None,
        system_prompt: str | None = None,
        unreadable: Iterable[UnreadableLine] = (),
    ) -> Change | None:
        """Do all edits, or none where one fails, and record them so that they can be undone.

        `edits` is read as it is written, a batch at a time, and must not itself write to the store.
        Returns None, and records nothing, where nothing differs from what is stored: to put the
        same example again, or to remove a row that is gone, is no change. `unreadable` lines of an
        import are kept with it, read after the edits, and out of sight while it is undone.

        Raises:
            NotFound: `project_gone`, or `example_gone` for a row to be changed or to go after.
        """
        with self._writing() as conn:
            before = lock_project(conn, project_id)
            after = before if system_prompt is None else system_prompt
            draft = Draft(project_id, kind, by, dict(params or {}), before, after)
            places = Places(conn, project_id)
            parts = batches(edits, key=lambda edit: edit.id)
            steps = (_plan(conn, project_id, part, places) for part in parts)
            change = record(conn, draft, steps)
            keep_unreadable_lines(conn, project_id, change.id if change else None, unreadable)
            return change

    def last_change(self, project_id: str) -> Change | None:
        """The newest change that is in effect and can be undone next; undos do not count."""
        query = (
            select(changes)
            .where(
                changes.c.project_id == project_id,
                changes.c.undone_by.is_(None),
                changes.c.undoes.is_(None),
            )
            .order_by(changes.c.id.desc())
            .limit(1)
        )
        with self._reading() as conn:
            found = conn.execute(query).one_or_none()
            return None if found is None else read_change(found)

    def load_changes(self, project_id: str, limit: int = 100) -> list[Change]:
        """The latest changes, undos among them, the newest first."""
        query = (
            select(changes)
            .where(changes.c.project_id == project_id)
            .order_by(changes.c.id.desc())
            .limit(limit)
        )
        with self._reading() as conn:
            return [read_change(found) for found in conn.execute(query)]


def read_change(found: Record[Any]) -> Change:
    """The change in a record of `changes`."""
    return Change(
        found.id,
        found.project_id,
        found.kind,
        found.params,
        found.by,
        found.at,
        found.rows,
        undone=found.undone_by is not None,
        undoes=found.undoes,
    )


def _plan(conn: Connection, project_id: str, edits: Sequence[Edit], places: Places) -> list[Step]:
    stored = load_states(conn, project_id, [edit.id for edit in edits if edit.id is not None])
    steps = (_step(edit, stored, places) for edit in edits)
    return [step for step in steps if step is not None]


def _step(edit: Edit, stored: Mapping[int, State], places: Places) -> Step | None:
    before = None if edit.id is None else stored.get(edit.id)
    if isinstance(edit, Remove):
        return None if before is None else Step(edit.id, before, None)
    if isinstance(edit, Amend):
        if before is None:
            raise NotFound("example_gone")
        example = edit.edit(read_content(before.content))
        edit = Put(example, edit.facts_of(example), edit.id)
    content = write_content(edit.example)
    if edit.id is None:
        after = State(content, places.after(edit.after))
    elif before is None:
        raise NotFound("example_gone")
    elif content == before.content:
        return None
    else:
        after = State(content, before.position)
    return Step(edit.id, before, after, edit.example, edit.facts)
