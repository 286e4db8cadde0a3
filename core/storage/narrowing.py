"""Finding rows: everything a query asks for, in its order, without reading what stands in them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from core.queries import DUPLICATE, OVER_LIMIT, VALIDATION, Query
from core.storage.database import Database
from core.storage.records import Reckoning
from core.storage.rows import IN_ORDER
from core.storage.schema import example_findings, example_tags, examples, token_counts
from core.storage.texts import saying
from core.storage.totals import count_uncounted

BY_LENGTH = {"longest", "shortest"}


class Narrowing(Database):
    """The part of the store that finds rows."""

    def find_rows(self, project_id: str, query: Query, reckoning: Reckoning) -> list[int]:
        """The ids of all rows that the query asks for, in its order.

        A text that names nothing, as a lone comma, is found nowhere. `reckoning` says how tokens
        are counted; what is not counted yet has no length, and stands last in an order by length.
        """
        with self._reading() as conn:
            conditions = _conditions(conn, project_id, query, reckoning)
            if conditions is None:
                return []
            asked = select(examples.c.id).where(examples.c.project_id == project_id, *conditions)
            found = list(conn.scalars(_sorted(asked, project_id, query, reckoning)))
            if query.sort in BY_LENGTH and count_uncounted(conn, project_id, reckoning.encoding):
                counted = set(found)
                every = conn.scalars(asked.order_by(*IN_ORDER))
                found += [row_id for row_id in every if row_id not in counted]
            return found


def _conditions(
    conn: Connection, project_id: str, query: Query, reckoning: Reckoning
) -> list[ColumnElement[bool]] | None:
    """What holds for the rows asked for; None where that can hold for none."""
    table = examples.c
    found: list[ColumnElement[bool]] = []
    if query.review:
        found.append(table.review == query.review)
    if query.part:
        found.append(table.held_out.is_(query.part == VALIDATION))
    if query.script:
        found.append(table.script == query.script)
    if query.tag:
        found.append(table.id.in_(_tagged(project_id, query.tag)))
    if query.code:
        found.append(_having(project_id, query.code, reckoning))
    if query.tokens_from is not None or query.tokens_to is not None:
        found.append(table.id.in_(_long(project_id, query, reckoning)))
    if query.text:
        said = saying(conn, project_id, query.text)
        if said is None:
            return None
        found.append(said)
    return found


def _tagged(project_id: str, tag: str) -> Select[int]:
    tags = example_tags.c
    return select(tags.example_id).where(tags.project_id == project_id, tags.tag == tag)


def _having(project_id: str, code: str, reckoning: Reckoning) -> ColumnElement[bool]:
    """The condition that a row has this finding, or is one of those it is about."""
    if code == DUPLICATE:
        copy = examples.alias("copy").c
        said_twice = select(copy.content_hash).where(copy.project_id == project_id)
        return examples.c.content_hash.in_(
            said_twice.group_by(copy.content_hash).having(func.count() > 1)
        )
    counts = token_counts.c
    if code == OVER_LIMIT:
        above = counts.published + _inherited(reckoning) > reckoning.limit
        return examples.c.id.in_(_counted(project_id, reckoning).where(above))
    found = example_findings.c
    return examples.c.id.in_(
        select(found.example_id).where(found.project_id == project_id, found.code == code)
    )


def _counted(project_id: str, reckoning: Reckoning) -> Select[Any]:
    counts = token_counts.c
    return select(counts.example_id).where(
        counts.project_id == project_id, counts.encoding == reckoning.encoding
    )


def _inherited(reckoning: Reckoning) -> ColumnElement[int]:
    return case((token_counts.c.inherits.is_(True), reckoning.inherited), else_=0)


def _shown_tokens(reckoning: Reckoning) -> ColumnElement[int]:
    """What the table shows as a row's tokens."""
    return token_counts.c.billed + _inherited(reckoning) + reckoning.added


def _long(project_id: str, query: Query, reckoning: Reckoning) -> Select[int]:
    tokens = _shown_tokens(reckoning)
    asked = _counted(project_id, reckoning)
    if query.tokens_from is not None:
        asked = asked.where(tokens >= query.tokens_from)
    if query.tokens_to is not None:
        asked = asked.where(tokens <= query.tokens_to)
    return asked


def _sorted(asked: Select[int], project_id: str, query: Query, reckoning: Reckoning) -> Select[int]:
    if query.sort == "question":
        return asked.order_by(examples.c.opening, *IN_ORDER)
    if query.sort == "place":
        return asked.order_by(*IN_ORDER)
    counts, tokens = token_counts.c, _shown_tokens(reckoning)
    counted = _counted(project_id, reckoning)
    if query.is_narrow:
        counted = counted.where(counts.example_id.in_(asked.scalar_subquery()))
    return counted.order_by(tokens.desc() if query.sort == "longest" else tokens, counts.example_id)
