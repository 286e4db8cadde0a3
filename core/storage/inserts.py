"""Inserts that may meet a row already there: both databases can, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func
from sqlalchemy.dialects import postgresql, sqlite


def _insert(conn: Connection, table: Table) -> Any:
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


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
