"""What a change did, in words."""

from __future__ import annotations

from core.history import Told, tell_change
from core.storage import Change
from ui.text import knows, t

_LONGEST = 60  # characters of anything that somebody wrote and a sentence quotes


def change_words(told: Told, which: str = "") -> str:
    """What a change did, in a sentence; `which` is its only example, where it has but one."""
    params: dict[str, str] = {name: _cut(on_a_line(text)) for name, text in told.params.items()}
    if "code" in params:
        title = f"finding.{params.pop('code')}.title"
        params["title"] = t(title) if knows(title) else "…"
    return t(f"change.{told.code}", n=told.n, which=which or t("change.example_any"), **params)


def undo_words(change: Change) -> str:
    """What a button says that undoes this change: "Undo: pasted 40 rows"."""
    return t("history.undo_named", what=within(change_words(tell_change(change))))


def within(sentence: str) -> str:
    """As it stands within another sentence."""
    return sentence[:1].lower() + sentence[1:]


def on_a_line(text: str) -> str:
    """Whatever somebody typed, without its line breaks."""
    return " ".join(text.split())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
