"""Damaged files by number: the same seed gives the same file, on any computer."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
MOST_ROWS = 6
MOST_CHANGES = 5
ENORMOUS = 0.005  # of the files get something as long as a megabyte

ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, "", " ", "\n", "\0", "\ud83d", "\udc00\ud800", [], {},
    [[]], [None], {"": ""}, {"role": "user"}, "assistant", "tool", "<|endoftext|>", "{", "[1,",
    '{"a": 1}', "{'a': 1}", [{"type": "text", "text": "Hi"}], {"type": "function"}, "\ufeff",
    "１３８００１３８０００", "4539 1488 0343 6467", "-----BEGIN PRIVATE KEY-----", "，。",
    "\u202e",
)  # fmt: skip
ODD_BYTES: tuple[bytes, ...] = (
    b"\0", b"\r", b"\n", b"\r\n", b"\n\n\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\xff\xfe\xfd",
    b"\xc3", b"\xe5\xa4", b"\xed\xa0\x80", b"\\ud83d", b"\\u0000", b"\\", b'"', b"'", b"{", b"}",
    b"[", b"]", b",", b":", b"[{", b"}]", b"},{", b'{"messages":[', b'"messages":', b'"role":',
    b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"-0", b"0x10", b"1" + b"0" * 400, b"tru", b"null",
    b"\x1a", b"\x85", b"\xe2\x80\xa8", b"\x0b\x0c", b"//", b"/*", b"#",
)  # fmt: skip
KEYS = ("messages", "role", "content", "tools", "tool_calls", "weight", "name", "function", "")

Change = Callable[[Random, bytes], bytes]


def sound_rows() -> list[bytes]:
    """Rows to begin with: the sound files of the tests, and the examples of the fault sets."""
    lines = [
        line
        for path in (DATA / "weather-jokes.jsonl", DATA / "marv.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    for path in sorted((DATA / "faults").glob("*.jsonl")):
        values = [json.loads(line)["example"] for line in path.read_bytes().split(b"\n") if line]
        lines += [_as_line(value) for value in values[::7]]
    return lines


def mutated_file(seed: int, number: int, rows: Sequence[bytes]) -> bytes:
    """File `number` of a run: some rows, written in one of many ways, then damaged."""
    random = Random(f"{seed}:{number}")  # noqa: S311  # nothing secret: the same again next time
    chosen = [random.choice(rows) for _ in range(random.randint(1, MOST_ROWS))]
    chosen = [_odd_row(random, row) if random.random() < 0.4 else row for row in chosen]
    content = random.choice(LAYOUTS)(random, chosen)
    for _ in range(random.randint(0, MOST_CHANGES)):
        content = random.choice(CHANGES)(random, content)
    if random.random() < ENORMOUS:
        content = random.choice(ENORMOUS_CHANGES)(random, content)
    return random.choice(ENCODINGS)(content) if random.random() < 0.15 else content


def _as_line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace")


def _odd_row(random: Random, row: bytes) -> bytes:
    """The row with an odd value or key somewhere in it."""
    value = json.loads(row)
    places: list[tuple[Any, Any]] = []

    def visit(inner: Any) -> None:
        entries = inner.items() if isinstance(inner, dict) else enumerate(inner)
        for key, item in entries:
            places.append((inner, key))
            if isinstance(item, dict | list):
                visit(item)

    visit(value)
    for _ in range(random.randint(1, 2)):
        parent, key = random.choice(places)
        if isinstance(parent, dict) and random.random() < 0.2:
            parent[random.choice(KEYS)] = parent.get(key)
        else:
            parent[key] = random.choice(ODD_VALUES)
    return json.dumps(value, ensure_ascii=random.random() < 0.5).encode(errors="backslashreplace")


def _lines(ending: bytes) -> Callable[[Random, list[bytes]], bytes]:
    return lambda _, rows: b"".join(row + ending for row in rows)


def _mixed_lines(random: Random, rows: list[bytes]) -> bytes:
    return b"".join(row + random.choice((b"\n", b"\r\n", b"\r", b"\n\n", b" \n")) for row in rows)


def _array(random: Random, rows: list[bytes]) -> bytes:
    between = random.choice((b",", b", ", b",\n", b"\r\n,\r\n", b" "))
    return b"[" + random.choice((b"", b"\n", b"  ")) + between.join(rows) + b"]"


def _pretty_array(random: Random, rows: list[bytes]) -> bytes:
    values = [json.loads(row) for row in rows]
    return json.dumps(values, indent=random.choice((0, 1, 4)), ensure_ascii=True).encode()


def _flip(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 8) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _span(random: Random, content: bytes) -> tuple[int, int]:
    start = random.randint(0, len(content))
    return start, min(len(content), start + random.choice((1, 3, 20, 300)))


def _cut(random: Random, content: bytes) -> bytes:
    start, end = _span(random, content)
    return content[:start] + content[end:]


def _cut_off(random: Random, content: bytes) -> bytes:
    return content[: random.randint(0, len(content))]


def _splice(random: Random, content: bytes) -> bytes:
    start, end = _span(random, content)
    at = random.randint(0, len(content))
    return content[:at] + content[start:end] + content[at:]


def _insert(random: Random, content: bytes) -> bytes:
    at = random.randint(0, len(content))
    return content[:at] + random.choice(ODD_BYTES) + content[at:]


def _nest(random: Random, content: bytes) -> bytes:
    start, end = _span(random, content)
    depth = random.choice((1, 90, 101, 1000, 20_000))
    opens, closes = random.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"[", b"")))
    return content[:start] + opens * depth + content[start:end] + closes * depth + content[end:]


def _double_key(random: Random, content: bytes) -> bytes:
    key = json.dumps(random.choice(KEYS)).encode()
    value = random.choice((b"1", b"[]", b'""'))
    return content.replace(b"{", b"{" + key + b": " + value + b", ", 1)


def _joined(random: Random, content: bytes) -> bytes:
    return content + random.choice((b"", codecs.BOM_UTF8, b"\n", b"\0")) + content


def _spaces(random: Random, content: bytes) -> bytes:
    at = random.randint(0, len(content))
    run = random.choice((b" ", b"\t", "\u3000".encode(), b"\n", b"\\n"))
    return content[:at] + run * random.choice((10, 1000, 70_000)) + content[at:]


def _grown(text: bytes) -> Change:
    """Something a megabyte long in the first string of a content."""
    grown = text * (1_100_000 // len(text))
    return lambda _, content: content.replace(b'"content": "', b'"content": "' + grown, 1)


def _long_tail(random: Random, content: bytes) -> bytes:
    return content + random.choice((b" ", b"[", b"x", b"{", b"\\", b'"', b",", b"\r")) * 1_000_000


LAYOUTS = (_lines(b"\n"), _lines(b"\n"), _lines(b"\r\n"), _lines(b"\r"), _mixed_lines, _array,
           _pretty_array)  # fmt: skip
CHANGES: tuple[Change, ...] = (
    _flip, _cut, _cut_off, _splice, _insert, _insert, _nest, _double_key, _joined, _spaces,
)  # fmt: skip
ENORMOUS_CHANGES: tuple[Change, ...] = (
    _grown(b"word "), _grown(b" "), _grown(b"a"), _grown("天气".encode()), _grown(b"1"),
    _grown(b"!?"), _grown(b"{["), _grown(b"@a."), _long_tail,
)  # fmt: skip


def _recoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda content: content.decode("utf-8", "replace").encode(encoding, "replace")


ENCODINGS: tuple[Callable[[bytes], bytes], ...] = (
    _recoded("utf-16"), _recoded("utf-16-le"), _recoded("utf-16-be"), _recoded("gb18030"),
    _recoded("utf-32"), _recoded("cp1252"), lambda content: codecs.BOM_UTF8 + content,
    lambda content: content[1:],
)  # fmt: skip
