"""`python -m benchmarks [NAME …] [--quick]`: measure, print, and write `benchmarks/results.md`."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys

from benchmarks.figures import as_markdown
from benchmarks.results import save_section

BARE = "streamlit.runtime.scriptrunner_utils.script_run_context"
# Each is a module of this package with `measure(quick=…) -> Table`.
NAMES = ("check", "parts", "large", "importing", "alike", "edit", "scale", "rerun", "start", "job")


def main(arguments: list[str] | None = None) -> int:
    """Measure what is named, or everything; quick figures are only printed."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in NAMES]:
        parser.error(f"there is no {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    # Every run of a page outside a server warns that it is one.
    logging.getLogger(BARE).disabled = True
    for name in options.names or NAMES:
        table = importlib.import_module(f"benchmarks.{name}").measure(quick=options.quick)
        print(f"\n## {table.title}\n\n{as_markdown(table)}", flush=True)
        if not options.quick:
            save_section(name, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
