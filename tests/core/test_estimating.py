"""core/estimating.py: what a training will take, before it is started."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs import STAND_IN_HIGH, STAND_IN_LOW
from core.editing import DEFAULT_PRICED_FOR, count_missing, priced_for
from core.estimating import LATEST, RUN_HIGH, RUN_LOW, estimate
from core.jobs import Estimate, FineTuningJob, TrainingRequest
from core.providers.profiles import Model, Pace, Price, Profile, load_profile
from core.storage import Store
from core.summary import Summary, summarise
from core.templates import find_template
from core.transfer import create_project

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PACE = Pace(60, 600, 100, 1_000, date(2026, 11, 23), "https://example.com")
OPENAI = replace(load_profile("openai"), pace=PACE)
GPT = OPENAI.model("gpt-4o-mini")
SERVER = load_profile("openai_compatible")


def weather(store: Store, priced: str = DEFAULT_PRICED_FOR) -> Summary:
    """The article's ten examples, as they are counted for a place and a base model."""
    project = create_project(store, "W", find_template("weather_jokes"))
    profile, model = priced_for(replace(project, priced_for=priced))
    assert all(share <= 1 for share in count_missing(store, project, model.encoding))
    return summarise(store, project, profile, model)


def a_past_job(
    seconds: float, tokens: int, *, ago: int = 1, model: str = GPT.id, status: str = "succeeded",
    n_epochs: int | None = None, **more: object,
) -> FineTuningJob:  # fmt: skip
    """A job that ended `ago` days ago, after so many seconds on so many tokens."""
    began = NOW - timedelta(days=ago)
    job = FineTuningJob(
        f"job-{ago}-{seconds}", "p", "openai", status, TrainingRequest(model, n_epochs), began,
        trained_tokens=tokens, finished_at=began + timedelta(seconds=seconds),
    )  # fmt: skip
    return replace(job, **more)  # type: ignore[arg-type]


def of(
    summary: Summary,
    *past: FineTuningJob,
    profile: Profile = OPENAI,
    model: Model = GPT,
    **asked: int,
) -> Estimate:
    """The estimate for a request, with these jobs behind one."""
    return estimate(summary, profile, model, TrainingRequest(model.id, **asked), past)


def test_the_article_s_job(store: Store) -> None:
    """6,810 tokens billed in ten passes at $8 a million, and what its own checker would bill."""
    old = OPENAI.model("gpt-3.5-turbo")
    found = of(weather(store, "openai:gpt-3.5-turbo"), model=old)
    assert (found.tokens_low, found.tokens_high) == (6_810, 7_010)
    assert (found.cost_low, found.cost_high) == pytest.approx((0.05448, 0.05608))
    assert found.price == 8.0


