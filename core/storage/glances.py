"""What the pages look at again and again: the jobs under way, and the end of a story."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import or_, select

from core.jobs import ENDED, FineTuningJob, JobEvent
from core.storage.database import Database
from core.storage.jobs import read_job
from core.storage.schema import job_events, jobs


class Glances(Database):
    """The part of the store that is asked every few seconds, so that it reads little."""

    def load_watched_jobs(self) -> list[FineTuningJob]:
        """The jobs whose providers are still asked, the oldest first: see `is_watched`."""
        watched = or_(jobs.c.status.not_in(ENDED), jobs.c.look_after.is_not(None))
        with self._reading() as conn:
            found = conn.execute(select(jobs).where(watched).order_by(jobs.c.created_at))
            return [read_job(record) for record in found]

    def load_latest_events(self, job_id: str, most: int) -> list[JobEvent]:
        """The end of a job's story, of at most so many events, the oldest first."""
        table = job_events.c
        columns = [table[field.name] for field in fields(JobEvent)]
        query = select(*columns).where(table.job_id == job_id)
        with self._reading() as conn:
            found = conn.execute(query.order_by(table.number.desc()).limit(most)).all()
        return [JobEvent(*values) for values in reversed(found)]
