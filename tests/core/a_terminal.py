"""`python -m core` as a script calls it: within this process, or as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from a_place import KEY, APlace

from core.__main__ import main
from core.jobs import Connection
from core.storage import Store

ROOT = Path(__file__).resolve().parents[2]
PLACE = "server-mine"
KEY_VARIABLE = "TONESMITH_KEY_MINE"


@dataclass(frozen=True)
class Done:
    """What a command said and ended with."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> list[dict[str, Any]]:
        """The JSON objects it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def job(self) -> dict[str, Any]:
        """The last job it printed."""
        return [each["job"] for each in self.told if "job" in each][-1]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that carries out one command, in English."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def call(*arguments: object) -> Done:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert KEY not in out + err
        return Done(status, out, err)

    return call


def connect(store: Store, place: APlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the place be one that a person has added, its key in the environment."""
    store.save_connection(Connection(PLACE, "openai_compatible", "Mine", place.base_url))
    monkeypatch.setenv(KEY_VARIABLE, KEY)


HEAR_CTRL_C = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)


def a_program(*arguments: object) -> subprocess.Popen[str]:
    """The command as a program of its own, with this test's data folder and keys.

    It hears Ctrl-C also where the tests were started in the background, and do not hear it.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        preexec_fn=None if os.name == "nt" else HEAR_CTRL_C,
    )  # fmt: skip
