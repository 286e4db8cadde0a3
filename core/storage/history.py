"""What was changed: the steps of a project, what each did to its rows, and how long both stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, not_, select

from core.examples import Example
from core.storage.content import read_content
from core.storage.database import Database
from core.storage.recording import forget_changes, read_change
from core.storage.records import Change, ChangeItem
from core.storage.schema import change_items, changes, versions
from core.storage.undo import UNDO

KEEP_DAYS = 90
KEEP_CHANGES = 1000


class History(Database):
    """The part of the store that tells what was changed."""

    def last_change(self, project_id: str) -> Change | None:
        """The newest change that is in effect and can be undone next; undos do not count."""
        here = _newest(project_id).where(changes.c.undone_by.is_(None), changes.c.undoes.is_(None))
        return self._first(here)

    def next_redo(self, project_id: str) -> Change | None:
        """The undo that can be taken back next; none where something was changed after it."""
        with self._reading() as conn:
            last = conn.scalar(_ids(project_id).where(changes.c.undoes.is_(None)).limit(1))
        here = _newest(project_id).where(changes.c.undone_by.is_(None), changes.c.kind == UNDO)
        return self._first(here.where(changes.c.id > (last or 0)))

    def find_change(self, project_id: str, key: str) -> Change | None:
        """The newest change with this key, undone or not."""
        return self._first(_newest(project_id).where(changes.c.key == key))

    def load_changes(
        self, project_id: str, *, before: int | None = None, limit: int = 50
    ) -> list[Change]:
        """The latest changes, undos among them, the newest first; those with ids below `before`."""
        query = _newest(project_id).limit(limit)
        if before is not None:
            query = query.where(changes.c.id < before)
        with self._reading() as conn:
            return [read_change(found) for found in conn.execute(query)]

    def load_change_items(
        self, change_id: int, *, after: int = -1, limit: int = 50
    ) -> list[ChangeItem]:
        """What a change did to its rows, one by one; those with numbers above `after`.

        A row that was edited twice in one change has two items.
        """
        items = change_items.c
        query = (
            select(items.number, items.example_id, items.before, items.after)
            .where(items.change_id == change_id, items.number > after)
            .order_by(items.number)
            .limit(limit)
        )
        with self._reading() as conn:
            return [
                ChangeItem(number, row_id, _read(before), _read(after))
                for number, row_id, before, after in conn.execute(query)
            ]

    def prune_history(
        self, project_id: str, *, keep_days: int = KEEP_DAYS, keep_changes: int = KEEP_CHANGES
    ) -> int:
        """Let go of what is older than `keep_days`, but never of the last `keep_changes` changes.

        Versions stay, but for those forgotten longer ago than that. Returns how many changes went.
        """
        old = datetime.now(UTC) - timedelta(days=keep_days)
        with self._reading() as conn:
            last = conn.scalar(_ids(project_id).offset(keep_changes).limit(1))
            gone = _old(project_id, old, last)
            if not conn.scalar(gone.limit(1)) and not conn.scalar(_forgotten(project_id, old)):
                return 0
        with self._writing() as conn:
            conn.execute(delete(versions).where(versions.c.id.in_(_forgotten(project_id, old))))
            return forget_changes(conn, gone)

    def _first(self, query: Select[Any]) -> Change | None:
        with self._reading() as conn:
            found = conn.execute(query.limit(1)).one_or_none()
            return None if found is None else read_change(found)


def _newest(project_id: str) -> Select[Any]:
    return select(changes).where(changes.c.project_id == project_id).order_by(changes.c.id.desc())


def _ids(project_id: str) -> Select[int]:
    """The ids of the project's changes, the newest first."""
    here = changes.c.project_id == project_id
    return select(changes.c.id).where(here).order_by(changes.c.id.desc())


def _old(project_id: str, before: datetime, last: int | None) -> Select[int]:
    """The ids of changes up to `last` from before that moment, none of which a later one undoes."""
    here = changes.c.project_id == project_id
    old = and_(changes.c.id <= (last or 0), changes.c.at < before)
    undone_later = select(changes.c.undoes).where(here, changes.c.undoes.is_not(None), not_(old))
    return select(changes.c.id).where(here, old, changes.c.id.not_in(undone_later))


def _forgotten(project_id: str, before: datetime) -> Select[int]:
    """The ids of versions that were forgotten before that moment."""
    here = versions.c.project_id == project_id
    return select(versions.c.id).where(here, versions.c.forgotten_at < before)


def _read(content: str | None) -> Example | None:
    return None if content is None else read_content(content)
