"""A JSON array with an object on each line, as the tools around ShareGPT and Alpaca read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from core.examples import Example


def write_array(
    examples: Iterable[Example], file: BinaryIO, write: Callable[[Example], dict[str, Any]]
) -> None:
    """Each example as `write` makes an object of it, UTF-8."""
    before = "["
    for example in examples:
        text = json.dumps(write(example), ensure_ascii=False)
        file.write(f"{before}{text}".encode(errors="backslashreplace"))
        before = ",\n"
    file.write(b"[]\n" if before == "[" else b"]\n")
