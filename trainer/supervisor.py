"""Takes every job through its life, one at a time: checks its files, starts and watches its worker.

Only this thread touches processes. All it knows is on disk, so that a killed server goes on where
it stopped: a worker that outlived it is watched again, one that died is started from its last
whole checkpoint.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable

from trainer.bases import BASES
from trainer.errors import BadTrainingFile
from trainer.examples import check_training_file
from trainer.folders import (
    DataFolder,
    JobFolder,
    checkpoint_step,
    last_whole_checkpoint,
    remove_tree,
    tidy_checkpoints,
    write_whole,
)
from trainer.processes import end_process_group, end_worker, is_worker_alive, start_worker
from trainer.records import an_event, read_records
from trainer.store import Store
from trainer.values import (
    ENDED,
    FAILED,
    PAUSED,
    PAUSING,
    QUEUED,
    RUNNING,
    TRAINING,
    VALIDATING,
    Job,
)

log = logging.getLogger(__name__)

TICK_SECONDS = 0.2
STUCK_SECONDS = 60.0  # a look at everything takes less, the longest file included
MOST_STARTS = 3  # of a worker that is killed before it gets any further
# What only a resume needs; a finished checkpoint is a third of its size without.
RESUME_FILES = ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin")


class Supervisor:
    """A thread over the store and the data folder."""

    def __init__(
        self, data: DataFolder, store: Store, stuck_seconds: float = STUCK_SECONDS
    ) -> None:
        self._stuck_seconds = stuck_seconds
        self._went_well = time.monotonic()
        self._told = ""  # the last problem that was logged
        self._data = data
        self._store = store
        self._workers: dict[str, subprocess.Popen[bytes]] = {}
        self._wanted = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin, with whatever an earlier server left behind."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching and end the running worker; its job goes on at the next start."""
        self._stopping = True
        self._wanted.set()
        self._thread.join()
        for job in self._store.list_unsettled_jobs():
            self._end_worker(job)

    def wake(self) -> None:
        """Look at once: a job was created or cancelled."""
        self._wanted.set()

    @property
    def is_training(self) -> bool:
        """Whether a worker uses the processor now."""
        return any(job.status in TRAINING for job in self._store.list_unsettled_jobs())

    @property
    def state(self) -> str:
        """`ok`; `stuck` where nothing has gone through for long; `dead` where nobody looks."""
        if not self._thread.is_alive():
            return "dead"
        late = time.monotonic() - self._went_well > self._stuck_seconds
        return "stuck" if late else "ok"

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._advance()
            except Exception as problem:  # noqa: BLE001  # this thread must never end by itself
                self._put_off("the jobs", problem)
            self._wanted.wait(TICK_SECONDS)
            self._wanted.clear()

    def _advance(self) -> None:
        """Take every job one step on; what cannot be done now is tried again at the next look."""
        went_well = [self._take_on(job) for job in self._store.list_unsettled_jobs()]
        if all(went_well):
            self._went_well, self._told = time.monotonic(), ""

    def _take_on(self, job: Job) -> bool:
        """Take a job one step on, or fail it alone; False where it has to wait for the computer."""
        steps: dict[str, Callable[[Job], None]] = {
            VALIDATING: self._validate,
            QUEUED: self._start_if_free,
            RUNNING: self._watch,
            PAUSING: self._pause,
        }
        try:
            steps.get(job.status, self._settle)(job)
        except Exception as problem:
            if is_passing(problem):
                self._put_off(f"job {job.id}", problem)
                return False
            log.exception("job %s could not be taken on", job.id)
            self._fail(job, "server_failed", "The trainer could not go on; see its log.")
            self._store.change_job(job.id, settled=job.status in ENDED)
        return True

    def _put_off(self, what: str, problem: Exception) -> None:
        """Say once what is in the way, however often it is tried again."""
        told = f"{what}: {problem!r}"
        if told != self._told:
            log.warning("%s must wait, it is tried again: %r", what, problem, exc_info=problem)
        self._told = told

    def _validate(self, job: Job) -> None:
        folder = self._data.job(job.id)
        roles = BASES[job.base].roles
        try:
            check_training_file(folder.training, roles)
            if job.validation_file:
                check_training_file(folder.validation, roles, "validation_file")
        except BadTrainingFile as problem:
            self._fail(job, problem.code or "", problem.message, problem.param)
            return
        moved = an_event("Files validated, moving job to queued state")
        self._store.move_job(job.id, QUEUED, moved, since=(VALIDATING,))

    def _start_if_free(self, job: Job) -> None:
        if self.is_training:
            return
        folder = self._data.job(job.id)
        self._write_spec(job)
        folder.pause.unlink(missing_ok=True)
        again = " again" if last_whole_checkpoint(folder.run) else ""
        started = an_event(f"Fine-tuning job started{again}")
        if self._store.move_job(job.id, RUNNING, started, since=(QUEUED,)):
            self._start_worker(job)

    def _write_spec(self, job: Job) -> None:
        spec = {
            "id": job.id,
            "base": job.base,
            "model": job.model,
            "seed": job.seed,
            **job.hyperparameters,
        }
        write_whole(self._data.job(job.id).spec, json.dumps(spec))

    def _watch(self, job: Job) -> None:
        folder = self._data.job(job.id)
        if self._is_done(job, folder):
            self._restart(job, folder)

    def _pause(self, job: Job) -> None:
        """Ask the worker to stop at its next step; the job rests once that has ended."""
        folder = self._data.job(job.id)
        folder.pause.touch()
        if self._is_done(job, folder):
            self._workers.pop(job.id, None)
            paused = an_event("The job has been paused")
            self._store.move_job(job.id, PAUSED, paused, since=(PAUSING,))

    def _is_done(self, job: Job, folder: JobFolder) -> bool:
        """Read what the worker reports; whether it is gone and all it said has been read."""
        alive = self._is_alive(job, folder)  # before reading: what it wrote last is read then
        records, offset = read_records(folder.records, job.read_bytes)
        if records:
            self._store.apply_records(job, records, offset)
        return not records and not alive

    def _is_alive(self, job: Job, folder: JobFolder) -> bool:
        worker = self._workers.get(job.id)
        return (worker is not None and worker.poll() is None) or is_worker_alive(folder)

    def _restart(self, job: Job, folder: JobFolder) -> None:
        """Resume from the last whole checkpoint, unless it is killed again and again."""
        checkpoint = last_whole_checkpoint(folder.run)
        step = checkpoint_step(checkpoint) if checkpoint else 0
        starts = job.starts if step <= job.start_step else 0
        if starts >= MOST_STARTS:
            message = (
                f"The training program was ended from outside {starts} times without getting any "
                f"further. Perhaps this computer has too little memory: close other programs."
            )
            self._fail(job, "worker_ended", message)
            return
        log.warning("job %s: its worker is gone, going on after step %d", job.id, step)
        self._start_worker(job, starts, step)

    def _start_worker(self, job: Job, starts: int = 0, step: int = 0) -> None:
        self._workers[job.id] = start_worker(self._data.job(job.id))
        # Only one that was started counts: what the computer refuses is tried again.
        self._store.change_job(job.id, starts=starts + 1, start_step=step)

    def _settle(self, job: Job) -> None:
        """After the end: no worker, no copy of the examples, nothing that only a resume needs."""
        folder = self._data.job(job.id)
        self._end_worker(job)
        folder.training.unlink(missing_ok=True)
        folder.validation.unlink(missing_ok=True)
        folder.pause.unlink(missing_ok=True)
        remove_tree(folder.path / "model.part")
        tidy_checkpoints(folder.run)
        for name in RESUME_FILES:
            for file in folder.run.glob(f"checkpoint-*/{name}"):
                file.unlink()
        self._store.change_job(job.id, settled=True)

    def _end_worker(self, job: Job) -> None:
        worker = self._workers.pop(job.id, None)
        if worker is not None and worker.poll() is None:
            end_process_group(worker.pid)
        if worker is not None:
            worker.wait()
        end_worker(self._data.job(job.id))

    def _fail(self, job: Job, code: str, message: str, param: str | None = None) -> None:
        error = {"code": code, "message": message, "param": param}
        self._store.move_job(job.id, FAILED, an_event(message, level="error"), error=error)


def is_passing(problem: Exception) -> bool:
    """Whether a problem is the computer's and not the job's: a locked database, a full disk.

    A file of the job's own that is gone does not come back.
    """
    if isinstance(problem, FileNotFoundError):
        return False
    return isinstance(problem, (sqlite3.OperationalError, OSError))


def copy_examples(data: DataFolder, job: Job) -> None:
    """Give a new job its own copy of its files, so that deleting them does not disturb it."""
    folder = data.job(job.id)
    folder.path.mkdir(parents=True)
    shutil.copyfile(data.files / job.training_file, folder.training)
    if job.validation_file:
        shutil.copyfile(data.files / job.validation_file, folder.validation)
