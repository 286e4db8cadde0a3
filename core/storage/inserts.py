"""Inserts that may meet a row already there: both databases can, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, insert
from sqlalchemy.dialects import postgresql, sqlite

from core.storage.columns import ExactText, write_exact

_ROOMY, _USUAL = 65_536, 2_000  # kilobytes; the latter is SQLite's own


def _insert(conn: Connection, table: Table) -> Any:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def insert_rows(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    if rows:
        names = list(rows[0])
        insert_tuples(conn, table, names, [tuple([row[name] for name in names]) for row in rows])


def insert_tuples(
    conn: Connection, table: Table, names: Sequence[str], rows: list[tuple[Any, ...]]
) -> None:
    """Insert rows by their values for these columns.

    To SQLite they go straight: what SQLAlchemy does for each value takes longer than the insert.
    """
    if not rows:
        return
    if conn.dialect.name != "sqlite":
        conn.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    for at, name in enumerate(names):
        if isinstance(table.c[name].type, ExactText):
            rows = _with_exact(rows, at)
    marks = ", ".join("?" for _ in names)
    query = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # ours
    conn.exec_driver_sql(query, rows)


def _with_exact(rows: list[tuple[Any, ...]], at: int) -> list[tuple[Any, ...]]:
    """The rows with what stands for the text at this place; nearly always they are that already."""
    said = [row[at] for row in rows]
    written = list(map(write_exact, said))
    if written == said:
        return rows
    return [(*row[:at], text, *row[at + 1 :]) for row, text in zip(rows, written, strict=True)]


@contextmanager
def room_for_many(conn: Connection) -> Iterator[None]:
    """For the block SQLite keeps more of the database in memory, so that it reads no page twice.

    It takes what it needs: an edit no more than before.
    """
    if conn.dialect.name != "sqlite":
        yield
        return
    conn.exec_driver_sql(f"PRAGMA cache_size = {-_ROOMY}")
    try:
        yield
    finally:
        conn.exec_driver_sql(f"PRAGMA cache_size = {-_USUAL}")


def insert_ignoring(conn: Connection, table: Table) -> Any:
    """An insert that leaves a row that is already there as it is."""
    return _insert(conn, table).on_conflict_do_nothing()


def insert_replacing(
    conn: Connection,
    table: Table,
    keys: Iterable[str],
    choose: Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[Any]] = (
        lambda new, old: new
    ),
) -> Any:
    """An insert that sets the other columns of the row with the same `keys`.

    `choose(new, old)` says which value a column gets: the new one unless told otherwise.
    """
    statement, same = _insert(conn, table), list(keys)
    values = {
        column.name: choose(statement.excluded[column.name], column)
        for column in table.columns
        if column.name not in same
    }
    return statement.on_conflict_do_update(index_elements=same, set_=values)


def keep_known(new: ColumnElement[Any], old: ColumnElement[Any]) -> ColumnElement[Any]:
    """The new value, unless it is NULL."""
    return func.coalesce(new, old)
