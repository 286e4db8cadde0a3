"""Starts, watches and ends jobs: the only code that knows both storage and providers."""

from core.training.ending import (
    cancel_job,
    cancel_unsent,
    delete_checkpoint,
    delete_model,
    pause_job,
    resume_job,
    stop_watching,
)
from core.training.files import save_training_file
from core.training.looking import look_at_job, look_at_jobs
from core.training.pacing import LOOK_SECONDS
from core.training.starting import resume_start, start_job, ticket_for
from core.training.watching import adopt_job, list_remote_jobs, refresh_job

__all__ = [
    "LOOK_SECONDS",
    "adopt_job",
    "cancel_job",
    "cancel_unsent",
    "delete_checkpoint",
    "delete_model",
    "list_remote_jobs",
    "look_at_job",
    "look_at_jobs",
    "pause_job",
    "refresh_job",
    "resume_job",
    "resume_start",
    "save_training_file",
    "start_job",
    "stop_watching",
    "ticket_for",
]
