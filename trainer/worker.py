"""One job: `python -m trainer.worker JOBFOLDER` really trains, and reports as JSON lines.

It runs in a session of its own and outlives its server. A lock in the job's folder keeps a second
worker away.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from filelock import FileLock, Timeout

from trainer.errors import Paused, TrainerError
from trainer.folders import JobFolder, write_whole
from trainer.records import an_event, append_record, drop_torn_line

ANOTHER_WORKER = 75  # exit status: the job has a worker already
LOCK_SECONDS = 5.0  # a server that looks whether a worker lives holds the lock for a moment

# Nothing is fetched and nothing is told to anybody.
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def main(arguments: list[str]) -> int:
    """Train the job in the folder given as the only argument; the exit status says how it went."""
    folder = JobFolder(Path(arguments[0]).resolve())
    try:
        with FileLock(folder.lock, timeout=LOCK_SECONDS):
            write_whole(folder.pid, str(os.getpid()))
            drop_torn_line(folder.records)
            return _train(folder)
    except Timeout:
        return ANOTHER_WORKER


def _train(folder: JobFolder) -> int:
    os.environ.update(QUIET, HF_HOME=str(folder.data.path / "cache"))
    try:
        from trainer.sft import train  # brings torch and TRL

        train(folder)
    except Paused:
        return 0
    except TrainerError as problem:
        _fail(folder, problem.code or "worker_failed", problem.message, problem.param)
        return 1
    except Exception as problem:  # noqa: BLE001  # whatever went wrong, the job must say so
        traceback.print_exc()
        _fail(folder, "worker_failed", _sentence(folder, problem), None)
        return 1
    return 0


def _sentence(folder: JobFolder, problem: Exception) -> str:
    log = f"jobs/{folder.path.name}/{folder.log.name}"
    return (
        f"Training stopped because of an unexpected problem ({type(problem).__name__}). "
        f"The details are in {log} in the trainer's data folder."
    )


def _fail(folder: JobFolder, code: str, message: str, param: str | None) -> None:
    error = {"code": code, "message": message, "param": param}
    effects = {"status": "failed", "error": error}
    append_record(folder.records, an_event(message, level="error", job=effects))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
