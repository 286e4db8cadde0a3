"""Counting tokens: of a text, of an example, and how the counts of many are spread."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Protocol

import tiktoken

from core.counts import TokenCount
from core.examples import ASSISTANT, Example
from core.vocab import VOCABULARIES, install_vocabulary

ENCODINGS = tuple(VOCABULARIES)

PER_MESSAGE = 3  # every message is wrapped in <|start|>role … <|end|>
PER_NAME = 1
PER_EXAMPLE = 3  # every reply is primed with <|start|>assistant<|message|>

# Texts up to this length are remembered: role names and system prompts come again and again.
REMEMBERED_LENGTH = 2_000
# o200k_base panics (a BaseException) within a run of some hundred thousand spaces. A longer run
# is counted in pieces of 2¹⁶ characters, which gives at most one token more a piece.
_LONG_BLANK = re.compile(r"(\s{65536})")


class TokenCounter(Protocol):
    """Whatever can count the tokens of a text: tiktoken, or a trainer's own tokenizer."""

    def count(self, text: str) -> int:
        """How many tokens `text` is; special tokens are read as plain text."""
        ...


class TiktokenCounter:
    """Counts with one of the vocabularies we carry."""

    def __init__(self, encoding: str) -> None:
        install_vocabulary(encoding)
        self._encoding = tiktoken.get_encoding(encoding)
        self._remembered = lru_cache(maxsize=4096)(self._count)

    def count(self, text: str) -> int:
        """How many tokens `text` is; lone surrogates count as the replacement character."""
        return self._remembered(text) if len(text) <= REMEMBERED_LENGTH else self._count(text)

    def _count(self, text: str) -> int:
        pieces = _LONG_BLANK.split(text) if len(text) > 65_536 else (text,)
        return sum(len(self._encoding.encode_ordinary(piece)) for piece in pieces)


@cache
def counter_for(encoding: str) -> TokenCounter:
    """The counter for `cl100k_base` or `o200k_base`; works offline, loads it once a process.

    Raises:
        NotFound: `unknown_encoding`.
        StorageFailed: the vocabulary is damaged, or no folder can be written.
    """
    return TiktokenCounter(encoding)


def count_example(example: Example, counter: TokenCounter) -> TokenCount:
    """The three counts of one example; values that are not text count nothing.

    Sources: OpenAI Cookbook, "Data preparation and analysis for chat model fine-tuning"
    (published); a real gpt-3.5-turbo job that reported its trained tokens (billed).
    """
    published, billed, assistant = PER_EXAMPLE, 0, 0
    for message in example.messages:
        published += PER_MESSAGE
        billed += PER_MESSAGE
        for key, value in message.pairs:
            if not isinstance(value, str):
                continue
            tokens = counter.count(value)
            published += tokens + (PER_NAME if key == "name" else 0)
            billed += tokens if key in {"role", "content"} else 0
            assistant += tokens if key == "content" and message.role == ASSISTANT else 0
    return TokenCount(published, billed, assistant)


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
