"""Which of the published findings a place to train does not mind, and what it asks beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.findings import Severity

# What a place does with a byte order mark at the beginning of a file.
MarkRule: TypeAlias = Literal["taken", "asked", "refused"]
# What it does with an example of more tokens than its model reads.
LengthRule: TypeAlias = Literal["cut", "dropped"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a provider accepts beyond the published format, and what it refuses beside it.

    roles: roles it takes; keys: message keys it takes; ignores: those of them that change nothing
    there; spare_keys: it takes any other key of a message and passes over it; weight_teaches_all:
    where a weight is given, it learns from all messages without one, whoever speaks; uses: keys
    beside "messages" that it uses; spare_uses: it takes any other beside them and passes over it;
    content_optional: it takes a message without content that calls tools; refuses: codes that are
    warnings elsewhere and block here; demands: names in `core.demands` of what it refuses and
    hardly anybody else does; byte_order_mark, too_long: what it does with them.
    The defaults are the published format.
    """

    roles: frozenset[str] = frozenset({"system", "user", "assistant"})
    keys: frozenset[str] = frozenset({"role", "content", "name"})
    content_optional: bool = False
    refuses: frozenset[str] = frozenset()
    ignores: frozenset[str] = frozenset()
    spare_keys: bool = False
    weight_teaches_all: bool = False
    uses: frozenset[str] = frozenset()
    spare_uses: bool = True
    demands: frozenset[str] = frozenset()
    byte_order_mark: MarkRule = "taken"
    too_long: LengthRule = "cut"

    @property
    def heeds_weight(self) -> bool:
        """Whether a reply can be switched off there."""
        return "weight" not in self.ignores

    def accepts(self, code: str, detail: str) -> bool:
        """Whether this provider takes what the published format check complains about."""
        if code == "message_unrecognized_key":
            return self.spare_keys or (bool(detail) and set(detail.split(",")) <= self.keys)
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
