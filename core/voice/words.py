"""Words that one side says clearly more often than the other: the favourites of a voice.

By the log-odds ratio with an informative Dirichlet prior and its z-score: Monroe, Colaresi and
Quinn, "Fightin' Words" (Political Analysis 16, 2008), section 3.3.2; the prior is a tenth
of what both say.
Chinese, which has no spaces, is taken as all runs of two to four characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log, sqrt
from typing import Final

from core.chinese import HAN
from core.voice.habits import CHINESE

MOST: Final = 12  # favourites
_LEAST_Z = 1.645  # one-sided, at 5 %
_PRIOR = 0.1
_LEAST_TEXTS = 3
_SHARE = 0.08  # of the texts, in which a favourite is said
_WORD = re.compile(r"[^\W\d_]{2,30}(?:['’][^\W\d_]{1,5})?")
_RUN = re.compile(f"[{HAN}]+")
_LONGEST = 4
_PARTICLES = "的了是在和就也都而及与着或吗呢吧啊个这那有不把被让给到会可要"  # nobody's favourites


class Sayings:
    """How often each word is said, and in how many texts."""

    def __init__(self, tongue: str) -> None:
        self.tongue = tongue
        self.said: Counter[str] = Counter()
        self.texts: Counter[str] = Counter()
        self.count = 0

    def add(self, text: str) -> None:
        """Count the words of one more text."""
        words = Counter(words_of(text, self.tongue))
        self.said.update(words)
        self.texts.update(words.keys())
        self.count += 1


def words_of(text: str, tongue: str) -> Iterator[str]:
    """The words of a text, folded."""
    if tongue != CHINESE:
        yield from (word.replace("’", "'") for word in _WORD.findall(text.lower()))
        return
    for run in _RUN.findall(text):
        for size in range(2, _LONGEST + 1):
            for at in range(len(run) - size + 1):
                word = run[at : at + size]
                if word[0] not in _PARTICLES and word[-1] not in _PARTICLES:
                    yield word


def favourites(replies: Sayings, questions: Sayings) -> tuple[str, ...]:
    """What the replies say clearly more often than the questions, the clearest first."""
    least = max(_LEAST_TEXTS, _SHARE * replies.count)
    usual = [word for word, texts in replies.texts.items() if texts >= least]
    totals = replies.said.total(), questions.said.total()
    scored = ((z_score(replies.said[w], questions.said[w], *totals), w) for w in usual)
    best = sorted(((z, word) for z, word in scored if z >= _LEAST_Z), reverse=True)
    return tuple(_without_parts(word for _, word in best))[:MOST]


def z_score(here: int, there: int, all_here: int, all_there: int) -> float:
    """How surely a word is said more often here; the prior is both sides together."""
    prior, priors = _PRIOR * (here + there), _PRIOR * (all_here + all_there)

    def odds(said: int, total: int) -> float:
        return log((said + prior) / max(prior, total + priors - said - prior))

    spread = sqrt(1 / (here + prior) + 1 / (there + prior))
    return (odds(here, all_here) - odds(there, all_there)) / spread


def _without_parts(words: Iterable[str]) -> list[str]:
    """Without pieces of a longer word that is there as well; short Chinese runs are such pieces."""
    kept: list[str] = []
    for word in words:
        longer = [each for each in kept if word in each]
        shorter = [each for each in kept if each in word and _RUN.fullmatch(word)]
        if shorter:
            kept[kept.index(shorter[0])] = word
            kept = [each for each in kept if each not in shorter]
        elif not (longer and _RUN.fullmatch(word)):
            kept.append(word)
    return kept
