"""Repairs by the brand's rules: what a rule says to write instead, in every reply at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from core.brand.matching import ENDS, PREFERRED, BrandMatcher, Hit
from core.chinese import has_han
from core.examples import ASSISTANT, Example
from core.findings import Severity
from core.rules import Checks, check_example_once
from core.rules.brand import matcher_for

# What closes code does not, once anything else stands on its line.
_FENCE_LAST = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})\Z", re.MULTILINE)
_ROUNDS = 5  # a word that is written instead may be one that is written otherwise, too


def write_preferred(example: Example, checks: Checks) -> Example:
    """Every reply with what its brand prefers to write."""
    return _each_reply(example, checks, PREFERRED, _replaced)


def end_as_wanted(example: Example, checks: Checks) -> Example:
    """Every reply with the ending that it should have."""
    return _each_reply(example, checks, ENDS, _ended)


def _each_reply(
    example: Example, checks: Checks, code: str, mend: Callable[[str, Sequence[Hit]], str]
) -> Example:
    """The mended example; one where that would bring something new to look at stays."""
    if not checks.brand:
        return example
    matcher, mended = matcher_for(checks), example
    for index, message in enumerate(example.messages):
        if message.role == ASSISTANT and message.text and message.weight != 0:
            text = _mended(message.text, matcher, code, mend)
            if text != message.text:
                after = mended.with_message(index, message.with_value("content", text))
                mended = after if _is_no_worse(mended, after, checks) else mended
    return mended


def _mended(
    text: str, matcher: BrandMatcher, code: str, mend: Callable[[str, Sequence[Hit]], str]
) -> str:
    """The text without any hit of this code; as it was, where two rules want two things."""
    now = text
    for _ in range(_ROUNDS):
        hits = [hit for hit in matcher.find(now) if hit.code == code]
        if not hits:
            return now
        now = mend(now, hits)
    return text


def _is_no_worse(before: Example, after: Example, checks: Checks) -> bool:
    return _grave(after, checks) <= _grave(before, checks)


def _grave(example: Example, checks: Checks) -> set[str]:
    found = check_example_once(example, checks)
    return {finding.code for finding in found if finding.severity is not Severity.ADVICE}


def _replaced(text: str, hits: Sequence[Hit]) -> str:
    for hit in reversed(hits):  # from the end, so that the places before it stay what they are
        text = text[: hit.start] + hit.instead + text[hit.end :]
    return text


def _ended(text: str, hits: Sequence[Hit]) -> str:
    """What is missing, set off as its first sign and the script ask for."""
    text, ending = text.rstrip(), hits[0].instead
    if _FENCE_LAST.search(text):
        return f"{text}\n\n{ending}"
    is_sign = re.match(r"[^\w\s]", ending) and ending[0] not in "\"'“‘(*_[#@"
    return text + ("" if is_sign or has_han(text[-1:] + ending[:1]) else " ") + ending
