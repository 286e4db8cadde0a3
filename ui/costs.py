"""Costs in words: free and unknown are words, a cost is a range with its source."""

from __future__ import annotations

from core.costs import CostRange, format_cost_range, format_price, format_usd
from core.jobs import Estimate
from core.providers.profiles import Model
from core.summary import Summary
from ui.text import knows, t


def cost_words(summary: Summary) -> str:
    """The cost of one training."""
    return range_words(summary.cost)


def range_words(cost: CostRange | None) -> str:
    """A cost, or what a job has cost."""
    if cost is None:
        return t("cost.unknown")
    return t("cost.free") if cost.high == 0 else format_cost_range(cost)


def estimate_words(told: Estimate) -> str:
    """What a training is reckoned to cost; at least so much, where no upper end is known."""
    if told.cost_low is None:
        return t("cost.unknown")
    if told.cost_high is None:
        return t("cost.at_least", cost=format_usd(told.cost_low))
    return range_words(CostRange(told.cost_low, told.cost_high))


def cost_tip(model: Model, told: Estimate | None = None) -> str:
    """Where the price comes from, and what the two ends of the range are.

    told: what a training is reckoned to cost, where it may be no more than the least charge.
    """
    if model.price.training is None or model.price.as_of is None:
        return t("cost.tip_unknown" if told is None else "cost.tip_unknown_here")
    if model.price.training == 0:
        return t("cost.tip_free")
    source = f"price_source.{model.price.source}"
    words = "cost.tip" if model.exact else "cost.tip_stand_in"
    if told is not None and told.least and told.cost_high == told.least:
        words = "cost.tip_least"
    return t(
        words,
        price=format_price(model.price.training),
        source=t(source) if knows(source) else model.price.source,
        date=model.price.as_of.isoformat(),
    )
