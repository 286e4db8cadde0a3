"""Under which checks the findings of a project's rows were made: the mark `checked_as`.

It is a fingerprint, begun with a tilde while rows are being checked again under it, or "" where
some rows may have findings of other checks.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, update

from core.storage.schema import projects

_PENDING = "~"


def note_checks(conn: Connection, project_id: str, used: Collection[str]) -> None:
    """Rows were written whose findings come from these checks: keep the mark true.

    The first rows of a project set it. Others, if they were checked under something else, as by a
    tab that has not heard of new settings yet, take it away.
    """
    alike = next(iter(used)) if len(used) == 1 else ""
    mark = projects.c.checked_as
    mine = update(projects).where(
        projects.c.id == project_id, mark.not_in([alike, _PENDING + alike])
    )
    conn.execute(mine.values(checked_as=case((projects.c.examples == 0, alike), else_="")))


def begin_check(conn: Connection, project_id: str, fingerprint: str) -> None:
    """All rows are going to be checked under these checks."""
    mine = update(projects).where(projects.c.id == project_id)
    conn.execute(mine.values(checked_as=_PENDING + fingerprint))


def end_check(conn: Connection, project_id: str, fingerprint: str) -> None:
    """All rows were; the mark is set unless other findings came meanwhile."""
    mine = update(projects).where(
        projects.c.id == project_id, projects.c.checked_as == _PENDING + fingerprint
    )
    conn.execute(mine.values(checked_as=fingerprint))
