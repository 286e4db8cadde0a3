"""The one path by which rows and the system prompt change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection

from core.errors import NotFound
from core.storage.adding import Addition
from core.storage.content import read_content, says_the_same, write_content
from core.storage.database import Database
from core.storage.places import Places
from core.storage.recording import (
    continue_change,
    find_keyed,
    has_key,
    is_as_left,
    record,
    record_added,
)
from core.storage.records import Amend, Change, Put, Remove, UnreadableLine
from core.storage.steps import Draft, State, Step, batches, load_states, lock_project
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
        system_prompt: str | Callable[[str], str] | None = None,
        unreadable: Iterable[UnreadableLine] = (),
        key: str | None = None,
        once: bool = False,
    ) -> Change | None:
        """Do all edits, or none where one fails, and record them so that they can be undone.

        `edits` is read as it is written, a batch at a time, and must not itself write to the store.
        `system_prompt` is the new one, or what becomes of it as it stands when it is written.
        Returns None, and records nothing, where nothing differs from what is stored: to put the
        same example again, or to remove a row that is gone, is no change. `unreadable` lines of an
        import are kept with it, read after the edits, and out of sight while it is undone.

        What has the same `key` (of at most 64 characters) and `kind` is one change, however often
        it comes: the newest goes on, with its id and params, unless it was undone, anything was
        undone since, or someone else changed one of these rows meanwhile. A change that so ends
        where it began is let go, and None returned. Edits that go on are held in memory. With
        `once` it does not go on: where there is a change with the key, undone or not, nothing is
        done, and None returned.

        Raises:
            NotFound: `project_gone`, or `example_gone` for a row to be changed or to go after.
        """
        with self._writing() as conn:
            before = lock_project(conn, project_id)
            if once and key is not None and has_key(conn, project_id, key):
                return None
            after = _prompt_after(before, system_prompt)
            author = by or self.author
            draft = Draft(project_id, kind, author, dict(params or {}), before, after, key=key)
            change = _write(conn, draft, edits)
            keep_unreadable_lines(conn, project_id, change.id if change else None, unreadable)
            return change

    def add_rows(
        self,
        project_id: str,
        kind: str,
        additions: Iterable[Addition],
        *,
        params: Mapping[str, Any] | None = None,
        system_prompt: str | None = None,
        unreadable: Iterable[UnreadableLine] = (),
    ) -> Change | None:
        """As `apply_change` with examples to be put at the end, made ready by `make_addition`.

        Raises:
            NotFound: `project_gone`.
        """
        with self._writing() as conn:
            before = lock_project(conn, project_id)
            after = _prompt_after(before, system_prompt)
            draft = Draft(project_id, kind, self.author, dict(params or {}), before, after)
            change = record_added(conn, draft, additions)
            keep_unreadable_lines(conn, project_id, change.id if change else None, unreadable)
            return change


def _prompt_after(before: str, asked: str | Callable[[str], str] | None) -> str:
    if asked is None:
        return before
    return asked if isinstance(asked, str) else asked(before)


def _write(conn: Connection, draft: Draft, edits: Iterable[Edit]) -> Change | None:
    found = None if draft.key is None else find_keyed(conn, draft)
    if found is None:
        return record(conn, draft, _steps(conn, draft.project_id, edits))
    edits = list(edits)
    steps = _steps(conn, draft.project_id, edits)
    row_ids = [edit.id for edit in edits if edit.id is not None]
    if is_as_left(conn, found, draft, row_ids):
        return continue_change(conn, found, draft, steps)
    return record(conn, draft, steps)


def _steps(conn: Connection, project_id: str, edits: Iterable[Edit]) -> Iterator[list[Step]]:
    places = Places(conn, project_id)
    parts = batches(edits, key=lambda edit: edit.id)
    return (_plan(conn, project_id, part, places) for part in parts)


def _plan(conn: Connection, project_id: str, edits: Sequence[Edit], places: Places) -> list[Step]:
    stored = load_states(conn, project_id, [edit.id for edit in edits if edit.id is not None])
    steps = (_step(edit, stored, places) for edit in edits)
    return [step for step in steps if step is not None]


def _step(edit: Edit, stored: Mapping[int, State], places: Places) -> Step | None:
    before = None if edit.id is None else stored.get(edit.id)
    if isinstance(edit, Remove):
        return _remove(edit, before)
    if isinstance(edit, Amend):
        return _amend(edit, before)
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


def _remove(edit: Remove, before: State | None) -> Step | None:
    if before is None or (edit.unless and edit.unless(read_content(before.content))):
        return None
    return Step(edit.id, before, None)


def _amend(edit: Amend, before: State | None) -> Step | None:
    if before is None:
        if edit.skip_missing:
            return None
        raise NotFound("example_gone")
    example = edit.edit(read_content(before.content))
    content = write_content(example)
    if content == before.content:
        return None
    facts = None if says_the_same(content, before.content) else edit.facts_of(example)
    return Step(edit.id, before, State(content, before.position), example, facts)
