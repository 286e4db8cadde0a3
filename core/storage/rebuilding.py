"""What is derived from the examples, derived anew: after a migration, or when we learn to better.

It is nobody's treasure: all of it follows from the rows' content, so it is thrown away and made
again, within the transaction that brings the database up to date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, inspect, select, update

from core.storage.content import example_columns, read_content
from core.storage.inserts import insert_replacing
from core.storage.schema import (
    example_tags,
    examples,
    finding_sums,
    mark_sums,
    part_sums,
    projects,
    reply_sums,
    settings,
    token_sums,
)
from core.storage.steps import BATCH
from core.storage.sums import add_sums, measure
from core.storage.texts import empty_index, index_texts
from core.storage.writing import write_tags

DERIVED = "2"  # raised whenever anything is to be derived in another way
_SETTING = "derived_as"
_DERIVED_TABLES = (
    example_tags,
    part_sums,
    mark_sums,
    finding_sums,
    token_sums,
    reply_sums,
)


def is_derived(conn: Connection) -> bool:
    """Whether what is derived is as this code derives it."""
    if not inspect(conn).has_table(settings.name):
        return False
    known = conn.scalar(select(settings.c.value).where(settings.c.key == _SETTING))
    return bool(known == DERIVED)


def derive(conn: Connection) -> None:
    """Derive everything anew; a batch of rows is in memory at a time."""
    for table in _DERIVED_TABLES:
        conn.execute(delete(table))
    empty_index(conn)
    conn.execute(update(projects).values(examples=0))
    for project_id in conn.scalars(select(projects.c.id)).all():
        for rows in _batches(conn, project_id):
            _derive_rows(conn, project_id, rows)
    said = select(func.count() - func.count(examples.c.content_hash.distinct()))
    copies = said.where(examples.c.project_id == projects.c.id).scalar_subquery()
    conn.execute(update(projects).values(duplicates=copies))
    values = {"key": _SETTING, "value": DERIVED}
    conn.execute(insert_replacing(conn, settings, ["key"]), values)


def _batches(conn: Connection, project_id: str) -> Iterator[Sequence[Any]]:
    query = select(examples.c.id, examples.c.content).where(examples.c.project_id == project_id)
    last = 0
    while rows := conn.execute(
        query.where(examples.c.id > last).order_by(examples.c.id).limit(BATCH)
    ).all():
        yield rows
        last = rows[-1].id


def _derive_rows(conn: Connection, project_id: str, rows: Sequence[Any]) -> None:
    said = [(row.id, row.content, read_content(row.content)) for row in rows]
    columns = [
        {"row_id": row_id, **example_columns(example, content)} for row_id, content, example in said
    ]
    conn.execute(update(examples).where(examples.c.id == bindparam("row_id")), columns)
    write_tags(conn, project_id, [(row_id, example) for row_id, _, example in said])
    index_texts(conn, project_id, [], {row_id: example for row_id, _, example in said})
    ids = [row_id for row_id, _, _ in said]
    add_sums(conn, project_id, measure(conn, ids))
