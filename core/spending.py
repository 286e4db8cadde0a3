"""What a project's jobs have cost, and the limit that nothing is started beyond."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.connecting import find_connection, profile_of
from core.costs import CostRange, cost_of, format_usd
from core.errors import BadInput
from core.estimating import at_price
from core.jobs import BAD_FILES, Estimate, FineTuningJob
from core.metrics import progress_of
from core.prices import priced_model
from core.providers.profiles import THIS_COMPUTER
from core.storage import Store


@dataclass(frozen=True, slots=True)
class Budget:
    """A project's money, in US dollars, each sum at its upper end.

    spent: by jobs that have ended; promised: to those that may still go on; unknown: how many jobs
    cost something that nobody knows; limit: None where there is none.
    """

    limit: float | None
    spent: float
    promised: float
    unknown: int

    @property
    def used(self) -> float:
        """What counts against the limit."""
        return self.spent + self.promised

    @property
    def left(self) -> float | None:
        """What may still be spent; None without a limit."""
        return None if self.limit is None else max(0.0, self.limit - self.used)


def spent(job: FineTuningJob, share: float = 0.0) -> CostRange | None:
    """What a job has cost so far, at the price kept with it; None where that is not known.

    share: how far it is, from 0 to 1, which counts until the provider says how many tokens it has
    trained. Of a job that failed or was cancelled on the way, nobody knows whether it is billed;
    and where its share is 0, not even how far it came.
    """
    if job.provider_job_id is None and not job.is_active:
        return CostRange(0.0, 0.0)  # nobody was ever asked for it
    if job.error_code in BAD_FILES:
        return CostRange(0.0, 0.0)  # nothing was trained
    price = _price(job)
    if price is None:
        return None
    if job.trained_tokens is not None or price == 0:
        return _of_tokens(job, price)
    if job.estimate is None or job.estimate.cost_low is None or job.estimate.cost_high is None:
        return None
    is_whole = job.status == "succeeded" or (not job.is_active and not share)
    done = 1.0 if is_whole else share
    low = 0.0 if job.status in {"failed", "cancelled"} else job.estimate.cost_low * done
    return CostRange(low, job.estimate.cost_high * done)


def _of_tokens(job: FineTuningJob, price: float) -> CostRange:
    """What its trained tokens come to; a job that went wrong may be spared the least price."""
    cost = cost_of(job.trained_tokens or 0, 1, price)
    least = job.estimate.least if job.estimate else 0.0
    if price == 0 or job.is_active:
        return CostRange(cost, cost)
    return CostRange(cost if job.status != "succeeded" else max(cost, least), max(cost, least))


def load_budget(store: Store, project_id: str, *, without: str = "") -> Budget:
    """A project's money, `without` counting the job under that id.

    Raises:
        NotFound: `project_gone`.
    """
    jobs = [job for job in store.load_jobs(project_id) if job.id != without]
    costs = [(job, _most(store, job)) for job in jobs]
    return Budget(
        limit=store.load_project(project_id).spend_limit,
        spent=sum(cost for job, cost in costs if cost and not job.is_active),
        promised=sum(cost for job, cost in costs if cost and job.is_active),
        unknown=sum(cost is None for _, cost in costs),
    )


def reckon_today(store: Store, job: FineTuningJob) -> Estimate | None:
    """A job's estimate at the price its model has today; as it was, where none is known today.

    Of a job from before estimates were kept, what it has trained is what is reckoned.
    """
    told = job.estimate
    if told is None and job.trained_tokens is not None:
        told = Estimate(job.trained_tokens, job.trained_tokens)
    profile = profile_of(find_connection(store, job.connection_id))
    model = profile.find_model(job.request.model) if profile else None
    if told is None or profile is None or model is None:
        return told
    model = priced_model(store, profile, model)
    return told if model.price.training is None else at_price(told, model, job.request)


def check_limit(
    store: Store, project_id: str | None, estimate: Estimate | None, *, without: str = ""
) -> None:
    """Let a training pass that stays within its project's limit, or costs nothing.

    without: the id of the job itself, where it is kept already.

    Raises:
        BadInput: `over_limit`; `limit_price_unknown` or `limit_passes_open`, where its cost cannot
            be reckoned, so that nobody can say whether it stays within.
        NotFound: `project_gone`.
    """
    if project_id is None or (estimate is not None and estimate.price == 0):
        return
    budget = load_budget(store, project_id, without=without)
    if budget.limit is None or budget.left is None:
        return
    if estimate is None or estimate.price is None:
        raise BadInput("limit_price_unknown", limit=format_usd(budget.limit))
    if estimate.cost_high is None:
        raise BadInput("limit_passes_open", limit=format_usd(budget.limit))
    if estimate.cost_high > budget.left:
        raise BadInput(
            "over_limit",
            cost=format_usd(estimate.cost_high),
            left=format_usd(budget.left),
            limit=format_usd(budget.limit),
        )


def _price(job: FineTuningJob) -> float | None:
    """US dollars per million tokens; this computer has never taken any."""
    if job.connection_id == THIS_COMPUTER:
        return 0.0
    return None if job.estimate is None else job.estimate.price


def _most(store: Store, job: FineTuningJob) -> float | None:
    """What a job may cost at most: all that it was reckoned to, while it may still go on.

    Where its price was not known when it was started, today's counts.
    """
    if _price(job) is None:
        job = replace(job, estimate=reckon_today(store, job))
    if job.is_active:
        whole = spent(replace(job, trained_tokens=None), share=1.0)  # more may yet be trained
    elif job.status == "succeeded" or job.trained_tokens is not None or not _price(job):
        whole = spent(job)
    else:
        whole = spent(job, progress_of(job, store.load_events(job.id)).share)
    return None if whole is None else whole.high
