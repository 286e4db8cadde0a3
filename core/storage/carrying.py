"""A whole project taken out of one database and into another, in one transaction on either side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select, func, select

from core.errors import NotFound
from core.examples import Example
from core.storage.arriving import Arrival, Records
from core.storage.database import Database
from core.storage.parcels import VERSION_ROWS, Record, columns_of, write_record
from core.storage.records import RowFacts
from core.storage.schema import (
    IN_ORDER,
    change_items,
    changes,
    examples,
    job_checkpoints,
    job_events,
    job_metrics,
    jobs,
    projects,
    snapshots,
    unreadable_lines,
    versions,
)
from core.storage.versions import read_parts

_BATCH = 500


class Departure:
    """A project as it stands at one moment, record by record."""

    def __init__(self, conn: Connection, project_id: str) -> None:
        self._conn = conn
        self._id = project_id

    def project(self) -> Record:
        """What is set for the project as a whole.

        Raises:
            NotFound: `project_gone`.
        """
        here = projects.c.id == self._id, projects.c.deleted_at.is_(None)
        found = self._conn.execute(select(*columns_of("project")).where(*here)).one_or_none()
        if found is None:
            raise NotFound("project_gone")
        return write_record("project", found._asdict())

    def counts(self) -> dict[str, int]:
        """How many records there are of each of `PARCELS`."""
        counts = {name: self._count(_query(name, self._id)) for name in _QUERIES}
        mine = versions.c.project_id == self._id
        rows = self._conn.scalar(select(func.sum(versions.c.examples)).where(mine))
        return {**counts, VERSION_ROWS: int(rows or 0)}

    def records(self, name: str) -> Iterator[Record]:
        """The records of one of `PARCELS`, a batch in memory at a time."""
        if name == VERSION_ROWS:
            yield from self._version_rows()
            return
        query = _query(name, self._id).execution_options(yield_per=_BATCH)
        for found in self._conn.execute(query):
            yield write_record(name, found._asdict())

    def load_snapshot(self, sha256: str) -> bytes:
        """The bytes of a snapshot."""
        query = select(snapshots.c.bytes).where(snapshots.c.sha256 == sha256)
        return bytes(self._conn.execute(query).scalar_one())

    def _version_rows(self) -> Iterator[Record]:
        mine = select(versions.c.id).where(versions.c.project_id == self._id)
        for version_id in self._conn.scalars(mine.order_by(versions.c.id)).all():
            for row in read_parts(self._conn, version_id):
                yield {"version_id": version_id, **write_record("examples", row._asdict())}

    def _count(self, query: Select[Any]) -> int:
        counted = query.order_by(None).subquery()
        return self._conn.scalar(select(func.count()).select_from(counted)) or 0


class Carrying(Database):
    """The part of the store that takes whole projects out and in."""

    @contextmanager
    def departing(self, project_id: str) -> Iterator[Departure]:
        """The project as it stands when it is first looked at; who writes meanwhile is not seen."""
        with self._reading() as conn:
            if conn.dialect.name == "postgresql":
                conn.execution_options(isolation_level="REPEATABLE READ")
            yield Departure(conn, project_id)

    def arrive(
        self, project: Record, records: Records, facts_of: Callable[[Example], RowFacts]
    ) -> str:
        """Make a new project of what was taken out of a database; returns its id.

        `facts_of` checks and counts what comes; a batch of rows is in memory at a time.

        Raises:
            BadInput: `project_file_damaged`; nothing of it is kept then.
        """
        with self._writing() as conn:
            return Arrival(conn, records, facts_of).take_in(project)


def _query(name: str, project_id: str) -> Select[Any]:
    return _QUERIES[name](select(*columns_of(name)), project_id)


def _jobs_of(project_id: str) -> Select[Any]:
    return select(jobs.c.id).where(jobs.c.project_id == project_id)


def _snapshots_of(project_id: str) -> Select[Any]:
    mine = jobs.c.project_id == project_id
    trained = select(jobs.c.snapshot_sha256).where(mine, jobs.c.snapshot_sha256.is_not(None))
    held = select(jobs.c.validation_sha256).where(mine, jobs.c.validation_sha256.is_not(None))
    return select(trained.union(held).subquery().c[0])


_QUERIES: dict[str, Callable[[Select[Any], str], Select[Any]]] = {
    "examples": lambda query, mine: query.where(examples.c.project_id == mine).order_by(*IN_ORDER),
    "changes": lambda query, mine: query.where(changes.c.project_id == mine).order_by(changes.c.id),
    "change_items": lambda query, mine: (
        query.join(changes, changes.c.id == change_items.c.change_id)
        .where(changes.c.project_id == mine)
        .order_by(change_items.c.change_id, change_items.c.number)
    ),
    "unreadable_lines": lambda query, mine: query.where(
        unreadable_lines.c.project_id == mine
    ).order_by(unreadable_lines.c.id),
    "versions": lambda query, mine: query.where(versions.c.project_id == mine).order_by(
        versions.c.id
    ),
    "snapshots": lambda query, mine: query.where(
        snapshots.c.sha256.in_(_snapshots_of(mine))
    ).order_by(snapshots.c.sha256),
    "jobs": lambda query, mine: query.where(jobs.c.project_id == mine).order_by(
        jobs.c.created_at, jobs.c.id
    ),
    "job_events": lambda query, mine: query.where(job_events.c.job_id.in_(_jobs_of(mine))).order_by(
        job_events.c.number
    ),
    "job_metrics": lambda query, mine: query.where(
        job_metrics.c.job_id.in_(_jobs_of(mine))
    ).order_by(job_metrics.c.job_id, job_metrics.c.step),
    "job_checkpoints": lambda query, mine: query.where(
        job_checkpoints.c.job_id.in_(_jobs_of(mine))
    ).order_by(job_checkpoints.c.job_id, job_checkpoints.c.id),
}
