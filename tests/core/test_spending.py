"""core/spending.py: what jobs have cost, and the limit that nothing is started beyond."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from core_events import START, a_step

from core.costs import CostRange
from core.errors import BadInput, NotFound
from core.jobs import Estimate, FineTuningJob, TrainingRequest
from core.prices import save_price
from core.spending import Budget, check_limit, load_budget, spent
from core.storage import Store

TEN = Estimate(1_000_000, 1_250_000, 8.0, 8.0, 10.0)  # up to ten dollars
FREE = Estimate(1_000, 1_000, 0.0, 0.0, 0.0)
UNPRICED = Estimate(1_000, 1_000)
OPEN = Estimate(1_000_000, 1_000_000, 8.0, 8.0, None)


def a_job(status: str = "running", name: str = "one", **more: object) -> FineTuningJob:
    """A job at a place that takes money, reckoned to cost up to ten dollars."""
    values = {"estimate": TEN, "provider_job_id": f"ft-{name}", **more}
    request = TrainingRequest("gpt-4o-mini")
    return FineTuningJob(name, "p", "openai", status, request, START, **values)  # type: ignore[arg-type]


def a_project(store: Store, limit: float | None, *jobs: FineTuningJob) -> str:
    """A project with a limit and these jobs."""
    project = store.create_project("Mine", priced_for="openai:gpt-4o-mini")
    store.save_spend_limit(project.id, limit)
    for job in jobs:
        store.save_job(replace(job, project_id=project.id))
    return project.id


# What a job has cost


def test_what_was_trained_is_what_it_cost() -> None:
    """The provider's own count, at the price of the day on which it was started."""
    done = a_job("succeeded", trained_tokens=1_100_000)
    assert spent(done) == CostRange(pytest.approx(8.8), pytest.approx(8.8))


def test_a_least_price_is_what_it_cost() -> None:
    """However few tokens were trained; a job that went wrong may be spared it."""
    little = replace(TEN, least=4.0)
    done = a_job("succeeded", estimate=little, trained_tokens=1_000)
    assert spent(done) == CostRange(4.0, 4.0)
    broken = a_job("cancelled", estimate=little, trained_tokens=1_000)
    assert spent(broken) == CostRange(pytest.approx(0.008), 4.0)


def test_while_it_runs_its_share_counts() -> None:
    """A quarter of the way is a quarter of the estimate."""
    assert spent(a_job(), 0.25) == CostRange(2.0, 2.5)
    assert spent(a_job()) == CostRange(0, 0)


def test_a_job_that_ended_without_a_count_cost_what_was_reckoned() -> None:
    """The estimate stands where the provider names no tokens."""
    assert spent(a_job("succeeded")) == CostRange(8.0, 10.0)


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_broke_off_may_cost_nothing_or_its_share(status: str) -> None:
    """Some bill what was trained until then, some do not."""
    assert spent(a_job(status), 0.5) == CostRange(0.0, 5.0)


def test_what_broke_off_nobody_knows_where_may_cost_all_of_it() -> None:
    """Some places tell no steps: no share is not the same as nothing."""
    assert spent(a_job("cancelled")) == CostRange(0.0, 10.0)


def test_examples_that_were_turned_down_cost_nothing() -> None:
    """The place read them and began nothing."""
    assert spent(a_job("failed", error_code="invalid_training_file")) == CostRange(0, 0)


def test_a_job_that_nobody_was_asked_for_cost_nothing() -> None:
    """Its files never arrived, or the place refused."""
    assert spent(a_job("failed", provider_job_id=None)) == CostRange(0, 0)


@pytest.mark.parametrize("told", [None, UNPRICED])
def test_without_a_price_nobody_knows(told: Estimate | None) -> None:
    """Unknown is not free."""
    assert spent(a_job("succeeded", estimate=told, trained_tokens=5)) is None


def test_this_computer_never_costs() -> None:
    """Neither a job from before estimates were kept."""
    old = replace(a_job("succeeded", estimate=None), connection_id="this_computer")
    assert spent(old) == CostRange(0, 0)


# A project's money


def test_a_budget_adds_up_what_ended_and_what_may_still_go_on(store: Store) -> None:
    """A job that runs counts with all that it may cost, so that two cannot share the rest."""
    project = a_project(
        store, 30.0,
        a_job("succeeded", "done", trained_tokens=1_000_000),
        a_job("running", "runs"),
        a_job("saved", "waits", provider_job_id=None),
        a_job("succeeded", "odd", estimate=None),
    )  # fmt: skip
    budget = load_budget(store, project)
    assert budget == Budget(30.0, spent=8.0, promised=20.0, unknown=1)
    assert budget.left == pytest.approx(2.0)


