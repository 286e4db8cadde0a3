"""An example as the columns of its row, and back."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from core.counts import TokenCount
from core.examples import Example


def write_content(example: Example) -> str:
    """The example's JSON text, keys in their order."""
    return json.dumps(example.to_json(), ensure_ascii=False)


def read_content(content: str) -> Example:
    """The example that `write_content` wrote."""
    return Example.from_json(json.loads(content))


def hash_content(example: Example) -> bytes:
    """16 bytes that two examples share when they say the same, whatever the order of their keys."""
    canonical = json.dumps(example.to_json(), sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode("ascii")).digest()[:16]


def example_columns(example: Example, content: str) -> dict[str, Any]:
    """The columns of a row that follow from its example."""
    return {
        "content": content,
        "size": len(content.encode("utf-8", "backslashreplace")) + 1,
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
