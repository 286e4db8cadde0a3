"""Measured numbers and how they are told: medians with their range, ratios round by round."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


class NotEqual(Exception):
    """Two ways that must find the same did not; their times say nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """One measurement as a person reads it. `about` says what was done; `figures` are its lines."""

    title: str
    about: str
    columns: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]


def measure_in_turn(
    ways: Mapping[str, Callable[[], float]], rounds: int = ROUNDS
) -> dict[str, list[float]]:
    """Call each way once a round, A B A B …, so that whatever else the machine does hits all."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(way())
    return found


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes by the wall clock."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """`over` divided by `under`, round by round."""
    return [a / b for a, b in zip(over, under, strict=True)]


def spread(values: Sequence[float], unit: str = "", digits: int = 2) -> str:
    """The median with the least and the greatest: `1.52 s (1.49–1.60)`."""
    low, mid, high = (f"{v:,.{digits}f}" for v in (min(values), median(values), max(values)))
    return f"{mid}{unit and f' {unit}'} ({low}–{high})"


def as_markdown(table: Table) -> str:
    """A table for the results, without its title."""
    lines = [table.columns, tuple("---" for _ in table.columns), *table.figures]
    return "\n".join([table.about, "", *(f"| {' | '.join(line)} |" for line in lines)])
