"""Which of the published findings a place to train does not mind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.findings import Severity


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a provider accepts beyond the published format, and what it refuses beside it.

    roles: roles it takes; keys: message keys it takes; content_optional: it takes a message
    without content that calls tools; refuses: codes that are warnings elsewhere and block here.
    The defaults are the published format.
    """

    roles: frozenset[str] = frozenset({"system", "user", "assistant"})
    keys: frozenset[str] = frozenset({"role", "content", "name"})
    content_optional: bool = False
    refuses: frozenset[str] = frozenset()

    def accepts(self, code: str, detail: str) -> bool:
        """Whether this provider takes what the published format check complains about."""
        if code == "message_unrecognized_key":
            return bool(detail) and set(detail.split(",")) <= self.keys
        if code == "unrecognized_role":
            return detail in self.roles
        if code in {"missing_content", "message_missing_key"}:
            return self.content_optional and detail == "tool_calls"
        return False

    def blocks(self, code: str, severity: Severity, detail: str) -> bool:
        """Whether a finding stops training at this provider."""
        refused = severity is Severity.ERROR or code in self.refuses
        return refused and not self.accepts(code, detail)

    def blocking(self, counts: Iterable[tuple[str, Severity, str, int]]) -> dict[str, int]:
        """By code, how many findings stop training; given as (code, severity, detail, count)."""
        total: dict[str, int] = {}
        for code, severity, detail, count in counts:
            if self.blocks(code, severity, detail):
                total[code] = total.get(code, 0) + count
        return total


PUBLISHED = Dialect()
