"""All brand rules of a project at once: what of a reply goes against them, and what to write there.

Of hundreds of rules a reply meets few: those whose first word, or character, stands in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.brand.patterns import (
    anchors_of,
    folded_text,
    json_names_in,
    needs_of,
    pattern_for,
    read_brand_pattern,
    unsaid_in,
    word_ends,
    words_in,
)
from core.brand.values import (
    AVOID,
    CHARACTERS,
    CLOSE,
    ENDING,
    FULL_WIDTH,
    MUST,
    NAME,
    OPENING,
    PATTERN,
    PREFER,
    SIMPLIFIED,
    SPACED,
    STYLE,
    TRADITIONAL,
    WORDS,
    BrandRule,
)
from core.chinese import (
    Fault,
    close_joints,
    half_width_marks,
    simplified_parts,
    spaced_joints,
    traditional_parts,
)
from core.errors import BadInput

SECONDS = 0.05  # for one pattern in one reply
_STRIKES = 3  # times that a pattern may take longer before it is left alone
_FOUND_BY_WORD = (AVOID, PREFER, NAME, OPENING)
_NEAR = 40  # characters before a word that tell whether a sentence begins
_SENTENCE_ENDS = ".!?。！？\n:："
_CHINESE: Mapping[str, Callable[[str], Iterator[Fault]]] = {
    FULL_WIDTH: half_width_marks,
    SPACED: close_joints,
    CLOSE: spaced_joints,
    SIMPLIFIED: traditional_parts,
    TRADITIONAL: simplified_parts,
}

WORD, PREFERRED, BEGINS, LACKS, ENDS, LONG = (
    "brand_avoid", "brand_prefer", "brand_opening", "brand_must", "brand_ending", "brand_length",
)  # fmt: skip
CODES: Final = (WORD, PREFERRED, BEGINS, LACKS, ENDS, LONG)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing in a reply that goes against a rule.

    start, end: which characters it is about, None where it is about what is not there; instead:
    what is to stand in their place, "" where a person has to find it.
    """

    code: str
    rule: BrandRule
    start: int | None = None
    end: int | None = None
    said: str = ""
    instead: str = ""


class BrandMatcher:
    """The rules, ready to be held against one reply after another."""

    def __init__(self, rules: Sequence[BrandRule]) -> None:
        """Rules with a pattern that cannot be read are left out."""
        self._by_anchor: defaultdict[str, list[BrandRule]] = defaultdict(list)
        self._needs: dict[BrandRule, frozenset[str]] = {}
        self._others: list[BrandRule] = []
        self._endings = tuple(rule for rule in rules if rule.kind == ENDING)
        self._patterns: dict[BrandRule, Any] = {}
        self._slow: defaultdict[BrandRule, int] = defaultdict(int)
        for rule in rules:
            if rule.kind in _FOUND_BY_WORD:
                self._needs[rule] = needs_of(rule)
                for anchor in anchors_of(rule):
                    self._by_anchor[anchor].append(rule)
            elif rule.kind != ENDING:
                self._others.append(rule)

    @property
    def slow(self) -> tuple[BrandRule, ...]:
        """Patterns that took too long again and again, and are no longer looked for."""
        return tuple(rule for rule, strikes in self._slow.items() if strikes >= _STRIKES)

    def find(self, text: str) -> tuple[Hit, ...]:
        """What goes against the rules in a reply, in its order; of two that overlap, the longer."""
        if not text.strip():
            return ()
        spoken = [*self._words(text), *self._signs(text)]
        found = [*_without_overlaps(spoken, len(text)), *self._about_all(text)]
        return tuple(sorted(found, key=lambda hit: (hit.start is None, hit.start or 0)))

    def _words(self, text: str) -> Iterator[Hit]:
        """Words and names; not those within an address, code or a name in JSON."""
        folded = folded_text(text)
        anchors = self._by_anchor.keys()
        said = {*words_in(folded), *folded}
        near = (rule for anchor in anchors & said for rule in self._by_anchor[anchor])
        rules = dict.fromkeys(rule for rule in near if self._needs[rule] <= said)
        hits = [hit for rule in rules for hit in self._hits_of(rule, text)]
        if not hits:
            return
        unsaid = unsaid_in(text)
        for hit in hits:
            if not any(unsaid[hit.start : hit.end]):
                yield hit

    def _hits_of(self, rule: BrandRule, text: str) -> Iterator[Hit]:
        pattern = self._patterns.get(rule) or self._patterns.setdefault(rule, pattern_for(rule))
        for found in pattern.finditer(text):
            if rule.kind == OPENING:
                yield _hit(BEGINS, rule, found, group=1)
            elif rule.kind == NAME:
                if found[0] != rule.text and not _is_plain(found[0], rule.text):
                    yield _hit(PREFERRED, rule, found, rule.text)
            elif not rule.instead:
                yield _hit(WORD, rule, found)
            elif instead := _in_its_case(rule, text, found):
                yield _hit(PREFERRED, rule, found, instead)

    def _signs(self, text: str) -> Iterator[Hit]:
        """What is found by a pattern, or by how Chinese is set."""
        for rule in self._others:
            if rule.kind == STYLE:
                for start, end, instead in _styled(rule, text):
                    yield Hit(PREFERRED, rule, start, end, text[start:end], instead)
            elif rule.kind == PATTERN:
                yield from self._matches(rule, text)

    def _matches(self, rule: BrandRule, text: str) -> Iterator[Hit]:
        if self._slow[rule] >= _STRIKES:
            return
        try:
            pattern = self._patterns.get(rule) or read_brand_pattern(rule)
            self._patterns[rule] = pattern
            names = json_names_in(text)
            for found in pattern.finditer(text, timeout=SECONDS):
                instead = found.expand(rule.instead) if rule.instead else ""
                if found[0] and instead != found[0] and not any(names[slice(*found.span())]):
                    code = PREFERRED if instead else WORD
                    yield _hit(code, rule, found, instead)
        except (TimeoutError, MemoryError):
            self._slow[rule] += 1
        except (BadInput, IndexError, ValueError, OverflowError, RecursionError):
            self._slow[rule] = _STRIKES  # it came with a file, and cannot be read

    def _about_all(self, text: str) -> Iterator[Hit]:
        """What is about a reply as a whole."""
        for rule in self._others:
            if rule.kind == MUST and not self._says(rule, text):
                yield Hit(LACKS, rule)
            elif rule.kind == CHARACTERS and (over := _over(rule, len(text.rstrip()))):
                yield Hit(LONG, rule, rule.number, rule.number + over)
            elif rule.kind == WORDS:
                ends = [*word_ends(text)]
                if _over(rule, len(ends)):
                    yield Hit(LONG, rule, ends[rule.number - 1], ends[-1])
        if self._endings and not any(ends_with(text, rule.text) for rule in self._endings):
            yield Hit(ENDS, self._endings[0], instead=self._endings[0].text)

    def _says(self, rule: BrandRule, text: str) -> bool:
        pattern = self._patterns.get(rule) or self._patterns.setdefault(rule, pattern_for(rule))
        return pattern.search(text) is not None


