"""`large`: `python -m core check` as a program, its start included, and the memory it takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import texts
from benchmarks.check import ENCODING
from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, spread

ROOT = Path(__file__).resolve().parents[1]
SIZES, QUICK_SIZES = (50, 512), (5, 10)  # megabytes
ROUNDS = 3
LOOK_SECONDS = 0.02
OURS = [sys.executable, "-m", "core", "check", "--encoding", ENCODING, "--json"]
PUBLISHED = [sys.executable, "-m", "benchmarks.published", ENCODING]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a program took: seconds, and the most bytes of all its processes at once."""

    seconds: float
    memory: int
    tokens: int  # a pass


def measure(*, quick: bool = False) -> Table:
    """Check a file and one ten times as large, and the first in the published way.

    Raises:
        NotEqual: they do not count the same.
    """
    small, large = QUICK_SIZES if quick else SIZES
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: Path(folder) / f"{size}.jsonl" for size in (small, large)}
        for size, path in paths.items():
            texts.write_file(path, size * 1_000_000)
        runs: dict[str, list[Run]] = {}
        found = measure_in_turn(
            {
                f"published, {small} MB": _way([*PUBLISHED, str(paths[small])], runs, "theirs"),
                f"ours, {small} MB": _way([*OURS, str(paths[small])], runs, "ours"),
                f"ours, {large} MB": _way([*OURS, str(paths[large])], runs, "large"),
            },
            1 if quick else ROUNDS,
        )
    if {run.tokens for run in runs["theirs"]} != {run.tokens for run in runs["ours"]}:
        raise NotEqual("tokens")
    return _table(found, list(runs.values()))


def _way(command: list[str], runs: dict[str, list[Run]], name: str) -> Callable[[], float]:
    def go() -> float:
        runs.setdefault(name, []).append(run_program(command))
        return runs[name][-1].seconds

    return go


def run_program(command: list[str]) -> Run:
    """Run a program to its end, looking at the memory of its processes all the while."""
    began, most = time.perf_counter(), 0
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)  # noqa: S603  # ours
    while process.poll() is None:
        most = max(most, memory_of(process.pid))
        time.sleep(LOOK_SECONDS)
    took = time.perf_counter() - began
    said = json.loads(process.communicate()[0])
    return Run(took, most, said["tokens_per_epoch"])


def memory_of(pid: int) -> int:
    """Bytes that a process and its children have in memory, 0 where the system does not say.

    What two of them share counts twice.
    """
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (OSError, IndexError):  # ended meanwhile
        return 0
    return pages * 4096 + sum(memory_of(int(child)) for child in children)


def _table(found: dict[str, list[float]], runs: list[list[Run]]) -> Table:
    first = next(iter(found.values()))
    return Table(
        title="Checking as a program",
        about=(
            "`python -m core check` from its start to its end, and the published way as a script: "
            "Python, packages and vocabularies are loaded each time. The vocabulary of toktok-rs "
            "takes a quarter of a second. Memory is that of all processes together, what they "
            "share counted twice."
        ),
        columns=("program", "time", "times as fast as the published one", "most memory"),
        figures=tuple(
            (name, spread(times, "s"), _ratio(first, times, name), _memory(some))
            for (name, times), some in zip(found.items(), runs, strict=True)
        ),
    )


def _ratio(first: list[float], times: list[float], name: str) -> str:
    same = name.endswith(f" {SIZES[0]} MB") or name.endswith(f" {QUICK_SIZES[0]} MB")
    return spread(ratios(first, times)) if same else ""


def _memory(runs: list[Run]) -> str:
    return spread([run.memory / 1e6 for run in runs], "MB", 0)
