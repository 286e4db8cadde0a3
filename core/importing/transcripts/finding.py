"""What a text looks like as a transcript: its form, who speaks, where conversations end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.importing.transcripts.marks import FORMS, HEADED, PLAIN, count_names, read_marks
from core.importing.transcripts.names import asks_or_answers, guess_assistant, is_role

# Where one conversation ends and the next begins.
WHOLE, GAPS, DAYS, QUESTIONS = "whole", "gaps", "days", "questions"
CUTS = (WHOLE, GAPS, DAYS, QUESTIONS)


@dataclass(frozen=True, slots=True)
class Talk:
    """Who speaks in a transcript, and how it is written.

    speakers: in the order in which they first speak; form: one of `core.importing.transcripts.
    marks.FORMS`; cut: one of `CUTS`; assistant: whose words are the replies, "" until it is said.
    """

    speakers: tuple[str, ...] = ()
    form: str = PLAIN
    cut: str = WHOLE
    assistant: str = ""


def find_talk(text: str) -> Talk:
    """The likeliest way to read a text as a transcript; without speakers, it is none."""
    lines = text.splitlines()
    counts = {form: count_names(lines, form) for form in FORMS}
    for form in (HEADED, PLAIN):
        counts[form] = _only_speakers(counts[form])
    form = next((form for form in FORMS[:2] if _is_evident(counts[form], counts[PLAIN])), PLAIN)
    speakers = tuple(counts[form])
    return Talk(speakers, form, _guess_cut(lines, form, speakers), guess_assistant(speakers))


def find_speakers(text: str) -> tuple[str, ...]:
    """Who speaks in a transcript, in the order in which they first do."""
    return find_talk(text).speakers


def is_transcript(text: str) -> bool:
    """Whether at least two people take turns in a text, beginning near its top."""
    talk = find_talk(text)
    marks = list(read_marks(text.splitlines(), talk.form, talk.speakers))
    said = [mark for mark in marks if mark.kind in ("turn", "text", "notice")]
    turns = [mark for mark in said if mark.kind == "turn"]
    if len(talk.speakers) < 2 or len(turns) < 2:
        return False
    return 10 * len(turns) >= len(said) and any(mark.kind == "turn" for mark in said[:5])


def _is_evident(names: Counter[str], plain: Counter[str]) -> bool:
    """Whether a form with times is there, and not only a time in a text now and then."""
    return names.total() >= 2 and 2 * names.total() >= plain.total()


def _only_speakers(names: Counter[str]) -> Counter[str]:
    """Without what stands before a colon only once, where others speak again and again.

    One name that stands there once is nobody's either.
    """
    if names.total() < 2:
        return Counter()
    sure = {name for name, count in names.items() if count > 1 or is_role(name)}
    return Counter({n: c for n, c in names.items() if n in sure}) if len(sure) > 1 else names


def _guess_cut(lines: Sequence[str], form: str, speakers: tuple[str, ...]) -> str:
    if asks_or_answers(speakers):
        return QUESTIONS
    kinds = [(mark.kind, mark.day) for mark in read_marks(lines, form, speakers)]
    if len({day for _, day in kinds if day}) > 1:
        return DAYS
    return GAPS if _has_gaps([kind for kind, _ in kinds]) else WHOLE


def _has_gaps(kinds: list[str]) -> bool:
    """Whether lines are drawn, or two lines are left blank, between some turns but not all."""
    spoken = [at for at, kind in enumerate(kinds) if kind == "turn"]
    between = [kinds[one:other] for one, other in pairwise(spoken)]
    parted = [("rule" in part or part[-2:] == ["blank", "blank"]) for part in between]
    return any(parted) and not all(parted)
