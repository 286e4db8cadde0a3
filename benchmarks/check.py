"""`check`: our whole check of a file against the published one, with equal numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import tiktoken

from benchmarks import published, texts
from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, seconds, spread
from core.checking import check_file
from core.fast_tokens import FastCounter, batch_counter_for
from core.report import Basis, Report
from core.tokens import BatchCounter, TiktokenCounter
from core.vocab import install_vocabulary

ENCODING = "o200k_base"
MEGABYTES, QUICK_MEGABYTES = 50, 1


def measure(*, quick: bool = False) -> Table:
    """Check a generated file in both ways, ours by two processes and by one.

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
    """Check once in each way, which also loads the vocabularies before anything is timed."""
    install_vocabulary(ENCODING)  # which the published way would fetch
    ours = check(path)
    theirs = published.check(path, tiktoken.get_encoding(ENCODING))
    for way in (lambda: check(path, 1), lambda: check(path, load_counter=load_tiktoken)):
        if way() != ours:
            raise NotEqual("our own ways")
    pairs = {
        "findings": ({k: n for k, n in ours.errors.items() if k in published.CODES}, theirs.errors),
        "messages": (ours.messages, theirs.messages),
        "tokens": (ours.tokens, theirs.tokens),
        "tokens of replies": (ours.assistant_tokens, theirs.replies),
    }
    if different := [name for name, (mine, their) in pairs.items() if mine != their]:
        raise NotEqual(", ".join(different))
    return ours


def check(
    path: Path,
    processes: int = 2,
    load_counter: Callable[[str, int], BatchCounter] = batch_counter_for,
) -> Report:
    """Our check, as `python -m core check` does it."""
    return check_file(path, Basis.for_encoding(ENCODING), processes, load_counter)


def load_tiktoken(encoding: str, _: int) -> BatchCounter:
    """A counter of its own each time: it must not remember the round before."""
    return TiktokenCounter(encoding)


def name_of(counter: BatchCounter) -> str:
    """The package that counts."""
    return "toktok-rs" if isinstance(counter, FastCounter) else "tiktoken"


def _measure(path: Path, rows: int, megabytes: int) -> Table:
    encoding = tiktoken.get_encoding(ENCODING)
    fast = batch_counter_for(ENCODING, path.stat().st_size)
    found = measure_in_turn(
        {
            "published": lambda: seconds(lambda: published.check(path, encoding)),
            "ours": lambda: seconds(lambda: check(path)),
            "ours, one process": lambda: seconds(lambda: check(path, 1)),
            "ours, tiktoken": lambda: seconds(lambda: check(path, load_counter=load_tiktoken)),
        }
    )
    return Table(
        title="Checking a file",
        about=(
            f"A generated file of {megabytes} MB, {rows:,} examples in English and Chinese, in "
            f"which only system prompts repeat (about 30 % of the text; in the article's weather "
            f"jokes it is 31 %). Ours also reads defensively, finds copies and checks all our "
            f"rules for one example; by two processes, its tokens counted by "
            f"{name_of(fast)}. All count with `{ENCODING}`, vocabularies loaded before, and "
            f"find the same."
        ),
        columns=("way", "time", "times as fast as the published one"),
        figures=tuple(
            (name, spread(times, "s"), spread(ratios(found["published"], times)))
            for name, times in found.items()
        ),
    )
