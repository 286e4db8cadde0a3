"""Fine-tuning jobs with their events, curves and checkpoints; saving anything twice is harmless."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, update
from sqlalchemy import Row as Record

from core.errors import NotFound
from core.jobs import (
    ENDED,
    SAVED,
    UNSURE,
    Checkpoint,
    Estimate,
    FineTuningJob,
    JobEvent,
    Metric,
    TrainingRequest,
)
from core.storage.database import Database
from core.storage.inserts import insert_ignoring, insert_replacing, keep_known
from core.storage.schema import job_checkpoints, job_events, job_metrics, jobs, projects


class Jobs(Database):
    """The part of the store that keeps jobs."""

    def add_job(self, job: FineTuningJob) -> tuple[FineTuningJob, bool]:
        """Keep a new job, unless it is kept already or the same is going on; and whether it is new.

        The same: of the same project at the same place, with the same request on the same bytes.
        """
        with self._writing() as conn:
            # Where several can write at once, one project's starts wait for one another.
            conn.execute(select(projects.c.id).where(_of(job.project_id)).with_for_update())
            found = _same(conn, job)
            if found is not None:
                return found, False
            query = insert_ignoring(conn, jobs).values(asdict(job)).returning(jobs.c.id)
            is_new = conn.scalar(query) is not None
        return self.load_job(job.id), is_new

    def save_job(self, job: FineTuningJob) -> None:
        """Keep the job, over the one with the same id."""
        with self._writing() as conn:
            conn.execute(insert_replacing(conn, jobs, ["id"]), asdict(job))

    def update_job(self, job_id: str, *, was: str | None = None, **values: Any) -> bool:
        """Change these values and no others of a job whose status is still `was`; whether it was.

        Of two programs that want to send the same job, one gets True.
        """
        query = update(jobs).where(jobs.c.id == job_id)
        if was is not None:
            query = query.where(jobs.c.status == was)
        with self._writing() as conn:
            return conn.execute(query.values(values)).rowcount == 1

    def mark_asked(self, job_id: str, asked: JobEvent) -> bool:
        """Of a saved job: note that it is asked for now, and when; whether it was still saved.

        Both at once: a job in doubt of which nobody knows since when would look like an old doubt.
        """
        saved = (jobs.c.id == job_id, jobs.c.status == SAVED)
        with self._writing() as conn:
            if conn.execute(update(jobs).where(*saved).values(status=UNSURE)).rowcount == 0:
                return False
            conn.execute(insert_ignoring(conn, job_events), _values(job_id, [asked]))
            return True

    def merge_job(self, job_id: str, into: str) -> None:
        """Give all that a job has told to another, which has told nothing yet, and forget it."""
        with self._writing() as conn:
            for table in (job_events, job_metrics, job_checkpoints):
                conn.execute(update(table).where(table.c.job_id == job_id).values(job_id=into))
            conn.execute(delete(jobs).where(jobs.c.id == job_id))

    def drop_unsent_job(self, job_id: str) -> None:
        """Forget a job of which nothing was ever sent; any other stays."""
        unsent = (jobs.c.status == SAVED, jobs.c.training_file_id.is_(None))
        with self._writing() as conn:
            told = select(job_events.c.job_id).where(job_events.c.job_id == job_id).exists()
            conn.execute(delete(jobs).where(jobs.c.id == job_id, *unsent, ~told))

    def load_job(self, job_id: str) -> FineTuningJob:
        """One job.

        Raises:
            NotFound: `job_gone`.
        """
        with self._reading() as conn:
            found = conn.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        if found is None:
            raise NotFound("job_gone")
        return read_job(found)

    def load_jobs(
        self, project_id: str | None = None, connection_id: str | None = None
    ) -> list[FineTuningJob]:
        """The jobs of a project, of a connection, of both, or all; the newest first."""
        query = select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id)
        if project_id is not None:
            query = query.where(jobs.c.project_id == project_id)
        if connection_id is not None:
            query = query.where(jobs.c.connection_id == connection_id)
        with self._reading() as conn:
            return [read_job(found) for found in conn.execute(query)]

    def count_ended_jobs(self, project_id: str | None) -> int:
        """How many jobs of the project have ended; of None, of those without a project."""
        mine = jobs.c.project_id.is_not_distinct_from(project_id)
        query = select(func.count()).select_from(jobs).where(mine, jobs.c.status.in_(ENDED))
        with self._reading() as conn:
            return conn.scalar(query) or 0

    def find_job(self, connection_id: str, provider_job_id: str) -> FineTuningJob | None:
        """The job that the provider knows by this id, or None."""
        query = select(jobs).where(
            jobs.c.connection_id == connection_id, jobs.c.provider_job_id == provider_job_id
        )
        with self._reading() as conn:
            found = conn.execute(query).one_or_none()
        return None if found is None else read_job(found)

    def save_events(self, job_id: str, events: Iterable[JobEvent]) -> None:
        """Keep new events, given the oldest first; one that is known by its id is left alone."""
        self._save(job_events, job_id, events)

    def load_events(self, job_id: str) -> list[JobEvent]:
        """The job's story, the oldest first."""
        return self._load(job_events, JobEvent, job_id, "created_at", "number")

    def load_messages(self, job_id: str) -> list[JobEvent]:
        """The job's story without its steps, the oldest first."""
        return self._load(job_events, JobEvent, job_id, "created_at", "number", but="metrics")

    def load_event_ids(self, job_id: str) -> set[str]:
        """The provider's ids of the events that are kept."""
        with self._reading() as conn:
            query = select(job_events.c.id).where(job_events.c.job_id == job_id)
            return set(conn.scalars(query))

    def save_metrics(self, job_id: str, metrics: Iterable[Metric]) -> None:
        """Keep points of the curves; a step seen again is updated, a None leaves what was known."""
        values = _values(job_id, metrics)
        if values:
            with self._writing() as conn:
                keys = ["job_id", "step"]
                conn.execute(insert_replacing(conn, job_metrics, keys, keep_known), values)

    def load_metrics(self, job_id: str) -> list[Metric]:
        """The points of the curves, by step."""
        return self._load(job_metrics, Metric, job_id, "step")

    def save_checkpoints(self, job_id: str, checkpoints: Iterable[Checkpoint]) -> None:
        """Keep new checkpoints; one that is known by its id is left alone."""
        self._save(job_checkpoints, job_id, checkpoints)

    def load_checkpoints(self, job_id: str) -> list[Checkpoint]:
        """The job's checkpoints, by step, also those that were deleted at the provider."""
        return self._load(job_checkpoints, Checkpoint, job_id, "step")

    def mark_unlisted_checkpoints(self, job_id: str, listed: Iterable[str]) -> None:
        """Note that all but these, by their ids, are gone at the provider."""
        others = (job_checkpoints.c.job_id == job_id, job_checkpoints.c.id.not_in(list(listed)))
        gone = update(job_checkpoints).where(*others, ~job_checkpoints.c.deleted)
        with self._writing() as conn:
            conn.execute(gone.values(deleted=True))

    def mark_checkpoint_deleted(self, job_id: str, checkpoint_id: str) -> None:
        """Note that a checkpoint is gone at the provider."""
        this = (job_checkpoints.c.job_id == job_id, job_checkpoints.c.id == checkpoint_id)
        with self._writing() as conn:
            conn.execute(update(job_checkpoints).where(*this).values(deleted=True))

    def _save(self, table: Table, job_id: str, items: Iterable[Any]) -> None:
        values = _values(job_id, items)
        if values:
            with self._writing() as conn:
                conn.execute(insert_ignoring(conn, table), values)

    def _load(self, table: Table, kind: Any, job_id: str, *order: str, but: str = "") -> list[Any]:
        """Of a job, ordered so; `but` leaves out the events of that type."""
        columns = [table.c[field.name] for field in fields(kind)]
        query = select(*columns).where(table.c.job_id == job_id)
        if but:
            query = query.where(table.c.type != but)
        with self._reading() as conn:
            found = conn.execute(query.order_by(*(table.c[name] for name in order)))
            return [kind(*values) for values in found]


