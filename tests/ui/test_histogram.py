"""ui/histogram.py: the bins of the token histogram."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ui.histogram import BINS, bins_of

histograms = st.dictionaries(st.integers(0, 70_000), st.integers(1, 500), max_size=60).map(Counter)


def test_nothing_has_no_bins() -> None:
    """An empty dataset gives none."""
    assert bins_of(Counter()) == []


def test_examples_of_one_length_are_one_bin() -> None:
    """Which is as wide as one token."""
    assert bins_of(Counter({50: 9})) == [(50, 51, 9)]


def test_an_empty_bin_between_is_kept() -> None:
    """A gap in the lengths is a gap in the picture."""
    assert [each.examples for each in bins_of(Counter({1: 1, 3: 1}))] == [1, 0, 1]


@given(histograms)
def test_every_example_is_in_exactly_one_bin(histogram: Counter[int]) -> None:
    """Equal bins side by side, no more than asked for, which hold what lies between their ends."""
    bins = bins_of(histogram)
    assert len(bins) <= BINS
    assert sum(each.examples for each in bins) == histogram.total()
    assert len({each.end - each.start for each in bins}) <= 1
    for start, end, examples in bins:
        within = sum(n for tokens, n in histogram.items() if start <= tokens < end)
        assert within == examples