def test_a_job_that_broke_off_counts_as_far_as_it_came(store: Store) -> None:
    """Its last step says how far that was."""
    project = a_project(store, 30.0, a_job("cancelled"), a_job("failed", "silent"))
    store.save_events("one", [a_step(40, total=100)])
    assert load_budget(store, project).spent == pytest.approx(4.0 + 10.0)


@pytest.mark.parametrize("so_far", [0, 500_000])
def test_what_a_job_has_trained_so_far_takes_nothing_off_its_promise(
    store: Store, so_far: int
) -> None:
    """It goes on: the rest, and the least price, are still to come."""
    project = a_project(store, 15.0, a_job(trained_tokens=so_far))
    assert load_budget(store, project).promised == 10.0
    with pytest.raises(BadInput, match="over_limit"):
        check_limit(store, project, TEN)


def test_a_price_that_is_entered_later_counts_for_what_was_started_before(store: Store) -> None:
    """Until then nobody knows; a job from before estimates were kept counts with its tokens."""
    save_price(store, "openai", "gpt-4o-mini", training=None, on=date(2026, 11, 23))
    project = a_project(
        store, 30.0,
        a_job("succeeded", "old", estimate=None, trained_tokens=500_000),
        a_job("succeeded", "told", estimate=Estimate(1_000_000, 1_250_000)),
        a_job("running", "runs", estimate=Estimate(1_000_000, 1_250_000)),
    )  # fmt: skip
    assert load_budget(store, project) == Budget(30.0, spent=0, promised=0, unknown=3)
    save_price(store, "openai", "gpt-4o-mini", training=8.0, on=date(2026, 11, 23))
    assert load_budget(store, project) == Budget(30.0, spent=14.0, promised=10.0, unknown=0)


def test_more_than_the_limit_leaves_nothing(store: Store) -> None:
    """A limit that was lowered below what is spent leaves zero, not less."""
    project = a_project(store, 1.0, a_job("succeeded"))
    assert load_budget(store, project).left == 0


def test_other_projects_do_not_count(store: Store) -> None:
    """Each has a limit of its own."""
    a_project(store, 5.0, a_job())
    assert load_budget(store, a_project(store, 5.0)).left == 5.0


# The limit


def test_a_limit_is_kept_changed_and_taken_away(store: Store) -> None:
    """It stays with the project; one that is gone has none."""
    project = a_project(store, 12.5)
    assert store.load_project(project).spend_limit == 12.5
    store.save_spend_limit(project, None)
    assert store.load_project(project).spend_limit is None
    with pytest.raises(NotFound):
        store.save_spend_limit("nowhere", 1.0)


@pytest.mark.parametrize(("limit", "passes"), [(10.0, True), (9.99, False), (None, True)])
def test_a_training_that_may_cost_more_is_refused(
    store: Store, limit: float | None, passes: bool
) -> None:
    """The upper end counts, to the cent; without a limit everything goes."""
    project = a_project(store, limit)
    if passes:
        check_limit(store, project, TEN)
        return
    with pytest.raises(BadInput) as refused:
        check_limit(store, project, TEN)
    assert refused.value.code == "over_limit"
    assert refused.value.params == {"cost": "$10.00", "left": "$9.99", "limit": "$9.99"}


def test_what_is_promised_is_not_given_twice(store: Store) -> None:
    """A second job beside the first is refused; the first itself, asked again, is not."""
    project = a_project(store, 15.0, a_job())
    with pytest.raises(BadInput, match="over_limit"):
        check_limit(store, project, TEN)
    check_limit(store, project, TEN, without="one")


@pytest.mark.parametrize(
    ("told", "code"),
    [(UNPRICED, "limit_price_unknown"), (None, "limit_price_unknown"), (OPEN, "limit_passes_open")],
)
def test_what_cannot_be_reckoned_cannot_be_let_through(
    store: Store, told: Estimate | None, code: str
) -> None:
    """Nobody can say that it stays within; without a limit it is one's own affair."""
    with pytest.raises(BadInput) as refused:
        check_limit(store, a_project(store, 1_000_000.0), told)
    assert refused.value.code == code
    check_limit(store, a_project(store, None), told)


def test_what_is_free_is_never_refused(store: Store) -> None:
    """Even where the limit is used up."""
    check_limit(store, a_project(store, 0.0, a_job("succeeded")), FREE)


def test_a_job_of_no_project_has_no_limit(store: Store) -> None:
    """It was started elsewhere."""
    check_limit(store, None, TEN)
