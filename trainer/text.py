"""Half characters, which JSON can write and neither UTF-8, a database nor a tokenizer can hold."""

from __future__ import annotations

from typing import Any

from trainer.errors import BadRequest


def repair_text(text: str) -> str:
    """The text with every lone surrogate replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_whole(text: str) -> bool:
    """Whether every character of the text is a whole one."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def check_whole(body: dict[str, Any]) -> None:
    """Refuse a request with half a character anywhere, in a key or in a value.

    Raises:
        BadRequest: naming the parameter it stands in.
    """
    waiting: list[tuple[str, Any]] = list(body.items())
    waiting += [("body", name) for name in body]
    while waiting:  # no recursion: a body may be nested as deep as the parser goes
        param, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(param, key) for key in value]
            waiting += [(param, item) for item in value.values()]
        elif isinstance(value, list):
            waiting += [(param, item) for item in value]
        elif isinstance(value, str) and not is_whole(value):
            raise BadRequest(
                f"`{param}` holds half a character, which no text can.", "invalid_value", param
            )
