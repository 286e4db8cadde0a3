"""What a job is called, and its state, time and money in words."""

from __future__ import annotations

import html

from core.connecting import base_of, profile_of
from core.estimating import is_open_ended
from core.jobs import Connection, FineTuningJob
from core.metrics import Progress
from core.spending import spent
from core.storage import Store
from ui.costs import range_words
from ui.text import knows, t

_KINDS = {"succeeded": "", "failed": "bad", "cancelled": "off"}


def status_words(status: str) -> str:
    """A status in words; one we do not know is shown as the provider wrote it."""
    return t(f"status.{status}") if knows(f"status.{status}") else status


def status_chip(status: str) -> str:
    """The status as a coloured chip."""
    kind = _KINDS.get(status, "wait")
    return f'<span class="ts-chip {kind}">{html.escape(status_words(status))}</span>'


def retired_chip(connection: Connection) -> str:
    """A chip where the provider is one that Tonesmith no longer knows."""
    if profile_of(connection) is not None:
        return ""
    return f'<span class="ts-chip off">{html.escape(t("jobs.provider_retired"))}</span>'


def job_name(job: FineTuningJob, project: str = "") -> str:
    """What a person knows it by: the ending they gave it, its project, else its base model."""
    return job.request.suffix or project or job.request.model


def headline(job: FineTuningJob, progress: Progress, ahead: int = 0) -> str:
    """What is going on, in a few words; `ahead`: jobs that come first here."""
    if ahead:
        return t("jobs.waits", n=ahead)
    if job.status == "running" and progress.epoch and progress.epochs:
        return t("jobs.learning", n=progress.epoch, total=progress.epochs)
    return status_words(job.status)


def cost_words(job: FineTuningJob, share: float = 0.0) -> str:
    """What it has cost so far; a dash where nobody knows."""
    cost = spent(job, share)
    return "—" if cost is None else range_words(cost)


def tokens_words(store: Store, job: FineTuningJob, progress: Progress) -> str:
    """How many tokens it has learned; until its place says so, about as many as were reckoned."""
    if job.trained_tokens is not None:
        return f"{job.trained_tokens:,}"
    told = job.estimate
    passes = (progress.epochs or 0) if is_a_pass(store, job) else 1
    if told is None or job.status == "succeeded" or not passes * progress.share:
        return "—"
    about = (told.tokens_low + told.tokens_high) / 2 * passes * progress.share
    return t("jobs.about", n=f"{round(about, -2 if about >= 1_000 else -1):,.0f}")


def is_a_pass(store: Store, job: FineTuningJob) -> bool:
    """Whether its estimate tells of one pass, as the place alone knew how many it would make."""
    base = base_of(store, job)
    return base is not None and is_open_ended(base, job.request)


def span_words(seconds: float | None) -> str:
    """A length of time as it was measured: 42 s, 4 min 12 s, 1 h 5 min; a dash for none."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    hours, minutes, rest = whole // 3_600, whole % 3_600 // 60, whole % 60
    if hours:
        parts = [
            t("jobs.took_hours", n=hours),
            t("jobs.took_minutes", n=minutes) if minutes else "",
        ]
    else:
        parts = [t("jobs.took_minutes", n=minutes) if minutes else "",
                 t("jobs.took_seconds", n=rest) if rest or not minutes else ""]  # fmt: skip
    return " ".join(filter(None, parts))
