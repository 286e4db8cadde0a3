"""Reading rows: a page, one, or all of them in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select, tuple_

from core.counts import TokenCount
from core.errors import NotFound
from core.findings import Severity
from core.storage.content import read_content
from core.storage.database import Database
from core.storage.records import FindingCount, Row
from core.storage.schema import code_sums, example_findings, examples, projects, token_counts

IN_ORDER = (examples.c.position, examples.c.id)


class Rows(Database):
    """The part of the store that reads rows."""

    def load_rows(
        self,
        project_id: str,
        *,
        offset: int = 0,
        limit: int = 100,
        encoding: str = "",
        code: str | None = None,
    ) -> list[Row]:
        """A page of rows in their order; with `code` only those that have that finding.

        `offset` and `limit` count the rows shown; `number` stays the place in the whole project.
        """
        offset = max(offset, 0)
        query = _in_order(project_id) if code is None else _having(project_id, code)
        with self._reading() as conn:
            found = conn.execute(query.offset(offset).limit(limit)).all()
            if code is None:
                numbers = {row.id: offset + n for n, row in enumerate(found, 1)}
            else:
                numbers = {row.id: row.number for row in found}
            return load_numbered(conn, numbers, encoding)

    def count_rows(self, project_id: str, code: str | None = None) -> int:
        """How many rows there are; with `code`, how many have that finding."""
        if code is None:
            query = select(projects.c.examples).where(projects.c.id == project_id)
        else:
            query = select(code_sums.c.rows).where(
                code_sums.c.project_id == project_id, code_sums.c.code == code
            )
        with self._reading() as conn:
            return conn.scalar(query) or 0

    def load_row(self, project_id: str, row_id: int, encoding: str = "") -> Row:
        """One row.

        Raises:
            NotFound: `example_gone`.
        """
        with self._reading() as conn:
            number = find_place(conn, project_id, row_id)
            return load_numbered(conn, {row_id: number}, encoding)[0]

    def find_number(self, project_id: str, row_id: int) -> int:
        """The row's place in its project, from 1.

        Raises:
            NotFound: `example_gone`.
        """
        with self._reading() as conn:
            return find_place(conn, project_id, row_id)

    def find_neighbour(
        self, project_id: str, row_id: int, by: int, code: str | None = None
    ) -> int | None:
        """The row before (`by` -1) or after (1) this one; with `code`, among those that have it.

        The row itself need not have that finding: it may just have been mended.

        Raises:
            NotFound: `example_gone`.
        """
        here = examples.c.project_id == project_id
        own = select(*IN_ORDER).where(here, examples.c.id == row_id)
        with self._reading() as conn:
            row = conn.execute(own).one_or_none()
            if row is None:
                raise NotFound("example_gone")
            place, at = tuple_(*IN_ORDER), tuple_(row.position, row.id)
            order = IN_ORDER if by > 0 else [column.desc() for column in IN_ORDER]
            query = select(examples.c.id).where(here, place > at if by > 0 else place < at)
            if code is not None:
                found = example_findings.c
                query = query.where(
                    exists().where(found.example_id == examples.c.id, found.code == code)
                )
            return conn.scalar(query.order_by(*order).limit(1))

    def iterate_rows(
        self, project_id: str, batch: int = 1000, *, encoding: str = ""
    ) -> Iterator[Row]:
        """Every row in order, as the project stood at the first one, `batch` in memory at a time.

        One statement that streams: what others write meanwhile is not seen, so an export is whole.
        """
        query = (
            select(examples.c.id, examples.c.content, *_TOKENS)
            .select_from(_with_tokens(encoding))
            .where(examples.c.project_id == project_id)
            .order_by(*IN_ORDER)
            .execution_options(yield_per=batch)
        )
        with self._reading() as conn:
            for number, record in enumerate(conn.execute(query), 1):
                yield Row(record.id, number, read_content(record.content), _tokens(record))


_TOKENS = (token_counts.c.published, token_counts.c.billed, token_counts.c.assistant)


def _with_tokens(encoding: str) -> Any:
    same = and_(token_counts.c.example_id == examples.c.id, token_counts.c.encoding == encoding)
    return examples.outerjoin(token_counts, same)


def _tokens(record: Any) -> TokenCount | None:
    if record.published is None:
        return None
    return TokenCount(record.published, record.billed, record.assistant)


def _in_order(project_id: str) -> Select[Any]:
    return select(examples.c.id).where(examples.c.project_id == project_id).order_by(*IN_ORDER)


def numbered(project_id: str, *columns: ColumnElement[Any]) -> Any:
    """A subquery of (id, number, …) over all rows of a project; it reads an index only."""
    number = func.row_number().over(order_by=IN_ORDER).label("number")
    return (
        select(examples.c.id, number, *columns)
        .where(examples.c.project_id == project_id)
        .subquery("numbered")
    )


def _having(project_id: str, code: str) -> Select[Any]:
    rows = numbered(project_id)
    found = exists().where(
        example_findings.c.example_id == rows.c.id, example_findings.c.code == code
    )
    return select(rows.c.id, rows.c.number).where(found).order_by(rows.c.number)


def find_place(conn: Connection, project_id: str, row_id: int) -> int:
    """The row's place in its project, from 1.

    Raises:
        NotFound: `example_gone`.
    """
    here = examples.c.project_id == project_id
    row = conn.execute(select(*IN_ORDER).where(here, examples.c.id == row_id)).one_or_none()
    if row is None:
        raise NotFound("example_gone")
    not_later = tuple_(*IN_ORDER) <= tuple_(row.position, row.id)
    return conn.scalar(select(func.count()).where(here, not_later)) or 0


def load_numbered(conn: Connection, numbers: Mapping[int, int], encoding: str) -> list[Row]:
    """The rows with these ids (at most some thousands), in the order of `numbers`."""
    query = (
        select(examples.c.id, examples.c.content, *_TOKENS)
        .select_from(_with_tokens(encoding))
        .where(examples.c.id.in_(numbers))
    )
    found = {record.id: record for record in conn.execute(query)}
    findings = _load_findings(conn, list(numbers))
    return [
        Row(
            row_id,
            number,
            read_content(found[row_id].content),
            _tokens(found[row_id]),
            tuple(findings[row_id]),
        )
        for row_id, number in numbers.items()
    ]


def _load_findings(conn: Connection, row_ids: Sequence[int]) -> dict[int, list[FindingCount]]:
    found: dict[int, list[FindingCount]] = defaultdict(list)
    table = example_findings.c
    query = (
        select(table.example_id, table.code, table.severity, table.detail, table.count)
        .where(table.example_id.in_(row_ids))
        .order_by(table.example_id, table.code, table.severity, table.detail)
    )
    for row_id, code, severity, detail, count in conn.execute(query):
        found[row_id].append(FindingCount(code, Severity(severity), detail, count))
    return found
