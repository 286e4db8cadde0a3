"""A job's events become a story in plain words, and say how far the job has come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from core.jobs import Fetch, FineTuningJob, JobEvent
from core.metrics import metrics_of, number_of, points_of

# The weights of a base, fetched before it can learn


def fetch_of(event: JobEvent) -> Fetch | None:
    """How far the weights are that an event tells of, if it tells of any."""
    done, total = (number_of(event.data.get(name)) for name in ("done_bytes", "total_bytes"))
    return Fetch(int(done), int(total)) if done is not None and total else None


def fetch_under_way(job: FineTuningJob, events: Sequence[JobEvent]) -> Fetch | None:
    """How far the weights are, where an active job waits for them now."""
    return fetch_of(events[-1]) if events and job.is_active else None


# The story


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of a job's story: `event.CODE` in `locales/`, or `original` where `code` is None."""

    at: datetime
    code: str | None
    params: dict[str, str | int | float] = field(default_factory=dict)
    original: str = ""
    level: str = "info"


Params = dict[str, str | int | float]


def _named(match: re.Match[str]) -> Params:
    found = {name: value for name, value in match.groupdict().items() if value}
    if more := found.pop("more", None):
        found["lines"] += f" … +{more}"
    return {
        name: int(value) if value.isdigit() and len(value) < 10 else value
        for name, value in found.items()
    }


_LINES = r"lines? (?P<lines>\d+(?:, \d+)*)(?: and (?P<more>\d+) more)?"

_LEARNED = r"learning from (?P<conversations>\d+) conversations, (?P<replies>\d+) replies"

# Messages of OpenAI (as its job events read in 2023-2026), of our trainer, and our own "asked".
KNOWN: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("asked", r"asked for the job to be started"),
        ("created", r"created fine-?tun(?:e|ing)(?: job)?\b"),
        ("checking_held_back", r"validating validation files?\b"),
        ("checking", r"validating (?:training )?files?\b"),
        ("accepted", r"files? validated\b"),
        ("queued", r"(?:fine-tuning )?job (?:is )?queued\b|fine-tune enqueued"),
        ("started", r"fine-tun(?:e|ing)(?: job)? started\b"),
        ("resumed", r"resuming after step (?P<step>\d+)"),
        ("cut", rf"cut to (?P<limit>[\d,]+) tokens, the most this model reads: {_LINES}"),
        ("left_out", rf"left out, because no reply is learned from: {_LINES}"),
        ("learned_partly", rf"{_LEARNED}; (?P<beyond>\d+) more beyond"),
        ("learned", _LEARNED),
        ("unused", r"not used by this model: (?P<names>.+?)\.?$"),
        ("nothing_learned", r"there is nothing to learn from\b"),
        ("worker_ended", r"the training program was ended from outside (?P<times>\d+) times"),
        ("worker_failed", r"training stopped because of an unexpected problem \((?P<kind>\w+)\)"),
        ("pausing", r"(?:the )?(?:fine-tuning )?job (?:is being|will be) paused"),
        ("paused", r"(?:the )?(?:fine-tuning )?job (?:was |has been |is )?paused"),
        ("going_on", r"(?:the )?(?:fine-tuning )?job (?:was |has been |is )?resumed"),
        ("checkpoint", r"checkpoint created at step (?P<step>\d+)"),
        ("model_created", r"new fine-tuned model created(?:: (?P<model>\S+))?"),
        ("policy_checking", r"evaluating model against our usage policies"),
        ("policy_passed", r"usage policy evaluations completed|moderation checks .*passed"),
        ("completed", r"the job has successfully completed|fine-tun\w+ succeeded"),
        ("cancelling", r"(?:the )?(?:fine-tuning )?job (?:is being|will be) cancell?ed"),
        ("cancelled", r"(?:the )?(?:fine-tuning )?job (?:was |has been )?cancell?ed"),
    )
)


_CHECKPOINT = dict(KNOWN)["checkpoint"]

STAGES = 4  # checked, taken up, learned, ready
BEHIND = {"accepted": 1, "accepted_examples": 1, "queued": 1, "started": 2, "resumed": 2,
          "fetching": 2, "fetched": 2, "steps": 2, "steps_loss": 2,
          "step": 2, "step_loss": 2}  # fmt: skip


