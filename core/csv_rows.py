"""Rows out of delimited text: each with the text it came from, and no row spoils the next."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

# The longest cell in characters. A quotation mark that opens a cell and is not closed for so
# long was never meant to; this also bounds what is held in memory.
CELL_LIMIT = 32_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row, numbered from 1: its cells, or the code of why it cannot be cut into any."""

    number: int
    text: str
    cells: tuple[str, ...] = ()
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in any cell."""
        return not self.fault and not any(cell.strip() for cell in self.cells)


def read_rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    """Cut lines (with their endings) into rows.

    A cell in quotation marks may span lines. Where one is not closed, or text follows the closing
    mark, its first line alone is the faulty row, and reading goes on with the next line.
    """
    feed = _Feed(lines)
    reader = _reader(feed, delimiter)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Row(number, feed.give_back(), fault="broken_quotes")
            reader = _reader(feed, delimiter)
            continue
        if cells is None:
            return
        yield Row(number, feed.take(), tuple(cells))


def _reader(feed: _Feed, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(CELL_LIMIT)  # of the whole program; its default is 131,072
    return csv.reader(feed, delimiter=delimiter, strict=True)


class _Feed:
    """Lines that remember which of them the row being read consists of."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self._taken.append(line)
        return line

    def take(self) -> str:
        """The text of the row that has just been read."""
        text = "".join(self._taken)
        self._taken.clear()
        return text

    def give_back(self) -> str:
        """The first line of a row that failed; the others will be read again."""
        first, *others = self._taken
        self._waiting.extendleft(reversed(others))
        self._taken.clear()
        return first
