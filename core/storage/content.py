"""An example as the columns of its row, and back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson

from core.counts import TokenCount
from core.examples import DRAFT, USER, Example, Message
from core.learned import learned_replies
from core.scripts import script_of
from core.storage.records import FindingCount

_DETAIL = 200  # characters: a foreign key as long as a book must not stand in an index


# Made once: to make them takes as long as to write with them.
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_quote = json.encoder.encode_basestring  # what `_as_json` writes a text by
_as_sorted_json = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def write_content(example: Example) -> str:
    """The example's JSON text, keys in their order; what is ours alone, if any, on a second line.

    In older databases that line is nothing but the list of tags.
    """
    line = _text_of(example) or _as_json(example.to_json())
    marks = _marks_of(example)
    return f"{line}\n{_as_json(marks)}" if marks else line


def _text_of(example: Example) -> str | None:
    """What `_as_json` makes of an example that says nothing but texts, as most do; else None."""
    if example.extra:
        return None
    messages = []
    for message in example.messages:
        pairs = []
        for name, value in message.pairs:
            if type(value) is not str:
                return None
            pairs.append(f"{_quote(name)}: {_quote(value)}")
        messages.append(f"{{{', '.join(pairs)}}}")
    return f'{{"messages": [{", ".join(messages)}]}}'


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
    said = example.tags or example.note or example.held_out or example.rejected
    if not said and example.review == DRAFT:
        return {}
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
    text = _plain_text_of(example)
    if text is None:
        said = example.to_json()
        if example.rejected:
            said = {"said": said, "rejected": [message.to_json() for message in example.rejected]}
        text = _as_sorted_json(said).encode("ascii")
    return sha256(text).digest()[:16]


def _plain_text_of(example: Example) -> bytes | None:
    """What is hashed of an example of mere ASCII text, as most are in English: made by orjson.

    None where it is not, or where orjson would not write the bytes that `json` does.
    """
    if example.extra or example.rejected:
        return None
    messages = [dict(message.pairs) for message in example.messages]
    for message in messages:
        for text in message.values():
            if type(text) is not str or not text.isascii():
                return None
    written = orjson.dumps({"messages": messages}, option=orjson.OPT_SORT_KEYS)
    return written if written.isascii() and b"\x7f" not in written else None


def example_columns(example: Example, content: str) -> dict[str, Any]:
    """The columns of a row that follow from its example."""
    return {
        "content": content,
        "size": _bytes_of(content.partition("\n")[0]) + 1,
        "inherits": example.system is None,
        "content_hash": hash_content(example),
        "messages_count": len(example.messages),
        "review": example.review,
        "held_out": example.held_out,
        "script": script_of(example),
        "replies": learned_replies(example),
        "opening": opening_of(example),
    }


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "backslashreplace"))


def opening_of(example: Example) -> bytes:
    """What A to Z goes by: how the first question begins, in at most 60 bytes.

    GB18030 puts the usual Chinese characters in the order of their pinyin, and English before.
    """
    first = next((m.text for m in example.messages if m.role == USER), "")
    begins = " ".join(first[:60].split()).casefold()
    return begins.encode("ascii" if begins.isascii() else "gb18030", "replace")[:60]


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


def finding_columns(
    project_id: str, findings: Iterable[tuple[int, Sequence[FindingCount]]]
) -> list[dict[str, Any]]:
    """The columns of rows' findings; those that differ only beyond what is kept are one."""
    counts: Counter[tuple[int, str, str, str]] = Counter()
    for row_id, some in findings:
        for found in some:
            key = (row_id, found.code, found.severity.value, found.detail[:_DETAIL])
            counts[key] += found.count
    names = ("example_id", "code", "severity", "detail")
    return [
        {**dict(zip(names, key, strict=True)), "project_id": project_id, "count": count}
        for key, count in counts.items()
    ]
