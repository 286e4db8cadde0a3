"""How a change is recorded: row by row what was before and what is after, once for each visit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select, update
from sqlalchemy import Row as Record

from core.storage.adding import Addition
from core.storage.inserts import insert_tuples, room_for_many
from core.storage.places import Places
from core.storage.records import Change
from core.storage.schema import change_items, changes, projects, unreadable_lines
from core.storage.steps import BATCH, Draft, State, Step, load_states
from core.storage.writing import RowWriter

_Item: TypeAlias = tuple[int, bytes, str | None, str | None]  # row, place, before and after
_ITEM = ("change_id", "number", "example_id", "position", "before", "after")
_T = TypeVar("_T")


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
        prompt=None if found.prompt_after is None else (found.prompt_before, found.prompt_after),
        key=found.key,
    )


def record(conn: Connection, draft: Draft, steps: Iterable[Sequence[Step]]) -> Change | None:
    """Write a change with its rows; None, and nothing written, where it changes nothing."""

    def write(writer: RowWriter, batch: Sequence[Step]) -> Iterable[_Item]:
        return map(_item_of, writer.write(batch), batch)

    return _record(conn, draft, filter(None, steps), write)


def record_added(conn: Connection, draft: Draft, additions: Iterable[Addition]) -> Change | None:
    """Write a change that adds rows at the end, made ready by whoever could."""
    places = Places(conn, draft.project_id)

    def write(writer: RowWriter, added: Addition) -> Iterable[_Item]:
        positions = places.at_end(len(added.rows))
        return zip(writer.add(added, positions), positions, repeat(None), added.contents)

    return _record(conn, draft, (added for added in additions if added.rows), write)


def _record(
    conn: Connection,
    draft: Draft,
    batches: Iterable[_T],
    write: Callable[[RowWriter, _T], Iterable[_Item]],
) -> Change | None:
    """Write batches that are not empty, each by `write`, which says what became of its rows."""
    change_id, rows, now = None, 0, datetime.now(UTC)
    writer = RowWriter(conn, draft.project_id)
    with room_for_many(conn):
        for batch in batches:
            change_id = change_id or _insert_change(conn, draft, now)
            rows += _insert_items(conn, change_id, rows, write(writer, batch))
        writer.finish()
    if draft.prompt_after != draft.prompt_before:
        change_id = change_id or _insert_change(conn, draft, now)
    if change_id is None:
        return None
    _mark_edited(conn, draft, now)
    return _finish(conn, change_id, rows=rows)


def continue_change(
    conn: Connection, found: Record[Any], draft: Draft, steps: Iterable[Sequence[Step]]
) -> Change | None:
    """Go on with a change that `find_continued` found: what was before it stays.

    None where nothing differs from what is stored, and where the change ends where it began: then
    it is let go.
    """
    writes, now = 0, datetime.now(UTC)
    writer = RowWriter(conn, draft.project_id)
    for batch in steps:
        ids = writer.write(batch)
        _merge_items(conn, found.id, ids, batch)
        writes += len(batch)
    writer.finish()
    if not writes and draft.prompt_after == draft.prompt_before:
        return None
    _mark_edited(conn, draft, now)
    prompt = _merged_prompt(found, draft)
    rows = conn.scalar(select(func.count()).where(change_items.c.change_id == found.id))
    if not rows and prompt["prompt_after"] is None:
        forget_changes(conn, select(changes.c.id).where(changes.c.id == found.id))
        return None
    return _finish(conn, found.id, rows=rows, at=now, **prompt)


def has_key(conn: Connection, project_id: str, key: str) -> bool:
    """Whether there is a change with this key, undone or not."""
    found = exists().where(changes.c.project_id == project_id, changes.c.key == key)
    return bool(conn.scalar(select(found)))


def find_keyed(conn: Connection, draft: Draft) -> Record[Any] | None:
    """The newest change with the draft's key and kind, where it is in effect.

    None also where an undo came after it: then what is typed now is a step of its own, as no redo
    may follow it.
    """
    mine = changes.c.project_id == draft.project_id
    newest = select(changes).where(mine, changes.c.key == draft.key).order_by(changes.c.id.desc())
    found = conn.execute(newest.limit(1)).one_or_none()
    if found is None or found.kind != draft.kind or found.undone_by is not None:
        return None
    undos = select(changes.c.id).where(mine, changes.c.id > found.id, changes.c.undoes.is_not(None))
    return None if conn.scalar(undos.limit(1)) else found


def is_as_left(conn: Connection, found: Record[Any], draft: Draft, row_ids: Sequence[int]) -> bool:
    """Whether prompt and rows still stand as the change left them, or were not touched by it."""
    sets_prompt = draft.prompt_after != draft.prompt_before
    if sets_prompt and found.prompt_after not in {None, draft.prompt_before}:
        return False
    for start in range(0, len(row_ids), BATCH):
        some = row_ids[start : start + BATCH]
        stored = load_states(conn, draft.project_id, some)
        for row_id, item in _last_items(conn, found.id, some).items():
            row = stored.get(row_id)
            if (row and row.content) != item.after:
                return False
    return True


def forget_changes(conn: Connection, ids: Select[int]) -> int:
    """Let go of changes to which no other change refers; returns how many there were.

    Lines that could not be read stay with the project, unless their import is undone.
    """
    lines = unreadable_lines.c.change_id
    undone = select(changes.c.id).where(changes.c.id.in_(ids), changes.c.undone_by.is_not(None))
    conn.execute(delete(unreadable_lines).where(lines.in_(undone)))
    conn.execute(update(unreadable_lines).where(lines.in_(ids)).values(change_id=None))
    conn.execute(delete(change_items).where(change_items.c.change_id.in_(ids)))
    return conn.execute(delete(changes).where(changes.c.id.in_(ids))).rowcount


def _insert_change(conn: Connection, draft: Draft, now: datetime) -> int:
    differs = draft.prompt_before != draft.prompt_after
    values = {
        "project_id": draft.project_id,
        "kind": draft.kind,
        "params": draft.params,
        "by": draft.by,
        "at": now,
        "rows": 0,
        "prompt_before": draft.prompt_before if differs else None,
        "prompt_after": draft.prompt_after if differs else None,
        "undoes": draft.undoes,
        "key": draft.key,
    }
    change_id: int = conn.execute(insert(changes).returning(changes.c.id), values).scalar_one()
    return change_id


def _insert_items(conn: Connection, change_id: int, first: int, items: Iterable[_Item]) -> int:
    """Write items numbered from `first`; returns how many they are."""
    values = [(change_id, number, *item) for number, item in enumerate(items, first)]
    insert_tuples(conn, change_items, _ITEM, values)
    return len(values)


def _item_of(row_id: int, step: Step) -> _Item:
    state = step.after or step.before or State("", b"")
    before, after = (each.content if each else None for each in (step.before, step.after))
    return row_id, state.position, before, after


def _merge_items(
    conn: Connection, change_id: int, ids: Sequence[int], steps: Sequence[Step]
) -> None:
    """Set what the change leaves of each row; one that is as it was before is none of it."""
    last = _last_items(conn, change_id, ids)
    kept, spent, new = [], [], []
    for row_id, step in zip(ids, steps, strict=True):
        after = step.after.content if step.after else None
        if (item := last.get(row_id)) is None:
            new.append(_item_of(row_id, step))
        elif item.before == after:
            spent.append(item.number)
        else:
            kept.append({"item": item.number, "content": after})
    items = change_items.c
    of = items.change_id == change_id
    if kept:
        query = update(change_items).where(of, items.number == bindparam("item"))
        conn.execute(query.values(after=bindparam("content")), kept)
    if new:
        number = conn.scalar(select(func.coalesce(func.max(items.number), -1)).where(of))
        _insert_items(conn, change_id, int(number or 0) + 1, new)
    if spent:
        conn.execute(delete(change_items).where(of, items.number.in_(spent)))


def _last_items(conn: Connection, change_id: int, row_ids: Sequence[int]) -> dict[int, Record[Any]]:
    """By row, the last item of it that the change has."""
    items = change_items.c
    query = (
        select(change_items)
        .where(items.change_id == change_id, items.example_id.in_(row_ids))
        .order_by(items.number)
    )
    return {item.example_id: item for item in conn.execute(query)}


def _merged_prompt(found: Record[Any], draft: Draft) -> dict[str, str | None]:
    before, after = found.prompt_before, found.prompt_after
    if draft.prompt_after != draft.prompt_before:
        before, after = before if after is not None else draft.prompt_before, draft.prompt_after
    if before == after:
        before = after = None
    return {"prompt_before": before, "prompt_after": after}


def _mark_edited(conn: Connection, draft: Draft, now: datetime) -> None:
    of = update(projects).where(projects.c.id == draft.project_id)
    conn.execute(of.values(edited_at=now, system_prompt=draft.prompt_after))


def _finish(conn: Connection, change_id: int, **values: Any) -> Change:
    query = update(changes).where(changes.c.id == change_id).values(values).returning(changes)
    return read_change(conn.execute(query).one())
