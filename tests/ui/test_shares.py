"""ui/shares.py: how a share is told."""

from __future__ import annotations

import pytest

from ui.shares import percent


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, "0 %"), (0, 9, "0 %"), (1, 3, "33 %"), (9, 9, "100 %"), (1, 900, "< 1 %")],
)
def test_a_share_is_told_in_percent(part: int, whole: int, said: str) -> None:
    """In whole ones."""
    assert percent(part, whole) == said


def test_what_lacks_a_little_is_not_told_as_all() -> None:
    """Nor is what is there told as nothing."""
    assert percent(999, 1_000) == "99 %"
    assert percent(1, 100_000) == "< 1 %"
