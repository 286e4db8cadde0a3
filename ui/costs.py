"""Costs in words: free and unknown are words, a cost is a range with its source."""

from __future__ import annotations

from core.costs import format_cost_range
from core.providers.profiles import Model
from core.summary import Summary
from ui.text import t


def cost_words(summary: Summary) -> str:
    """The cost of one training."""
    if summary.cost is None:
        return t("cost.unknown")
    return t("cost.free") if summary.cost.high == 0 else format_cost_range(summary.cost)


def cost_tip(model: Model) -> str:
    """Where the price comes from, and what the two ends of the range are."""
    if model.price.training is None or model.price.as_of is None:
        return t("cost.tip_unknown")
    if model.price.training == 0:
        return t("cost.tip_free")
    return t(
        "cost.tip",
        price=f"{model.price.training:g}",
        source=t(f"price_source.{model.price.source}"),
        date=model.price.as_of.isoformat(),
    )
