"""Which texts are worth comparing: in every band all of them in order, equal keys side by side.

The orders are arrays of numbers, a tenth of what dictionaries would take. In a crowd with one key
each is compared only with those beside it, so that no bucket costs more than its size. What is
worth comparing depends on the texts alone, never on the order in which they came.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.lenses.sketches import BANDS, Hashes

BESIDE = 4  # texts on either side in a bucket

Pairs = NDArray[np.int64]  # rows of two slots
_HALF, _LOW = np.int64(32), np.int64(0xFFFFFFFF)


class Buckets:
    """Texts by their numbers ("slots"), in `BANDS` orders."""

    def __init__(self) -> None:
        self._keys: Hashes = np.zeros((BANDS, 0), np.uint32)  # by slot
        self._digests: Hashes = np.zeros(0, np.uint32)  # by slot: the order within a bucket
        self._orders: NDArray[np.int32] = np.zeros((BANDS, 0), np.int32)
        self._count = 0

    def set_keys(self, slots: Sequence[int], keys: Hashes, digests: Hashes) -> None:
        """Say by which keys, one a band, texts are to be found that are not in it yet."""
        self._make_room(max(slots, default=-1) + 1)
        self._keys[:, slots] = keys
        self._digests[slots] = digests

    def rebuild(self, slots: Sequence[int]) -> None:
        """Hold these texts and no others."""
        there = np.asarray(slots, np.int32)
        self._count = len(there)
        for band in range(BANDS):
            order = np.lexsort((self._digests[there], self._keys[band, there]))
            self._orders[band, : self._count] = there[order]

    def insert(self, slot: int) -> list[tuple[int, int]]:
        """Take in one text; returns the pairs that it has driven apart."""
        apart: list[tuple[int, int]] = []
        for band, order in enumerate(self._orders):
            at = self._find(band, slot)
            order[at + 1 : self._count + 1] = order[at : self._count]
            order[at] = slot
            apart += self._around(band, at, self._count + 1)
        self._count += 1
        return apart

    def remove(self, slot: int) -> list[tuple[int, int]]:
        """Let go of one text that is in it; returns the pairs that it has kept apart."""
        together: list[tuple[int, int]] = []
        for band, order in enumerate(self._orders):
            at = self._find(band, slot)
            together += self._around(band, at, self._count)
            order[at : self._count - 1] = order[at + 1 : self._count]
        self._count -= 1
        return together

    def beside(self, slot: int) -> set[int]:
        """The texts worth comparing with one that is in it."""
        found: set[int] = set()
        for band, (order, keys) in enumerate(zip(self._orders, self._keys, strict=True)):
            at = self._find(band, slot)
            near = order[max(0, at - BESIDE) : min(self._count, at + BESIDE + 1)]
            found.update(near[keys[near] == keys[slot]].tolist())
        return found - {slot}

    def pairs(self) -> Pairs:
        """All pairs worth comparing, each once, the smaller slot first."""
        return _unique(np.concatenate([*self._pairs()]))

    def _make_room(self, count: int) -> None:
        more = count - len(self._digests)
        if more > 0:
            more += count // 16
            self._digests = np.pad(self._digests, (0, more))
            self._keys = np.pad(self._keys, ((0, 0), (0, more)))
            self._orders = np.pad(self._orders, ((0, 0), (0, more)))

    def _find(self, band: int, slot: int) -> int:
        """Where a text stands, or would stand."""
        order, key_of = self._orders[band], self._keys[band].__getitem__
        first = bisect_left(order, key_of(slot), 0, self._count, key=key_of)
        last = bisect_right(order, key_of(slot), first, self._count, key=key_of)
        digest_of = self._digests.__getitem__
        at = bisect_left(order, digest_of(slot), first, last, key=digest_of)
        there = at
        while there < last and digest_of(order[there]) == digest_of(slot):
            if order[there] == slot:  # nearly always the first: digests are alike by chance only
                return there
            there += 1
        return at

    def _around(self, band: int, at: int, count: int) -> list[tuple[int, int]]:
        """The pairs of a crowd that are too far apart only because of what stands in between."""
        keys, order = self._keys[band], self._orders[band]
        first, last = max(0, at - BESIDE), min(count, at + BESIDE + 1)
        ones = order[first : max(first, last - BESIDE - 1)].tolist()
        others = order[first + BESIDE + 1 : last].tolist()
        pairs = zip(ones, others, strict=True)
        return [(one, other) for one, other in pairs if keys[one] == keys[other]]

    def _pairs(self) -> Iterator[NDArray[np.int64]]:
        """By band: each text with those behind it in its bucket, as far as `BESIDE`."""
        for keys_of, whole in zip(self._keys, self._orders, strict=True):
            order = whole[: self._count]
            keys, at = keys_of[order], np.arange(self._count)
            for away in range(1, BESIDE + 1):
                at = at[at + away < self._count]
                at = at[keys[at] == keys[at + away]]
                yield _joined(order[at], order[at + away])


def unique_pairs(pairs: Pairs) -> Pairs:
    """Each pair once, the smaller slot first."""
    return _unique(_joined(pairs[:, 0], pairs[:, 1]))


def _joined(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int64]:
    """Pairs of slots as one number each, the smaller slot first."""
    high, low = np.minimum(one, other), np.maximum(one, other)
    joined: NDArray[np.int64] = (high.astype(np.int64) << _HALF) | low
    return joined


def _unique(joined: NDArray[np.int64]) -> Pairs:
    joined.sort()
    fresh = np.ones(len(joined), np.bool_)
    fresh[1:] = joined[1:] != joined[:-1]
    once = joined[fresh]
    return np.stack((once >> _HALF, once & _LOW), axis=1)
