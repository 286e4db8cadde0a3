"""Ids of rows by the hundred thousand: as arrays, past the objects that are made of a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.sql.expression import Executable

Ids: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]


def as_ids(row_ids: Iterable[int]) -> Ids:
    """The ids as an array."""
    return np.fromiter(row_ids, np.int64)


def among(order: Ids, row_ids: Iterable[int]) -> Ids:
    """What of the order is among these rows, in its order."""
    return order[np.isin(order, as_ids(row_ids))]


def fetch_ids(conn: Connection, query: Executable) -> list[int]:
    """What a query for ids finds, without an object for every row: there may be 100,000."""
    with conn.execute(query) as found:
        return [row_id for (row_id,) in found.cursor.fetchall()]
