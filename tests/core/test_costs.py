"""Tests of core.costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs import (
    CostRange,
    cost_of,
    cost_range,
    epochs_for,
    format_cost_range,
    format_price,
    format_usd,
    token_range,
)
from core.providers.profiles import Epochs, find_model

OPENAI = Epochs(target=3, highest=25, examples_min=100, examples_max=25_000)


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(0, 25), (1, 25), (3, 25), (4, 25), (5, 20), (10, 10), (33, 3), (34, 3), (8_333, 3),
     (8_334, 2), (12_500, 2), (12_501, 1), (25_001, 1), (1_000_000, 1)],
)  # fmt: skip
def test_openai_rule_for_passes(examples, epochs):
    """Three passes; more for few examples, fewer for very many, at least one."""
    assert epochs_for(OPENAI, examples) == epochs


def test_a_rule_without_bounds_is_its_target():
    """A place that always makes the same number of passes."""
    assert {epochs_for(Epochs(target=50, highest=50), n) for n in (0, 1, 10, 10**6)} == {50}


@given(st.integers(0, 10**7))
def test_passes_stay_within_their_bounds(examples):
    """Whatever the number of examples, 1 to 25 passes."""
    assert 1 <= epochs_for(OPENAI, examples) <= 25


def test_the_article_price():
    """100,000 tokens, 3 passes at $0.008 per 1,000 are $2.40, by the profile's own price."""
    price = find_model("gpt-3.5-turbo")[1].price.training
    assert price == 8.0
    assert cost_of(100_000, 3, price) == pytest.approx(2.40)
    assert format_usd(cost_of(100_000, 3, price)) == "$2.40"


def test_a_cost_is_a_range_in_order():
    """From what is probably billed to what the published checker would bill."""
    assert cost_range(681, 701, 10, 8.0) == CostRange(
        pytest.approx(0.05448), pytest.approx(0.05608)
    )
    assert cost_range(701, 681, 10, 8.0) == cost_range(681, 701, 10, 8.0)


def test_a_least_price_is_billed_in_any_case():
    """However few tokens there are; beyond it the tokens count."""
    assert cost_range(100, 200, 1, 1.0, least=4.0) == CostRange(4.0, 4.0)
    assert cost_range(1_000_000, 9_000_000, 1, 1.0, least=4.0) == CostRange(4.0, 9.0)


def test_a_vocabulary_that_stands_in_widens_the_range():
    """Exact counts stay as they are, in order; the others reach from fewer to more."""
    assert token_range(1_100, 1_000, exact=True) == (1_000, 1_100)
    assert token_range(1_100, 1_000, exact=False) == (800, 1_650)


@pytest.mark.parametrize(
    ("price", "text"), [(3.0, "3"), (0.4, "0.40"), (0.005, "0.005"), (2.55, "2.55"), (0.0, "0")]
)
def test_prices_are_written_for_people(price, text):
    """Whole dollars without cents, cents in twos, next to nothing in full."""
    assert format_price(price) == text


def test_an_unknown_price_gives_no_cost():
    """Unknown is not free."""
    assert cost_range(1, 2, 3, None) is None
    assert cost_range(1, 2, 3, 0.0) == CostRange(0.0, 0.0)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0.0, "$0.00"), (0.01, "$0.01"), (0.00001, "<$0.0001"), (0.00005, "$0.0001"),
     (0.01473, "$0.0147"), (0.5, "$0.50"), (0.99994, "$0.9999"), (0.99996, "$1.00"),
     (1.0, "$1.00"), (2.4, "$2.40"), (1234.5, "$1,234.50"), (1_234_567.891, "$1,234,567.89")],
)  # fmt: skip
def test_dollars_are_written_for_people(amount, text):
    """Four decimals below a dollar, two above."""
    assert format_usd(amount) == text


def test_a_range_is_written_once_where_its_ends_read_the_same():
    """Two ends that look alike are one figure."""
    assert format_cost_range(CostRange(0.01473, 0.01563)) == "$0.0147 – $0.0156"
    assert format_cost_range(CostRange(2.401, 2.402)) == "$2.40"
