"""What has changed since one looked last, and the order of the rows kept at hand.

Every write gives the rows it touches the next number of their project, its revision. So whoever
keeps something about the rows in memory asks for those with a higher number than theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Engine, select

from core.storage.database import Database
from core.storage.ids import Ids, as_ids, fetch_ids
from core.storage.schema import IN_ORDER, examples, projects

MOST_ORDERS = 8  # projects of which it is kept; 100,000 rows take 0.8 MB


@dataclass(frozen=True, slots=True)
class Changed:
    """The rows written since a revision that are still there, and how many rows there are in all.

    revision: the project's own by now. Rows that are gone are not named: who keeps more ids than
    there are rows compares with `all_ids`.
    """

    revision: int
    row_ids: list[int]
    examples: int


class Following(Database):
    """The part of the store that tells what is new, and where rows stand."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._orders: dict[str, tuple[int, Ids]] = {}  # by project: at which revision, its ids

    def changed_since(self, project_id: str, revision: int) -> Changed:
        """What was written after the project had this revision."""
        with self._reading() as conn:
            return _changed_since(conn, project_id, revision)

    def all_ids(self, project_id: str) -> Ids:
        """The ids of all rows in their order: shape (rows,), not to be written to."""
        with self._reading() as conn:
            return self._load_order(conn, project_id)

    def _load_order(self, conn: Connection, project_id: str) -> Ids:
        """As `all_ids`; read anew only after rows came or went, as an edit moves none."""
        revision, ids = self._orders.get(project_id, (0, np.empty(0, np.int64)))
        changed = _changed_since(conn, project_id, revision)
        if len(ids) != changed.examples or not np.isin(as_ids(changed.row_ids), ids).all():
            mine = select(examples.c.id).where(examples.c.project_id == project_id)
            ids = as_ids(fetch_ids(conn, mine.order_by(*IN_ORDER)))
        while len(self._orders) >= MOST_ORDERS:
            self._orders.pop(next(iter(self._orders)), None)
        self._orders[project_id] = (changed.revision, ids)
        return ids

    def _find_places(
        self, conn: Connection, project_id: str, row_ids: Sequence[int]
    ) -> dict[int, int]:
        """The places of those of the rows that are there, from 1."""
        order = self._load_order(conn, project_id)
        places = np.flatnonzero(np.isin(order, row_ids))
        return dict(zip(order[places].tolist(), (places + 1).tolist(), strict=True))


def _changed_since(conn: Connection, project_id: str, revision: int) -> Changed:
    mine = select(projects.c.revision, projects.c.examples).where(projects.c.id == project_id)
    now = conn.execute(mine).one_or_none()
    if now is None:
        return Changed(revision, [], 0)
    table = examples.c
    newer = select(table.id).where(table.project_id == project_id, table.revision > revision)
    return Changed(now.revision, fetch_ids(conn, newer), now.examples)
