"""`benchmarks/results.md`: a section a measurement, each with its day and its machine."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Table, as_markdown

RESULTS = Path(__file__).resolve().parent / "results.md"
HEAD = """# Results

Written by `make bench`; `make bench ONLY=check` measures and rewrites one section. Every figure is
the median of its rounds with the least and the greatest in brackets. The ways that are compared
take turns within one run, and a ratio is that of neighbours: compare ratios, not seconds.
"""


def save_section(name: str, table: Table, path: Path = RESULTS) -> None:
    """Write or replace the section of one measurement; the others stay."""
    written = path.read_text(encoding="utf-8") if path.exists() else HEAD
    sections = dict(re.findall(r"^<!-- (\w+) -->\n(.*?)(?=^<!-- |\Z)", written, re.M | re.S))
    sections[name] = f"## {table.title}\n\n{as_markdown(table)}\n\n{machine()}\n\n"
    parts = [f"<!-- {key} -->\n{text.strip()}\n" for key, text in sections.items()]
    path.write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def machine() -> str:
    """The day, and what it was measured on: cores, memory, load and Python; no names."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"*{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {_memory()}{load}, "
        f"Python {platform.python_version()}, {platform.system()}*"
    )


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "memory unknown"
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GB memory"
