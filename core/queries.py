"""What a table is narrowed to and in which order it stands: a value that fits into an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from core.examples import REVIEWS
from core.scripts import SCRIPTS

SORTS = ("place", "longest", "shortest", "question")
TRAINING, VALIDATION = PARTS = ("training", "validation")
DUPLICATE = "duplicate_example"  # findings that only the whole project knows of
OVER_LIMIT = "over_token_limit"


@dataclass(frozen=True, slots=True)
class Query:
    """What to show; an empty text or None asks for nothing.

    text: what is said somewhere in the example, see `core.searching`; code: of a finding; part:
    one of `PARTS`; tokens_from, tokens_to: as the table shows them, both included; sort: one of
    `SORTS`, "question" from A to Z.
    """

    text: str = ""
    code: str = ""
    tag: str = ""
    review: str = ""
    part: str = ""
    script: str = ""
    tokens_from: int | None = None
    tokens_to: int | None = None
    sort: str = SORTS[0]

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return replace(self, sort=SORTS[0]) != Query()

    @property
    def is_plain(self) -> bool:
        """Whether it shows everything as it stands."""
        return self == Query()

    def to_address(self) -> dict[str, str]:
        """What stands in an address for it: nothing for what is as always."""
        usual = Query()
        return {
            field.name: str(value)
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(usual, field.name)
        }

    @classmethod
    def from_address(cls, params: Mapping[str, Any]) -> Query:
        """The query that an address asks for; what it cannot ask for is left out."""
        asked = {
            name: str(params[name])
            for name in ("text", "code", "tag")
            if params.get(name) and str(params[name]).strip()
        }
        chosen = {
            name: str(params[name])
            for name, choices in _CHOICES.items()
            if params.get(name) in choices
        }
        numbers = {name: _number(params.get(name)) for name in ("tokens_from", "tokens_to")}
        return cls(**asked, **chosen, **numbers)  # type: ignore[arg-type]


_CHOICES = {"review": REVIEWS, "part": PARTS, "script": SCRIPTS, "sort": SORTS}


def _number(value: Any) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None
