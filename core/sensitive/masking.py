"""What is shown of something found, and what is put in its place."""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections.abc import Collection, Mapping
from typing import Any

from core.scripts import MIXED, script_in
from core.sensitive.finding import find_sensitive
from core.sensitive.spans import (
    ACCOUNT,
    ADDRESS,
    CARD,
    EMAIL,
    ID,
    KEY,
    PASSWORD,
    PHONE,
    PRIVATE_KEY,
    Span,
)

DOTS = "•••"
# Words for a model to learn from, so in the language of the text and not of the page.
_ENGLISH: Mapping[str, str] = {
    EMAIL: "[email]",
    PHONE: "[phone]",
    ID: "[ID number]",
    CARD: "[card number]",
    ACCOUNT: "[bank account]",
    ADDRESS: "[address]",
    KEY: "[key]",
    PRIVATE_KEY: "[private key]",
    PASSWORD: "[password]",
}
_CHINESE: Mapping[str, str] = {
    EMAIL: "【邮箱】",
    PHONE: "【电话】",
    ID: "【证件号】",
    CARD: "【卡号】",
    ACCOUNT: "【银行账号】",
    ADDRESS: "【地址】",
    KEY: "【密钥】",
    PRIVATE_KEY: "【私钥】",
    PASSWORD: "【密码】",
}
# How many characters of each are shown, before and behind the dots: enough to know it again.
_SHOWN = {PHONE: (2, 2), ID: (2, 2), CARD: (0, 4), ACCOUNT: (2, 2), ADDRESS: (3, 0), KEY: (3, 0)}
_CHINESE_SCRIPTS = ("chinese", MIXED)
_PASSES = 100  # what stood beside something can be found once that is gone; hardly ever more than 2
_NO_JSON = object()
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def mask(found: str, kind: str) -> str:
    """What was found, with dots for most of it: a•••@•••.com."""
    if kind == EMAIL:
        box, _, domain = found.partition("@")
        return f"{box[:1]}{DOTS}@{DOTS}.{domain.rpartition('.')[2]}"
    if kind == PHONE:
        found = "".join(filter(str.isdigit, found))
    before, behind = _SHOWN.get(kind, (0, 0))
    return f"{found[:before]}{DOTS}{found[len(found) - behind :]}"


def placeholder(kind: str, text: str) -> str:
    """What stands for a kind in a text: [phone], or 【电话】 where the text is Chinese."""
    return _placeholders(text)[kind]


def _placeholders(text: str) -> Mapping[str, str]:
    return _CHINESE if script_in(text) in _CHINESE_SCRIPTS else _ENGLISH


def without_sensitive(text: str, kinds: Collection[str]) -> str:
    """The text with a placeholder for all that is of these kinds; JSON stays JSON.

    What cannot go without breaking it, or without two of its names becoming one, stays.
    """
    for _ in range(_PASSES):
        spans = [span for span in find_sensitive(text) if span.kind in kinds]
        after = _replaced(text, spans)
        if after == text:
            break
        text = after
    return text


def _replaced(text: str, spans: list[Span]) -> str:
    """With words for these spans; of a text that is JSON, for those that leave its shape."""
    after = _with_words(text, spans)
    if _shape_of(text) in (_NO_JSON, _shape_of(after)):
        return after
    if len(spans) < 2:
        return text
    half = len(spans) // 2  # the later ones first: the places before them stay what they are
    return _replaced(_replaced(text, spans[half:]), spans[:half])


def _with_words(text: str, spans: list[Span]) -> str:
    strings, words = _strings_of(text), _placeholders(text)
    parts: list[str] = []
    at = 0
    for span in spans:
        word = words[span.kind]
        if strings is not None and not _is_inside(strings, span):
            word = json.dumps(word, ensure_ascii=False)
        parts += [text[at : span.start], word]
        at = span.end
    return "".join([*parts, text[at:]])


def _strings_of(text: str) -> list[tuple[int, int]] | None:
    """Where the texts stand in a text that is JSON; None in any other."""
    if _shape_of(text) is _NO_JSON:
        return None
    return [found.span() for found in _JSON_TEXT.finditer(text)]


def _shape_of(text: str) -> object:
    """What of the JSON that a text is no placeholder changes: how much stands within what."""
    if text.lstrip()[:1] not in ("{", "["):
        return _NO_JSON
    try:
        return _shape(json.loads(text))
    except (ValueError, RecursionError):
        return _NO_JSON


def _shape(value: Any) -> object:
    if isinstance(value, dict):
        return "{}", tuple(map(_shape, value.values()))
    return ("[]", tuple(map(_shape, value))) if isinstance(value, list) else None


def _is_inside(strings: list[tuple[int, int]], span: Span) -> bool:
    at = bisect(strings, (span.start,)) - 1
    return at >= 0 and span.end < strings[at][1]
