"""The one reader of `locales/`: a key and its parameters become a sentence in a language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LOCALES = Path(__file__).resolve().parent.parent / "locales"
LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"


@cache
def load_words(language: str) -> dict[str, str]:
    """All sentences of a language under dotted keys, such as `finding.missing_content.what`."""
    tables = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flatten(tables, ""))


def _flatten(table: dict[str, object], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flatten(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, str(value)))
    return found


def has_words(language: str, key: str) -> bool:
    """Whether there is a sentence under `key`."""
    return key in load_words(language)


def say(language: str, key: str, **params: object) -> str:
    """The sentence under `key`, its `{placeholders}` filled.

    Raises:
        KeyError: there is no such sentence; the tests hold every key in use to both languages.
    """
    return load_words(language)[key].format(**params)


def nearest_language(tag: str | None) -> str:
    """The language we have for a browser's tag such as `zh-CN`; English where there is none."""
    prefix = (tag or "").lower().split("-")[0]
    return prefix if prefix in LANGUAGES else DEFAULT_LANGUAGE
