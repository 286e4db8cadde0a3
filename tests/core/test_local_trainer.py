"""core/local_trainer.py: the trainer is found, or started once, and outlives us."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_place import a_place

from core.errors import Unavailable
from core.local_trainer import Address, find_trainer, local_training_installed, start_trainer
from core.providers.client import open_client
from core.providers.profiles import load_profile

pytestmark = pytest.mark.skipif(
    not local_training_installed(), reason="the packages for local training are not installed"
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder; a trainer running on it is ended after the test."""
    yield tmp_path
    end_trainer(tmp_path)


def end_trainer(home: Path) -> None:
    """End the trainer of a data folder by its own process id, and wait until it is gone."""
    told = home / "trainer" / "server.json"
    if find_trainer(home) is None:
        return
    os.kill(json.loads(told.read_text())["pid"], signal.SIGTERM)
    for _ in range(200):
        if not told.exists():
            return
        threading.Event().wait(0.05)
    raise AssertionError("the trainer did not end")


def tell(home: Path, base_url: str) -> None:
    """Leave behind what a trainer at `base_url` would."""
    (home / "trainer").mkdir()
    (home / "trainer" / "key").write_text("k" * 20)
    told = {"base_url": base_url, "pid": os.getpid(), "version": "0"}
    (home / "trainer" / "server.json").write_text(json.dumps(told))


def test_nothing_is_found_where_nothing_was_started(tmp_path: Path) -> None:
    """An empty data folder has no trainer."""
    assert find_trainer(tmp_path) is None


@pytest.mark.parametrize(
    "told", ["", "{half", "[]", "{}", '{"base_url": null}', '{"base_url": ""}']
)
def test_a_broken_note_is_no_trainer(tmp_path: Path, told: str) -> None:
    """What is half written or nonsense does not stop a start."""
    tell(tmp_path, "")
    (tmp_path / "trainer" / "server.json").write_text(told)
    assert find_trainer(tmp_path) is None


def test_somebody_else_on_the_old_port_is_not_the_trainer(tmp_path: Path) -> None:
    """Another server answering there does not get our key."""
    with a_place() as stranger:
        tell(tmp_path, stranger.base_url)
        stranger.fault("GET /health", (200, {"service": "something-else"}))
        assert find_trainer(tmp_path) is None
        assert "authorization" not in stranger.requests[0][2]


def test_a_trainer_is_started_found_again_and_answers(home: Path) -> None:
    """The first use starts it; the second finds the same one; its key opens it."""
    address = start_trainer(home)
    assert start_trainer(home) == find_trainer(home) == address
    client = open_client(load_profile("this_computer"), address.base_url, address.key)
    assert "local/tiny-scratch" in [model.id for model in client.list_models()]
    client.close()


def test_the_key_of_an_address_is_not_shown() -> None:
    """An address can be logged."""
    assert "secret" not in repr(Address("http://127.0.0.1:1/v1", "secret"))


def test_many_starts_at_once_end_with_one_trainer(home: Path) -> None:
    """Four pages need it in the same moment; all get the same address."""
    found: list[Address] = []
    threads = [threading.Thread(target=lambda: found.append(start_trainer(home))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 4


STARTER = """
import os, sys
from pathlib import Path
from core.local_trainer import start_trainer
start_trainer(Path(sys.argv[1]))
os.killpg(os.getpgid(0), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups")
def test_a_trainer_outlives_who_started_it(home: Path) -> None:
    """When the app and its whole process group are killed, the trainer goes on."""
    command = [sys.executable, "-c", STARTER, str(home)]
    root = Path(__file__).resolve().parents[2]
    died = subprocess.run(command, cwd=root, start_new_session=True, check=False, timeout=120)
    assert died.returncode == -signal.SIGKILL
    assert find_trainer(home) is not None


def test_a_trainer_that_is_gone_is_started_anew(home: Path) -> None:
    """After it ended by itself, the next use starts another."""
    start_trainer(home)
    end_trainer(home)
    assert find_trainer(home) is None
    assert start_trainer(home) == find_trainer(home)


def test_a_trainer_that_cannot_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing it wrote is passed on."""
    monkeypatch.setattr("core.local_trainer.GRACE_SECONDS", 0.0)
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))  # no Python can start with this
    with pytest.raises(Unavailable) as raised:
        start_trainer(tmp_path)
    assert raised.value.code == "trainer_did_not_start"
    assert len(str(raised.value.params["reason"])) > 5


def test_without_its_packages_local_training_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A light installation gets a sentence, not a crash of the trainer."""
    monkeypatch.setattr("core.local_trainer.NEEDED", ("a_package_that_is_not_there",))
    with pytest.raises(Unavailable) as raised:
        start_trainer(tmp_path)
    assert raised.value.code == "local_training_missing"
