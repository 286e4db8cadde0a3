"""The app as a program of its own, with data of its own: started, waited for, and ended."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 600  # a first start installs packages
LOOK_SECONDS = 0.02


def environment(home: Path) -> dict[str, str]:
    """Ours, with its data in `home` and nobody's key or database."""
    unwanted = re.compile(r"^OPENAI_|^DATABASE_URL$")
    kept = {name: value for name, value in os.environ.items() if not unwanted.search(name)}
    return {**kept, "TONESMITH_HOME": str(home), "STREAMLIT_SERVER_HEADLESS": "true"}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def the_app(home: Path, script: str = "serve.py", folder: Path = ROOT) -> Iterator[str]:
    """The app, or another script served like it, over `home` for the block; yields its address."""
    port = free_port()
    command = ["-m", "streamlit", "run", script, "--server.port", str(port)]
    with started([sys.executable, *command], home, port, folder) as address:
        yield address


@contextmanager
def started(command: Sequence[str], home: Path, port: int, folder: Path = ROOT) -> Iterator[str]:
    """A command that serves on `port`, from its first answer; at the end it is interrupted.

    Raises:
        RuntimeError: it ended without answering, with what it wrote.
    """
    home.mkdir(parents=True, exist_ok=True)
    log = home / "app.log"
    with log.open("wb") as out:
        # A group of its own, so that Ctrl-C reaches all it started, and nobody else.
        program = subprocess.Popen(  # noqa: S603  # our own program
            command, cwd=folder, env=environment(home), stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(program, address, log)
        yield address
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGINT)
        program.wait(PATIENCE_SECONDS)


def _wait_until_ready(program: subprocess.Popen[bytes], address: str, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        try:
            with direct.open(f"{address}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"it did not start:\n{log.read_text(errors='replace')[-2000:]}")


def find_browser() -> str | None:
    """Chromium or Chrome, where there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)
