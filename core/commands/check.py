"""`python -m core check FILE`: the same checks as in the app, for scripts and CI."""

from __future__ import annotations

import argparse
import json
from contextlib import suppress
from pathlib import Path

from core.checking import check_file
from core.commands.terminal import BAD, GOOD, Terminal, write_out
from core.report import Basis
from core.report_text import write_report


def run(terminal: Terminal, options: argparse.Namespace) -> int:
    """Check a file and print what was found; `BAD` where there are errors."""
    report = check_file(options.file, _basis(options))
    name = Path(options.file).name
    with suppress(BrokenPipeError):  # who leaves early has read enough
        write_out(
            json.dumps(report.to_json())
            if options.json
            else write_report(report, name, terminal.language)
        )
    return BAD if report.errors else GOOD


def _basis(options: argparse.Namespace) -> Basis:
    if options.encoding is not None:
        return Basis.for_encoding(options.encoding)
    return Basis.for_model(options.model)
