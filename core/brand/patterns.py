"""Brand rules as patterns: whole words where spaces part them, any part of a text in Chinese.

What a person writes as a word also means its other capitals, other spaces and curly apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from core.brand.values import AVOID, MUST, NAME, OPENING, BrandRule
from core.replacing import Replacement, Replacing, read_pattern

_DENSE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"  # words without spaces
_LETTER = f"[^\\W{_DENSE}]"  # of a word that ends at a space
_WORD = re.compile(f"{_LETTER}+")
_WORDS_AND_CHARS = re.compile(f"{_LETTER}+(?:['’-]{_LETTER}+)*|[{_DENSE}]")
_APOSTROPHES = re.compile("['’]")
_GAP = r"[\s\-·.]{0,3}"  # what people put between the parts of a name
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\dA-Za-z_]+|[^\w\s\-_·.]+")
_BEFORE_OPENING = r"\A[\s\"'“‘「『*_#>(-]*"
# Short forms that in small letters are other words: US is not us.
_SHORT_FORMS = frozenset(
    "act add aids all am as at be can cap do go he if in is it led may me my no of on or pin ram"
    " sat so to up us we who".upper().split()
)
# What is an address or code is not said, and breaks when it is replaced.
_UNSAID = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]{1,300}`|(?:https?://|\bwww\.)[!-~]+|[\w.+-]{1,64}@[\w.-]{1,255}"
    r"|\b(?:[a-zA-Z0-9-]{1,63}\.){1,4}(?:com|org|net|io|cn|dev|app|ai|co|de|uk|eu|info|shop)\b[!-~]*",
    re.DOTALL,
)
# Of an object in JSON; programs look for it, and do not find it under another name.
_JSON_NAME = re.compile(r'[{,]\s*"(?:[^"\\\n]|\\.)*"\s*:')


def pattern_for(rule: BrandRule) -> re.Pattern[str]:
    """What finds the words, the name or the opening of a rule."""
    flags = 0 if minds_case(rule) else re.IGNORECASE
    text = _meant(rule)
    if rule.kind == OPENING:
        return re.compile(f"{_BEFORE_OPENING}({_phrase(text)}{_end(text)})", flags)
    body = _name(text) if rule.kind == NAME else _phrase(text)
    joined = "" if rule.kind in (AVOID, MUST) else "-#@/\\\\."
    return re.compile(f"{_start(text, joined)}{body}{_end(text, joined)}", flags)


def _meant(rule: BrandRule) -> str:
    """The words of a rule; an opening may trail off: "As an AI…"."""
    text = rule.text.rstrip("…. ") if rule.kind == OPENING else rule.text
    return text or rule.text


def minds_case(rule: BrandRule) -> bool:
    """Whether capitals make a difference: where that is asked for, and in some short forms."""
    return rule.match_case or (rule.kind == AVOID and rule.text in _SHORT_FORMS)


def _phrase(text: str) -> str:
    words = (_APOSTROPHES.sub("['’]", re.escape(word)) for word in text.split())
    return r"\s+".join(words)


def _name(text: str) -> str:
    """A name however its parts are joined: GitHub is also Git Hub and git-hub."""
    parts = _PARTS.findall(text)
    return _GAP.join(map(re.escape, parts)) if parts else re.escape(text)


def _start(text: str, joined: str) -> str:
    """Nothing that would make the first word another one; `joined` are signs that do, too."""
    if not _WORD.match(text):
        return ""
    signs = f"(?<![{joined}])" if joined else ""
    return f"(?<!{_LETTER})(?<!{_LETTER}['’]){signs}"


def _end(text: str, joined: str = "") -> str:
    if not re.search(f"{_LETTER}$", text):
        return ""
    hyphen = f"(?!-{_LETTER})" if joined else ""
    return f"(?!{_LETTER})(?!['’](?!s(?!{_LETTER})){_LETTER}){hyphen}"


def anchors_of(rule: BrandRule) -> tuple[str, ...]:
    """Words or characters of which a text must have one, folded, for the rule to find anything."""
    if rule.kind == NAME:
        parts = _PARTS.findall(rule.text)
        joined = ("".join(parts[:count]).casefold() for count in range(1, len(parts) + 1))
        words = {word for each in joined for word in words_in(each)[:1]}
        return tuple(words) or (rule.text.casefold()[:1],)
    return (max(needs_of(rule), key=len),)


def needs_of(rule: BrandRule) -> frozenset[str]:
    """Words, or else characters, that a text must have all of, folded; none of a name."""
    if rule.kind == NAME:
        return frozenset()
    folded = folded_text(_meant(rule))
    return frozenset(words_in(folded) or "".join(folded.split()))


def folded_text(text: str) -> str:
    """The text without what makes no difference: capitals, and the kind of an apostrophe."""
    return text.casefold().replace("’", "'")


def words_in(folded: str) -> list[str]:
    """The words of a text that have spaces between them."""
    return _WORD.findall(folded)


def word_ends(text: str) -> Iterator[int]:
    """Where each word ends; a Chinese character is one, as programs for writing count them."""
    return (word.end() for word in _WORDS_AND_CHARS.finditer(text))


def unsaid_in(text: str) -> bytearray:
    """For each character 1 where it belongs to an address, code or a name in JSON, else 0."""
    return _marked(text, chain(_UNSAID.finditer(text), _names_in(text)))


def json_names_in(text: str) -> bytearray:
    """For each character 1 where it belongs to a name in a reply that begins as JSON, else 0."""
    return _marked(text, _names_in(text))


def _names_in(text: str) -> Iterator[re.Match[str]]:
    return _JSON_NAME.finditer(text) if text.lstrip()[:1] in ("{", "[") else iter(())


def _marked(text: str, found: Iterable[re.Match[str]]) -> bytearray:
    marks = bytearray(len(text))
    for each in found:
        marks[each.start() : each.end()] = b"\1" * len(each[0])
    return marks


def read_brand_pattern(rule: BrandRule) -> Any:
    """The regular expression of a rule, compiled by `regex`, whose matches can have a timeout.

    Raises:
        BadInput: `bad_pattern`, `pattern_too_slow`.
    """
    return read_pattern(_asked(rule))


def check_pattern(rule: BrandRule, samples: Iterable[str] = ()) -> None:
    """Try a rule with a regular expression on some texts, before it is kept.

    Raises:
        BadInput: `bad_pattern`, `bad_replacement`, `pattern_too_slow`.
    """
    trial = Replacing(_asked(rule))
    for text in samples:
        trial.in_text(text)


def _asked(rule: BrandRule) -> Replacement:
    return Replacement(rule.text, rule.instead, match_case=rule.match_case, is_pattern=True)
