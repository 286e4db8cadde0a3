"""What a command says and ends with: sentences for people, JSON for programs, one exit status."""

from __future__ import annotations

import errno
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import (
    NotFound,
    PermissionRefused,
    RateLimited,
    Rejected,
    TonesmithError,
    Unavailable,
)
from core.words import nearest_language, say

# What a command ends with; docs/scripts.md tells each command's own meaning of them.
GOOD, BAD, UNUSABLE, NO_ANSWER, INTERRUPTED = 0, 1, 2, 3, 130  # 128 + SIGINT, as shells say it
# No answer that waiting would bring: something has to be installed or set right first.
NOT_BY_WAITING = frozenset({"local_training_missing", "sdk_missing", "bad_proxy"})
REASONS = {errno.ENOENT: "missing", errno.EISDIR: "folder", errno.EACCES: "forbidden",
           errno.EPERM: "forbidden", errno.ENOSPC: "full"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a command speaks: in which language, or as JSON."""

    language: str
    as_json: bool = False

    def words(self, key: str, **params: object) -> str:
        """A sentence of `locales/`."""
        return say(self.language, key, **params)

    def tell(self, key: str, **params: object) -> None:
        """Say a sentence to a person; a program is told by `give` alone."""
        if not self.as_json:
            write_out(self.words(key, **params))

    def give(self, **facts: Any) -> None:
        """One JSON object on a line of its own, for a program; a person is told by `tell`."""
        if self.as_json:
            write_out(json.dumps(facts, ensure_ascii=False))

    def warn(self, key: str, **params: object) -> None:
        """Say a sentence beside the answer itself."""
        write_beside(self.words(key, **params))

    def refuse(self, problem: TonesmithError) -> int:
        """Say what went wrong; the status to end with."""
        write_beside(self.sentence(problem))
        if isinstance(problem, (PermissionRefused, Rejected)):
            return BAD
        is_silence = isinstance(problem, (RateLimited, Unavailable))
        return NO_ANSWER if is_silence and problem.code not in NOT_BY_WAITING else UNUSABLE

    def sentence(self, problem: TonesmithError) -> str:
        """What went wrong, and where the choice is small, what there is to choose from."""
        told = self.words(f"error.{problem.code}", **problem.params)
        if isinstance(problem, NotFound) and "known" in problem.params:
            return self.words("cli.known", sentence=told, known=problem.params["known"])
        return told

    def reason(self, error: OSError) -> str:
        """Why a file cannot be used: in our words for what happens often, else the system's."""
        if error.errno in REASONS:
            return self.words(f"cli.reason_{REASONS[error.errno]}")
        return error.strerror or str(error)


class CannotWrite(OSError):
    """The answer itself cannot be written."""


def open_streams() -> None:
    """Speak UTF-8; a stream that the caller has closed goes nowhere instead of raising later."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115  # as long as we run
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def terminal_language() -> str:
    """By the variables that terminals set, the strongest first, as POSIX orders them."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    return nearest_language(next(filter(None, map(os.environ.get, variables)), None))


def write_beside(sentence: str) -> None:
    """What is not the answer itself: a warning, or why there is none."""
    print(sentence, file=sys.stderr, flush=True)


def write_out(text: str) -> None:
    """Print.

    Raises:
        BrokenPipeError: nobody reads any more.
        CannotWrite: it cannot be written for another reason, such as a full disk.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        # What is still buffered would raise again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise CannotWrite(error.errno, error.strerror) from None