def stages_behind(job: FineTuningJob, story: Sequence[StoryLine]) -> int:
    """How many of the four stages a job has behind it; one that stopped keeps those it reached."""
    if job.status == "succeeded":
        return STAGES
    reached = max((BEHIND.get(line.code or "", 0) for line in story), default=0)
    told = {"queued": 1, "running": 2, "pausing": 2, "paused": 2}
    return max(reached, told.get(job.status, 0))


def story_of(events: Sequence[JobEvent], examples: int | None = None) -> list[StoryLine]:
    """A job's events in plain words, oldest first; a run of steps, or of a fetch, is one line.

    `examples` is how many were sent, where that is known. What is not known here is shown as the
    provider wrote it.
    """
    lines: list[StoryLine] = []
    for kind, run in groupby(events, key=_kind):
        together = list(run)
        fold = FOLDED.get(kind)
        if kind == "learning" and lines and lines[-1].code == "resumed":
            together = _made_again(events, lines[-1].params["step"], together[0]) + together
        lines += fold(together) if fold else [_line(e, examples) for e in together]
    return lines


def _made_again(events: Sequence[JobEvent], step: str | float, until: JobEvent) -> list[JobEvent]:
    """The steps after `step` that were told before: made again, each is told only once."""
    before = events[: events.index(until)]
    return [event for event, point in points_of(before) if point.step > int(step)]


def _kind(event: JobEvent) -> str:
    """What is told as one with its neighbours: steps with what is kept between them, a fetch."""
    if metrics_of(event) is not None or _CHECKPOINT.match(event.message):
        return "learning"
    return "fetch" if fetch_of(event) is not None else "line"


def code_of(event: JobEvent) -> str | None:
    """What kind of message of `KNOWN` an event is; None for any other."""
    return next((code for code, pattern in KNOWN if pattern.match(event.message)), None)


def _line(event: JobEvent, examples: int | None) -> StoryLine:
    for code, pattern in KNOWN:
        match = pattern.match(event.message)
        if match is not None:
            code, params = _with_facts(code, _named(match), examples)
            return StoryLine(event.created_at, code, params, event.message, event.level)
    return StoryLine(event.created_at, None, {}, event.message, event.level)


def _with_facts(code: str, params: Params, examples: int | None) -> tuple[str, Params]:
    """The fuller sentence where the figures for it are known."""
    if code == "accepted" and examples is not None:
        return "accepted_examples", {"examples": examples}
    if code == "model_created" and "model" in params:
        return "model_created_named", params
    return code, params


def _learning_lines(run: Sequence[JobEvent]) -> list[StoryLine]:
    """Many steps as one line, and what was kept between them as another; the latest last."""
    kept = [event for event in run if metrics_of(event) is None]
    steps = [event for event in run if metrics_of(event) is not None]
    lines = [_steps_line(steps)] if steps else []
    lines += [_kept_line(kept)] if kept else []
    return lines if run[-1] in kept else lines[::-1]


def _steps_line(run: Sequence[JobEvent]) -> StoryLine:
    """How far, and how the loss went."""
    last = run[-1]
    points = [point for _, point in points_of(run)]
    losses = [point.train_loss for point in points if point.train_loss is not None]
    params: Params = {"first": points[0].step, "last": points[-1].step}
    if params["first"] == params["last"]:  # its training and its test may be told apart
        params = {"step": points[0].step}
        code = "step_loss" if losses else "step"
        params |= {"loss": f"{losses[-1]:.3f}"} if losses else {}
        return StoryLine(last.created_at, code, params, last.message, last.level)
    if not losses:
        return StoryLine(last.created_at, "steps", params, last.message, last.level)
    params |= {"loss_before": f"{losses[0]:.3f}", "loss": f"{losses[-1]:.3f}"}
    return StoryLine(last.created_at, "steps_loss", params, last.message, last.level)


def _kept_line(run: Sequence[JobEvent]) -> StoryLine:
    """After which step the model was kept, or how often and when last."""
    line = _line(run[-1], None)
    if len(run) == 1:
        return line
    return replace(line, code="checkpoints", params={**line.params, "times": len(run)})


def _fetch_lines(run: Sequence[JobEvent]) -> list[StoryLine]:
    """A whole download as one line: how far, or that the base is being prepared."""
    last = run[-1]
    fetch = fetch_of(last) or Fetch(0, 1)
    code = "fetched" if fetch.is_whole else "fetching"
    params = {"done": fetch.done_bytes // 1_000_000, "total": fetch.total_bytes // 1_000_000}
    return [StoryLine(last.created_at, code, dict(params), last.message, last.level)]


FOLDED = {"learning": _learning_lines, "fetch": _fetch_lines}
