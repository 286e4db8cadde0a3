"""`parts`: what a check spends its time on, and how far that is from counting tokens alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import texts
from benchmarks.check import ENCODING, MEGABYTES, QUICK_MEGABYTES, check, name_of
from benchmarks.figures import Table, measure_in_turn, seconds, spread
from core.checking import split_lines
from core.digests import digest_of
from core.examples import Example
from core.fast_tokens import batch_counter_for
from core.jsonl import Line, read_line
from core.lines import read_lines
from core.report import Basis, Report
from core.rules import check_example_once
from core.tokens import BatchCounter, KnownCounts, count_example, texts_of

# Each does what those before it do, and one thing more.
STEPS = ("read", "parse", "rules", "copies", "tokenizer", "count", "all")
SAID = {
    "read": "read the file and cut it into lines",
    "parse": "JSON into examples, with what is odd about a line",
    "rules": "all rules for one example",
    "copies": "a digest of each example, to know copies by",
    "tokenizer": "tokens of every text, each once in 256 examples",
    "count": "the three counts of each example",
    "all": "findings, places and sums of the file",
}


def measure(*, quick: bool = False) -> Table:
    """Check a generated file with one process, stopping after each step in turn."""
    megabytes = QUICK_MEGABYTES if quick else MEGABYTES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "examples.jsonl"
        rows = texts.write_file(path, megabytes * 1_000_000)
        counter = batch_counter_for(ENCODING, path.stat().st_size)
        ways = {step: _way(path, counter, at) for at, step in enumerate(STEPS)}
        ways["two processes"] = lambda: seconds(lambda: check(path))
        return _table(measure_in_turn(ways), rows, name_of(counter))


def _way(path: Path, counter: BatchCounter, last: int) -> Callable[[], float]:
    def run() -> float:
        began = time.perf_counter()
        go(path, counter, last)
        return time.perf_counter() - began

    return run


def go(path: Path, counter: BatchCounter, last: int) -> Report:
    """The steps up to the one at `last`, over the whole file."""
    report = Report(Basis.for_encoding(ENCODING), path.stat().st_size)
    with path.open("rb") as file:
        for part in split_lines(read_lines(file)):
            if last < 1:
                continue
            _check([read_line(raw) for raw in part], report, counter, last)
    return report


def _check(lines: list[Line], report: Report, counter: BatchCounter, last: int) -> None:
    examples = [line.example for line in lines if line.example]
    if last == len(STEPS) - 1:
        known = _count_texts(examples, counter)
        for line in lines:
            report.count_line(line, known)
        return
    if last >= 2:
        _each(check_example_once, examples)
    if last >= 3:
        _each(digest_of, examples)
    if last >= 4:
        known = _count_texts(examples, counter)
        if last >= 5:
            _each(lambda example: count_example(example, known), examples)


def _count_texts(examples: list[Example], counter: BatchCounter) -> KnownCounts:
    return KnownCounts(counter.count_all(text for each in examples for text in texts_of(each)))


def _each(function: Callable[[Example], Any], examples: Iterable[Example]) -> None:
    for example in examples:
        function(example)


def _table(found: dict[str, list[float]], rows: int, counter: str) -> Table:
    own = [found["read"]] + [
        [more - less for more, less in zip(found[step], found[before], strict=True)]
        for before, step in pairwise(STEPS)
    ]
    tokenizer = median(own[STEPS.index("tokenizer")])
    parts = [
        (f"{step}: {SAID[step]}", *_figures(times, rows, tokenizer))
        for step, times in zip(STEPS, own, strict=True)
    ]
    whole = ("all of it", *_figures(found["all"], rows, tokenizer))
    two = ("all of it, by two processes", *_figures(found["two processes"], rows, tokenizer))
    return Table(
        title="What a check spends its time on",
        about=(
            f"The file of the section above, {rows:,} examples, by one process that stops after "
            f"each step in turn; a line is what its step adds. The tokenizer is {counter}, and its "
            f"own time the limit that the rest is compared with: nothing that counts with it can "
            f"be faster than that."
        ),
        columns=("part", "time", "µs an example", "times the tokenizer's"),
        figures=(*parts, whole, two),
    )


def _figures(times: list[float], rows: int, tokenizer: float) -> tuple[str, str, str]:
    each = [1e6 * time / rows for time in times]
    return spread(times, "s"), f"{median(each):.1f}", f"{median(times) / tokenizer:.2f}"
