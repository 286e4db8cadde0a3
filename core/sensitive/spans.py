"""What was found in a text: a stretch of characters and its kind, never the characters."""

from __future__ import annotations

from dataclasses import dataclass

EMAIL, PHONE, ID, CARD, ACCOUNT, ADDRESS = "email", "phone", "id", "card", "account", "address"
KEY, PRIVATE_KEY, PASSWORD = "key", "private_key", "password"

PERSONAL_KINDS = (EMAIL, PHONE, ID, CARD, ACCOUNT, ADDRESS)
SECRET_KINDS = (KEY, PRIVATE_KEY, PASSWORD)
KINDS = (*PERSONAL_KINDS, *SECRET_KINDS)


@dataclass(frozen=True, slots=True)
class Span:
    """The characters from `start` up to `end` are of a kind, one of `KINDS`."""

    start: int
    end: int
    kind: str
