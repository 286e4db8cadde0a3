"""Replies that are JSON: where they begin and end, what is wrong with them, how it is mended."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from core.tool_calls import find_json_problem

JSON_KINDS = (dict, list)
# What begins as JSON, and not as [a note], [ ] something to do or {name} of a template.
_BEGINS = re.compile(
    r"\s*(?:\{\s*(?:[\"'“]|\w+\s*:\s*(?:[\"\[{\d]|true\b|false\b|null\b))"
    r"|\[\s*(?:\{\s*[\"'}]|\[\s*[\"{\[\d]|\"[^\"\n]*\"\s*[,\]]))"
)
_NUMBERS = re.compile(
    r"\s*\[(?:\s*-?\d+(?:\.\d+)?\s*,)+[\s\d.-]*\Z"
)  # and not [1, 2] of a footnote
_FENCE = re.compile(r"\s*```(?:json|JSON)?[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_OPENERS = frozenset("{[` \t\r\n")
_ENOUGH = 50  # commas taken out of one reply
CUT, EXTRA = "cut", "extra"


@dataclass(frozen=True, slots=True)
class ReplyProblem:
    """Why a reply that begins as JSON is none, and how many characters stand before that.

    reason: one of `JSON_REASONS`; "cut" where it ends too soon.
    """

    reason: str
    at: int


def find_reply_problem(text: str) -> ReplyProblem | None:
    """What is wrong with the JSON of a reply; None where it is sound, or no JSON at all."""
    if text[:1] not in _OPENERS:  # as nearly all do
        return None
    begin, body = json_part(text)
    if not _BEGINS.match(body) and not _NUMBERS.match(body):
        return None
    problem = find_json_problem(body, *JSON_KINDS)
    if problem is None or _is_lines(body):
        return None
    ends_early = problem.reason == "quote" or problem.at >= len(body.rstrip())
    return ReplyProblem(CUT if ends_early else problem.reason, begin + problem.at)


def json_part(text: str) -> tuple[int, str]:
    """The text, or what stands in the code fence that it begins with; and where that begins."""
    fence = _FENCE.match(text) if "```" in text[:20] else None
    return (fence.start(1), fence[1]) if fence else (0, text)


def read_json_reply(text: str) -> Any:
    """The object or list that a reply is; None where it is neither."""
    if text[:1] not in _OPENERS:
        return None
    _, body = json_part(text)
    if find_json_problem(body, *JSON_KINDS) is not None:
        return None
    return json.loads(body)


def mend_json(text: str) -> str:
    """The reply with only its JSON: without words that follow it, and without commas too many.

    Unchanged where that does not make it sound, or where what follows may be JSON as well: then
    there is something to decide.
    """
    if find_reply_problem(text) is None:
        return text
    begin, body = json_part(text)
    mended = _without_extra(_without_commas(body))
    if find_json_problem(mended, *JSON_KINDS) is not None:
        return text
    return text[:begin] + mended + text[begin + len(body) :]


def _without_extra(body: str) -> str:
    """Up to the end of the first value, where only words follow."""
    problem = find_json_problem(body, *JSON_KINDS)
    if problem is None or problem.reason != EXTRA or re.search(r"[{\[]", body[problem.at :]):
        return body
    return body[: problem.at].rstrip()


def _without_commas(body: str) -> str:
    """Without the commas that stand before a closing bracket."""
    for _ in range(_ENOUGH):
        problem = find_json_problem(body, *JSON_KINDS)
        if problem is None or problem.reason not in ("name", "value", "comma_left"):
            break
        before = body[: problem.at].rstrip(" \t\r\n")
        if body[problem.at : problem.at + 1] not in ("}", "]") or not before.endswith(","):
            break
        body = before[:-1] + body[len(before) :]
    return body


def _is_lines(body: str) -> bool:
    """Several values, each on a line of its own: JSON Lines."""
    lines = [line for line in body.splitlines() if line.strip()]
    return len(lines) > 1 and all(find_json_problem(line, *JSON_KINDS) is None for line in lines)
