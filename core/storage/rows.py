"""Reading rows: a page, one, or all of them in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select, tuple_

from core.counts import TokenCount
from core.errors import NotFound
from core.findings import Severity
from core.storage.content import read_content
from core.storage.following import Following
from core.storage.records import FindingCount, Part, Row
from core.storage.schema import IN_ORDER, example_findings, examples, projects, token_counts

EVERYTHING = Part()


class Rows(Following):
    """The part of the store that reads rows."""

    def load_rows(
        self, project_id: str, *, offset: int = 0, limit: int = 100, encoding: str = ""
    ) -> list[Row]:
        """A page of rows in their order."""
        offset = max(offset, 0)
        query = _in_order(project_id).offset(offset).limit(limit)
        with self._reading() as conn:
            ids = conn.scalars(query).all()
            return load_numbered(
                conn, {row_id: offset + n for n, row_id in enumerate(ids, 1)}, encoding
            )

    def load_found(self, project_id: str, row_ids: Sequence[int], encoding: str = "") -> list[Row]:
        """These rows (at most some hundreds), in this order, but for those that are gone."""
        with self._reading() as conn:
            numbers = self._find_places(conn, project_id, row_ids)
            there = {row_id: numbers[row_id] for row_id in row_ids if row_id in numbers}
            return load_numbered(conn, there, encoding)

    def count_rows(self, project_id: str) -> int:
        """How many rows there are."""
        query = select(projects.c.examples).where(projects.c.id == project_id)
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

    def find_neighbour(self, project_id: str, row_id: int, by: int) -> int | None:
        """The row before (`by` -1) or after (1) this one.

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
            return conn.scalar(query.order_by(*order).limit(1))

    def iterate_rows(
        self,
        project_id: str,
        batch: int = 1000,
        *,
        encoding: str = "",
        part: Part = EVERYTHING,
    ) -> Iterator[Row]:
        """Every row in order, as the project stood at the first one, `batch` in memory at a time.

        One statement that streams: what others write meanwhile is not seen, so an export is whole.
        With a `part` only its rows, numbered among themselves.
        """
        asked = {examples.c.review: part.review, examples.c.held_out: part.held_out}
        query = (
            select(examples.c.id, examples.c.content, *_TOKENS)
            .select_from(_with_tokens(encoding))
            .where(
                examples.c.project_id == project_id,
                *(column == value for column, value in asked.items() if value is not None),
            )
            .order_by(*IN_ORDER)
            .execution_options(yield_per=batch)
        )
        with self._reading() as conn:
            for number, record in enumerate(conn.execute(query), 1):
                yield Row(record.id, number, read_content(record.content), _tokens(record))

    def iterate_found(
        self, project_id: str, row_ids: Sequence[int], batch: int = 1000
    ) -> Iterator[Row]:
        """These rows in this order, but for those that are gone; as they stood at the first one.

        Their `number` is left 0, their findings and tokens are not read.
        """
        table = examples.c
        with self._reading() as conn:
            for start in range(0, len(row_ids), batch):
                some = list(row_ids[start : start + batch])
                query = select(table.id, table.content).where(
                    table.project_id == project_id, table.id.in_(some)
                )
                found = {record.id: record.content for record in conn.execute(query)}
                for row_id in some:
                    if row_id in found:
                        yield Row(row_id, 0, read_content(found[row_id]))


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
    findings = load_findings(conn, list(numbers))
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


def load_findings(conn: Connection, row_ids: Sequence[int]) -> dict[int, list[FindingCount]]:
    """By row, what is stored of its findings; an empty list for a row without any."""
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