def read_job(found: Record[Any]) -> FineTuningJob:
    """A job out of its row."""
    values = dict(found._mapping)
    del values["looking_until"]  # whoever asks just now is of no concern to anybody else
    estimate = values["estimate"] and Estimate(**values["estimate"])
    request = TrainingRequest(**values["request"])
    return FineTuningJob(**{**values, "request": request, "estimate": estimate})


def _values(job_id: str, items: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"job_id": job_id, **asdict(item)} for item in items]


def _of(project_id: str | None) -> Any:
    return projects.c.id.is_not_distinct_from(project_id)


def _same(conn: Connection, job: FineTuningJob) -> FineTuningJob | None:
    """The job itself, if it is kept; else one that does the same and has not ended.

    Of a job that was started elsewhere the bytes are not known: it is like no other.
    """
    alike = and_(
        jobs.c.snapshot_sha256.is_not(None),
        jobs.c.project_id.is_not_distinct_from(job.project_id),
        jobs.c.connection_id == job.connection_id,
        jobs.c.snapshot_sha256 == job.snapshot_sha256,
        jobs.c.validation_sha256.is_not_distinct_from(job.validation_sha256),
        jobs.c.status.not_in(ENDED),
    )
    query = select(jobs).where(or_(jobs.c.id == job.id, alike))
    found = [read_job(each) for each in conn.execute(query)]
    itself = [each for each in found if each.id == job.id]
    going_on = [each for each in found if each.request == job.request and each.is_active]
    return next(iter(itself + going_on), None)
