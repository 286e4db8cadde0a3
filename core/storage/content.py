"""An example as the columns of its row, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

from core.counts import TokenCount
from core.examples import DRAFT, USER, Example, Message
from core.learned import learned_replies
from core.scripts import script_of


def write_content(example: Example) -> str:
    """The example's JSON text, keys in their order; what is ours alone, if any, on a second line.

    In older databases that line is nothing but the list of tags.
    """
    line = json.dumps(example.to_json(), ensure_ascii=False)
    marks = _marks_of(example)
    return f"{line}\n{json.dumps(marks, ensure_ascii=False)}" if marks else line


def read_content(content: str) -> Example:
    """The example that `write_content` wrote."""
    line, _, second = content.partition("\n")  # JSON text on one line holds no bare line break
    example = Example.from_json(json.loads(line))
    if not second:
        return example
    marks = json.loads(second)
    if isinstance(marks, list):
        return example.with_tags(marks)
    rejected = tuple(Message.from_json(message) for message in marks.get("rejected", ()))
    return replace(
        example.with_tags(marks.get("tags", ())),
        review=marks.get("review", DRAFT),
        note=marks.get("note", ""),
        held_out=marks.get("held_out", False),
        rejected=rejected,
    )


def says_the_same(content: str, other: str) -> bool:
    """Whether two rows say the same to a model: what is ours alone changes no fact about them."""
    return content.partition("\n")[0] == other.partition("\n")[0]


def said_in(content: str) -> tuple[str, str]:
    """What can be looked for in a row, to be compared: its JSON text, and the note beside it."""
    line, _, second = content.partition("\n")
    return line, second if '"note"' in second else ""


def _marks_of(example: Example) -> dict[str, Any]:
    """What differs from an example that nobody has marked yet."""
    marks = {
        "tags": list(example.tags),
        "review": "" if example.review == DRAFT else example.review,
        "note": example.note,
        "held_out": example.held_out,
        "rejected": [message.to_json() for message in example.rejected],
    }
    return {name: value for name, value in marks.items() if value}


def hash_content(example: Example) -> bytes:
    """16 bytes that two examples share when they say the same, whatever the order of their keys.

    Two that reject another reply do not: each of them teaches something else.
    """
    said = example.to_json()
    if example.rejected:
        said = {"said": said, "rejected": [message.to_json() for message in example.rejected]}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("ascii")).digest()[:16]


def example_columns(example: Example, content: str) -> dict[str, Any]:
    """The columns of a row that follow from its example."""
    return {
        "content": content,
        "size": len(content.partition("\n")[0].encode("utf-8", "backslashreplace")) + 1,
        "inherits": example.system is None,
        "content_hash": hash_content(example),
        "messages_count": len(example.messages),
        "review": example.review,
        "held_out": example.held_out,
        "script": script_of(example),
        "replies": learned_replies(example),
        "opening": opening_of(example),
    }


def opening_of(example: Example) -> bytes:
    """What A to Z goes by: how the first question begins, in at most 60 bytes.

    GB18030 puts the usual Chinese characters in the order of their pinyin, and English before.
    """
    first = next((m.text for m in example.messages if m.role == USER), "")
    begins = " ".join(first[:60].split()).casefold()
    return begins.encode("gb18030", "replace")[:60]


def token_columns(
    project_id: str, row_id: int, example: Example, encoding: str, facts: TokenCount
) -> dict[str, Any]:
    """The columns of a row's token counts."""
    return {
        "example_id": row_id,
        "project_id": project_id,
        "encoding": encoding,
        "inherits": example.system is None,
        "published": facts.published,
        "billed": facts.billed,
        "assistant": facts.assistant,
    }
