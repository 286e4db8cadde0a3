"""The first start, which sets everything up, and every later one."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import ROUNDS, Table, spread
from benchmarks.programs import ROOT, free_port, started

# What a clone does not bring along.
NOT_CLONED = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis")
FIRST_STARTS = 3  # each makes a whole environment
LOCAL = "BENCH_LOCAL"  # 1 in the environment: install the training stack as well


def measure(*, quick: bool = False) -> Table:
    """Start fresh copies and start one of them again; quick, only the environment at hand."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if quick:
            serve = [sys.executable, "serve.py", "--server.port"]
            later = [_start(serve, ROOT, Path(folder)) for _ in range(2)]
            return _table({"later start, nothing to install": later})
        copies = [Path(folder) / str(n) for n in range(FIRST_STARTS)]
        first = [_first_start(copy) for copy in copies]
        later = [_start(_run_py(), copies[0], copies[0] / "data") for _ in range(ROUNDS)]
    return _table({"first start": first, "later start": later})


def _first_start(copy: Path) -> float:
    shutil.copytree(ROOT, copy, ignore=NOT_CLONED)
    return _start(_run_py(), copy, copy / "data")


def _run_py() -> list[str]:
    """What `make run` does; the port follows."""
    # Not the Python of our own environment: a person has none yet.
    python = str(Path(sys.base_prefix) / "bin" / "python3") if os.name != "nt" else sys.executable
    return [python, "run.py", "run", *(() if _with_local() else ("--no-local",)), "--port"]


def _with_local() -> bool:
    return os.environ.get(LOCAL) == "1"


def _start(command: Sequence[str], folder: Path, home: Path) -> float:
    """Seconds until the server answers."""
    port = free_port()
    began = time.perf_counter()
    with started([*command, str(port)], home, port, folder):
        return time.perf_counter() - began


def _table(found: dict[str, list[float]]) -> Table:
    stack = "with" if _with_local() else "without"
    later = median(list(found.values())[-1])
    return Table(
        title="Starting",
        about=(
            f"`python run.py run` {stack} the training stack, in a fresh copy of the project, "
            "until the server answers `/_stcore/health`. A first start makes the environment and "
            "installs everything; network and pip's cache are those of this machine."
        ),
        columns=("start", "time", "times a later one"),
        figures=tuple(
            (name, spread(times, "s", 1), f"{median(times) / later:.1f}")
            for name, times in found.items()
        ),
    )
