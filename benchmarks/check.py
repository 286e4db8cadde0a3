"""`check`: our whole check of a file against the published one, with equal numbers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import tiktoken

from benchmarks import published, texts
from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, seconds, spread
from core.checking import check_source
from core.report import Basis, Report
from core.tokens import TiktokenCounter

ENCODING = "o200k_base"
MEGABYTES, QUICK_MEGABYTES = 50, 1


def measure(*, quick: bool = False) -> Table:
    """Check a generated file in both ways, ours on all cores and on one.

    Raises:
        NotEqual: they do not find the same.
    """
    megabytes = QUICK_MEGABYTES if quick else MEGABYTES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "examples.jsonl"
        rows = texts.write_file(path, megabytes * 1_000_000)
        compare(path)
        return _measure(path, rows, megabytes)


def compare(path: Path) -> Report:
    """Check once in each way, which also loads the vocabulary before anything is timed."""
    ours = _check(path)
    theirs = published.check(path, tiktoken.get_encoding(ENCODING))
    if _check(path, threads=1).to_json() != ours.to_json():
        raise NotEqual("one thread and many")
    pairs = {
        "findings": ({k: n for k, n in ours.errors.items() if k in published.CODES}, theirs.errors),
        "messages": (ours.messages, theirs.messages),
        "tokens": (ours.tokens, theirs.tokens),
        "tokens of replies": (ours.assistant_tokens, theirs.replies),
    }
    if different := [name for name, (mine, their) in pairs.items() if mine != their]:
        raise NotEqual(", ".join(different))
    return ours


def _check(path: Path, threads: int | None = None) -> Report:
    with path.open("rb") as file:
        # A counter of its own each time: it must not remember the round before.
        counter, basis = TiktokenCounter(ENCODING), Basis.for_encoding(ENCODING)
        return check_source(file, basis, counter, path.stat().st_size, threads)


def _measure(path: Path, rows: int, megabytes: int) -> Table:
    encoding = tiktoken.get_encoding(ENCODING)
    found = measure_in_turn(
        {
            "published": lambda: seconds(lambda: published.check(path, encoding)),
            "ours": lambda: seconds(lambda: _check(path)),
            "ours, one thread": lambda: seconds(lambda: _check(path, threads=1)),
        }
    )
    return Table(
        title="Checking a file",
        about=(
            f"A generated file of {megabytes} MB, {rows:,} examples in English and Chinese, in "
            f"which only system prompts repeat (about 30 % of the text; in the article's weather "
            f"jokes it is 31 %). Ours "
            f"also reads defensively, finds copies and checks our own rules. Both count with "
            f"`{ENCODING}` and find the same."
        ),
        columns=("way", "time", "times as fast as the published one"),
        figures=tuple(
            (name, spread(times, "s"), spread(ratios(found["published"], times)))
            for name, times in found.items()
        ),
    )
