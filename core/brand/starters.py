"""Brand rules to begin with, in the language that the examples are written in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.brand.values import AVOID, FULL_WIDTH, OPENING, PREFER, STYLE, BrandRule
from core.voice.habits import CHINESE, LATIN

STARTERS: Mapping[str, tuple[BrandRule, ...]] = MappingProxyType(
    {
        LATIN: (
            BrandRule(OPENING, "As an AI"),
            BrandRule(OPENING, "As a language model"),
            BrandRule(OPENING, "Certainly!"),
            BrandRule(OPENING, "Great question"),
            BrandRule(AVOID, "!!", "!"),
            BrandRule(PREFER, "e-mail", "email"),
            BrandRule(AVOID, "delve"),
            BrandRule(AVOID, "at your earliest convenience", "soon"),
        ),
        CHINESE: (
            BrandRule(OPENING, "作为一个AI"),
            BrandRule(OPENING, "作为一名人工智能"),
            BrandRule(OPENING, "作为人工智能"),
            BrandRule(OPENING, "好的，以下是"),
            BrandRule(STYLE, FULL_WIDTH),
            BrandRule(AVOID, "！！", "！"),
            BrandRule(PREFER, "帐号", "账号"),
            BrandRule(AVOID, "综上所述"),
        ),
    }
)
