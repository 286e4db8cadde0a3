"""Who can reach the app: this computer alone, unless somebody says otherwise."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from the_app import PATIENCE, ROOT, a_started_app, environment, free_port

from core.local_trainer import local_training_installed

LISTENS = "0A"  # the state of a socket in Linux's table
BY_STREAMLIT = ("-m", "streamlit", "run", "streamlit_app.py")

pytestmark = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="only Linux has a table of sockets to read"
)


def listeners(port: int) -> set[str]:
    """The addresses at which anybody listens on this port, as the system's table has them."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            local, state = line.split()[1], line.split()[3]
            address, _, number = local.partition(":")
            if state == LISTENS and int(number, 16) == port:
                found.add(str(_read(address)))
    return found


def _read(address: str) -> object:
    """Linux writes each four bytes of an address backwards."""
    words = re.findall("." * 8, address)
    return ip_address(b"".join(bytes.fromhex(word)[::-1] for word in words))


@pytest.mark.parametrize("command", [("serve.py",), BY_STREAMLIT], ids=["serve", "streamlit"])
def test_the_app_listens_on_this_computer_only(tmp_path: Path, command: tuple[str, ...]) -> None:
    """However it is started, there is no socket that another machine could reach."""
    with a_started_app(tmp_path, *command) as app:
        assert listeners(app.port) == {"127.0.0.1"}


def test_it_listens_elsewhere_when_it_is_told_to(tmp_path: Path) -> None:
    """As in a container, where the port that is published decides."""
    with a_started_app(tmp_path, "serve.py", "--server.address", "0.0.0.0") as app:  # noqa: S104
        assert listeners(app.port) == {"0.0.0.0"}  # noqa: S104


@pytest.mark.skipif(not local_training_installed(), reason="the trainer's packages are missing")
def test_the_trainer_listens_on_this_computer_only(tmp_path: Path) -> None:
    """Its key lies in the data folder, so that other users of this computer do not have it."""
    port = free_port()
    with _a_trainer(tmp_path, port):
        assert listeners(port) == {"127.0.0.1"}
        assert (tmp_path / "key").stat().st_mode & 0o077 == 0


@contextmanager
def _a_trainer(data: Path, port: int) -> Iterator[None]:
    trainer = subprocess.Popen(
        [sys.executable, "-m", "trainer", "--port", str(port), "--data", str(data)],
        cwd=ROOT, env={**environment(data), "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert trainer.stdout is not None
        assert trainer.stdout.readline().endswith(b"/v1\n")  # it has told where it is
        yield
    finally:
        trainer.terminate()
        trainer.wait(timeout=PATIENCE)
        trainer.stdout.close()  # type: ignore[union-attr]
