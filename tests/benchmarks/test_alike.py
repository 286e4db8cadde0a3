"""benchmarks/alike.py: what it plants is what it looks for."""

from __future__ import annotations

import pytest

from benchmarks.alike import LANGUAGES, measure_once, plant


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_pairs_are_planted_in_every_run(language: str) -> None:
    """Each side is there, and no pair is of both kinds."""
    planted = plant(language, 2_000)
    assert planted == plant(language, 2_000)
    assert planted.same
    assert planted.other
    assert planted.same.isdisjoint(planted.other)
    assert {row for pair in planted.same for row in pair} < {row for row, _ in planted.rows}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nearly_all_that_was_planted_is_found(language: str) -> None:
    """And hardly anything else is told."""
    measured = measure_once(language, 2_000)
    assert measured.found > 0.9
    assert measured.wrong < 0.15
