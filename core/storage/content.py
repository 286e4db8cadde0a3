"""An example as the columns of its row, and back."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from core.counts import TokenCount
from core.examples import Example


def write_content(example: Example) -> str:
    """The example's JSON text, keys in their order; its tags, if any, on a second line."""
    line = json.dumps(example.to_json(), ensure_ascii=False)
    if not example.tags:
        return line
    return f"{line}\n{json.dumps(example.tags, ensure_ascii=False)}"


def read_content(content: str) -> Example:
    """The example that `write_content` wrote."""
    line, _, tags = content.partition("\n")  # JSON text on one line holds no bare line break
    example = Example.from_json(json.loads(line))
    return example.with_tags(json.loads(tags)) if tags else example


def hash_content(example: Example) -> bytes:
    """16 bytes that two examples share when they say the same, whatever the order of their keys."""
    canonical = json.dumps(example.to_json(), sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("ascii")).digest()[:16]


def example_columns(example: Example, content: str) -> dict[str, Any]:
    """The columns of a row that follow from its example."""
    return {
        "content": content,
        "size": len(content.partition("\n")[0].encode("utf-8", "backslashreplace")) + 1,
        "inherits": example.system is None,
        "content_hash": hash_content(example),
        "messages_count": len(example.messages),
    }


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
