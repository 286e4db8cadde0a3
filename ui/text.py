"""`t`: every word a page shows, in the language of the person who reads it."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

import streamlit as st

from core.errors import TonesmithError
from core.words import DEFAULT_LANGUAGE, has_words, load_words, nearest_language, say
from ui import state

JOINER = "\u2060"  # WORD JOINER: neither seen nor a place to break a line
# In text that is escaped: `https://…`, `www.…`, `me@…`, `:smile:`, `:material/home:`.
_MADE_LATER = re.compile(r"(?<=:)(?=[/\w])|(?<=@)(?=\w)|(?<=www)(?=\\\.)", re.IGNORECASE)


def language() -> str:
    """The language of this session, as `ui.frame` settled it."""
    return str(st.session_state.get(state.LANGUAGE, DEFAULT_LANGUAGE))


def browser_language() -> str:
    """What the browser asks for; in a test there is no browser."""
    return nearest_language(st.context.locale)


def t(key: str, **params: object) -> str:
    """The sentence under `key` in the session's language."""
    return say(language(), key, **params)


def words_of(table: str) -> dict[str, str]:
    """All sentences of a table, for a component that fills in the facts itself."""
    words = load_words(language())
    return {
        key.removeprefix(f"{table}."): said
        for key, said in words.items()
        if key.startswith(f"{table}.")
    }


def tx(key: str, **params: object) -> str:
    """The sentence for use inside HTML: its parameters escaped, as people type anything."""
    return say(language(), key, **{name: html.escape(str(value)) for name, value in params.items()})


def knows(key: str) -> bool:
    """Whether there is a sentence under `key`."""
    return has_words(language(), key)


def sentence_for(problem: TonesmithError) -> str:
    """What went wrong and what to do, in words."""
    return t(f"error.{problem.code}", **problem.params)


def markdown_for(problem: TonesmithError) -> str:
    """The same for what reads Markdown, such as `st.error`: what others said is not markup."""
    said = {name: plain(v) if isinstance(v, str) else v for name, v in problem.params.items()}
    return t(f"error.{problem.code}", **said)


def plain(text: str) -> str:
    """Text as it was typed for what reads Markdown: no character of it is markup.

    What is made of it after that, addresses into links and `:names:` into icons, an invisible
    joiner keeps apart; no backslash would.
    """
    escaped = "".join(f"\\{char}" if char in r"\`*_{}[]()#+-.!|<>$~:^" else char for char in text)
    return _MADE_LATER.sub(JOINER, escaped)


def visible(text: str) -> str:
    """Text that a page can show: half a character, as a file may hold it, is a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clock(moment: datetime) -> str:
    """The time of day on this computer, 14:03:10."""
    return moment.astimezone().strftime("%H:%M:%S")


def ago(moment: datetime) -> str:
    """How long ago, in the roughest unit that still says something."""
    seconds = int((datetime.now(UTC) - moment).total_seconds())
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= size:
            return t(f"time.{unit}_ago", n=seconds // size)
    return t("time.just_now")


def duration(seconds: float) -> str:
    """A length of time such as "about 30 s" or "about 4 min"."""
    if seconds < 90:
        return t("time.about_seconds", n=max(1, round(seconds)))
    if seconds < 5_400:
        return t("time.about_minutes", n=round(seconds / 60))
    return t("time.about_hours", n=round(seconds / 3_600, 1))


def size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < 100_000:
        return t("size.bytes", n=f"{count:,}")
    return t("size.megabytes", n=f"{count / 1_000_000:,.1f}")


def today() -> date:
    """Today on this computer."""
    return datetime.now().astimezone().date()
