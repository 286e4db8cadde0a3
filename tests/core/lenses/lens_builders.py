"""Small builders for what lenses look at."""

from __future__ import annotations

from core.examples import Example, Message


def a_talk(
    user: str, assistant: str, *, system: str | None = None, held_out: bool = False
) -> Example:
    """A question and its reply."""
    said = [("system", system), ("user", user), ("assistant", assistant)]
    messages = tuple(Message.of(role, text) for role, text in said if text is not None)
    return Example(messages, held_out=held_out)