def _hit(
    code: str, rule: BrandRule, found: re.Match[str], instead: str = "", group: int = 0
) -> Hit:
    return Hit(code, rule, found.start(group), found.end(group), found[group], instead)


def ends_with(text: str, ending: str) -> bool:
    """Whether a reply ends so, whatever the capitals and the spaces between."""
    words, wanted = text.casefold().split(), ending.casefold().split()
    return "".join(words).endswith("".join(wanted))


def _over(rule: BrandRule, count: int) -> int:
    return max(0, count - rule.number)


def _is_plain(said: str, name: str) -> bool:
    """Whether these are plain words, apart and in small letters, that only make up the name."""
    return " " in said and " " not in name and said.islower()


def _styled(rule: BrandRule, text: str) -> Iterator[Fault]:
    if text.isascii():
        return
    unsaid = unsaid_in(text)
    for start, end, instead in _CHINESE[rule.text](text):
        if not any(unsaid[start:end]):
            yield start, end, instead


def _in_its_case(rule: BrandRule, text: str, found: re.Match[str]) -> str:
    """What to write instead, in capitals where those are; "" where it stands there as wanted."""
    said, instead = found[0], rule.instead
    if rule.match_case or not instead.islower():
        return "" if said == instead else instead
    if said.isupper() and len(said) > 1 and sum(map(str.isalpha, said)) > 1:
        shaped = instead.upper()
    elif said[:1].isupper() and (not rule.text[:1].isupper() or _begins(text, found.start())):
        shaped = instead[:1].upper() + instead[1:]
    else:
        shaped = instead
    return "" if said == shaped else shaped


def _begins(text: str, at: int) -> bool:
    """Whether a sentence begins here."""
    before = text[max(0, at - _NEAR) : at].rstrip(" \t\"'“‘「*_#>-")
    return not before or before[-1] in _SENTENCE_ENDS


def _without_overlaps(hits: Sequence[Hit], length: int) -> list[Hit]:
    """Of hits that share characters the longest, then the first."""
    kept: list[Hit] = []
    taken = bytearray(length)
    for hit in sorted(hits, key=_length, reverse=True):
        if not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * _length(hit)
            kept.append(hit)
    return kept


def _length(hit: Hit) -> int:
    return (hit.end or 0) - (hit.start or 0)


def find_quarrels(rules: Sequence[BrandRule]) -> tuple[tuple[BrandRule, BrandRule], ...]:
    """Rules that want something written which another rule does not want, with that other one."""
    matcher = BrandMatcher([rule for rule in rules if rule.kind not in (MUST, ENDING)])
    return tuple(
        (rule, hits[0].rule)
        for rule in rules
        if rule.kind != PATTERN
        and (wanted := rule.instead or (rule.text if rule.kind in (NAME, MUST, ENDING) else ""))
        and (hits := [hit for hit in matcher.find(wanted) if hit.code != LONG])
    )
