"""What training costs: passes by the provider's rule, tokens, and US dollars as a range."""

from __future__ import annotations

from dataclasses import dataclass

from core.providers.profiles import Epochs

PRICE_UNIT = 1_000_000  # prices are per million tokens
# What a model's own vocabulary may make of a text, beside the similar one that is counted with.
STAND_IN_LOW, STAND_IN_HIGH = 0.8, 1.5


@dataclass(frozen=True, slots=True)
class CostRange:
    """US dollars, from what is probably billed to what the published checker would bill."""

    low: float
    high: float


def epochs_for(rule: Epochs, examples: int) -> int:
    """How many passes a provider makes over so many examples when none are asked for.

    Source of the rule's shape: OpenAI Cookbook, "Data preparation and analysis for chat model
    fine-tuning". No examples count as one.
    """
    count = max(examples, 1)
    if count * rule.target < rule.examples_min:
        return min(rule.highest, rule.examples_min // count)
    if rule.examples_max is not None and count * rule.target > rule.examples_max:
        return max(1, rule.examples_max // count)
    return rule.target


def cost_of(tokens: int, epochs: int, price_per_million: float) -> float:
    """US dollars for so many tokens a pass."""
    return tokens * epochs * price_per_million / PRICE_UNIT


def token_range(billed: int, published: int, *, exact: bool) -> tuple[int, int]:
    """Between the two ways to count the tokens; wider where the vocabulary is not the model's."""
    low, high = sorted((billed, published))
    return (low, high) if exact else (round(low * STAND_IN_LOW), round(high * STAND_IN_HIGH))


def cost_range(
    billed: int, published: int, epochs: int, price_per_million: float | None, least: float = 0.0
) -> CostRange | None:
    """The cost between the two ways to count the tokens of a pass; None where no price is known.

    least: what is billed in any case, in US dollars.
    """
    if price_per_million is None:
        return None
    low, high = sorted(cost_of(tokens, epochs, price_per_million) for tokens in (billed, published))
    return CostRange(max(low, least), max(high, least))


def format_usd(amount: float) -> str:
    """Dollars for a person: whole cents from $1 on or where that is all, else four decimals.

    Next to nothing is `<$0.0001`.
    """
    if 0 < amount < 0.000_05:
        return "<$0.0001"
    is_small = round(amount, 4) < 1 and round(amount, 4) != round(amount, 2)
    return f"${amount:,.4f}" if is_small else f"${amount:,.2f}"


def format_price(price: float) -> str:
    """US dollars per million tokens for a person, without the sign: 3, 0.40, 0.005."""
    return f"{price:g}" if price < 0.01 or price == round(price) else f"{price:.2f}"


def format_cost_range(cost: CostRange) -> str:
    """Both ends for a person, or one where they read the same."""
    low, high = format_usd(cost.low), format_usd(cost.high)
    return low if low == high else f"{low} – {high}"
