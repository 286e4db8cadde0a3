"""Lines of imported files that are no examples: kept, so that nothing imported is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import delete, insert, select

from core.storage.database import Database
from core.storage.records import UnreadableLine
from core.storage.schema import unreadable_lines

_BATCH = 100  # a line may have megabytes


class UnreadableLines(Database):
    """The part of the store that keeps unreadable lines."""

    def save_unreadable_lines(
        self, project_id: str, source: str, lines: Iterable[tuple[int, str, bytes]]
    ) -> int:
        """Keep (line number, code, raw bytes) of the file named `source`; returns how many."""
        saved, rest = 0, iter(lines)
        with self._writing() as conn:
            while batch := list(islice(rest, _BATCH)):
                values = [
                    {
                        "project_id": project_id,
                        "source": source,
                        "line": line,
                        "code": code,
                        "raw": raw,
                    }
                    for line, code, raw in batch
                ]
                conn.execute(insert(unreadable_lines), values)
                saved += len(batch)
        return saved

    def load_unreadable_lines(self, project_id: str) -> list[UnreadableLine]:
        """All of a project's unreadable lines, in the order they were kept."""
        return list(self.iterate_unreadable_lines(project_id))

    def iterate_unreadable_lines(self, project_id: str) -> Iterator[UnreadableLine]:
        """The same, a few in memory at a time."""
        table = unreadable_lines.c
        query = (
            select(table.id, table.source, table.line, table.code, table.raw)
            .where(table.project_id == project_id)
            .order_by(table.id)
            .execution_options(yield_per=_BATCH)
        )
        with self._reading() as conn:
            for line in conn.execute(query):
                yield UnreadableLine(*line)

    def delete_unreadable_lines(self, project_id: str, source: str | None = None) -> None:
        """Forget a project's unreadable lines, or only those of one file."""
        query = delete(unreadable_lines).where(unreadable_lines.c.project_id == project_id)
        if source is not None:
            query = query.where(unreadable_lines.c.source == source)
        with self._writing() as conn:
            conn.execute(query)
