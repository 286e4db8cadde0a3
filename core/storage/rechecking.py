"""Findings made anew where other checks apply than those under which they were stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, delete, select, update

from core.examples import Example
from core.storage.checked import begin_check, end_check
from core.storage.content import finding_columns, read_content
from core.storage.database import Database
from core.storage.inserts import insert_rows
from core.storage.records import FindingCount
from core.storage.rows import load_findings
from core.storage.schema import example_findings, examples, projects
from core.storage.steps import BATCH, lock_project
from core.storage.sums import Sums, add_sums, measure_findings

Check: TypeAlias = Callable[[Example], Iterable[FindingCount]]


class Rechecking(Database):
    """The part of the store that keeps findings true."""

    def recheck(self, project_id: str, check: Check, after: int) -> tuple[int, int]:
        """Check the next rows after the row `after`; returns the last of them, and how many.

        What they say is read and their findings are written in one transaction, so nobody's edit
        comes between. Nothing of it stands in the history: no example changes.

        Raises:
            NotFound: `project_gone`.
        """
        table = examples.c
        query = select(table.id, table.content).where(table.project_id == project_id)
        with self._writing() as conn:
            lock_project(conn, project_id)
            rows = conn.execute(query.where(table.id > after).order_by(table.id).limit(BATCH)).all()
            new = {row.id: tuple(check(read_content(row.content))) for row in rows}
            _replace(conn, project_id, new)
        return (rows[-1].id if rows else after), len(rows)

    def begin_check(self, project_id: str, fingerprint: str) -> None:
        """All rows are going to be checked under the checks with this fingerprint."""
        with self._writing() as conn:
            begin_check(conn, project_id, fingerprint)

    def end_check(self, project_id: str, fingerprint: str) -> None:
        """All rows were; that is noted, unless rows with other findings were written meanwhile."""
        with self._writing() as conn:
            end_check(conn, project_id, fingerprint)

    def change_checks(self, project_id: str, edit: Callable[[str], str]) -> str:
        """Change the settings for the checks as they stand by now; returns the JSON text kept.

        Raises:
            NotFound: `project_gone`.
        """
        of = projects.c.id == project_id
        with self._writing() as conn:
            lock_project(conn, project_id)
            checks = edit(conn.scalar(select(projects.c.checks).where(of)) or "")
            conn.execute(update(projects).where(of).values(checks=checks))
        return checks


def _replace(conn: Connection, project_id: str, new: Mapping[int, Sequence[FindingCount]]) -> None:
    """Write the findings of those rows that have others by now."""
    old = load_findings(conn, list(new))
    other = {row_id: found for row_id, found in new.items() if {*found} != {*old[row_id]}}
    if not other:
        return
    ids = list(other)
    sums = Sums()
    sums.subtract(measure_findings(conn, ids))
    conn.execute(delete(example_findings).where(example_findings.c.example_id.in_(ids)))
    insert_rows(conn, example_findings, finding_columns(project_id, other.items()))
    sums.update(measure_findings(conn, ids))
    add_sums(conn, project_id, sums)
