"""The lines of a transcript told apart: who begins to speak, what goes on, times, gaps, notices.

A transcript has one of three forms. "stamped": a time, a name and a colon stand before each
message; "headed": name and time stand on a line of their own above it; "plain": a name and a colon.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.importing.transcripts.names import may_be_name, name_in
from core.importing.transcripts.stamps import STAMP, day_in, is_stamp

STAMPED, HEADED, PLAIN = "stamped", "headed", "plain"
FORMS = (STAMPED, HEADED, PLAIN)

# Names, times and colons stand at the beginning of a line; nothing is searched for beyond, so that
# no line, however long and odd, takes long.
LONGEST_HEAD = 160

_NAME = r"[^\s:：\[\]【】|][^:：\n\t\[\]【】。！？!?;；“”]{0,60}?"
_STAMPED = (
    re.compile(
        rf"{STAMP}(?:\s*[-–—])?\s*(?:From\s+)?(?P<name>{_NAME})(?:\s+to\s[^:：]*)?\s*[:：]",
        re.VERBOSE,
    ),
    re.compile(rf"(?P<name>{_NAME})(?:\s*[-–—|,，])?\s*{STAMP}\s*[:：]", re.VERBOSE),
)
_HEADS = (
    re.compile(rf"(?P<name>{_NAME})(?:\s*[-–—|,，·]+)?\s*{STAMP}\s*[:：]?", re.VERBOSE),
    re.compile(rf"{STAMP}(?:\s*[-–—|·]+)?\s*(?P<name>{_NAME})\s*[:：]?", re.VERBOSE),
)
_PLAIN = re.compile(rf"(?P<bold>[*_]*)(?P<name>[#>\s]*{_NAME})\s*[:：]", re.VERBOSE)
_WIDE = re.compile(r"\s{9,}")
_BEGINS_WITH_STAMP = re.compile(rf"{STAMP}(?:\s+[-–—]?|[-–—])\s*\S", re.VERBOSE)
_PUNCTUATION = re.compile("[:：.。！？!?,，;；]")
_RULE = re.compile(r"([-=*_—─])\1{2,}")
_INVISIBLE = re.compile("[\0\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ARROW = re.compile(r"\s*[\d:.,]+\s+-->\s+[\d:.,]+.*", re.DOTALL)
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line: kind says what it is, number where it stands, from 1.

    turn: `name` begins to speak with `text`; text: what was said goes on; blank; time: nothing but
    a time; rule: a line drawn between conversations; notice: the chat program speaks. day: the
    day that the line names, or "".
    """

    kind: str
    number: int
    raw: str
    text: str = ""
    name: str = ""
    day: str = ""


def read_marks(lines: Iterable[str], form: str, speakers: tuple[str, ...]) -> Iterator[Mark]:
    """Tell the lines apart; only `speakers` speak, except behind a time and before a colon."""
    known = set(speakers)
    find = _finder(form)
    numbered = enumerate(lines, start=1)
    held: tuple[int, str] | None = next(numbered, None)
    while held is not None:
        number, raw = held
        line = clean_line(raw)
        after = next(numbered, None)
        if form == HEADED and after and _is_head_of_two(line, clean_line(after[1]), known):
            yield Mark("turn", number, raw + after[1], "", name_in(line), day_in(after[1]))
            held = next(numbered, None)
            continue
        held = after
        if line and after and _is_arrow(after[1]):
            yield Mark("time", number, raw)  # the number or name of a subtitle
        else:
            yield _mark_of(number, raw, line, find, None if form == STAMPED else known)


def count_names(lines: Iterable[str], form: str) -> Counter[str]:
    """How often each name begins to speak, if the lines have this form; in their order."""
    find = _finder(form)
    clean = [clean_line(line) for line in lines]
    names = Counter(found[0] for line in clean if (found := find(line)))
    if form == HEADED and names.total() < 2:
        pairs = pairwise(clean)
        return Counter(name_in(line) for line, after in pairs if _is_head_of_two(line, after))
    return names


def _mark_of(
    number: int, raw: str, line: str, find: Callable[[str], _Found | None], known: set[str] | None
) -> Mark:
    if not line:
        return Mark("blank", number, raw)
    if is_stamp(line) or _is_arrow(line) or line == "WEBVTT":
        return Mark("time", number, raw, day=day_in(line))
    if _RULE.fullmatch(line):
        return Mark("rule", number, raw, line)
    found = find(line)
    if found and (known is None or found[0] in known):
        name, text, before = found
        return Mark("turn", number, raw, text, name, day_in(before))
    if find is _find_stamped and _BEGINS_WITH_STAMP.match(line[:LONGEST_HEAD]):
        return Mark("notice", number, raw, line, day=day_in(line))
    text = raw.rstrip("\r\n")
    return Mark("text", number, raw, text.removesuffix("</v>") if line.endswith("</v>") else text)


_Found = tuple[str, str, str]  # name, text, what stands before the text


def _finder(form: str) -> Callable[[str], _Found | None]:
    return {STAMPED: _find_stamped, HEADED: _find_head, PLAIN: _find_plain}[form]


def _find_stamped(line: str) -> _Found | None:
    head = _head_of(line)
    matches = (found for pattern in _STAMPED if (found := pattern.match(head)))
    return _first_named(line, matches)


def _find_head(line: str) -> _Found | None:
    if len(line) > LONGEST_HEAD or is_stamp(line):
        return None
    head = _WIDE.sub("  ", line)
    matches = (found for pattern in _HEADS if (found := pattern.fullmatch(head)))
    return _first_named(head, matches)


def _find_plain(line: str) -> _Found | None:
    if voice := _VOICE.fullmatch(line):
        return name_in(voice[1]), voice[2].removesuffix("</v>"), ""
    found = _PLAIN.match(_head_of(line))
    said = _first_named(line, [found] if found else [])
    if said is None or found is None or said[1].startswith(("//", "\\")):
        return None
    name, text, before = said
    bold = found["bold"]
    text = text.removeprefix(bold).lstrip() if bold not in before[len(bold) :] else text
    return None if "," in name or "，" in name else (name, text, before)


def _head_of(line: str) -> str:
    """The beginning of a line, as far as a name can stand in it."""
    return _WIDE.split(line[:LONGEST_HEAD], maxsplit=1)[0]


def _first_named(line: str, matches: Iterable[re.Match[str]]) -> _Found | None:
    """The first of these beginnings of a line that has a name, and the text behind it."""
    for found in matches:
        if may_be_name(name := name_in(found["name"])):
            return name, line[found.end() :].strip(), found.group()
    return None


def _is_arrow(line: str) -> bool:
    """Whether a line says from when to when a subtitle is shown."""
    return "-->" in line[:LONGEST_HEAD] and bool(_ARROW.fullmatch(line))


def _is_head_of_two(line: str, after: str, known: set[str] | None = None) -> bool:
    """Whether a name, one of the `known`, stands above a line that is only a time, as in Slack."""
    if not is_stamp(after) or is_stamp(line) or _PUNCTUATION.search(line[:LONGEST_HEAD]):
        return False
    return may_be_name(line) and (known is None or name_in(line) in known)


def clean_line(line: str) -> str:
    """A line without the blanks around it and the invisible marks of direction in it."""
    return _INVISIBLE.sub("", line).strip()
