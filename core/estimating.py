"""What a training will take, reckoned before it starts: tokens, cost and time, each as a range."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import inf
from statistics import median

from core.costs import cost_of, token_range
from core.jobs import Estimate, FineTuningJob, TrainingRequest
from core.providers.profiles import Model, Pace, Profile
from core.summary import Summary
from core.timing import time_taken

LATEST = 5  # jobs of one's own that are looked at
# One run beside another of the same: the machine has more to do, or less.
RUN_LOW, RUN_HIGH = 0.8, 1.5

Span = tuple[float, float]


def estimate(
    summary: Summary,
    profile: Profile,
    model: Model,
    request: TrainingRequest,
    past_jobs: Iterable[FineTuningJob],
    *,
    validation: int = 0,
    taken: Callable[[FineTuningJob], float | None] = time_taken,
) -> Estimate:
    """Reckon a training of what `summary` counted, at a place, from a base model with its price.

    past_jobs: those at the same connection; how long the ones of this model took says more than
    what the profile says of its pace. validation: how many examples it is tested on. taken: for
    how many seconds one of them was at work.
    """
    is_open = is_open_ended(model, request)
    low, high = token_range(summary.billed, summary.published, exact=model.exact)
    passes = request.n_epochs or summary.epochs
    # A validation example is taken to be as long as one to train on is on average.
    tested = profile.billed_validations * validation / max(summary.examples, 1)
    tokens = (round(low * (passes + tested)), round(high * (passes + tested)))
    own = [job for job in past_jobs if _tells_time(job, model, is_open=is_open)]
    own = sorted(own, key=lambda job: job.created_at, reverse=True)[:LATEST]
    pace = profile.pace_of(model)
    times = [(job, taken(job) or 0.0) for job in own]
    seconds = _scaled(times, sum(tokens) / 2, pace) or (None if is_open else _at(pace, tokens))
    told = Estimate(
        tokens_low=tokens[0],
        tokens_high=tokens[1],
        seconds_low=seconds[0] if seconds else None,
        seconds_high=seconds[1] if seconds else None,
        measured_on=len(own),
    )
    return at_price(told, model, request)


def at_price(told: Estimate, model: Model, request: TrainingRequest) -> Estimate:
    """The same tokens at the model's price."""
    price, least = model.price.training, model.price.least
    low, high = None, None
    if price is not None:
        tokens = (told.tokens_low, told.tokens_high)
        low, high = (max(least, cost_of(count, 1, price)) for count in tokens)
    if price and is_open_ended(model, request):
        high = None
    return replace(told, price=price, cost_low=low, cost_high=high, least=least)


def is_open_ended(model: Model, request: TrainingRequest) -> bool:
    """Whether the place alone knows how often it will go over the examples."""
    return request.n_epochs is None and not model.epochs.known


def _tells_time(job: FineTuningJob, model: Model, *, is_open: bool) -> bool:
    """Whether the job ran to its end on this base model, and with passes as well known."""
    return (
        job.status == "succeeded"
        and job.request.model in {model.id, model.train_as}
        and is_open_ended(model, job.request) == is_open
        and _tokens_of(job) > 0
        and bool(time_taken(job))
    )


def _tokens_of(job: FineTuningJob) -> float:
    """As they were reckoned at that time, so that like is held beside like; else as trained."""
    if job.estimate is not None:
        return (job.estimate.tokens_low + job.estimate.tokens_high) / 2
    return job.trained_tokens or 0


def _scaled(
    jobs: list[tuple[FineTuningJob, float]], tokens: float, pace: Pace | None
) -> Span | None:
    """As long as earlier jobs took; of each, only what was no waiting grows with the tokens."""
    if not jobs:
        return None
    waits = (pace.waiting_low, pace.waiting_high) if pace else (0.0, inf)
    spans = [sorted(_scale(*job, tokens, waiting) for waiting in waits) for job in jobs]
    low, high = (median(ends) for ends in zip(*spans, strict=True))
    return low * RUN_LOW, high * RUN_HIGH


def _scale(job: FineTuningJob, taken: float, tokens: float, waiting: float) -> float:
    waited = min(waiting, taken)
    return waited + (taken - waited) * tokens / _tokens_of(job)


def _at(pace: Pace | None, tokens: Span) -> Span | None:
    if pace is None:
        return None
    return (
        pace.waiting_low + tokens[0] / pace.tokens_high,
        pace.waiting_high + tokens[1] / pace.tokens_low,
    )
