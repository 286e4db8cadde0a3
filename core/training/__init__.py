"""Starts, watches and ends jobs: the only code that knows both storage and providers."""

from core.training.ending import cancel_job, delete_model, stop_watching
from core.training.files import save_training_file
from core.training.starting import resume_start, start_job
from core.training.watching import adopt_job, list_remote_jobs, refresh_job

__all__ = [
    "adopt_job",
    "cancel_job",
    "delete_model",
    "list_remote_jobs",
    "refresh_job",
    "resume_start",
    "save_training_file",
    "start_job",
    "stop_watching",
]
