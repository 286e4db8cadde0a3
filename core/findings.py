"""What a check has to say: a code, how bad it is, where, and the facts to say it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # the example or file would be refused
    WARNING = "warning"  # it would be taken, but probably not as meant
    ADVICE = "advice"  # it could be better


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a line of a file (from 1), a message of an example (from 0), a key of that message.

    start, end: the characters of that message's content that it is about, None where it is about
    all of it.
    """

    line: int | None = None
    message: int | None = None
    key: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    `detail` is what a dialect decides by (the foreign key, the foreign role, "tool_calls" where
    content is absent because tools are called); `params` fill the sentence in `locales/`.
    """

    code: str
    severity: Severity
    place: Place = field(default_factory=Place)
    detail: str = ""
    params: tuple[tuple[str, str | int], ...] = ()

    @property
    def count(self) -> int:
        """How many occurrences it stands for: its `count` where it has one, else 1."""
        count = dict(self.params).get("count", 1)
        return count if isinstance(count, int) else 1
