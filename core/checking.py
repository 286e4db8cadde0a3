"""A whole file checked by several processes at once, in memory that hardly grows with the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeAlias

from core.fast_tokens import batch_counter_for
from core.jsonl import read_line
from core.lines import CHUNK_BYTES, RawLine, find_cuts, is_plain, read_lines, read_range
from core.processes import map_shared
from core.report import Basis, Report
from core.tokens import BatchCounter, KnownCounts, texts_of

# Lines whose texts are counted in one call.
PART_LINES = 256
PART_BYTES = 500_000
# Long enough that to hand it over costs nothing, short enough that nobody waits long at the end.
RANGE_BYTES = 500_000
ALONE_BYTES = 4_000_000  # a file as short is read before another process has begun
# Each holds a vocabulary, some 100 MB; and a disk is hardly faster than two of them.
MOST_PROCESSES = 2

LoadCounter: TypeAlias = Callable[[str, int], BatchCounter]


@dataclass(frozen=True, slots=True)
class _Range:
    """The whole lines of a file from one byte to another, and how they are reckoned."""

    path: str
    start: int
    end: int
    basis: Basis
    load_counter: LoadCounter
    file_bytes: int


def check_file(
    path: str | Path,
    basis: Basis,
    processes: int | None = None,
    load_counter: LoadCounter = batch_counter_for,
) -> Report:
    """Read a file and count everything about it; the figures do not depend on `processes`.

    processes: how many work at the same time, by default one a core and two at most. A JSON array,
    UTF-16 and what is no file on a disk are read by one. load_counter: a function of a module,
    which finds what counts texts of an encoding in a file of so many bytes.

    Raises:
        OSError: it cannot be opened or read.
        NotFound: `unknown_encoding`.
        StorageFailed: the vocabulary cannot be used.
    """
    with Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        counter = load_counter(basis.encoding, size)
        if size <= ALONE_BYTES or not _is_cuttable(file):
            return check_source(file, basis, counter, size)
        cuts = find_cuts(file, size, RANGE_BYTES)
    ranges = [_Range(str(path), *cut, basis, load_counter, size) for cut in pairwise(cuts)]
    report = Report(basis, size)
    processes = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
    for counted in map_shared(_check_range, ranges, processes):
        report.add(counted)
    report.finish()
    return report


def check_source(
    source: BinaryIO, basis: Basis, counter: BatchCounter, file_bytes: int = 0
) -> Report:
    """Read `source` once, by this process alone, and count everything about it.

    Raises only what `source.read` and `counter.count_all` raise.
    """
    report = Report(basis, file_bytes)
    _count_lines(report, read_lines(source), counter)
    report.finish()
    return report


def _check_range(part: _Range) -> Report:
    report = Report(part.basis)
    with Path(part.path).open("rb") as file:
        lines = read_range(file, part.start, part.end)
        _count_lines(report, lines, part.load_counter(part.basis.encoding, part.file_bytes))
    return report


def _count_lines(report: Report, lines: Iterable[RawLine], counter: BatchCounter) -> None:
    for part in split_lines(lines):
        read = [read_line(line) for line in part]
        texts = (text for line in read if line.example for text in texts_of(line.example))
        known = KnownCounts(counter.count_all(texts))
        for line in read:
            report.count_line(line, known)


def _is_cuttable(file: BinaryIO) -> bool:
    head = file.read(CHUNK_BYTES)
    file.seek(0)
    return is_plain(head)


def split_lines(lines: Iterable[RawLine]) -> Iterator[list[RawLine]]:
    """The lines, as many at a time as are counted in one call."""
    part: list[RawLine] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line.raw)
        if len(part) == PART_LINES or size >= PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
