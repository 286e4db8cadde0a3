"""Has jobs looked at beside the pages: no page ever waits for a place to train."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import streamlit as st

from core.connecting import find_connection, is_asleep, open_connection, profile_of
from core.jobs import Connection, FineTuningJob
from core.providers.place import Place
from core.storage import Store, data_home
from core.tasks import Task, start_task
from core.training import LOOK_SECONDS, look_at_job
from ui import state
from ui.keys import key_for


def look_soon(store: Store, jobs: Iterable[FineTuningJob]) -> None:
    """Begin to look at those of the jobs that are due, one place beside the other.

    However many tabs ask, a job is looked at once: its next look is written down in the database.
    """
    due: dict[str, list[str]] = defaultdict(list)
    are_due = set(store.load_due_jobs(datetime.now(UTC)))
    for job in jobs:
        if job.id in are_due and not is_asleep(job, data_home()):
            due[job.connection_id].append(job.id)
    for connection_id, job_ids in due.items():
        connection = find_connection(store, connection_id)
        if can_be_asked(store, connection):
            _start_looking(store, connection, job_ids)


def can_be_asked(store: Store, connection: Connection) -> bool:
    """Whether the place is known, and its key where it wants one."""
    profile = profile_of(connection)
    return profile is not None and (not profile.needs_key or bool(key_for(store, connection)))


def _start_looking(store: Store, connection: Connection, job_ids: list[str]) -> None:
    key = key_for(store, connection)  # here, where there is a session to ask

    def connect() -> Place:
        return open_connection(
            store, connection.id, lambda _: key, data_home(), timeout=LOOK_SECONDS
        )

    def look(task: Task[None]) -> None:
        with ExitStack() as opened:
            for job_id in job_ids:
                look_at_job(store, lambda: opened.enter_context(closing(connect())), job_id)

    start_task(f"look_{_session()}_{connection.id}", look)


def _session() -> str:
    """This visit's own mark: another one may hold another key."""
    mark: str = st.session_state.setdefault(state.VISIT, secrets.token_hex(4))
    return mark
