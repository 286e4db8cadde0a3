"""Jobs, what they are reckoned to take and what stands in their way, as sentences and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.commands.finding import place_words
from core.commands.terminal import Terminal, write_beside
from core.costs import CostRange, format_cost_range
from core.jobs import Estimate, FineTuningJob
from core.metrics import Progress, progress_of
from core.providers.profiles import Model
from core.spending import spent
from core.storage import Store
from core.timing import load_time_taken
from core.verdicts import OWN_CODES, Effect, Readiness, Reason
from core.words import has_words


def status_words(terminal: Terminal, status: str) -> str:
    """A status in words; one we do not know as the provider wrote it."""
    key = f"status.{status}"
    return terminal.words(key) if has_words(terminal.language, key) else status


def job_facts(store: Store, job: FineTuningJob) -> dict[str, Any]:
    """A job under the names that scripts rely on; null where there is nothing to say."""
    progress = progress_of(job, store.load_events(job.id))
    cost = spent(job, progress.share)
    return {
        "id": job.id,
        "status": job.status,
        "is_active": job.is_active,
        "place": job.connection_id,
        "project": job.project_id,
        "model": job.request.model,
        "provider_job_id": job.provider_job_id,
        "fine_tuned_model": job.fine_tuned_model,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "done": round(progress.share, 4),
        "step": progress.step,
        "trained_tokens": job.trained_tokens,
        "cost_usd": None if cost is None else [cost.low, cost.high],
        "estimate": None if job.estimate is None else asdict(job.estimate),
        "error": _error(job),
        "no_answer": job.look_problem or None,
        "snapshot_sha256": job.snapshot_sha256,
        "validation_sha256": job.validation_sha256,
    }


def say_job(terminal: Terminal, store: Store, job: FineTuningJob) -> None:
    """A job in two lines: what it is and how far; where, what it cost and when it began."""
    progress = progress_of(job, store.load_events(job.id))
    name = job.fine_tuned_model or job.request.model
    status = status_words(terminal, job.status)
    terminal.tell("cli.job", job=job.id, status=status, share=f"{progress.share:.0%}", name=name)
    terminal.tell(
        "cli.job_more",
        place=place_words(terminal, store, job.connection_id),
        cost=cost_words(terminal, spent(job, progress.share)),
        at=f"{job.created_at.astimezone():%Y-%m-%d %H:%M}",
    )


def say_progress(terminal: Terminal, job: FineTuningJob, progress: Progress) -> None:
    """How far a job is, and about how long it will take yet."""
    status = status_words(terminal, job.status)
    share = f"{progress.share:.0%}"
    if progress.eta_seconds is None:
        terminal.tell("cli.progress", status=status, share=share)
        return
    left = duration_words(terminal, progress.eta_seconds)
    terminal.tell("cli.progress_left", status=status, share=share, left=left)


def say_end(terminal: Terminal, store: Store, job: FineTuningJob) -> None:
    """How a job ended, with what it made, took and cost, or why there is nothing."""
    if job.status == "succeeded":
        terminal.tell("cli.ended_well", model=job.fine_tuned_model or "—")
    else:
        terminal.tell("cli.ended", status=status_words(terminal, job.status))
        if job.error_code or job.error_message:
            params = {"message": job.error_message or "—"}
            why = problem_words(terminal, job.error_code or "", params)
            terminal.warn("cli.why", text=why)
    share = progress_of(job, store.load_events(job.id)).share
    tokens = "—" if job.trained_tokens is None else f"{job.trained_tokens:,}"
    cost = cost_words(terminal, spent(job, share))
    terminal.tell("cli.took", tokens=tokens, cost=cost, time=_time_of(terminal, store, job))


def problem_words(terminal: Terminal, code: str, params: Mapping[str, Any]) -> str:
    """What a code of ours means, else what the provider said, else the code itself."""
    said = str(params.get("message") or "")
    try:
        return terminal.words(f"error.{code}", **{"message": "—", **params})
    except KeyError:  # no code of ours, or one of ours by chance that wants other facts
        return said or code


def say_refusal(terminal: Terminal, place: str, ready: Readiness) -> None:
    """Why a place would refuse the file, with the lines that it is about."""
    refused = [each for each in ready.reasons if each.effect is Effect.REFUSED]
    terminal.give(
        refused=[
            {"code": each.code, "examples": each.examples, "lines": list(each.rows)}
            for each in refused
        ]
    )
    write_beside(terminal.words("quality.ready_is_refused", place=place))
    for reason in refused:
        write_beside("  " + _reason_words(terminal, reason))


def say_estimate(
    terminal: Terminal, place: str, model: Model, ready: Readiness, reckoned: Estimate
) -> None:
    """Where it goes, what is learned there, and what that is reckoned to take."""
    about = "" if model.exact else "≈ "
    tally = ready.tally
    terminal.tell("cli.train_where", place=place, model=model.id)
    terminal.tell(
        "cli.train_learned", conversations=f"{tally.conversations:,}",
        replies=f"{tally.replies:,}", dropped=f"{tally.dropped:,}",
    )  # fmt: skip
    say_reckoned(terminal, reckoned, about)


def say_reckoned(terminal: Terminal, reckoned: Estimate, about: str = "") -> None:
    """What a training is reckoned to take; `about` stands before tokens that are not exact."""
    terminal.tell(
        "cli.train_reckoned",
        tokens=about + _span(f"{reckoned.tokens_low:,}", f"{reckoned.tokens_high:,}"),
        cost=cost_words(terminal, _reckoned_cost(reckoned)),
        time=_reckoned_time(terminal, reckoned),
    )


def cost_words(terminal: Terminal, cost: CostRange | None) -> str:
    """US dollars; free and unknown are words."""
    if cost is None:
        return terminal.words("cost.unknown")
    return terminal.words("cost.free") if cost.high == 0 else format_cost_range(cost)


def duration_words(terminal: Terminal, seconds: float) -> str:
    """A length of time such as "about 30 s"."""
    if seconds < 90:
        return terminal.words("time.about_seconds", n=max(1, round(seconds)))
    if seconds < 5_400:
        return terminal.words("time.about_minutes", n=round(seconds / 60))
    return terminal.words("time.about_hours", n=round(seconds / 3_600, 1))


def _error(job: FineTuningJob) -> dict[str, str | None] | None:
    if not job.error_code and not job.error_message:
        return None
    return {"code": job.error_code, "message": job.error_message}


def _time_of(terminal: Terminal, store: Store, job: FineTuningJob) -> str:
    return duration_words(terminal, load_time_taken(store, job) or 0.0)


def _reckoned_cost(reckoned: Estimate) -> CostRange | None:
    low, high = reckoned.cost_low, reckoned.cost_high
    return None if low is None or high is None else CostRange(low, high)


def _reckoned_time(terminal: Terminal, reckoned: Estimate) -> str:
    low, high = reckoned.seconds_low, reckoned.seconds_high
    if low is None or high is None:
        return terminal.words("cli.time_unknown")
    return _span(duration_words(terminal, low), duration_words(terminal, high))


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} – {high}"


def _reason_words(terminal: Terminal, reason: Reason) -> str:
    """What it is, the first lines it is about, and what to do."""
    code = reason.code
    if code in OWN_CODES:
        title = terminal.words(f"quality.ready_{code}", what=reason.what)
        do = terminal.words(f"quality.ready_{code}_do", what=reason.what, number=reason.number)
    else:
        title, do = (terminal.words(f"finding.{code}.{part}") for part in ("title", "do"))
    if reason.rows:
        lines = ", ".join(map(str, reason.rows))
        if reason.examples > len(reason.rows):
            lines = terminal.words("cli.lines_more", lines=lines)
        title = terminal.words(
            "cli.finding_lines", title=title, count=f"{reason.examples:,}", lines=lines
        )
    return terminal.words("ui.sentences", first=title, second=do)
