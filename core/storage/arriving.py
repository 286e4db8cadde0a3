"""What came out of another database written into this one, under ids of its own here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter
from secrets import token_urlsafe
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection, Table, exists, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError

from core.errors import BadInput
from core.examples import Example
from core.jobs import ENDED, TrainingRequest
from core.storage.content import read_content, write_content
from core.storage.inserts import insert_ignoring
from core.storage.parcels import VERSION_ROWS, Record, read_record
from core.storage.records import RowFacts
from core.storage.schema import (
    change_items,
    changes,
    job_checkpoints,
    job_events,
    job_metrics,
    jobs,
    projects,
    snapshots,
    unreadable_lines,
    versions,
)
from core.storage.steps import BATCH, State, Step
from core.storage.versions import KeptRow, write_parts
from core.storage.writing import RowWriter

ELSEWHERE = "job_elsewhere"  # the error code of a job that goes on where it was started
MOST_IDS = 2**31


class Records(Protocol):
    """What was taken out: its records by the names of `PARCELS`, in their order.

    row_ids: the first and the last id that a row has in any of them.
    """

    row_ids: tuple[int, int]

    def records(self, name: str) -> Iterator[Any]:
        """The records of one parcel; called once for each."""

    def load_snapshot(self, digest: str) -> bytes:
        """The bytes of a snapshot."""


class Arrival:
    """Takes one project in, within the transaction of its connection."""

    def __init__(
        self, conn: Connection, records: Records, facts_of: Callable[[Example], RowFacts]
    ) -> None:
        self._conn = conn
        self._records = records
        self._facts_of = facts_of
        self._id = token_urlsafe(6)
        self._changes: dict[int, int] = {}  # ids there -> ids here
        self._versions: dict[int, int] = {}
        self._jobs: dict[str, str] = {}

    def take_in(self, project: Record) -> str:
        """Write everything; returns the id of the new project.

        Raises:
            BadInput: `project_file_damaged`.
        """
        try:
            return self._take_in(project)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError,
                ValueError, DataError, IntegrityError) as fault:  # fmt: skip
            raise BadInput("project_file_damaged") from fault

    def _take_in(self, project: Record) -> str:
        values = read_record("project", project)
        self._conn.execute(insert(projects).values(id=self._id, **values))
        first, last = self._records.row_ids
        self._ids_there = range(first, last + 1)
        self._first_id = self._reserve_ids(len(self._ids_there))
        self._take_rows()
        self._take_changes()
        self._take_unreadable_lines()
        self._take_versions()
        self._take_jobs()
        return self._id

    def _reserve_ids(self, count: int) -> int:
        """The first of so many row ids that nobody has or gets, in the order of those there."""
        if not 0 <= count < MOST_IDS:
            raise ValueError("ids too far apart")
        if self._conn.dialect.name == "postgresql":
            self._conn.execute(text("LOCK TABLE examples IN SHARE ROW EXCLUSIVE MODE"))
            name = "pg_get_serial_sequence('examples', 'id')"
            last = self._conn.scalar(text(f"SELECT nextval({name})"))
            self._conn.execute(text(f"SELECT setval({name}, {last + count})"))
            return int(last) + 1
        last = self._conn.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'examples'"))
        query = "UPDATE sqlite_sequence SET seq = :seq WHERE name = 'examples'"
        if last is None:
            query = "INSERT INTO sqlite_sequence (name, seq) VALUES ('examples', :seq)"
        self._conn.execute(text(query), {"seq": (last or 0) + count})
        return (last or 0) + 1

    def _row_id(self, there: int) -> int:
        if there not in self._ids_there:
            raise ValueError("no such row")
        return self._first_id + there - self._ids_there.start

    def _read(self, name: str) -> Iterator[list[Record]]:
        """The records of a parcel, read and in batches."""
        records = (read_record(name, record) for record in self._records.records(name))
        while batch := list(islice(records, BATCH)):
            yield batch

    def _insert(self, table: Table, values: Iterable[Record]) -> None:
        if rows := list(values):
            self._conn.execute(insert(table), rows)

    def _take_rows(self) -> None:
        writer = RowWriter(self._conn, self._id)
        for batch in self._read("examples"):
            steps = []
            for row in batch:
                example = read_content(row["content"])
                state = State(write_content(example), row["position"])
                facts = self._facts_of(example)
                steps.append(Step(self._row_id(row["id"]), None, state, example, facts))
            writer.write(steps)
        writer.finish()

    def _take_changes(self) -> None:
        undone: list[tuple[int, int]] = []
        returning = insert(changes).returning(changes.c.id)
        for batch in self._read("changes"):
            for change in batch:
                there, by = change.pop("id"), change.pop("undone_by")
                undoes = change["undoes"]
                change["undoes"] = None if undoes is None else self._changes[undoes]
                values = {**change, "project_id": self._id}
                self._changes[there] = self._conn.execute(returning, values).scalar_one()
                if by is not None:
                    undone.append((there, by))
        for there, by in undone:  # a change is undone by a later one
            query = update(changes).where(changes.c.id == self._changes[there])
            self._conn.execute(query.values(undone_by=self._changes[by]))
        for batch in self._read("change_items"):
            self._insert(change_items, map(self._item, batch))

    def _item(self, item: Record) -> Record:
        return {
            **item,
            "change_id": self._changes[item["change_id"]],
            "example_id": self._row_id(item["example_id"]),
            "before": _as_written(item["before"]),
            "after": _as_written(item["after"]),
        }

    def _take_unreadable_lines(self) -> None:
        for batch in self._read("unreadable_lines"):
            for line in batch:
                change = line["change_id"]
                line["change_id"] = None if change is None else self._changes[change]
            self._insert(unreadable_lines, ({**line, "project_id": self._id} for line in batch))

    def _take_versions(self) -> None:
        returning = insert(versions).returning(versions.c.id)
        for batch in self._read("versions"):
            for version in batch:
                there = version.pop("id")
                values = {**version, "project_id": self._id, "examples": 0, "size": 0}
                self._versions[there] = self._conn.execute(returning, values).scalar_one()
        empty = dict(self._versions)
        rows = self._records.records(VERSION_ROWS)
        for there, kept in groupby(rows, key=itemgetter("version_id")):
            self._fill_version(empty.pop(there), map(self._kept, kept))

    def _fill_version(self, version_id: int, rows: Iterator[KeptRow]) -> None:
        pages = iter(lambda: list(islice(rows, BATCH)), [])
        count, size = write_parts(self._conn, version_id, pages)
        query = update(versions).where(versions.c.id == version_id)
        self._conn.execute(query.values(examples=count, size=size))

    def _kept(self, record: Record) -> KeptRow:
        row = read_record("examples", record)
        content = write_content(read_content(row["content"]))
        return KeptRow(row["position"], self._row_id(row["id"]), content)

    def _take_jobs(self) -> None:
        for batch in self._read("snapshots"):
            for snapshot in batch:
                self._take_snapshot(snapshot)
        for batch in self._read("jobs"):
            self._insert(jobs, map(self._job, batch))
        told = {"job_events": job_events, "job_metrics": job_metrics,
                "job_checkpoints": job_checkpoints}  # fmt: skip
        for name, table in told.items():
            for batch in self._read(name):
                of_job = ({**each, "job_id": self._jobs[each["job_id"]]} for each in batch)
                self._insert(table, of_job)

    def _take_snapshot(self, snapshot: Record) -> None:
        data = self._records.load_snapshot(snapshot["sha256"])
        if sha256(data).hexdigest() != snapshot["sha256"] or len(data) != snapshot["size"]:
            raise ValueError("not the bytes it was trained on")
        self._conn.execute(insert_ignoring(self._conn, snapshots), {**snapshot, "bytes": data})

    def _job(self, job: Record) -> Record:
        """A job as it is known here: only where it was started it can go on, and be paid for."""
        TrainingRequest(**job["request"])  # or it could never be shown
        here = uuid5(NAMESPACE_URL, f"{self._id}/{job['id']}").hex
        self._jobs[job["id"]] = here
        job |= {"id": here, "project_id": self._id}
        if self._is_known(job):
            job["provider_job_id"] = None
        if job["status"] not in ENDED:
            ended = {"status": "failed", "error_code": ELSEWHERE, "finished_at": datetime.now(UTC)}
            job |= {**ended, "error_message": None, "estimated_finish": None}
        return job

    def _is_known(self, job: Record) -> bool:
        """Whether the provider's job is kept here already, as where a copy meets its original."""
        found = exists().where(
            jobs.c.connection_id == job["connection_id"],
            jobs.c.provider_job_id == job["provider_job_id"],
        )
        return bool(self._conn.scalar(select(found)))


def _as_written(content: str | None) -> str | None:
    """The content of a row as it is written today, which rows are compared by."""
    return None if content is None else write_content(read_content(content))
