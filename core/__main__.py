"""`python -m core check FILE`: the same checks as in the app, for scripts and CI."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from pathlib import Path

from core.checking import check_file
from core.errors import NotFound, TonesmithError
from core.report import Basis
from core.report_text import write_report
from core.words import LANGUAGES, nearest_language, say

DEFAULT_MODEL = "gpt-4o-mini"
REASONS = {errno.ENOENT: "missing", errno.EISDIR: "folder", errno.EACCES: "forbidden",
           errno.EPERM: "forbidden", errno.ENOSPC: "full"}  # fmt: skip
CLEAN, HAS_ERRORS, UNREADABLE = 0, 1, 2  # what the program ends with


def main(arguments: list[str] | None = None) -> int:
    """Check a file, print what was found, and return the exit status."""
    _open_streams()
    options = _parser(_terminal_language()).parse_args(arguments)
    language = options.language or _terminal_language()
    try:
        report = check_file(options.file, _basis(options))
    except OSError as error:
        reason = _reason(language, error)
        return _refuse(say(language, "cli.cannot_read", path=options.file, reason=reason))
    except TonesmithError as error:
        return _refuse(_sentence(language, error))
    name = Path(options.file).name
    try:
        _print(
            json.dumps(report.to_json()) if options.json else write_report(report, name, language)
        )
    except OSError as error:
        return _refuse(say(language, "cli.cannot_write", reason=_reason(language, error)))
    return HAS_ERRORS if report.errors else CLEAN


def _open_streams() -> None:
    """Speak UTF-8; a stream that the caller has closed goes nowhere instead of raising later."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115  # as long as we run
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def _parser(language: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m core", description=say(language, "cli.program"))
    commands = parser.add_subparsers(dest="command", required=True)
    words = say(language, "cli.check")
    check = commands.add_parser("check", help=words, description=words)
    check.add_argument("file", metavar="FILE", help=say(language, "cli.help_file"))
    basis = check.add_mutually_exclusive_group()
    model_words = say(language, "cli.help_model", model=DEFAULT_MODEL)
    basis.add_argument("--model", metavar="M", default=DEFAULT_MODEL, help=model_words)
    basis.add_argument("--encoding", metavar="E", help=say(language, "cli.help_encoding"))
    check.add_argument("--json", action="store_true", help=say(language, "cli.help_json"))
    check.add_argument("--language", choices=LANGUAGES, help=say(language, "cli.help_language"))
    return parser


def _basis(options: argparse.Namespace) -> Basis:
    if options.encoding is not None:
        return Basis.for_encoding(options.encoding)
    return Basis.for_model(options.model)


def _terminal_language() -> str:
    """By the variables that terminals set, the strongest first, as POSIX orders them."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    return nearest_language(next(filter(None, map(os.environ.get, variables)), None))


def _sentence(language: str, error: TonesmithError) -> str:
    sentence = say(language, f"error.{error.code}", **error.params)
    if isinstance(error, NotFound) and "known" in error.params:
        return say(language, "cli.known", sentence=sentence, known=error.params["known"])
    return sentence


def _reason(language: str, error: OSError) -> str:
    """Why a file cannot be used: in our words for what happens often, else in the system's."""
    if error.errno in REASONS:
        return say(language, f"cli.reason_{REASONS[error.errno]}")
    return error.strerror or str(error)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return UNREADABLE


def _print(text: str) -> None:
    """Print, also into a pipe that nobody reads to its end.

    Raises:
        OSError: it cannot be written, as on a full disk.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        # What is still buffered would raise again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells say it
