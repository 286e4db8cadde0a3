"""The files of tests/data/readiness, and what is to be said of each at every place."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "readiness"


def expected() -> dict[str, dict[str, str]]:
    """By file: the verdict at each place by its id, and under "why" a code that is among them."""
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as table:
        return {row.pop("file"): row for row in csv.DictReader(table)}


def refused_at(place: str) -> set[str]:
    """The files that a place would refuse."""
    return {name for name, row in expected().items() if row[place] == "refused"}
