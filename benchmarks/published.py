"""The published format check and token count, written plainly: what ours is measured against.

The way of the OpenAI Cookbook's "Data preparation and analysis for chat model fine-tuning", in
our own words: the whole file in memory, `json.loads` a line, one `encode` a value, nothing
remembered. (The original encodes replies a second time; this does not, so that nothing is won
against waste alone.)
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tiktoken

from core.vocab import install_vocabulary

LIMIT = 4_096  # tokens that a model read of an example
KEYS = {"role", "content", "name"}
ROLES = {"system", "user", "assistant"}
CODES = {
    "data_type",
    "missing_messages_list",
    "message_missing_key",
    "message_unrecognized_key",
    "unrecognized_role",
    "missing_content",
    "example_missing_assistant_message",
}


@dataclass
class Published:
    """The figures of a file: errors by code, and by example its messages and tokens."""

    errors: Counter[str] = field(default_factory=Counter)
    messages: Counter[int] = field(default_factory=Counter)
    tokens: Counter[int] = field(default_factory=Counter)
    replies: Counter[int] = field(default_factory=Counter)


def check(path: Path, encoding: tiktoken.Encoding) -> Published:
    """Check and count a file of sound lines."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    found = Published()
    for row in rows:
        found.errors.update(errors_of(row))
    for row in rows:
        tokens, reply = count_tokens(row["messages"], encoding)
        found.messages[len(row["messages"])] += 1
        found.tokens[tokens] += 1
        found.replies[reply] += 1
    return found


def errors_of(row: Any) -> list[str]:
    """What the published check finds in a row, a code each time."""
    if not isinstance(row, dict):
        return ["data_type"]
    messages = row.get("messages")
    if not messages:
        return ["missing_messages_list"]
    errors = []
    for message in messages:
        if "role" not in message or "content" not in message:
            errors.append("message_missing_key")
        if any(key not in KEYS for key in message):
            errors.append("message_unrecognized_key")
        if message.get("role") not in ROLES:
            errors.append("unrecognized_role")
        content = message.get("content")
        if not content or not isinstance(content, str):
            errors.append("missing_content")
    if not any(message.get("role") == "assistant" for message in messages):
        errors.append("example_missing_assistant_message")
    return errors


def count_tokens(messages: list[dict[str, Any]], encoding: tiktoken.Encoding) -> tuple[int, int]:
    """An example's tokens: 3 an example, 3 a message, each value, 1 a name; and its replies'."""
    total, replies = 3, 0
    for message in messages:
        total += 3
        for key, value in message.items():
            tokens = len(encoding.encode(value))
            total += tokens + (1 if key == "name" else 0)
            if key == "content" and message["role"] == "assistant":
                replies += tokens
    return total, replies


def main(arguments: list[str]) -> None:
    """`python -m benchmarks.published ENCODING FILE`: print how many tokens a pass has."""
    install_vocabulary(arguments[0])
    found = check(Path(arguments[1]), tiktoken.get_encoding(arguments[0]))
    cut = sum(min(tokens, LIMIT) * often for tokens, often in found.tokens.items())
    print(json.dumps({"errors": found.errors, "tokens_per_epoch": cut}))


if __name__ == "__main__":
    main(sys.argv[1:])
