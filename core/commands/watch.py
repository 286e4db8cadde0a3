"""`python -m core watch JOB`: a job's story as it goes, until it has ended."""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from core.commands.finding import check_can_ask, connect, find_job
from core.commands.showing import job_facts, problem_words, say_end, say_progress
from core.commands.terminal import BAD, GOOD, INTERRUPTED, NO_ANSWER, UNUSABLE, Terminal
from core.connecting import is_asleep
from core.jobs import PAUSED, SAVED, FineTuningJob, JobEvent
from core.metrics import progress_of
from core.storage import Store, data_home
from core.story import StoryLine, story_of
from core.training import LOOK_SECONDS, look_at_job

SHORTEST, LONGEST = 0.2, 5.0  # seconds between two looks into our own database
# What stays as it is until a person has set something right.
NOT_BY_WAITING = frozenset(
    {"key_missing", "key_malformed", "key_refused", "permission_refused", "not_found_there",
     "connection_gone", "provider_retired", "address_refused", "sdk_missing"}
)  # fmt: skip


def run(terminal: Terminal, options: argparse.Namespace) -> int:
    """Watch one job; `BAD` where it did not succeed."""
    with Store.open() as store:
        return watch_job(terminal, store, find_job(store, options.job))


def watch_job(terminal: Terminal, store: Store, job: FineTuningJob) -> int:
    """Tell a job's story until it has ended, and how; Ctrl-C leaves the job to go on.

    That nobody answers is told and waited out, unless waiting cannot mend it.
    """
    telling = _Telling(terminal, store)
    if job.is_watched and job.status != SAVED:
        check_can_ask(store, job.connection_id)
    at_once = True  # what was in the way may have been mended since
    try:
        while True:
            failed = job.failed_looks
            job = _look(store, job, at_once=at_once)
            at_once = False
            telling.tell(job)
            if not job.is_active:
                break
            if job.look_problem in NOT_BY_WAITING and job.failed_looks > failed:
                return UNUSABLE
            if job.status == SAVED:
                terminal.warn("cli.train_saved", job=job.id)
                return NO_ANSWER
            time.sleep(_pause(job))
    except KeyboardInterrupt:
        terminal.warn("cli.watch_left", job=job.id)
        return INTERRUPTED
    terminal.give(job=job_facts(store, job))
    say_end(terminal, store, job)
    return GOOD if job.status == "succeeded" else BAD


def _look(store: Store, job: FineTuningJob, *, at_once: bool) -> FineTuningJob:
    """The job, asked after if that is due; where the place listens may change from look to look."""
    if is_asleep(job, data_home()):
        return store.load_job(job.id)
    with ExitStack() as opened:
        place = partial(connect, store, job.connection_id, timeout=LOOK_SECONDS)
        return look_at_job(
            store, lambda: opened.enter_context(closing(place())), job.id, at_once=at_once
        )


def _pause(job: FineTuningJob) -> float:
    """Seconds until it is worth looking again; another program may have looked meanwhile."""
    if job.status == PAUSED:
        return LONGEST
    due = (job.look_after - datetime.now(UTC)).total_seconds() if job.look_after else SHORTEST
    return min(max(due, SHORTEST), LONGEST)


@dataclass
class _Telling:
    """What has been told already: each event once, each change of how far it is or of silence."""

    terminal: Terminal
    store: Store
    known: set[str] = field(default_factory=set)
    progress: tuple[str, int] = ("", -1)
    problem: str = ""

    def tell(self, job: FineTuningJob) -> None:
        """Tell what is new."""
        events = self.store.load_events(job.id)
        fresh = [event for event in events if event.id not in self.known]
        self.known.update(event.id for event in fresh)
        for event in fresh:
            self._give(event)
        for line in story_of(fresh):
            self.terminal.tell(
                "cli.story", at=f"{line.at.astimezone():%H:%M:%S}", text=self._words(line)
            )
        self._tell_silence(job)
        progress = progress_of(job, events)
        now = (job.status, int(progress.share * 10))  # every tenth of the way
        if now != self.progress and job.is_active:
            self.progress = now
            self.terminal.give(status=job.status, done=round(progress.share, 4))
            say_progress(self.terminal, job, progress)

    def _tell_silence(self, job: FineTuningJob) -> None:
        """That nobody answers, and why; and that somebody does again."""
        if job.look_problem == self.problem:
            return
        self.problem = job.look_problem
        self.terminal.give(no_answer=self.problem or None)
        if self.problem:
            why = problem_words(self.terminal, self.problem, job.look_params)
            self.terminal.warn("cli.told_silence", why=why)
        else:
            self.terminal.tell("cli.answers_again")

    def _give(self, event: JobEvent) -> None:
        """An event as the provider wrote it."""
        facts = {"at": event.created_at.isoformat(), "level": event.level, "data": event.data}
        self.terminal.give(event=event.message, **facts)

    def _words(self, line: StoryLine) -> str:
        if line.code is None:
            return line.original
        return self.terminal.words(f"event.{line.code}", **line.params)
