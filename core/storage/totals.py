"""How much stands in a project, read from the sums that `sums.py` keeps, and in which rows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from core.counts import TokenCount
from core.findings import Severity
from core.storage.content import token_columns, write_content
from core.storage.database import Database
from core.storage.inserts import insert_ignoring
from core.storage.records import FindingCount, Part, PartCount, Row, TokenGroup
from core.storage.rows import EVERYTHING, load_numbered
from core.storage.schema import (
    IN_ORDER,
    examples,
    finding_sums,
    mark_sums,
    part_sums,
    projects,
    reply_sums,
    token_counts,
    token_sums,
)
from core.storage.sums import Sums, add_sums, lock_sums, measure_tokens


class Totals(Database):
    """The part of the store that counts."""

    def count_findings(self, project_id: str, part: Part = EVERYTHING) -> list[FindingCount]:
        """By code, severity and detail: how many findings, in how many rows of this part."""
        sums = finding_sums.c
        kind = (sums.code, sums.severity, sums.detail)
        query = (
            select(*kind, func.sum(sums.count), func.sum(sums.rows))
            .where(sums.project_id == project_id, *_within(finding_sums, part))
            .group_by(*kind)
        )
        with self._reading() as conn:
            return [
                FindingCount(code, Severity(severity), detail, int(count), int(rows))
                for code, severity, detail, count, rows in conn.execute(query.order_by(*kind))
            ]

    def count_duplicates(self, project_id: str) -> int:
        """How many rows say what an earlier row says already."""
        query = select(projects.c.duplicates).where(projects.c.id == project_id)
        with self._reading() as conn:
            return conn.scalar(query) or 0

    def count_part(self, project_id: str, part: Part = EVERYTHING) -> PartCount:
        """What a part of the project holds."""
        sums = part_sums.c
        query = select(
            *(
                func.coalesce(func.sum(sums[name]), 0)
                for name in ("rows", "size", "inheriting", "learned", "replies")
            )
        ).where(sums.project_id == project_id, *_within(part_sums, part))
        with self._reading() as conn:
            return PartCount(*map(int, conn.execute(query).one()))

    def count_reviews(self, project_id: str) -> dict[tuple[str, bool], int]:
        """How many rows there are by (state of review, held out)."""
        sums = part_sums.c
        query = select(sums.review, sums.held_out, sums.rows).where(sums.project_id == project_id)
        with self._reading() as conn:
            return {(review, held_out): n for review, held_out, n in conn.execute(query)}

    def count_marks(self, project_id: str, kind: str) -> dict[str, int]:
        """How many rows have each tag, or are in each script: `kind` is TAG or SCRIPT."""
        sums = mark_sums.c
        query = select(sums.value, sums.rows).where(
            sums.project_id == project_id, sums.kind == kind
        )
        with self._reading() as conn:
            return {found.value: found.rows for found in conn.execute(query.order_by(sums.value))}

    def token_groups(
        self, project_id: str, encoding: str, part: Part = EVERYTHING
    ) -> list[TokenGroup]:
        """Rows grouped by their token facts: all that sums, percentiles and histograms need."""
        sums = token_sums.c
        facts = (sums.inherits, sums.published, sums.billed)
        query = (
            select(*facts, func.sum(sums.rows))
            .where(
                sums.project_id == project_id,
                sums.encoding == encoding,
                *_within(token_sums, part),
            )
            .group_by(*facts)
        )
        with self._reading() as conn:
            return [
                TokenGroup(inherits, published, billed, int(rows))
                for inherits, published, billed, rows in conn.execute(query.order_by(*facts))
            ]

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
        with self._reading() as conn:
            return count_uncounted(conn, project_id, encoding)

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
                sums = Sums()
                sums.subtract(measure_tokens(conn, list(current)))
                conn.execute(insert_ignoring(conn, token_counts), values)
                sums.update(measure_tokens(conn, list(current)))
                add_sums(conn, project_id, sums)


def count_uncounted(conn: Connection, project_id: str, encoding: str) -> int:
    """How many rows have no token facts under this encoding."""
    sums = reply_sums.c
    counted = (
        select(func.coalesce(func.sum(sums.rows), 0))
        .where(sums.project_id == project_id, sums.encoding == encoding)
        .scalar_subquery()
    )
    query = select(projects.c.examples - counted).where(projects.c.id == project_id)
    return conn.scalar(query) or 0


def _within(sums: Table, part: Part) -> list[ColumnElement[bool]]:
    """The conditions that a sum is of this part."""
    asked = {"review": part.review, "held_out": part.held_out}
    return [sums.c[name] == value for name, value in asked.items() if value is not None]


def _load_contents(conn: Connection, project_id: str, row_ids: list[int]) -> dict[int, str]:
    query = select(examples.c.id, examples.c.content).where(
        examples.c.project_id == project_id, examples.c.id.in_(row_ids)
    )
    return {record.id: record.content for record in conn.execute(query)}
