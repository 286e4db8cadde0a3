"""Which lines of a training file a provider complains about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.jobs import FineTuningJob, JobEvent

MOST = 20  # lines named one by one; whoever complains about more means all of them

# "Line 3 ..." is what our trainer writes and most others; "Example 6174 ..." is what OpenAI's jobs
# said in 2023-2026. Both are taken to count from 1: the row stands beside it, to be looked at.
# "lines 3, 4 and 12 more" names two; "line 4, 17 tokens too long" names one.
_NAMED = re.compile(
    r"\b(?:(?:line|example|row)\s+#?(\d{1,9}(?:\s*(?:-|to)\s*\d{1,9})?)(?!\d)"
    r"|(?:lines|examples|rows)\s+#?"
    r"(\d{1,9}(?:\s*(?:,|and|&|-|to)\s*\d{1,9}\b(?!\s+more))*)(?!\d))",
    re.IGNORECASE,
)
_HELD_BACK = re.compile(r"\bvalidation[ _]file\b|\bheld[- ]back\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line of the file, counted from 1, in the provider's words.

    fatal: the job failed because of it; else the line was cut or passed over.
    """

    line: int
    message: str
    fatal: bool


def lines_named(message: str) -> tuple[int, ...]:
    """The lines that a message is about, in its order; none where it names none."""
    found: list[int] = []
    for match in _NAMED.finditer(message):
        found += _numbers(match[1] or match[2])
    return tuple(dict.fromkeys(number for number in found if number > 0))[:MOST]


def _numbers(text: str) -> list[int]:
    """The numbers of "3", "3, 5 and 7" or "3-5"."""
    found = [int(number) for number in re.findall(r"\d+", text)]
    if len(found) == 2 and re.search(r"-|to", text) and found[0] <= found[1]:
        return list(range(found[0], min(found[1], found[0] + MOST) + 1))
    return found


def line_errors(job: FineTuningJob, events: Sequence[JobEvent]) -> tuple[LineError, ...]:
    """Every line that anybody complained about, each once, by its number.

    What is said of the file of held-back examples is left out: that is another file.
    """
    found: dict[int, LineError] = {}
    for error in _all(job, events):
        known = found.get(error.line)
        if known is None or (error.fatal and not known.fatal):
            found[error.line] = error
    return tuple(found[line] for line in sorted(found))


def _all(job: FineTuningJob, events: Sequence[JobEvent]) -> Iterator[LineError]:
    if job.status == "failed" and job.error_message:
        yield from _of(job.error_message, fatal=True)
    for event in events:
        if event.type != "metrics" and (event.level != "info" or "line" in event.message):
            yield from _of(event.message, fatal=event.level == "error")


def _of(message: str, *, fatal: bool) -> Iterator[LineError]:
    if not _HELD_BACK.search(message):
        yield from (LineError(line, message, fatal) for line in lines_named(message))
