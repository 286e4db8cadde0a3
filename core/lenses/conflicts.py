"""How two replies to the same question conflict: what a person should judge, by a reason's code.

Nothing here knows what is true. It sees that one refuses and one answers, that one says yes and
one no, that the same unit has another number, or that they are of different kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rapidfuzz import fuzz

from core.lenses.conflict_words import (
    CHATTY,
    FIRST_SENTENCE,
    FORMAL,
    IS_SORRY,
    JSON,
    MAY,
    MAY_NOT,
    NEGATIONS,
    NO,
    OPPOSITES,
    REFUSES,
    STRUCTURE,
    YES,
)
from core.lenses.measures import read_measures
from core.scripts import LATIN, MIXED, OTHER, script_in

# From the most suspicious to the least, with how suspicious it is.
REASONS: Mapping[str, float] = {
    "refusal": 0.98,  # one refuses, one answers
    "yes_no": 0.95,
    "opposite": 0.9,  # a word and its opposite, or hardly a difference but a "not"
    "numbers": 0.85,  # another number of the same thing
    "language": 0.75,
    "format": 0.7,  # one is JSON, one prose
    "structure": 0.65,  # one is a list, a table or has headings, one is a line of prose
    "tone": 0.6,  # one formal, one chatty
}

_OPENING = 160  # characters in which a reply says what it is
_NEARLY = 80.0  # of 100: so much alike that a "not" or a number is all that differs
_A_LETTER = re.compile(r"[^\W\d_]")


def find_conflict(one: str, other: str, alike: float) -> str:
    """The most suspicious of `REASONS` for these two replies; "" where none holds.

    alike: how much their texts are, from 0 to 100, as rapidfuzz tells it.
    """
    for reason, differs in _JUDGES.items():
        if differs(one, other, alike):
            return reason
    return ""


def is_refusal(reply: str) -> bool:
    """Whether a reply begins by turning down what was asked."""
    return REFUSES.search(reply[:_OPENING].replace("’", "'")) is not None


def _one_refuses(one: str, other: str, alike: float) -> bool:
    """One who is sorry or says no does not answer either, whatever the words."""
    if is_refusal(one) == is_refusal(other):
        return False
    answer = other if is_refusal(one) else one
    return _polarity(answer) >= 0 and IS_SORRY.search(answer[:_OPENING]) is None


def _yes_and_no(one: str, other: str, alike: float) -> bool:
    return {_polarity(one), _polarity(other)} == {1, -1}


def _polarity(reply: str) -> int:
    """1 where it begins with yes or allows, -1 with no or forbids, 0 with neither."""
    if NO.search(reply) or YES.search(reply):
        return -1 if NO.search(reply) else 1
    opening = FIRST_SENTENCE.match(reply)
    said = opening[0] if opening else ""
    if MAY_NOT.search(said):
        return -1
    return 1 if MAY.search(said) else 0


def _is_turned_round(one: str, other: str, alike: float) -> bool:
    """One word and its opposite; or hardly any difference, but one says "not" once more."""
    if any(_stand_against(one, other, *pair) for pair in OPPOSITES):
        return True
    if alike < _NEARLY:
        return False
    return (len(NEGATIONS.findall(one)) - len(NEGATIONS.findall(other))) % 2 == 1


def _stand_against(one: str, other: str, this: re.Pattern[str], that: re.Pattern[str]) -> bool:
    """Whether one reply has only the word, and the other only its opposite."""
    has = [(bool(this.search(reply)), bool(that.search(reply))) for reply in (one, other)]
    return sorted(has) == [(False, True), (True, False)]


def _counts_differently(one: str, other: str, alike: float) -> bool:
    """The same unit with no number in common; all else alike, without a unit too."""
    here, there = read_measures(one), read_measures(other)
    units = [unit for unit in here.keys() & there.keys() if unit or alike >= _NEARLY]
    return any(here[unit].isdisjoint(there[unit]) for unit in units)


def _other_language(one: str, other: str, alike: float) -> bool:
    """Written in different scripts; a word or two are no language."""
    scripts = {script_in(one), script_in(other)} - {"", MIXED, OTHER}
    return len(scripts) == 2 and (LATIN not in scripts or _has_words(one, other))


def _has_words(*replies: str) -> bool:
    """Whether all in Latin letters are more than a name or a number with its unit."""
    return all(script_in(r) != LATIN or len(_A_LETTER.findall(r)) >= 12 for r in replies)


def _one_is_json(one: str, other: str, alike: float) -> bool:
    return (JSON.match(one) is None) != (JSON.match(other) is None)


def _one_is_structured(one: str, other: str, alike: float) -> bool:
    """One has headings, a list or a table, the other is a line of prose."""
    return {_structure(one), _structure(other)} == {0, 2}


def _structure(reply: str) -> int:
    """2 where a reply is structured, 0 where it is one paragraph."""
    return 2 if len(STRUCTURE.findall(reply)) > 1 else 1 if "\n" in reply else 0


def _other_tone(one: str, other: str, alike: float) -> bool:
    return _tone(one) * _tone(other) < 0


def _tone(reply: str) -> int:
    """1 where a reply is formal only, -1 chatty only, 0 neither or both."""
    return bool(FORMAL.search(reply)) - bool(CHATTY.search(reply))


def compare_replies(one: str, other: str) -> float:
    """How much two replies are alike, from 0 to 100; marks of case and blanks do not count."""
    return fuzz.ratio(_plain(one), _plain(other))


def _plain(reply: str) -> str:
    return " ".join(reply.casefold().split())


_JUDGES: Mapping[str, Callable[[str, str, float], bool]] = {
    "refusal": _one_refuses,
    "yes_no": _yes_and_no,
    "opposite": _is_turned_round,
    "numbers": _counts_differently,
    "language": _other_language,
    "format": _one_is_json,
    "structure": _one_is_structured,
    "tone": _other_tone,
}
