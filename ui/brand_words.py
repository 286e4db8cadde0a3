"""Brand rules in words: what a rule asks for, in one line."""

from __future__ import annotations

from core.brand.values import NUMBERS, STYLE, BrandRule
from ui.text import t


def rule_words(rule: BrandRule) -> str:
    """The rule as a sentence."""
    if rule.kind in NUMBERS:
        return t(f"quality.brand_told_{rule.kind}", n=rule.number)
    if rule.kind == STYLE:
        return t(f"quality.brand_style_{rule.text}")
    kind = f"{rule.kind}_instead" if rule.instead else rule.kind
    told = t(f"quality.brand_told_{kind}", text=rule.text, instead=rule.instead)
    return t("quality.brand_as_written", rule=told) if rule.match_case else told
