"""How somebody writes: what was learned from their replies, as figures that fit on a card."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Spread:
    """The usual values of one measure.

    median; scale: the median distance from it, made comparable to a standard deviation; low, high:
    between which half of all values lie. All in the measure's own unit, but `scale`, which is of
    the natural logarithm.
    """

    name: str
    median: float
    scale: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one kind of writing sounds: "latin" (counted in words) or "chinese" (in characters).

    examples: learned from so many; habits: of how many of them each can be told; spreads: the
    measures; favourites: words said clearly more often here than by those who ask.
    """

    name: str
    examples: int
    habits: tuple[tuple[str, int], ...] = ()
    spreads: tuple[Spread, ...] = ()
    favourites: tuple[str, ...] = ()

    def share(self, habit: str) -> float:
        """In which part of the examples this habit shows, from 0 to 1."""
        return dict(self.habits).get(habit, 0) / max(1, self.examples)

    def spread(self, name: str) -> Spread | None:
        """The usual values of a measure, where there are any."""
        return next((spread for spread in self.spreads if spread.name == name), None)


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice as it was learned.

    tongues: one for each kind of writing with enough to learn from; approved: how many examples
    were approved then; from_all: learned from all examples, as too few were approved; learned_at:
    when, in ISO 8601.
    """

    tongues: tuple[Tongue, ...]
    approved: int = 0
    from_all: bool = False
    learned_at: str = ""

    @property
    def examples(self) -> int:
        """Learned from so many."""
        return sum(tongue.examples for tongue in self.tongues)

    def tongue(self, name: str) -> Tongue | None:
        """How this kind of writing sounds, where it was learned."""
        return next((tongue for tongue in self.tongues if tongue.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> Self | None:
        """The voice in what `to_json` gave; None where it is none that we can read."""
        try:
            return cls(
                tongues=tuple(map(_tongue, value["tongues"])),
                approved=int(value["approved"]),
                from_all=value["from_all"] is True,
                learned_at=str(value["learned_at"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            return None


def _tongue(said: Any) -> Tongue:
    return Tongue(
        name=str(said["name"]),
        examples=int(said["examples"]),
        habits=tuple((str(name), int(count)) for name, count in said["habits"]),
        spreads=tuple(map(_spread, said["spreads"])),
        favourites=tuple(map(str, said["favourites"])),
    )


def _spread(said: Any) -> Spread:
    figures = (float(said[name]) for name in ("median", "scale", "low", "high"))
    return Spread(str(said["name"]), *figures)
