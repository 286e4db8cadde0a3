"""Counting tokens: of a text, of an example, and how the counts of many are spread."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Protocol

import numpy as np
import tiktoken

from core.counts import TokenCount
from core.examples import ASSISTANT, Example
from core.vocab import VOCABULARIES, install_vocabulary

ENCODINGS = tuple(VOCABULARIES)

PER_MESSAGE = 3  # every message is wrapped in <|start|>role … <|end|>
PER_NAME = 1
PER_EXAMPLE = 3  # every reply is primed with <|start|>assistant<|message|>

# Counts of short texts that come again, as role names and system prompts do, are remembered. To
# keep every text would cost more than it saves: the memory of those that never return is cold.
REMEMBERED_LENGTH = 2_000
REMEMBERED_TEXTS = 4_096
MET_TEXTS = 100_000  # hashes of texts that came once
# o200k_base panics (a BaseException) within a run of some hundred thousand spaces. A longer run
# is counted in pieces of 2¹⁶ characters, which gives at most one token more a piece.
_LONG_BLANK = re.compile(r"(\s{65536})")
TOGETHER_LENGTH = 65_536
BETWEEN = "<|endoftext|>"  # both encodings have it


class TokenCounter(Protocol):
    """Whatever can count the tokens of a text: tiktoken, or a trainer's own tokenizer."""

    def count(self, text: str) -> int:
        """How many tokens `text` is; special tokens are read as plain text."""
        ...


class BatchCounter(Protocol):
    """What counts many texts sooner than one after another."""

    def count_all(self, texts: Iterable[str]) -> Mapping[str, int]:
        """How many tokens each of `texts` is, each distinct one counted once."""
        ...


class TiktokenCounter:
    """Counts with one of the vocabularies we carry."""

    def __init__(self, encoding: str) -> None:
        install_vocabulary(encoding)
        self._encoding = tiktoken.get_encoding(encoding)
        self._counts: dict[str, int] = {}
        self._met: set[int] = set()

    def count(self, text: str) -> int:
        """How many tokens `text` is; lone surrogates count as the replacement character."""
        known = self._counts.get(text)
        if known is None:
            known = self._count(text)
            self._remember(text, known)
        return known

    def count_all(self, texts: Iterable[str]) -> Mapping[str, int]:
        """How many tokens each of `texts` is, each distinct one counted once.

        Most of them in one call, in which tiktoken lets other threads of ours run: a special token
        between two texts keeps them apart, so that the counts are those of `count`.
        """
        counts = {text: self._counts.get(text) for text in texts}
        new = [text for text, known in counts.items() if known is None]
        together = [text for text in new if len(text) <= TOGETHER_LENGTH and BETWEEN not in text]
        try:
            found = dict(zip(together, self._count_together(together), strict=True))
        except UnicodeEncodeError:  # lone surrogates: only `encode_ordinary` repairs them
            found = {}
        for text in new:
            count = found.get(text)
            found[text] = self._count(text) if count is None else count
            self._remember(text, found[text])
        return {text: found[text] if known is None else known for text, known in counts.items()}

    @property
    def remembered(self) -> Set[str]:
        """The texts whose counts are kept."""
        return self._counts.keys()

    def _count_together(self, texts: Sequence[str]) -> Iterable[int]:
        joined = BETWEEN.join(texts)
        tokens = self._encoding.encode_to_numpy(
            joined, allowed_special={BETWEEN}, disallowed_special=()
        )
        ends = np.flatnonzero(tokens == self._encoding.eot_token)
        edges = np.concatenate(([-1], ends, [len(tokens)]))
        return (np.diff(edges) - 1).tolist() if texts else ()

    def _count(self, text: str) -> int:
        pieces = _LONG_BLANK.split(text) if len(text) > TOGETHER_LENGTH else (text,)
        return sum(len(self._encoding.encode_ordinary(piece)) for piece in pieces)

    def _remember(self, text: str, count: int) -> None:
        """Keep the count of a short text met for the second time; safe from many threads."""
        if len(text) > REMEMBERED_LENGTH:
            return
        key = hash(text)
        if key not in self._met:
            if len(self._met) >= MET_TEXTS:
                self._met.clear()
            self._met.add(key)
            return
        if len(self._counts) >= REMEMBERED_TEXTS:
            self._counts.clear()
        self._counts[text] = count


class KnownCounts:
    """A counter of texts that were counted before; another text is a KeyError."""

    __slots__ = ("count",)

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.count = counts.__getitem__


@cache
def counter_for(encoding: str) -> TiktokenCounter:
    """The counter for `cl100k_base` or `o200k_base`; works offline, loads it once a process.

    Raises:
        NotFound: `unknown_encoding`.
        StorageFailed: the vocabulary is damaged, or no folder can be written.
    """
    return TiktokenCounter(encoding)


def has_long_blank(text: str) -> bool:
    """Whether there is a blank in it so long that it is counted in pieces."""
    return len(text) > TOGETHER_LENGTH and _LONG_BLANK.search(text) is not None


def texts_of(example: Example) -> Iterator[str]:
    """The texts that `count_example` asks a counter for."""
    for message in example.messages:
        for _, value in message.pairs:
            if isinstance(value, str):
                yield value


def count_example(example: Example, counter: TokenCounter) -> TokenCount:
    """The three counts of one example; values that are not text count nothing.

    Sources: OpenAI Cookbook, "Data preparation and analysis for chat model fine-tuning"
    (published); a real gpt-3.5-turbo job that reported its trained tokens (billed).
    """
    beside = billed = assistant = 0
    count = counter.count
    for message in example.messages:
        for key, value in message.pairs:
            if not isinstance(value, str):
                continue
            tokens = count(value)
            if key == "content":
                billed += tokens
                assistant += tokens if message.role == ASSISTANT else 0
            elif key == "role":
                billed += tokens
            else:
                beside += tokens + (PER_NAME if key == "name" else 0)
    billed += PER_MESSAGE * len(example.messages)
    return TokenCount(PER_EXAMPLE + billed + beside, billed, assistant)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How numbers are spread. p5 and p95 are the true 5th and 95th percentiles."""

    min: int
    max: int
    mean: float
    median: float
    p5: float
    p95: float


def distribution_of(counts: Mapping[int, int]) -> Distribution | None:
    """How numbers given as {value: how often} are spread; None where there are none."""
    spread = sorted((value, often) for value, often in counts.items() if often > 0)
    if not spread:
        return None
    values = [value for value, _ in spread]
    ends = list(accumulate(often for _, often in spread))
    return Distribution(
        min=values[0],
        max=values[-1],
        mean=sum(value * often for value, often in spread) / ends[-1],
        median=_percentile(values, ends, 50),
        p5=_percentile(values, ends, 5),
        p95=_percentile(values, ends, 95),
    )


def _percentile(values: list[int], ends: list[int], percent: int) -> float:
    """Linear interpolation between the two nearest ranks: numpy's default, Hyndman and Fan's R-7.

    values: distinct, ascending; ends: how many numbers there are up to and with each.
    """
    whole, hundredths = divmod((ends[-1] - 1) * percent, 100)
    below = values[bisect_right(ends, whole)]
    above = values[bisect_right(ends, min(whole + 1, ends[-1] - 1))]
    return below + (above - below) * hundredths / 100
