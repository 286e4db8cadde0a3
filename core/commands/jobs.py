"""`python -m core jobs`: all jobs as they stand, the newest first."""

from __future__ import annotations

import argparse
from contextlib import ExitStack, closing

from core.commands.finding import connect, find_place, find_project, may_ask
from core.commands.showing import job_facts, say_job
from core.commands.terminal import GOOD, Terminal
from core.jobs import FineTuningJob
from core.storage import Store
from core.training import LOOK_SECONDS, look_at_jobs

ACTIVE, ENDED = "active", "ended"  # words for many statuses; any other is a status


def run(terminal: Terminal, options: argparse.Namespace) -> int:
    """Look at the jobs that are under way, then list those that were asked for."""
    with Store.open() as store:
        project = find_project(store, options.project).id if options.project else None
        place = find_place(store, options.place).id if options.place else None
        with ExitStack() as opened:
            look_at_jobs(
                store,
                lambda there: opened.enter_context(
                    closing(connect(store, there, timeout=LOOK_SECONDS))
                ),
                may_ask=lambda job: may_ask(store, job),
            )
        jobs = [job for job in store.load_jobs(project, place) if _is_wanted(job, options.state)]
        if not jobs:
            terminal.tell("cli.no_jobs")
        for job in jobs:
            terminal.give(**job_facts(store, job))
            say_job(terminal, store, job)
    return GOOD


def _is_wanted(job: FineTuningJob, state: str | None) -> bool:
    if state in {ACTIVE, ENDED}:
        return job.is_active is (state == ACTIVE)
    return state is None or job.status == state
