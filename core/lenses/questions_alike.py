"""An index of questions in which the same one in other words is found, one more or less at a time.

MinHash bands say which are worth comparing, how many minima agree and rapidfuzz leave the likely
ones, and the words decide.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from core.lenses.buckets import Buckets, Pairs, unique_pairs
from core.lenses.plain_words import close_up, join_words, split_words
from core.lenses.questions import likeness
from core.lenses.sketches import key_bands, sketch

KEPT = 120  # words of a question; of longer ones the beginning and the end
_LEAST_AGREED = 0.3  # of the minima, for two short questions may share few shingles
_LONG_AGREED = 0.75  # of the minima where not all words are kept
_LEAST_RATIO = 72.0  # of 100
_FEW = 40  # questions changed at once; more, and building anew takes less time
COMPARED = 64  # of the minima
_SKETCHED = 5_000  # questions at once
_AT_ONCE = 50_000  # pairs

Likeness = Mapping[int, float]


class QuestionsAlike:
    """Questions by their numbers ("slots"), and for each the slots that ask the same."""

    def __init__(self) -> None:
        self._texts: list[str] = []  # by slot; "" where there is none
        self._buckets = Buckets()
        self._minima: NDArray[np.uint8] = np.zeros((0, COMPARED), np.uint8)  # the low byte of each
        self._alike: dict[int, dict[int, float]] = {}

    def alike(self, slot: int) -> Likeness:
        """The questions that are nearly this one, and how much; never itself."""
        return self._alike.get(slot, {})

    def replace(self, gone: Collection[int], new: Mapping[int, str]) -> set[int]:
        """Let go of slots, take in others by their joined words; returns those whose likes differ.

        No slot may be in both.
        """
        if len(gone) + len(new) > _FEW:
            return self._replace_many(gone, new)
        unsure: list[tuple[int, int]] = []
        changed: set[int] = set()
        for slot in gone:
            unsure += self._buckets.remove(slot)
            changed |= self._forget(slot)
        self._take_in(new)
        for slot in new:
            unsure += self._buckets.insert(slot)
        beside = {(slot, other) for slot in new for other in self._buckets.beside(slot)}
        there = {pair for pair in unsure if self._texts[pair[0]] and self._texts[pair[1]]}
        return changed | self._compare_some(beside | there)

    def _replace_many(self, gone: Collection[int], new: Mapping[int, str]) -> set[int]:
        """The same by building anew, which takes less time where much is different."""
        for slot in gone:
            self._texts[slot] = ""
        self._take_in(new)
        self._buckets.rebuild([slot for slot, text in enumerate(self._texts) if text])
        before, self._alike = self._alike.keys(), {}
        for one, other, share in self._compare(self._buckets.pairs()):
            self._link(one, other, share)
        return before | self._alike.keys()

    def _forget(self, slot: int) -> set[int]:
        """Let go of a question; returns what was like it."""
        self._texts[slot] = ""
        others = self._alike.pop(slot, {}).keys()
        for other in others:
            self._unlink(other, slot)
        return {*others}

    def _take_in(self, new: Mapping[int, str]) -> None:
        whole = iter(new.items())
        while some := dict(islice(whole, _SKETCHED)):
            slots = [*some]
            minima = sketch([close_up(text) for text in some.values()])
            digests = np.array([_crc(text) for text in some.values()], np.uint32)
            self._buckets.set_keys(slots, key_bands(minima), digests)
            self._make_room(max(slots) + 1)
            self._minima[slots] = minima[:, :COMPARED]  # what is above the low byte is cut off
            for slot, text in some.items():
                self._texts[slot] = _shorten(text)

    def _make_room(self, count: int) -> None:
        self._texts += [""] * (count - len(self._texts))
        if (more := count - len(self._minima)) > 0:
            self._minima = np.pad(self._minima, ((0, more + count // 16), (0, 0)))

    def _compare_some(self, pairs: set[tuple[int, int]]) -> set[int]:
        """Say anew of these pairs whether they are alike; returns those of which it differs."""
        if not pairs:
            return set()
        unique = unique_pairs(np.array([*pairs], np.int64))
        alike = {(one, other): share for one, other, share in self._compare(unique)}
        changed: set[int] = set()
        for one, other in unique.tolist():
            share = alike.get((one, other))
            if share and other in self._buckets.beside(one):
                self._link(one, other, share)
            elif other in self._alike.get(one, ()):
                self._unlink(one, other)
                self._unlink(other, one)
            else:
                continue
            changed |= {one, other}
        return changed

    def _link(self, one: int, other: int, share: float) -> None:
        self._alike.setdefault(one, {})[other] = share
        self._alike.setdefault(other, {})[one] = share

    def _unlink(self, one: int, other: int) -> None:
        del self._alike[one][other]
        if not self._alike[one]:
            del self._alike[one]

    def _compare(self, pairs: Pairs) -> Iterator[tuple[int, int, float]]:
        """Of these pairs those that ask the same, and how much."""
        for start in range(0, len(pairs), _AT_ONCE):
            some = pairs[start : start + _AT_ONCE]
            agreed = (self._minima[some[:, 0]] == self._minima[some[:, 1]]).mean(axis=1)
            likely = agreed >= _LEAST_AGREED
            yield from self._compare_words(some[likely], agreed[likely])

    def _compare_words(
        self, pairs: Pairs, agreed: NDArray[np.float64]
    ) -> Iterator[tuple[int, int, float]]:
        texts = [[self._texts[slot] for slot in side] for side in pairs.T.tolist()]
        ratios = process.cpdist(*texts, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO)
        for at in np.flatnonzero(ratios).tolist():
            one, other = split_words(texts[0][at]), split_words(texts[1][at])
            if max(len(one), len(other)) >= KEPT and agreed[at] < _LONG_AGREED:
                continue
            if share := likeness(one, other):
                yield int(pairs[at, 0]), int(pairs[at, 1]), share


def _shorten(text: str) -> str:
    if len(text) <= KEPT:  # characters: no more words than that
        return text
    words = split_words(text)
    kept = words if len(words) <= KEPT else [*words[: KEPT * 3 // 4], *words[-KEPT // 4 :]]
    return join_words(kept)


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
