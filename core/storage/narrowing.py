"""Finding rows: everything a query asks for, in its order, without reading what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from core.queries import DUPLICATE, OVER_LIMIT, VALIDATION, Query
from core.storage.following import Following
from core.storage.ids import Ids, among, as_ids, fetch_ids
from core.storage.records import Reckoning
from core.storage.schema import IN_ORDER, example_findings, example_tags, examples, token_counts
from core.storage.texts import find_saying


class Narrowing(Following):
    """The part of the store that finds rows."""

    def find_rows(self, project_id: str, query: Query, reckoning: Reckoning) -> list[int]:
        """The ids of all rows that the query asks for, in its order.

        A text that names nothing, as a lone comma, is found nowhere. `reckoning` says how tokens
        are counted; what is not counted yet has no length, and stands last in an order by length.
        """
        with self._reading() as conn:
            found = self._sort(conn, project_id, query.sort, reckoning)
            for some in _narrowings(conn, project_id, query, reckoning):
                found = among(found, some)
            return found.tolist()

    def _sort(self, conn: Connection, project_id: str, sort: str, reckoning: Reckoning) -> Ids:
        """All rows in this order."""
        order = self._load_order(conn, project_id)
        if sort == "place":
            return order
        found = as_ids(fetch_ids(conn, _sorted(project_id, sort, reckoning)))
        uncounted = order[~np.isin(order, found)]
        return np.concatenate((found, uncounted)) if len(uncounted) else found


def _narrowings(
    conn: Connection, project_id: str, query: Query, reckoning: Reckoning
) -> Iterator[list[int]]:
    """The rows for which each of the conditions holds, in no order."""
    conditions = _conditions(project_id, query, reckoning)
    if conditions:
        mine = examples.c.project_id == project_id
        yield fetch_ids(conn, select(examples.c.id).where(mine, *conditions))
    if query.text:
        yield find_saying(conn, project_id, query.text)


def _conditions(project_id: str, query: Query, reckoning: Reckoning) -> list[ColumnElement[bool]]:
    """What holds for the rows asked for, but for what they say."""
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


def _sorted(project_id: str, sort: str, reckoning: Reckoning) -> Select[int]:
    if sort == "question":
        query = select(examples.c.id).where(examples.c.project_id == project_id)
        return query.order_by(examples.c.opening, *IN_ORDER)
    tokens, rows = _shown_tokens(reckoning), token_counts.c.example_id
    return _counted(project_id, reckoning).order_by(
        tokens.desc() if sort == "longest" else tokens, rows
    )