def test_passes_of_one_s_own_count_instead_of_automatic_ones(store: Store) -> None:
    """Half as many passes are half as many tokens and dollars."""
    summary = weather(store)
    whole, half = of(summary), of(summary, n_epochs=summary.epochs // 2)
    assert half.tokens_low * 2 == whole.tokens_low
    assert half.cost_high == pytest.approx((whole.cost_high or 0) / 2)


def test_a_vocabulary_that_stands_in_makes_the_range_wider(store: Store) -> None:
    """Nobody can count exactly what is cut with scissors that one does not have."""
    summary = weather(store)
    exact, near = of(summary), of(summary, model=replace(GPT, exact=False))
    assert near.tokens_low == pytest.approx(exact.tokens_low * STAND_IN_LOW, rel=0.01)
    assert near.tokens_high == pytest.approx(exact.tokens_high * STAND_IN_HIGH, rel=0.01)


def test_an_unknown_price_is_not_free(store: Store) -> None:
    """No price, no cost; a price of nothing costs nothing."""
    summary = weather(store)
    unknown = replace(GPT, price=Price(None, None, None, None, ""))
    assert (of(summary, model=unknown).cost_low, of(summary, model=unknown).cost_high) == (
        None,
    ) * 2
    free = replace(GPT, price=replace(GPT.price, training=0.0))
    assert (of(summary, model=free).cost_low, of(summary, model=free).cost_high) == (0, 0)


def test_where_only_the_server_knows_its_passes_no_upper_end_is_known(store: Store) -> None:
    """One pass is the least that it may cost; how many it makes, one can say oneself."""
    price = Price(1.0, None, None, None, "yours")
    model = replace(SERVER.model("llama"), price=price)
    summary = weather(store, "openai_compatible:llama")
    told = of(summary, profile=SERVER, model=model)
    assert told.cost_low == pytest.approx(told.tokens_low / 1e6)
    assert told.cost_high is None
    assert of(summary, profile=SERVER, model=model, n_epochs=3).cost_high == pytest.approx(
        told.tokens_high * 3 / 1e6
    )
    free = replace(model, price=replace(price, training=0.0))
    assert of(summary, profile=SERVER, model=free).cost_high == 0


def test_a_least_price_is_the_lower_end_too(store: Store) -> None:
    """Ten examples cost as much as the place bills at the least."""
    summary = weather(store)
    model = replace(GPT, price=replace(GPT.price, least=4.0))
    told = of(summary, model=model)
    assert (told.cost_low, told.cost_high, told.least) == (4.0,) * 3


def test_validation_is_reckoned_where_it_is_billed(store: Store) -> None:
    """Five times over five examples, beside ten passes over ten: a quarter more."""
    summary = weather(store)
    request, billing = TrainingRequest(GPT.id, n_epochs=10), replace(OPENAI, billed_validations=5)
    alone = estimate(summary, billing, GPT, request, [])
    tested = estimate(summary, billing, GPT, request, [], validation=5)
    assert tested.tokens_low == pytest.approx(alone.tokens_low * 1.25, abs=1)
    assert estimate(summary, OPENAI, GPT, request, [], validation=5) == alone


# Time


def test_the_pace_of_the_place_gives_a_rough_time(store: Store) -> None:
    """The shortest wait and the fastest learning, and the longest and the slowest."""
    found = of(weather(store))
    assert found.seconds_low == pytest.approx(60 + found.tokens_low / 1_000)
    assert found.seconds_high == pytest.approx(600 + found.tokens_high / 100)
    assert found.measured_on == 0


def test_nothing_is_said_of_time_where_nothing_is_known(store: Store) -> None:
    """Neither a pace nor a job of one's own; and nobody knows how often the server reads."""
    summary = weather(store)
    assert of(summary, profile=replace(OPENAI, pace=None)).seconds_low is None
    paced = replace(SERVER, pace=PACE)
    assert of(summary, profile=paced, model=SERVER.model("llama")).seconds_high is None


def test_a_job_of_one_s_own_says_it_better(store: Store) -> None:
    """The same again takes as long as last time, give or take what the machine has to do."""
    summary = weather(store)
    first = of(summary)
    past = a_past_job(300, 5, estimate=first)
    again = of(summary, past)
    assert again.measured_on == 1
    assert (again.seconds_low, again.seconds_high) == pytest.approx((300 * RUN_LOW, 300 * RUN_HIGH))


def test_waiting_does_not_grow_with_the_examples(store: Store) -> None:
    """Ten times as much to learn: only what was not waiting takes ten times as long."""
    summary = weather(store)
    tokens = (of(summary).tokens_low + of(summary).tokens_high) // 2
    found = of(summary, a_past_job(700, tokens // 10))
    assert found.seconds_low == pytest.approx((600 + 100 * 10) * RUN_LOW, rel=0.01)
    assert found.seconds_high == pytest.approx((60 + 640 * 10) * RUN_HIGH, rel=0.01)


def test_one_odd_job_does_not_spoil_the_time(store: Store) -> None:
    """A job that was paused overnight is outvoted by the others."""
    summary = weather(store)
    tokens = (of(summary).tokens_low + of(summary).tokens_high) // 2
    past = [
        a_past_job(seconds, tokens, ago=ago) for ago, seconds in enumerate((90, 90_000, 100), 1)
    ]
    assert of(summary, *past).seconds_high == pytest.approx(100 * RUN_HIGH, rel=0.01)


@pytest.mark.parametrize(
    "other",
    [
        {"status": "failed"},
        {"status": "running", "finished_at": None},
        {"model": "gpt-4o"},
        {"trained_tokens": None},
        {"trained_tokens": 0},
        {"finished_at": NOW - timedelta(days=9)},
    ],
)
def test_jobs_that_tell_nothing_of_the_time_are_passed_over(
    store: Store, other: dict[str, object]
) -> None:
    """Those that did not end well, of another model, or without what one would reckon with."""
    given: dict[str, object] = {"seconds": 10.0, "tokens": 100, **other}
    assert of(weather(store), a_past_job(**given)).measured_on == 0  # type: ignore[arg-type]


def test_only_the_latest_jobs_count(store: Store) -> None:
    """A place that has become faster is not held to its past, in whatever order jobs come."""
    summary = weather(store)
    tokens = (of(summary).tokens_low + of(summary).tokens_high) // 2
    new = [a_past_job(100, tokens, ago=ago) for ago in range(1, LATEST + 1)]
    old = [a_past_job(5_000, tokens, ago=ago) for ago in range(100, 120)]
    found = of(summary, *old, *new)
    assert found.measured_on == LATEST
    assert found.seconds_high == pytest.approx(100 * RUN_HIGH, rel=0.01)


def test_a_job_named_as_the_provider_does_counts_too(store: Store) -> None:
    """One that was started elsewhere carries the model's dated name."""
    assert of(weather(store), a_past_job(50, 100, model=GPT.train_as)).measured_on == 1


@given(
    st.integers(0, 10**9), st.integers(0, 10**9), st.booleans(), st.integers(1, 50),
    st.floats(0, 100), st.lists(st.tuples(st.floats(0.1, 1e6), st.integers(1, 10**9)), max_size=8),
)  # fmt: skip
def test_every_range_is_in_order(
    billed: int, published: int, exact: bool, passes: int, price: float,
    past: list[tuple[float, int]],
) -> None:  # fmt: skip
    """Whatever is counted and whatever came before, no lower end lies above its upper one."""
    summary = Summary(10, 0, 10, 10, (), billed, published, 3, None, 0, None, None, 0, 0)  # type: ignore[arg-type]
    model = replace(GPT, exact=exact, price=replace(GPT.price, training=price))
    jobs = [a_past_job(*job, ago=n, n_epochs=1) for n, job in enumerate(past, 1)]
    found = of(summary, *jobs, model=model, n_epochs=passes)
    assert found.tokens_low <= found.tokens_high
    assert 0 <= (found.cost_low or 0) <= (found.cost_high or 0)
    assert 0 <= (found.seconds_low or 0) <= (found.seconds_high or 0)
