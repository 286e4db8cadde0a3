"""Lines of imported files that are no examples: kept, so that nothing imported is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from core.storage.database import Database
from core.storage.records import UnreadableLine
from core.storage.schema import changes, unreadable_lines

_BATCH = 100  # a line may have megabytes


class UnreadableLines(Database):
    """The part of the store that keeps unreadable lines; `apply_change` adds them."""

    def count_unreadable_lines(self, project_id: str) -> int:
        """How many there are, without those forgotten and those of imports that were undone."""
        query = select(func.count()).select_from(_WITH_CHANGES).where(_kept(project_id))
        with self._reading() as conn:
            return conn.scalar(query) or 0

    def load_unreadable_lines(
        self, project_id: str, limit: int | None = None
    ) -> list[UnreadableLine]:
        """A project's unreadable lines in the order they were kept; with `limit` the first."""
        return list(islice(self.iterate_unreadable_lines(project_id), limit))

    def iterate_unreadable_lines(self, project_id: str) -> Iterator[UnreadableLine]:
        """The same, a few in memory at a time."""
        table = unreadable_lines.c
        query = (
            select(table.source, table.line, table.code, table.raw)
            .select_from(_WITH_CHANGES)
            .where(_kept(project_id))
            .order_by(table.id)
            .execution_options(yield_per=_BATCH)
        )
        with self._reading() as conn:
            for line in conn.execute(query):
                yield UnreadableLine(*line)

    def forget_unreadable_lines(self, project_id: str) -> datetime:
        """Show a project's unreadable lines no more; the moment names them for `recall_…`."""
        now = datetime.now(UTC)
        table = unreadable_lines.c
        mine = and_(table.project_id == project_id, table.forgotten_at.is_(None))
        with self._writing() as conn:
            conn.execute(update(unreadable_lines).where(mine).values(forgotten_at=now))
        return now

    def recall_unreadable_lines(self, project_id: str, forgotten_at: datetime) -> None:
        """Show again what was forgotten at that moment."""
        table = unreadable_lines.c
        mine = and_(table.project_id == project_id, table.forgotten_at == forgotten_at)
        with self._writing() as conn:
            conn.execute(update(unreadable_lines).where(mine).values(forgotten_at=None))


_WITH_CHANGES = unreadable_lines.outerjoin(changes, changes.c.id == unreadable_lines.c.change_id)


def _kept(project_id: str) -> ColumnElement[bool]:
    table = unreadable_lines.c
    undone = or_(table.change_id.is_(None), changes.c.undone_by.is_(None))
    return and_(table.project_id == project_id, table.forgotten_at.is_(None), undone)


def keep_unreadable_lines(
    conn: Connection, project_id: str, change_id: int | None, lines: Iterable[UnreadableLine]
) -> None:
    """Write the lines down within the transaction of the change they came with."""
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        values = [
            {
                "project_id": project_id,
                "change_id": change_id,
                "source": line.source,
                "line": line.line,
                "code": line.code,
                "raw": line.raw,
            }
            for line in batch
        ]
        conn.execute(insert(unreadable_lines), values)
