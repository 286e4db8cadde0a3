"""Fine-tuning jobs with their events, curves and checkpoints; saving anything twice is harmless."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row as Record
from sqlalchemy import Table, select, update

from core.errors import NotFound
from core.jobs import (
    Checkpoint,
    Estimate,
    FineTuningJob,
    JobEvent,
    Metric,
    TrainingRequest,
)
from core.storage.database import Database
from core.storage.inserts import insert_ignoring, insert_replacing, keep_known
from core.storage.schema import job_checkpoints, job_events, job_metrics, jobs


class Jobs(Database):
    """The part of the store that keeps jobs."""

    def save_job(self, job: FineTuningJob) -> None:
        """Keep the job, over the one with the same id."""
        with self._writing() as conn:
            conn.execute(insert_replacing(conn, jobs, ["id"]), asdict(job))

    def save_job_if(self, job: FineTuningJob, status: str) -> bool:
        """Keep the job only where its kept status is still `status`; says whether it was.

        Of two programs that want to send the same job, one gets True.
        """
        query = update(jobs).where(jobs.c.id == job.id, jobs.c.status == status)
        with self._writing() as conn:
            return conn.execute(query.values(asdict(job))).rowcount == 1

    def load_job(self, job_id: str) -> FineTuningJob:
        """One job.

        Raises:
            NotFound: `job_gone`.
        """
        with self._reading() as conn:
            found = conn.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
        if found is None:
            raise NotFound("job_gone")
        return _job(found)

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
            return [_job(found) for found in conn.execute(query)]

    def find_job(self, connection_id: str, provider_job_id: str) -> FineTuningJob | None:
        """The job that the provider knows by this id, or None."""
        query = select(jobs).where(
            jobs.c.connection_id == connection_id, jobs.c.provider_job_id == provider_job_id
        )
        with self._reading() as conn:
            found = conn.execute(query).one_or_none()
        return None if found is None else _job(found)

    def save_events(self, job_id: str, events: Iterable[JobEvent]) -> None:
        """Keep new events, given the oldest first; one that is known by its id is left alone."""
        self._save(job_events, job_id, events)

    def load_events(self, job_id: str) -> list[JobEvent]:
        """The job's story, the oldest first."""
        return self._load(job_events, JobEvent, job_id, "created_at", "number")

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
        """The job's checkpoints, by step."""
        return self._load(job_checkpoints, Checkpoint, job_id, "step")

    def _save(self, table: Table, job_id: str, items: Iterable[Any]) -> None:
        values = _values(job_id, items)
        if values:
            with self._writing() as conn:
                conn.execute(insert_ignoring(conn, table), values)

    def _load(self, table: Table, kind: Any, job_id: str, *order: str) -> list[Any]:
        columns = [table.c[field.name] for field in fields(kind)]
        query = select(*columns).where(table.c.job_id == job_id)
        with self._reading() as conn:
            found = conn.execute(query.order_by(*(table.c[name] for name in order)))
            return [kind(*values) for values in found]


def _values(job_id: str, items: Iterable[Any]) -> list[dict[str, Any]]:
    return [{"job_id": job_id, **asdict(item)} for item in items]


def _job(found: Record[Any]) -> FineTuningJob:
    values = dict(found._mapping)
    estimate = values["estimate"] and Estimate(**values["estimate"])
    request = TrainingRequest(**values["request"])
    return FineTuningJob(**{**values, "request": request, "estimate": estimate})
