"""Tests of core.importing: memory holds one row or object at a time, however large the file."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from openpyxl import Workbook

from core.encodings import LONGEST_LINE
from core.importing import guess_recipe, read_by
from core.lines import LONGEST_BYTES

QUESTION, ANSWER = "你好吗？" * 20, "您好，很好。" * 30
TURNS = [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}]
KINDS = {
    "x.jsonl": ("", json.dumps({"conversations": TURNS}) + "\n", ""),
    "x.json": ("[", json.dumps({"conversations": TURNS}, indent=1) + ",\n", "{}]"),
    "x.csv": ("instruction,input,output\n", f"{QUESTION},{ANSWER},{ANSWER}\n", ""),
    "x.txt": ("", f"问：{QUESTION}\n答：{ANSWER}\n\n", ""),
}


class Endless(RawIOBase):
    """A file of some megabytes that is never whole in memory."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def readable(self) -> bool:
        """So that it can be read in lines."""
        return True

    def readinto(self, buffer) -> int:
        """As much as there is room for."""
        while len(self._held) < len(buffer) and (piece := next(self._pieces, b"")):
            self._held += piece
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size


def peak_of(read: Iterator[object]) -> tuple[int, int]:
    """How many lines were read, and the most memory that it took."""
    tracemalloc.start()
    count = sum(1 for _ in read)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, peak


@pytest.mark.parametrize("name", KINDS)
def test_memory_does_not_grow_with_a_text(name):
    """Thousands of rows take no more than a few."""
    head, row, tail = KINDS[name]
    recipe = guess_recipe(BytesIO(f"{head}{row * 3}{tail}".encode()), name)

    def pieces() -> Iterator[bytes]:
        yield f"{head}{row}".encode()
        for _ in range(250):
            yield row.encode() * 10
        yield f"{row}{tail}".encode()

    count, peak = peak_of(read_by(recipe)(Endless(pieces())))
    assert count >= 2_500
    assert peak < 1_500_000


def test_memory_does_not_grow_with_a_workbook(tmp_path: Path):
    """Rows pass, and the strings that they share lie on disk."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["question", "answer"])
    for number in range(4_000):
        sheet.append([f"{QUESTION}{number}", f"{ANSWER}{number}"])
    book.save(tmp_path / "x.xlsx")
    with (tmp_path / "x.xlsx").open("rb") as file:
        recipe = guess_recipe(file, "x.xlsx")
        next(read_by(recipe)(file))  # imports what it needs
        count, peak = peak_of(read_by(recipe)(file))
    assert count == 4_001
    assert peak < 3_000_000


@pytest.mark.parametrize("name", ["x.jsonl", "x.json"])
def test_a_value_without_end_comes_in_pieces(name):
    """Nothing is lost of it, and it is never held whole."""
    size = 3 * LONGEST_BYTES
    recipe = guess_recipe(BytesIO(b'{"messages": ["'), name)
    pieces = (b'{"messages": ["', *[b"x" * 1_000_000] * (size // 1_000_000))
    lines = read_by(recipe)(Endless(iter(pieces)))
    sizes = [len(line.raw) for line in lines if line.findings]
    assert sum(sizes) == size + len(pieces[0])
    assert max(sizes) < 2 * LONGEST_BYTES


@pytest.mark.parametrize("start", ["question,answer\nq,a\n", "Ann: hi\nBob: yo\n", "no names "])
def test_a_text_without_line_breaks_comes_in_pieces(start):
    """A table or a chat that never ends its line is cut somewhere, and told."""
    recipe = guess_recipe(BytesIO(start.encode() * 2), "x.csv" if "," in start else "x.txt")
    pieces = iter([start.encode(), *[b"x " * 500_000] * (3 * LONGEST_LINE // 1_000_000)])
    lines = read_by(recipe.with_assistant("Bob"))(Endless(pieces))
    kept = sum(len(line.raw) for line in lines)
    assert kept >= 3 * LONGEST_LINE
