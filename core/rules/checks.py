"""What a project wants to be checked, and how: what is switched off, its brand, its voice."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, Self

from core.brand.values import BrandRule
from core.rules.limits import LIMITS
from core.voice.values import Voice

RULES = "1"  # raised whenever a rule about one example says something else than before


@dataclass(frozen=True, eq=False)
class Checks:
    """A project's settings for the checks; two that lead to the same findings are equal.

    off: codes that nobody wants to hear of; limits: numbers by name, beside those in `LIMITS`;
    judged: digests of pairs of examples that a person has found to be fine as they are.
    """

    off: frozenset[str] = frozenset()
    limits: tuple[tuple[str, float], ...] = ()
    brand: tuple[BrandRule, ...] = ()
    voice: Voice | None = None
    judged: frozenset[str] = frozenset()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checks) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """14 letters that differ where a rule about one example may say something else."""
        said = {**self.to_json(), "rules": RULES}
        del said["judged"]
        text = json.dumps(said, sort_keys=True)
        return blake2b(text.encode(), digest_size=7).hexdigest()

    def limit(self, name: str) -> float:
        """A number that a check goes by: the project's own, or ours.

        Raises:
            KeyError: there is no such number in `LIMITS`.
        """
        return dict(self.limits).get(name, LIMITS[name])

    def wants(self, code: str) -> bool:
        """Whether findings of this code are to be told."""
        return code not in self.off

    def switched(self, code: str, *, on: bool) -> Self:
        """The same with one code switched on or off."""
        return replace(self, off=self.off - {code} if on else self.off | {code})

    def with_limit(self, name: str, value: float) -> Self:
        """The same with another number; our own one is not kept."""
        others = [each for each in self.limits if each[0] != name]
        own = [] if value == LIMITS[name] else [(name, value)]
        return replace(self, limits=tuple(sorted([*others, *own])))

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "off": sorted(self.off),
            "limits": {name: float(number) for name, number in sorted(self.limits)},
            "brand": [rule.to_json() for rule in self.brand],
            "voice": self.voice and self.voice.to_json(),
            "judged": sorted(self.judged),
        }

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The settings in what `to_json` gave; what is missing or makes no sense is left out."""
        said = value if isinstance(value, dict) else {}
        brand = [BrandRule.from_json(rule) for rule in _list(said.get("brand"))]
        limits = said.get("limits")
        return cls(
            off=frozenset(filter(_is_text, _list(said.get("off")))),
            limits=tuple(_numbers(limits if isinstance(limits, dict) else {})),
            brand=tuple(rule for rule in brand if rule is not None),
            voice=Voice.from_json(said.get("voice")),
            judged=frozenset(filter(_is_text, _list(said.get("judged")))),
        )


NO_CHECKS = Checks()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _numbers(limits: dict[str, Any]) -> list[tuple[str, float]]:
    return [
        (name, float(number))
        for name, number in sorted(limits.items())
        if name in LIMITS and isinstance(number, int | float) and not isinstance(number, bool)
    ]
