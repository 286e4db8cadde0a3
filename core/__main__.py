"""`python -m core check FILE`, `train`, `jobs`, `watch JOB`: what the app does, for scripts."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from importlib import import_module

from core.commands.options import make_parser
from core.commands.terminal import (
    GOOD,
    INTERRUPTED,
    UNUSABLE,
    CannotWrite,
    Terminal,
    open_streams,
    terminal_language,
    write_beside,
)
from core.errors import TonesmithError


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return the exit status."""
    open_streams()
    # What there is to say is said in sentences; the lines of the log are for the app's.
    logging.getLogger().addHandler(logging.NullHandler())
    options = make_parser(terminal_language()).parse_args(arguments)
    terminal = Terminal(options.language or terminal_language(), options.json)
    if getattr(options, "home", None):
        os.environ["TONESMITH_HOME"] = options.home
    return _carry_out(terminal, options)


def _carry_out(terminal: Terminal, options: argparse.Namespace) -> int:
    """The command's status, or that of what stopped it. Only the module that is asked is read."""
    run = import_module(f"core.commands.{options.command}").run
    try:
        status: int = run(terminal, options)
    except BrokenPipeError:
        return GOOD  # who leaves early has read enough
    except CannotWrite as error:
        write_beside(terminal.words("cli.cannot_write", reason=terminal.reason(error)))
        return UNUSABLE
    except OSError as error:
        path, reason = error.filename or "", terminal.reason(error)
        write_beside(terminal.words("cli.cannot_read", path=path, reason=reason))
        return UNUSABLE
    except TonesmithError as problem:
        return terminal.refuse(problem)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
