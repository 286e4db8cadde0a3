"""The same counts several times as fast, by toktok-rs, where it is installed and proves itself.

It is young. So it has to count some difficult texts as tiktoken did before it is believed, and
what it is known to count differently is counted by tiktoken.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib import import_module
from typing import TypeAlias
from unicodedata import category

from core.fast_probes import PROBES
from core.tokens import ENCODINGS, BatchCounter, counter_for, has_long_blank

log = logging.getLogger("tonesmith")

CountMany: TypeAlias = Callable[[list[str]], list[int]]

# Below this much text, to load the vocabulary takes longer than it wins.
WORTH_BYTES = 2_000_000
# In toktok-rs 0.3.0 a run of unassigned characters before a letter is split where tiktoken does not
# split it; halves of characters it refuses.
_DIFFERENT = {"Cn", "Cs"}


class FastCounter:
    """Counts many texts in one call of toktok-rs."""

    def __init__(self, encoding: str, count_many: CountMany) -> None:
        self._encoding = encoding
        self._count_many = count_many

    def count_all(self, texts: Iterable[str]) -> Mapping[str, int]:
        """How many tokens each of `texts` is, each distinct one counted once."""
        distinct = list(dict.fromkeys(texts))
        easy = list(filter(_is_easy, distinct))
        counts = dict(zip(easy, self._count_many(easy), strict=True))
        if len(easy) < len(distinct):
            careful = counter_for(self._encoding)
            counts |= {text: careful.count(text) for text in distinct if text not in counts}
        return counts


def batch_counter_for(encoding: str, size: int) -> BatchCounter:
    """What counts texts of about so many bytes soonest: toktok-rs where it can, else tiktoken.

    Raises:
        NotFound: `unknown_encoding`.
        StorageFailed: as `counter_for`.
    """
    worth = size >= WORTH_BYTES and encoding in ENCODINGS
    return (worth and load_fast_counter(encoding)) or counter_for(encoding)


@cache
def load_fast_counter(encoding: str) -> FastCounter | None:
    """The counter, loaded once a process; None where it is not there or counts otherwise."""
    try:
        batch_count = import_module("toktok").batch_count
    except ImportError:
        return None
    # On one thread: whoever checks a large file has given every core something to do.
    count_many = partial(batch_count, encoding=encoding, threads=1)
    if is_exact(count_many, encoding):
        return FastCounter(encoding, count_many)
    log.warning("toktok-rs does not count as tiktoken does and is not used")
    return None


def is_exact(count_many: CountMany, encoding: str) -> bool:
    """Whether the probes are counted as tiktoken counts them."""
    column = 1 + ENCODINGS.index(encoding)
    try:
        found = count_many([probe[0] for probe in PROBES])
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # a panic of Rust is no Exception
        return False
    return found == [probe[column] for probe in PROBES]


def _is_easy(text: str) -> bool:
    """Whether both count it alike. What costs less is asked first."""
    if has_long_blank(text):
        return False
    if text.isascii() or text.replace("\n", " ").isprintable():
        return True
    return _DIFFERENT.isdisjoint(map(category, set(text)))
