"""Which examples a place to train would refuse, and for which finding."""

from __future__ import annotations

from core.dialects import Dialect
from core.examples import Example
from core.findings import Finding
from core.rules import check_example_once


def is_blocked(example: Example, dialect: Dialect) -> bool:
    """Whether a place to train with this dialect would refuse the example."""
    return find_blocking(example, dialect) is not None


def find_blocking(example: Example, dialect: Dialect) -> Finding | None:
    """The first finding for which a place to train would refuse the example."""
    found = check_example_once(example)  # files and projects pass once: nothing to remember
    return next((f for f in found if dialect.blocks(f.code, f.severity, f.detail)), None)
