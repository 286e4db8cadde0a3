"""What a brand wants to be said, and how: one rule a line, as a marketer would write it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from core.errors import BadInput

AVOID = "avoid"  # a word or phrase that is never said; `instead` says what is
PREFER = "prefer"  # a spelling, and the one that is wanted
NAME = "name"  # a name, exactly as it is written
OPENING = "opening"  # how no reply begins
MUST = "must"  # what every reply says
ENDING = "ending"  # how every reply ends; of several, one will do
CHARACTERS = "characters"  # a reply has no more of them
WORDS = "words"
PATTERN = "pattern"  # a regular expression that nothing matches; `instead` may name its groups
STYLE = "style"  # a way of writing Chinese, one of `STYLES`
KINDS: Final = (
    AVOID, PREFER, NAME, OPENING, MUST, ENDING, CHARACTERS, WORDS, PATTERN, STYLE,
)  # fmt: skip
REPLACING: Final = (AVOID, PREFER, PATTERN)  # kinds that say what is written instead
NUMBERS: Final = (CHARACTERS, WORDS)

FULL_WIDTH, SPACED, CLOSE = "full_width", "spaced", "close"
SIMPLIFIED, TRADITIONAL = "simplified", "traditional"
STYLES: Final = (FULL_WIDTH, SPACED, CLOSE, SIMPLIFIED, TRADITIONAL)

LONGEST = 500  # characters of a rule
MOST = 2_000  # rules of a project


@dataclass(frozen=True, slots=True)
class BrandRule:
    """One rule: its kind, of `KINDS`, and what it is about.

    text: words, a pattern, a number, or one of `STYLES`; instead: what is written in its place,
    "" where that is for a person to say; match_case: only as written here, capitals and all.
    """

    kind: str
    text: str
    instead: str = ""
    match_case: bool = False

    @property
    def number(self) -> int:
        """How many characters or words there may be."""
        return int(self.text)

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads; what is as usual is left out."""
        more = {"instead": self.instead, "match_case": self.match_case}
        said = {name: value for name, value in more.items() if value}
        return {"kind": self.kind, "text": self.text, **said}

    @classmethod
    def from_json(cls, value: Any) -> Self | None:
        """The rule in what `to_json` gave; None where it is no rule that we know."""
        if not isinstance(value, dict):
            return None
        kind, text, instead = (value.get(name, "") for name in ("kind", "text", "instead"))
        if not all(isinstance(said, str) for said in (kind, text, instead)):
            return None
        rule = cls(kind, text, instead, value.get("match_case") is True)
        return None if _fault_of(rule) else rule


def write_rule(kind: str, text: str, instead: str = "", *, match_case: bool = False) -> BrandRule:
    """A rule as somebody typed it, without spaces around.

    Raises:
        BadInput: `brand_kind`, `brand_empty`, `brand_too_long`, `brand_no_number`, `brand_style`,
            `brand_no_instead`, `brand_same`. Whether a pattern can be read, `core.brand.patterns`
            says.
    """
    is_replacing = kind in REPLACING
    rule = BrandRule(
        kind, text.strip(), instead.strip() if is_replacing else "", is_replacing and match_case
    )
    if fault := _fault_of(rule):
        raise BadInput(fault)
    return rule


def _fault_of(rule: BrandRule) -> str:
    """The code of why this cannot be a rule, or ""."""
    if rule.kind not in KINDS:
        return "brand_kind"
    if not rule.text.strip():
        return "brand_empty"
    if max(len(rule.text), len(rule.instead)) > LONGEST:
        return "brand_too_long"
    if rule.kind in NUMBERS:
        return "" if _is_number(rule.text) else "brand_no_number"
    if rule.kind == STYLE:
        return "" if rule.text in STYLES else "brand_style"
    if rule.kind == PREFER and not rule.instead.strip():
        return "brand_no_instead"
    return "brand_same" if rule.text == rule.instead else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) <= 1_000_000


def with_rule(rules: tuple[BrandRule, ...], rule: BrandRule) -> tuple[BrandRule, ...]:
    """The rules with one more at the end; one about the same in place of the old one.

    Raises:
        BadInput: `brand_too_many`.
    """
    slot = _slot_of(rule)
    if any(_slot_of(old) == slot for old in rules):
        return tuple(rule if _slot_of(old) == slot else old for old in rules)
    if len(rules) >= MOST:
        raise BadInput("brand_too_many", most=MOST)
    return (*rules, rule)


def _slot_of(rule: BrandRule) -> tuple[str, str]:
    """What there can be only one rule about: a longest reply, or one spelling."""
    return rule.kind, "" if rule.kind in NUMBERS else rule.text
