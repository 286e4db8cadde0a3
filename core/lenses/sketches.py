"""A text as a row of numbers that are alike where texts are alike: MinHash over its shingles.

Broder, "On the resemblance and containment of documents" (1997): of two sets, the least member in
a random order is the same one as often as the sets overlap. Bands of several such minima find the
pairs worth comparing: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

BANDS = 24  # each of some minima of its own; texts that share one whole are compared
IN_A_BAND = 5
MINIMA = BANDS * IN_A_BAND
LONGEST = 4_000  # characters that are looked at: of longer texts the beginning and the end
_AT_ONCE = 30_000  # characters, so that what is worked on stays near the processor
# From here on two characters say as much as three letters, and one says something: Chinese, kana.
_DENSE = 0x2E80
_END = "\0\0"  # so that the last shingles end with their text
_NEVER = np.uint32(0xFFFFFFFF)

Hashes = NDArray[np.uint32]

_seeds = np.random.default_rng(20261123)
_FACTORS: Hashes = _seeds.integers(1, 2**32, MINIMA, np.uint32) | np.uint32(1)
_ADDENDS: Hashes = _seeds.integers(0, 2**32, MINIMA, np.uint32)


def sketch(texts: Sequence[str]) -> Hashes:
    """The minima of each text, as rows of `MINIMA`. No text may be empty."""
    minima = np.empty((len(texts), MINIMA), np.uint32)
    shorter = [_shorten(text) for text in texts]
    for start, end in _portions(shorter):
        _sketch(shorter[start:end], minima[start:end])
    return minima


def key_bands(minima: Hashes) -> Hashes:
    """By band (rows) and text (columns), a number that texts share where they share its minima."""
    keys = np.zeros((BANDS, len(minima)), np.uint32)
    for nth in range(IN_A_BAND):
        keys = _mix(keys * np.uint32(31) + minima[:, nth::IN_A_BAND].T)
    return keys


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST * 3 // 4] + text[-LONGEST // 4 :]


def _portions(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Where to cut, so that portions have about so many characters."""
    if not texts:
        return []
    so_far = np.fromiter(accumulate(map(len, texts)), np.int64, len(texts)) // _AT_ONCE
    cuts = (np.flatnonzero(np.diff(so_far)) + 1).tolist()
    return list(pairwise([0, *cuts, len(texts)]))


def _sketch(texts: Sequence[str], minima: Hashes) -> None:
    joined = f"{_END.join(texts)}{_END}"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    ends = np.fromiter(accumulate(len(text) + len(_END) for text in texts), np.int64, len(texts))
    starts = np.concatenate(([0], ends[:-1]))
    beyond = np.concatenate([ends - back for back in range(1, len(_END) + 1)])
    shingles, dense = _shingles(codes), codes >= _DENSE
    alone = _mix(codes) if dense.any() else None
    for nth in range(MINIMA):
        values = shingles * _FACTORS[nth] + _ADDENDS[nth]
        if alone is not None:
            singles = alone * _FACTORS[nth] + _ADDENDS[nth]
            values = np.where(dense, np.minimum(values, singles), values)
        values[beyond] = _NEVER
        minima[:, nth] = np.minimum.reduceat(values, starts)


def _shingles(codes: Hashes) -> Hashes:
    """A hash for what begins at each character: three of them, or two where they are dense.

    A dense one counts alone as well, for a question may have few of them.
    """
    padded = np.append(codes, np.zeros(2, np.uint32))
    third = np.where(codes < _DENSE, padded[2:], np.uint32(0))
    return _mix(_mix(codes * np.uint32(0x9E3779B1) + padded[1:-1]) * np.uint32(5) + third)


def _mix(values: Hashes) -> Hashes:
    """Every bit depends on every other one: the end of MurmurHash3 (Appleby, public domain)."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))
