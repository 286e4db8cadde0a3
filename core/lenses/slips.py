"""Whether two texts are meant to be the same: they differ by a slip, and not by what they say.

A slip is a word with a letter wrong, a word left out or put in, a traditional Chinese character for
a simplified one, or nothing but spaces, punctuation and capitals. Another number, another name,
another language is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from core.chinese import as_simplified

MOST = 3  # places where two texts may differ
ALIKE = 80.0  # of 100, by `fuzz.ratio`: below, nobody would take one for the other
_LONG = 8  # letters from which two may be wrong

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]")
_PIECES = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]"
    "|[^\\W_\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]+"
)
_NUMBER = re.compile(
    "\\d|[零〇二两兩三四五六七八九十百千万]|"
    "^(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred)$"
)
_APOSTROPHE = re.compile("['’]")
_TURNED = re.compile("un|in|im|non|dis")  # before a word, it says the opposite


def is_slip(text: str, meant: str) -> bool:
    """Whether one text is the other but for a slip; not where they are equal."""
    lower, usual = (_APOSTROPHE.sub("", each.casefold()) for each in (text, meant))
    if text == meant or fuzz.ratio(lower, usual, score_cutoff=ALIKE) == 0:
        return False
    said, wanted = _PIECES.findall(lower), _PIECES.findall(usual)
    differing = [op for op in Levenshtein.opcodes(said, wanted) if op.tag != "equal"]
    return len(differing) <= MOST and all(
        _is_small(said[op.src_start : op.src_end], wanted[op.dest_start : op.dest_end])
        for op in differing
    )


def _is_small(said: Sequence[str], meant: Sequence[str]) -> bool:
    """Whether these pieces may stand for those by mistake."""
    if as_simplified("".join(said)) == as_simplified("".join(meant)):
        return True
    numbers = [any(map(_NUMBER.search, some)) for some in (said, meant)]
    if not said or not meant:
        return _weight(said or meant) <= 1 and not any(numbers)
    if all(numbers):
        return False
    return len(said) == len(meant) == 1 and _is_misspelt(said[0], meant[0])


def _weight(pieces: Sequence[str]) -> float:
    """How many words they are; two Chinese characters are one."""
    return sum(0.5 if _CHINESE.match(piece) else 1 for piece in pieces)


def _is_misspelt(word: str, meant: str) -> bool:
    if _CHINESE.match(word) or _CHINESE.match(meant):
        return len(word) == len(meant) == 1
    shorter, longer = sorted((word, meant), key=len)
    if longer.endswith(shorter) and _TURNED.fullmatch(longer.removesuffix(shorter)):
        return False
    most = 2 if len(longer) >= _LONG else 1
    return OSA.distance(word, meant, score_cutoff=most) <= most
