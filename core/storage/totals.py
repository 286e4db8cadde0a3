"""How much stands in a project, read from the sums that `sums.py` keeps, and in which rows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, exists, func, or_, select

from core.counts import TokenCount
from core.findings import Severity
from core.storage.content import token_columns, write_content
from core.storage.database import Database
from core.storage.inserts import insert_ignoring
from core.storage.records import FindingCount, Row, TokenGroup
from core.storage.rows import IN_ORDER, load_numbered, numbered
from core.storage.schema import (
    example_findings,
    examples,
    finding_sums,
    projects,
    reply_sums,
    token_counts,
    token_sums,
)
from core.storage.sums import add_sums, lock_sums, measure_tokens


class Totals(Database):
    """The part of the store that counts."""

    def count_findings(self, project_id: str) -> list[FindingCount]:
        """By code, severity and detail: how many findings, in how many rows."""
        sums = finding_sums.c
        kind = (sums.code, sums.severity, sums.detail)
        query = select(*kind, sums.count, sums.rows).where(sums.project_id == project_id)
        with self._reading() as conn:
            return [
                FindingCount(code, Severity(severity), detail, count, rows)
                for code, severity, detail, count, rows in conn.execute(query.order_by(*kind))
            ]

    def rows_with_finding(
        self, project_id: str, code: str, limit: int = 100
    ) -> list[tuple[int, int]]:
        """The first rows that have a finding: (id, number)."""
        rows = numbered(project_id)
        found = exists().where(
            example_findings.c.example_id == rows.c.id, example_findings.c.code == code
        )
        query = select(rows.c.id, rows.c.number).where(found).order_by(rows.c.number).limit(limit)
        with self._reading() as conn:
            return [(row_id, number) for row_id, number in conn.execute(query)]

    def count_duplicates(self, project_id: str) -> int:
        """How many rows say what an earlier row says already."""
        query = select(projects.c.duplicates).where(projects.c.id == project_id)
        with self._reading() as conn:
            return conn.scalar(query) or 0

    def duplicate_rows(self, project_id: str, limit: int = 100) -> list[tuple[int, int]]:
        """The first rows that say what an earlier row says already: (id, number)."""
        time = func.row_number().over(partition_by=examples.c.content_hash, order_by=IN_ORDER)
        rows = numbered(project_id, time.label("time"))
        query = select(rows.c.id, rows.c.number).where(rows.c.time > 1).order_by(rows.c.number)
        with self._reading() as conn:
            return [(row_id, number) for row_id, number in conn.execute(query.limit(limit))]

    def rows_above(
        self, project_id: str, encoding: str, own: int, inheriting: int, limit: int = 100
    ) -> list[tuple[int, int]]:
        """The first rows with more published tokens than a limit: (id, number).

        own: the limit of rows with a system message of their own; inheriting: that of the others,
        less what they inherit.
        """
        rows, table = numbered(project_id), token_counts.c
        above = or_(
            and_(table.inherits.is_(True), table.published > inheriting),
            and_(table.inherits.is_(False), table.published > own),
        )
        ids = select(table.example_id).where(
            table.project_id == project_id, table.encoding == encoding, above
        )
        query = select(rows.c.id, rows.c.number).where(rows.c.id.in_(ids))
        with self._reading() as conn:
            found = conn.execute(query.order_by(rows.c.number).limit(limit))
            return [(row_id, number) for row_id, number in found]

    def count_bytes(self, project_id: str) -> tuple[int, int]:
        """Bytes of all rows as lines of a file, and how many rows lack a system message in them."""
        query = select(projects.c.size, projects.c.inheriting).where(projects.c.id == project_id)
        with self._reading() as conn:
            size, rows = conn.execute(query).one_or_none() or (0, 0)
            return size, rows

    def token_groups(self, project_id: str, encoding: str) -> list[TokenGroup]:
        """Rows grouped by their token facts: all that sums, percentiles and histograms need."""
        sums = token_sums.c
        facts = (sums.inherits, sums.published, sums.billed)
        query = select(*facts, sums.rows).where(
            sums.project_id == project_id, sums.encoding == encoding
        )
        with self._reading() as conn:
            return [TokenGroup(*group) for group in conn.execute(query.order_by(*facts))]

    def assistant_token_groups(self, project_id: str, encoding: str) -> list[tuple[int, int]]:
        """(tokens of the replies, how many rows have that many), in rising order."""
        sums = reply_sums.c
        query = select(sums.assistant, sums.rows).where(
            sums.project_id == project_id, sums.encoding == encoding
        )
        with self._reading() as conn:
            found = conn.execute(query.order_by(sums.assistant))
            return [(tokens, rows) for tokens, rows in found]

    def count_uncounted(self, project_id: str, encoding: str) -> int:
        """How many rows have no token facts under this encoding."""
        sums = reply_sums.c
        counted = (
            select(func.coalesce(func.sum(sums.rows), 0))
            .where(sums.project_id == project_id, sums.encoding == encoding)
            .scalar_subquery()
        )
        query = select(projects.c.examples - counted).where(projects.c.id == project_id)
        with self._reading() as conn:
            return conn.scalar(query) or 0

    def uncounted_rows(self, project_id: str, encoding: str, limit: int = 1000) -> list[Row]:
        """The first rows without token facts under this encoding; their `number` is left 0."""
        counted = exists().where(
            token_counts.c.example_id == examples.c.id, token_counts.c.encoding == encoding
        )
        query = (
            select(examples.c.id)
            .where(examples.c.project_id == project_id, ~counted)
            .order_by(*IN_ORDER)
            .limit(limit)
        )
        with self._reading() as conn:
            return load_numbered(conn, dict.fromkeys(conn.scalars(query), 0), encoding)

    def save_token_counts(
        self, project_id: str, encoding: str, counts: Mapping[Row, TokenCount]
    ) -> None:
        """Keep what was counted, but for rows that were edited or deleted since they were loaded.

        Keyed by the row, not its id, because the facts are those of that very content.
        """
        with self._writing() as conn:
            lock_sums(conn, project_id)
            current = _load_contents(conn, project_id, [row.id for row in counts])
            values = [
                token_columns(project_id, row.id, row.example, encoding, facts)
                for row, facts in counts.items()
                if current.get(row.id) == write_content(row.example)
            ]
            if values:
                before = measure_tokens(conn, list(current))
                conn.execute(insert_ignoring(conn, token_counts), values)
                add_sums(conn, project_id, after=measure_tokens(conn, list(current)), before=before)


def _load_contents(conn: Connection, project_id: str, row_ids: list[int]) -> dict[int, str]:
    query = select(examples.c.id, examples.c.content).where(
        examples.c.project_id == project_id, examples.c.id.in_(row_ids)
    )
    return {record.id: record.content for record in conn.execute(query)}
