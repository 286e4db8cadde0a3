"""The one reader of `locales/`: a key and its parameters become a sentence in a language."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from core.examples import ASSISTANT
from core.findings import Finding

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
    """The sentence under `key`, its `{placeholders}` filled; for n=1 the one under `key_one`.

    Raises:
        KeyError: there is no such sentence; the tests hold every key in use to both languages.
    """
    words = load_words(language)
    singular = params.get("n") == 1 and words.get(f"{key}_one")
    return (singular or words[key]).format(**params)


def say_finding(language: str, finding: Finding, part: str) -> str:
    """What a finding has to say: its `title`, or `what` is wrong, `why` it matters, what to `do`.

    Where there is a sentence for its detail (`what_spaced`), that is it, or the one for none
    (`what_emoji_more_none`) where its value is 0; about a reply, the one for replies
    (`what_reply`).
    """
    params = dict(finding.params)
    key = f"finding.{finding.code}.{part}"
    if finding.detail and has_words(language, f"{key}_{finding.detail}"):
        key += f"_{finding.detail}"
        none = params.get("value") == 0 and has_words(language, f"{key}_none")
        return say(language, f"{key}_none" if none else key, **params)
    if params.get("role") == ASSISTANT and has_words(language, f"{key}_reply"):
        key += "_reply"
    return say(language, key, **params)


def nearest_language(tag: str | None) -> str:
    """The language we have for a tag such as `zh-CN` or `zh_CN.UTF-8`; English where none is."""
    prefix = re.split("[-_.]", (tag or "").lower())[0]
    return prefix if prefix in LANGUAGES else DEFAULT_LANGUAGE
