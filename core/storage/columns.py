"""Column types that keep exactly what they are given, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# SQLite counts up by itself only for a column declared INTEGER.
Key = BigInteger().with_variant(Integer(), "sqlite")

_ESCAPED = "\x1a"  # stands before text that is written as a JSON string


class ExactText(TypeDecorator[str]):
    """Any Python string; lone surrogates and NUL, which databases refuse, are kept escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what cannot stand in a TEXT column."""
        return write_exact(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give back what was stored."""
        if value is None or not value.startswith(_ESCAPED):
            return value
        return str(json.loads(value[1:]))


def write_exact(value: str | None) -> str | None:
    """What stands in a TEXT column for this string."""
    return value if value is None or _is_plain(value) else _ESCAPED + json.dumps(value)


def _is_plain(value: str) -> bool:
    if "\0" in value or value.startswith(_ESCAPED):
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class JsonText(TypeDecorator[dict[str, Any]]):
    """A JSON object as ASCII text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """Write it as JSON."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """Read it back."""
        return None if value is None else dict(json.loads(value))


class UtcTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, given back with its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn it to UTC; SQLite keeps no zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)
