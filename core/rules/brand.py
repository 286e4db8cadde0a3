"""The rules of a brand: what a project's own list says of every reply that is learned from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from textwrap import shorten

from core.brand.matching import BrandMatcher, Hit
from core.brand.values import STYLE
from core.examples import ASSISTANT, Example
from core.findings import Finding
from core.rules.checks import Checks
from core.rules.codes import find
from core.rules.registry import project_rule

_TOLD = 60  # characters of a text that a sentence repeats


@project_rule
def brand(example: Example, checks: Checks) -> Iterator[Finding]:
    """A reply says what the brand says, and says it so.

    Not what is asked, and not the instructions: a brand has no say in the one, and the other may
    name what is to be avoided. Nor replies of weight 0, which nobody learns from.
    """
    if not checks.brand:
        return
    matcher = matcher_for(checks)
    for index, message in enumerate(example.messages):
        if message.role == ASSISTANT and message.text and message.weight != 0:
            for hit in matcher.find(message.text):
                yield _told(hit, index)


@lru_cache(maxsize=16)
def matcher_for(checks: Checks) -> BrandMatcher:
    """The rules of a project, made ready once for all its examples."""
    return BrandMatcher(checks.brand)


def _told(hit: Hit, index: int) -> Finding:
    """`detail` is the kind of the rule, or the way of setting Chinese."""
    rule = hit.rule
    return find(
        hit.code,
        message=index,
        key="content",
        start=hit.start,
        end=hit.end,
        detail=rule.text if rule.kind == STYLE else rule.kind,
        said=_short(hit.said),
        instead=_short(hit.instead),
        rule=_short(rule.text),
    )


def _short(text: str) -> str:
    return shorten(text, _TOLD, placeholder=" …") if len(text) > _TOLD else text
