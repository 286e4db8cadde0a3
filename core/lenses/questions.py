"""What an example asks and replies, and when two questions are the same one in other words.

A question is told from another by its words: a typo, a polite word more or a word that moved leave
it the same, another name or number makes it another one ("the weather in Rome", "in Oslo").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from core.examples import ASSISTANT, SYSTEM, USER, Example
from core.lenses.plain_words import REMEMBERED, stem, turns_round

NEAR = 0.15  # of the words may differ, each by its weight

# What it costs that a word is another one, measured in words left out; chosen on planted pairs.
_TYPO, _MOVED, _LEFT_OUT, _OTHER = 0.3, 0.4, 1.0, 2.5
_LONG, _VERY_LONG = 5, 8  # letters of a word in which one is wrong, or two
_LIGHT = frozenset({"to", "么"})  # words that are often left out, but keep others apart
_SAME_SOUND = 12  # places in a list by pinyin, where a syllable has about ten characters
_ASKING = frozenset({USER, "tool", "function"})  # what a tool answered is gone by, too


class Asked(NamedTuple):
    """What an example is about: everything said before its last reply, and that reply."""

    question: str
    reply: str
    instructions: str


def read_asked(example: Example) -> Asked:
    """The parts of an example that are compared; where nobody asks, the reply is the question.

    In a longer talk the question is all that the user (and tools) said before the last reply that
    is learned: the earlier replies are part of neither.
    """
    said: list[str] = []
    question = reply = instructions = ""
    for message in example.messages:
        role = message.role
        if role in _ASKING:
            said.append(message.text)
        elif role == ASSISTANT and message.weight != 0:
            question, reply = "\n".join(said), message.text.strip()
        elif role == SYSTEM:
            instructions = instructions or message.text
    return Asked(question.strip() or "\n".join(said).strip() or reply, reply, instructions)


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two questions are the same, from `1 - NEAR` to 1; 0 where they are not."""
    if one == other:
        return 1.0
    most = NEAR * max(len(one), len(other))
    cost = _difference([*map(stem, one)], [*map(stem, other)], most)
    return 1.0 - NEAR * cost / most if cost <= most else 0.0


def _difference(one: Sequence[str], other: Sequence[str], most: float) -> float:
    """What it costs to make one question the other, in words left out, as far as `most`."""
    cost = 0.0
    gone: list[str] = []
    come: list[str] = []
    for edit in Levenshtein.editops(one, other):
        if edit.tag == "delete":
            gone.append(one[edit.src_pos])
        elif edit.tag == "insert":
            come.append(other[edit.dest_pos])
        else:
            cost += _swap(one[edit.src_pos], other[edit.dest_pos])
            if cost > most:
                return cost
    return cost + _cost_of(gone, come)


def _cost_of(gone: Sequence[str], come: Sequence[str]) -> float:
    """What it costs that words went and came; the same ones have only moved."""
    moved = Counter(gone) & Counter(come) if gone and come else Counter[str]()
    lost = [*(Counter(gone) - moved).elements(), *(Counter(come) - moved).elements()]
    if any(map(turns_round, lost)):
        return float("inf")
    left_out = sum(_TYPO if word in _LIGHT else _LEFT_OUT for word in lost)
    return _MOVED * moved.total() + left_out


@lru_cache(maxsize=REMEMBERED)
def _swap(one: str, other: str) -> float:
    """What it costs that one word stands in the place of another."""
    if turns_round(one) or turns_round(other):
        return float("inf")
    if one in _LIGHT or other in _LIGHT:
        return _TYPO + _LEFT_OUT
    if len(one) == len(other) == 1:
        return _TYPO if _sound_alike(one, other) else _OTHER
    return _TYPO if _is_typo(one, other) else _OTHER


def _is_typo(one: str, other: str) -> bool:
    """Whether one word is the other misspelt: it begins or ends the same, and hardly differs.

    Short words that differ by a letter are rather two words: maps and mats.
    """
    longest = max(len(one), len(other))
    if longest < _LONG or (one[0] != other[0] and one[-1] != other[-1]):
        return False
    return OSA.distance(one, other) <= (1 if longest < _VERY_LONG else 2)


def _sound_alike(one: str, other: str) -> bool:
    """Whether one Chinese character may be typed for the other.

    GB 2312 lists the usual characters by their pinyin, so those that sound the same stand
    together: 在 and 再, 做 and 作.
    """
    here, there = _place(one), _place(other)
    return bool(here and there) and abs(here - there) <= _SAME_SOUND


@lru_cache(maxsize=REMEMBERED)
def _place(character: str) -> int:
    """The place in the list by pinyin, from 1; 0 for a character that is not in it."""
    code = character.encode("gb2312", "ignore")
    if len(code) != 2 or not 0xB0 <= code[0] <= 0xD7:
        return 0
    return (code[0] - 0xB0) * 94 + code[1] - 0xA0
