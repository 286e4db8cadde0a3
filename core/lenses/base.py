"""What a check of all examples together is: an index over the rows that one edit updates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.examples import Example


@dataclass(frozen=True, slots=True)
class Found:
    """What a lens sees in some rows together; `score` from 0 to 1 says how sure it is."""

    code: str
    rows: tuple[int, ...]
    params: tuple[tuple[str, str | int], ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """How often lenses see something, and whether that is in rows one can go to."""

    code: str
    count: int
    has_rows: bool


class Lens(Protocol):
    """An index over the rows of a project, by their ids; it keeps little of each."""

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        ...

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        ...

    def found(self) -> Sequence[Found]:
        """What there is to say; remembered until the rows change."""
        ...
