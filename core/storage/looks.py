"""Whose turn it is to ask after a job: one at a time, however many tabs and programs there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from core.jobs import ENDED, SAVED
from core.storage.database import Database
from core.storage.schema import jobs

# Nobody waits so long: such a time was written while the computer's clock was wrong.
BEYOND = timedelta(hours=2)


class Looks(Database):
    """The part of the store that knows when a job's provider is asked again."""

    def claim_look(self, job_id: str, now: datetime, until: datetime) -> bool:
        """Take the look that is due at `now`, if one is; nobody else gets one before `until`."""
        query = update(jobs).where(jobs.c.id == job_id, _is_due(now)).values(looking_until=until)
        with self._writing() as conn:
            return conn.execute(query).rowcount == 1

    def hold_look(self, job_id: str, until: datetime, then: datetime | None) -> bool:
        """Hold a look that was taken until `until` longer, or give it back; whether it was held."""
        mine = (jobs.c.id == job_id, jobs.c.looking_until == until)
        with self._writing() as conn:
            query = update(jobs).where(*mine).values(looking_until=then)
            return conn.execute(query).rowcount == 1

    def is_look_due(self, job_id: str, now: datetime) -> bool:
        """Whether there is a look to claim; asking writes nothing."""
        with self._reading() as conn:
            query = select(jobs.c.id).where(jobs.c.id == job_id, _is_due(now))
            return conn.scalar(query) is not None

    def load_due_jobs(self, now: datetime) -> list[str]:
        """The ids of the jobs to ask after, the one that has waited longest first."""
        order = (jobs.c.look_after.nulls_first(), jobs.c.id)
        query = select(jobs.c.id).where(_is_due(now)).order_by(*order)
        with self._reading() as conn:
            return list(conn.scalars(query))


def _is_due(now: datetime) -> Any:
    """Sent, its time has come, and nobody is asking; of what has ended, while there is a time."""
    never_asked = and_(jobs.c.look_after.is_(None), jobs.c.status.not_in({SAVED, *ENDED}))
    in_time = and_(_is_past(jobs.c.look_after, now), jobs.c.status != SAVED)
    is_free = or_(jobs.c.looking_until.is_(None), _is_past(jobs.c.looking_until, now))
    return and_(or_(never_asked, in_time), is_free)


def _is_past(moment: ColumnElement[datetime], now: datetime) -> Any:
    return or_(moment <= now, moment > now + BEYOND)
