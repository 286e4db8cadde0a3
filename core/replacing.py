"""Find and replace: what somebody asks for as one pure edit, which no pattern can keep for ever.

Only what people wrote is looked through: never a role, a name, or what tools are given and answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import regex

from core.errors import BadInput
from core.examples import ASSISTANT, SYSTEM, USER, Example, Json, JsonObject, Message

WHERE: Final = (SYSTEM, USER, ASSISTANT)
LONGEST = 1_000  # characters of what is looked for
DEEPEST = 10  # groups within groups: the parser's time and memory double with each
SECONDS = 0.5  # for one text
# What all texts together may take: a while in any case, then so much for each text and character.
# Some fifty times what a usual pattern needs.
GRACE, A_TEXT, A_CHARACTER = 2.0, 5e-4, 1e-7

_BAD_BY = (regex.error, IndexError, ValueError, OverflowError)
# A pattern that calls itself takes memory without end before its time is up.
_CALLS_ITSELF = regex.compile(r"\(\?(?:R|&|P>|[+-]?\d)")
_ESCAPED = r"\\."
_SET = r"\[[^]]*\]"  # what is surely in one; it may go on past the first bracket that closes
_COMMENTS = regex.compile(r"\(\?(?:#|[a-zA-Z01]*x)")  # in which a bracket begins no set


@dataclass(frozen=True, slots=True)
class Replacement:
    r"""What to look for and what to put in its place.

    where: in whose words, some of `WHERE`; is_pattern: `find` is a regular expression, and `by` may
    name its groups as \1 or \g<name>; whole_words: as Unicode divides texts into words, by which
    every Chinese character stands for itself.
    """

    find: str
    by: str = ""
    where: tuple[str, ...] = WHERE
    match_case: bool = False
    whole_words: bool = False
    is_pattern: bool = False


class Replacing:
    """A replacement at work: calling it edits an example; `found` counts what it replaced.

    One is for one pass over some examples, as it minds the time that the pass takes.
    """

    def __init__(self, replacement: Replacement) -> None:
        """Read the pattern.

        Raises:
            BadInput: `bad_pattern` or `bad_replacement`; where it is known, at which `place` from 1
                it cannot be read.
        """
        self.found = 0
        self._where = {*replacement.where}
        if SYSTEM in self._where:
            self._where.add("developer")
        self._pattern = read_pattern(replacement)
        self._by = _read_by(replacement, self._pattern)
        self._spent = 0.0
        self._allowed = GRACE

    def __call__(self, example: Example) -> Example:
        """The example with everything replaced that was found.

        Raises:
            BadInput: `pattern_too_slow`.
        """
        return replace(
            example,
            messages=tuple(map(self._in_message, example.messages)),
            rejected=tuple(map(self._in_message, example.rejected)),
        )

    def in_text(self, text: str) -> str:
        """A text with everything replaced that was found; raises as a call does."""
        began = time.perf_counter()
        try:
            text, found = self._pattern.subn(self._by, text, timeout=SECONDS)
        except (TimeoutError, MemoryError):
            raise BadInput("pattern_too_slow") from None
        except _BAD_BY:  # which is read at the first match
            raise BadInput("bad_replacement") from None
        self._spent += time.perf_counter() - began
        self._allowed += A_TEXT + A_CHARACTER * len(text)
        if self._spent > self._allowed:
            raise BadInput("pattern_too_slow")
        self.found += found
        return text

    def _in_message(self, message: Message) -> Message:
        if message.role not in self._where:
            return message
        content = self._in_content(message.content)
        return message if content == message.content else message.with_value("content", content)

    def _in_content(self, content: Json) -> Json:
        """Text, or the texts among the parts of it."""
        if isinstance(content, str):
            return self.in_text(content)
        if isinstance(content, tuple):
            return tuple(self._in_part(part) for part in content)
        return content

    def _in_part(self, part: Json) -> Json:
        if isinstance(part, JsonObject) and isinstance(text := part.get("text"), str):
            return part.with_value("text", self.in_text(text))
        return part


def read_pattern(replacement: Replacement) -> Any:
    """What is looked for, compiled by `regex`, whose matches can have a timeout.

    Raises:
        BadInput: `bad_pattern`, `pattern_too_slow`.
    """
    find = replacement.find
    if not find:
        raise BadInput("bad_pattern", place=1)
    if not replacement.is_pattern:
        find = regex.escape(find)
    elif len(find) > LONGEST or _depth(find) > DEEPEST:
        raise BadInput("pattern_too_slow")
    elif place := _place_of_call(find):
        raise BadInput("bad_pattern", place=place)
    if replacement.whole_words:
        find = rf"\b(?:{find})\b"
    flags = regex.WORD | (0 if replacement.match_case else regex.IGNORECASE)
    try:
        return regex.compile(find, flags)
    except regex.error as error:
        before = len(r"\b(?:") if replacement.whole_words else 0
        place = max(1, (getattr(error, "pos", None) or 0) - before + 1)
        raise BadInput("bad_pattern", place=min(place, len(replacement.find))) from None
    except (RecursionError, OverflowError, MemoryError, ValueError, IndexError):
        raise BadInput("pattern_too_slow") from None


def _read_by(replacement: Replacement, pattern: Any) -> str | Callable[[Any], str]:
    """What `subn` takes: a function where the text is meant as it stands."""
    if not replacement.is_pattern:
        return lambda _: replacement.by
    # What it is replaced by is read at the first match, so here is one that always matches.
    always = regex.compile(f"{pattern.pattern}|", pattern.flags)
    try:
        always.sub(replacement.by, "")
    except _BAD_BY:
        raise BadInput("bad_replacement") from None
    return replacement.by


def _place_of_call(pattern: str) -> int | None:
    """Where a pattern calls itself, from 1; where in doubt, it does."""
    past = _blanked(_ESCAPED, pattern)
    if not _COMMENTS.search(past):
        past = _blanked(_SET, past)
    calls = _CALLS_ITSELF.search(past)
    return calls.start() + 1 if calls else None


def _depth(pattern: str) -> int:
    """How many groups stand within each other at most; where in doubt, too many."""
    depth = deepest = brackets = 0
    for char in _unescaped(pattern):
        if char == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif char == "[":
            brackets += 1
        elif char == "]" and brackets:
            brackets -= 1
        elif char == ")" and not brackets:
            depth -= 1
    return deepest


def _unescaped(pattern: str) -> Iterator[str]:
    """The characters that may mean something; not a bracket that begins a set."""
    return iter(_blanked(rf"{_ESCAPED}|(?<=\[\^?)\]", pattern))


def _blanked(what: str, pattern: str) -> str:
    """The pattern with as many spaces where `what` is found."""
    return str(regex.sub(what, lambda found: " " * len(found[0]), pattern, flags=regex.DOTALL))
