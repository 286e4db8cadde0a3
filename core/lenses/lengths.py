"""How long a text is as people say it: in words, and in characters where there are no spaces."""

from __future__ import annotations

import re
from bisect import bisect_left

# The last number of words in each step but the last, which has no end.
STEPS = (10, 25, 50, 100, 200, 400)

_DENSE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def count_words(text: str) -> int:
    """Words; a Chinese or Japanese character is one."""
    if text.isascii():
        return len(text.split())
    return len(_DENSE.findall(text)) + len(_WORD.findall(_DENSE.sub(" ", text)))


def step_of(words: int) -> int:
    """Which of the steps so many words are in, from 0; the last is `len(STEPS)`."""
    return bisect_left(STEPS, words)


def bounds_of(step: int) -> tuple[int, int | None]:
    """The fewest and the most words of a step; None where it has no end."""
    first = STEPS[step - 1] + 1 if step else 1
    return first, STEPS[step] if step < len(STEPS) else None
