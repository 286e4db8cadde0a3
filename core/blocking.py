"""Which examples a place to train would refuse, and for which finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.demands import unmet
from core.dialects import Dialect
from core.examples import Example
from core.findings import Finding
from core.rules import check_example_once

FOREIGN_BESIDE = "foreign_beside"  # a key beside "messages" that a place does not take


@dataclass(frozen=True, slots=True)
class Look:
    """What decides whether places refuse an example: looked up once for all of them.

    unmet: the demands it does not meet; beside: the keys that stand beside its messages.
    """

    findings: Sequence[Finding]
    unmet: frozenset[str]
    beside: frozenset[str]


def look_at(example: Example) -> Look:
    """Whatever a project has switched off: a place to train does not know of it."""
    found = check_example_once(example)  # files and projects pass once: nothing to remember
    beside = frozenset(name for name, _ in example.extra)
    return Look(found, frozenset(unmet(example)) if example.messages else frozenset(), beside)


def refusals(look: Look, dialect: Dialect) -> Iterator[str]:
    """Why a place would refuse an example: codes of findings, names of demands, or beside them."""
    for finding in look.findings:
        if dialect.blocks(finding.code, finding.severity, finding.detail):
            yield finding.code
    yield from sorted(look.unmet & dialect.demands)
    if not dialect.spare_uses and look.beside - dialect.uses:
        yield FOREIGN_BESIDE


def is_blocked(example: Example, dialect: Dialect) -> bool:
    """Whether a place to train with this dialect would refuse the example."""
    return next(refusals(look_at(example), dialect), None) is not None


def find_blocking(example: Example, dialect: Dialect) -> Finding | None:
    """The first finding for which a place to train would refuse the example."""
    found = check_example_once(example)
    return next((f for f in found if dialect.blocks(f.code, f.severity, f.detail)), None)
