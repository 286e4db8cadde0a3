"""All finders over one text, each where there is a reason to look."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.sensitive.addresses import find_chinese_addresses, find_western_addresses
from core.sensitive.contacts import find_emails, find_phones
from core.sensitive.gate import (
    AT,
    GROUPS,
    LONG,
    NUMBER,
    STREET,
    WORD,
    narrowed,
    suspicions,
)
from core.sensitive.numbers import find_cards, find_ids
from core.sensitive.secrets import find_keys, find_passwords, find_private_keys
from core.sensitive.spans import Span

Finder = Callable[[str], Iterator[Span]]

# Finders, the surest first, and when each looks: what one has found, the next ones leave alone.
FINDERS: tuple[tuple[Finder, frozenset[str]], ...] = (
    (find_private_keys, frozenset({LONG})),
    (find_keys, frozenset({AT, LONG})),
    (find_passwords, frozenset({WORD})),
    (find_emails, frozenset({AT})),
    (find_ids, frozenset({LONG, GROUPS})),
    (find_cards, frozenset({LONG, GROUPS})),
    (find_phones, frozenset({LONG, GROUPS})),
    (find_western_addresses, frozenset({STREET, GROUPS})),
    (find_chinese_addresses, frozenset({NUMBER})),
)


def find_sensitive(text: str) -> tuple[Span, ...]:
    """What is personal or secret in a text, in its order; no two overlap."""
    why = suspicions(text)
    if not why:
        return ()
    text = narrowed(text)
    taken = bytearray(len(text))
    spans: list[Span] = []
    for finder, when in FINDERS:
        if why.isdisjoint(when):
            continue
        for span in finder(text):
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = b"\1" * (span.end - span.start)
                spans.append(span)
    return tuple(sorted(spans, key=lambda span: span.start))


def may_be_sensitive(text: str) -> bool:
    """Whether a closer look is worth its time; False only where `find_sensitive` finds nothing."""
    return bool(suspicions(text))
