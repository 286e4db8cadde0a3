"""A whole file checked on every core at once, in memory that does not grow with the file."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, TypeVar

from core.jsonl import read_line
from core.lines import RawLine, read_lines
from core.report import Basis, Report
from core.tokens import KnownCounts, TiktokenCounter, texts_of

# A part is long enough that handing it over costs nothing, and short enough to hold a few.
PART_LINES = 64
PART_BYTES = 256_000
# tiktoken lets go of the interpreter while it counts, which is some two thirds of the work: more
# threads than these would only wait for each other.
MOST_THREADS = 3
WAITING = 2  # parts a thread, read ahead

_T = TypeVar("_T")
_U = TypeVar("_U")


def check_source(
    source: BinaryIO,
    basis: Basis,
    counter: TiktokenCounter,
    file_bytes: int = 0,
    threads: int | None = None,
) -> Report:
    """Read `source` once and count everything about it; the figures do not depend on `threads`.

    threads: how many work at the same time, by default one a core and three at most.
    Raises only what `source.read` and `counter.count` raise.
    """

    def count(part: list[RawLine]) -> Report:
        lines = [read_line(line) for line in part]
        texts = (text for line in lines if line.example for text in texts_of(line.example))
        known = KnownCounts(counter.count_all(texts))
        report = Report(basis)
        for line in lines:
            report.count_line(line, known)
        return report

    report = Report(basis, file_bytes)
    threads = threads or min(os.cpu_count() or 1, MOST_THREADS)
    for counted in _map_in_order(count, _parts(read_lines(source)), threads):
        report.add(counted)
    report.finish()
    return report


def _parts(lines: Iterable[RawLine]) -> Iterator[list[RawLine]]:
    """The lines, some at a time."""
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


def _map_in_order(function: Callable[[_T], _U], items: Iterable[_T], threads: int) -> Iterator[_U]:
    """`map` on several threads; unlike `Executor.map` it reads only a few items ahead."""
    begun: deque[Future[_U]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="check") as pool:
        for item in items:
            begun.append(pool.submit(function, item))
            if len(begun) > threads * WAITING:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
