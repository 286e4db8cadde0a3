"""What should not be sent to anybody: personal data and secrets, wherever people write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from core.examples import Example
from core.findings import Finding
from core.rules.codes import find
from core.rules.registry import DatasetFacts, dataset_rule, example_rule
from core.sensitive import (
    SECRET_KINDS,
    find_sensitive,
    may_be_sensitive,
    sensitive_texts,
)

_MOST = 200  # told of one text: who has more has a list of them, and mends it at once


@example_rule
def personal_data(example: Example) -> Iterator[Finding]:
    """Nobody's data, and no secret, is in what is sent to a place to train.

    Finds `secret` as well: what is a key is no phone number. Its detail is the kind, and nothing
    else of what was found is kept.
    """
    if not _may_hold_any(example):
        return
    for index, message in enumerate(example.messages):
        for key, text in sensitive_texts(message):
            is_whole = key == "content" and text is message.content
            for span in find_sensitive(text)[:_MOST]:
                yield find(
                    "secret" if span.kind in SECRET_KINDS else "personal_data",
                    message=index,
                    key=key,
                    start=span.start if is_whole else None,
                    end=span.end if is_whole else None,
                    detail=span.kind,
                )


@dataset_rule
def sensitive_instructions(facts: DatasetFacts) -> Iterator[Finding]:
    """The same for the instructions that all share, which are kept once and not in the rows."""
    if find_sensitive(facts.instructions):
        yield find("sensitive_instructions")


def _may_hold_any(example: Example) -> bool:
    """Whether a closer look is worth its time: all texts are asked at once, which is cheaper.

    Many examples open with the same instructions, so those are remembered.
    """
    values: list[Any] = [value for message in example.messages for _, value in message.pairs]
    try:
        opening, rest = "\n".join(values[:2]), "\n".join(values[2:])
    except TypeError:  # not all is text: calls of tools, a weight
        texts = [text for message in example.messages for _, text in sensitive_texts(message)]
        opening, rest = "", "\n".join(texts)
    known = _opening_may_be if len(opening) < _REMEMBERED else may_be_sensitive
    return known(opening) or may_be_sensitive(rest)


_REMEMBERED = 20_000  # characters, so that what is remembered weighs little
_opening_may_be = lru_cache(maxsize=64)(may_be_sensitive)
