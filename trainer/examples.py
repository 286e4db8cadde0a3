"""Reading a training file: every line is a conversation, or a sentence that says why it is not.

Such a sentence begins with `Line N: ` or `Line N, message M: `, both counted from 1, so that a
program can find the place; before it stands `Validation file: ` where it is about that one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.bases import Messages
from trainer.errors import BadTrainingFile
from trainer.text import repair_text

MINIMUM_EXAMPLES = 10  # OpenAI's, https://platform.openai.com/docs/guides/supervised-fine-tuning
MESSAGE_KEYS = frozenset({"role", "content", "name", "weight"})
UNUSED_KEYS = frozenset({"tools", "functions", "parallel_tool_calls"})


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One line of the file. Each message has role and content, and name and weight or None."""

    line: int
    messages: Messages
    unused: tuple[str, ...] = ()  # keys that mean something elsewhere and nothing here

    @property
    def learns(self) -> bool:
        """Whether any of its replies is to be learned from."""
        return any(m["role"] == "assistant" and m["weight"] != 0 for m in self.messages)


def check_training_file(
    path: Path, roles: frozenset[str], param: str = "training_file"
) -> list[TrainingExample]:
    """Read a whole file and hold it to what a job needs.

    Raises:
        BadTrainingFile: naming the line; code `invalid_training_file`, `invalid_validation_file`
            or `invalid_n_examples`, param as given.
    """
    which = "" if param == "training_file" else "Validation file: "
    try:
        examples = list(read_training_file(path, roles))
    except BadTrainingFile as problem:
        message = f"{which}{problem.message}"
        raise BadTrainingFile(message, f"invalid_{param}", param) from None
    needed = 1 if which else MINIMUM_EXAMPLES
    if len(examples) < needed:
        count = _count(len(examples), "example")
        message = f"{which}{count} in the file; at least {needed} are needed."
        raise BadTrainingFile(message, "invalid_n_examples", param)
    if not any(example.learns for example in examples):
        message = f"{which}There is nothing to learn from: every reply in the file has weight 0."
        raise BadTrainingFile(message, f"invalid_{param}", param)
    return examples


def read_training_file(path: Path, roles: frozenset[str]) -> Iterator[TrainingExample]:
    """Yield the examples of a JSONL file; blank lines and a byte order mark are passed over.

    Raises:
        BadTrainingFile: at the first line that cannot be used.
    """
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            text = _decode(raw, number)
            if text.strip():
                yield _read_line(text, number, roles)


def _decode(raw: bytes, line: int) -> str:
    try:
        return raw.decode("utf-8-sig" if line == 1 else "utf-8")
    except UnicodeDecodeError:
        raise BadTrainingFile(
            f"Line {line}: this is not UTF-8 text. Save the file as UTF-8."
        ) from None


def _read_line(text: str, line: int, roles: frozenset[str]) -> TrainingExample:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadTrainingFile(
            f"Line {line}: this is not valid JSON. Every line must be one JSON object."
        ) from None
    if not isinstance(value, dict):
        raise BadTrainingFile(f"Line {line}: this is not a JSON object with `messages`.")
    found = value.get("messages")
    if not isinstance(found, list) or not found:
        raise BadTrainingFile(f"Line {line}: there is no list of `messages`.")
    messages = [
        _read_message(m, f"Line {line}, message {i}", roles) for i, m in enumerate(found, 1)
    ]
    if not any(m["role"] == "assistant" for m in messages):
        raise BadTrainingFile(f"Line {line}: there is no message from the assistant to learn from.")
    return TrainingExample(line, messages, tuple(sorted(UNUSED_KEYS & value.keys())))


def _read_message(value: Any, place: str, roles: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadTrainingFile(f"{place}: a message must be a JSON object.")
    _check_keys(value, place)
    role, content = value.get("role"), value.get("content")
    if not isinstance(role, str) or role not in roles:
        raise BadTrainingFile(
            f"{place}: the role is {repair_text(json.dumps(role, ensure_ascii=False))}; "
            f"this model takes {', '.join(sorted(roles))}."
        )
    if not isinstance(content, str) or not content:
        raise BadTrainingFile(f"{place}: the content must be text, and not empty.")
    return {"role": role, "content": repair_text(content), **_read_options(value, place)}


def _check_keys(value: dict[str, Any], place: str) -> None:
    foreign = sorted(key for key in value if key not in MESSAGE_KEYS and value[key] is not None)
    if foreign:
        raise BadTrainingFile(
            f"{place}: {repair_text(', '.join(foreign))} cannot be used here; "
            f"a message may have role, content, name and weight."
        )


def _read_options(value: dict[str, Any], place: str) -> dict[str, Any]:
    name, weight = value.get("name"), value.get("weight")
    if name is not None and not isinstance(name, str):
        raise BadTrainingFile(f"{place}: the name must be text.")
    if weight is not None and (isinstance(weight, bool) or weight not in (0, 1)):
        raise BadTrainingFile(f"{place}: the weight must be 0 or 1.")
    return {
        "name": None if name is None else repair_text(name),
        "weight": None if weight is None else int(weight),
    }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
