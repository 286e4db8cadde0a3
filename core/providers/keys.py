"""Keys are looked at before they travel: a bad one fails in strange ways inside the SDK."""

from __future__ import annotations

import re
from typing import Any

from core.errors import AuthenticationFailed

MASK = "•••"
# Shorter ones are no secrets, and may stand in any answer as a word.
SECRET_LENGTH = 12
_KEY_LIKE = re.compile(r"\b(?:sk|pk|rk|key|tk)-[\w*.\-]{4,}|(?<=Bearer )\S+")


def check_key(key: str) -> str:
    """The key, when it can be sent as an HTTP header.

    Raises:
        AuthenticationFailed: `key_missing`, or `key_malformed` (a space, a line break or a
            character outside ASCII, as pasting brings along).
    """
    if not key:
        raise AuthenticationFailed("key_missing")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise AuthenticationFailed("key_malformed")
    return key


def mask_keys(text: str, key: str = "") -> str:
    """`text` without `key` and without anything else that looks like one."""
    if key:
        text = text.replace(key, MASK)
    return _KEY_LIKE.sub(MASK, text)


def mask_answer(answer: Any, key: str) -> Any:
    """JSON that came back, without the key: a place that quotes it must not get it kept here.

    It is read already, for JSON may write one character in many ways.
    """
    if len(key) < SECRET_LENGTH:
        return answer
    if isinstance(answer, str):
        return answer.replace(key, MASK)
    if isinstance(answer, list):
        return [mask_answer(item, key) for item in answer]
    if isinstance(answer, dict):
        return {mask_answer(name, key): mask_answer(item, key) for name, item in answer.items()}
    return answer
