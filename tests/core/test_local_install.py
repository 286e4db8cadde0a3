"""core/local_install.py: the real pip, in an environment of its own, watched from outside."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from a_shelf import a_slow_shelf, a_wheel

from core import local_install
from core.background import ROOT, held_lock, is_held
from core.errors import StorageFailed
from core.local_install import (
    Install,
    InstallFolder,
    cancel_install,
    install_offered,
    load_install,
    save_install,
    start_install,
)
from core.local_trainer import local_training_installed

PATIENCE = 60.0  # seconds until something that does not come is missing


INTERPRETER = "Scripts/python.exe" if os.name == "nt" else "bin/python"


@pytest.fixture(scope="module")
def environment_with_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment to copy, which takes a tenth of the time of making one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    return folder


@pytest.fixture
def python(tmp_path: Path, environment_with_pip: Path) -> str:
    """The Python of a fresh environment that has pip and nothing else."""
    shutil.copytree(environment_with_pip, tmp_path / "environment", symlinks=True)
    return str(tmp_path / "environment" / INTERPRETER)


def a_python_without_pip(folder: Path) -> str:
    """The interpreter of a bare environment."""
    venv.create(folder, with_pip=False)
    return str(folder / INTERPRETER)


@pytest.fixture(autouse=True)
def no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pip knows only the folder `wheels`, and none of this computer's settings."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    yield
    cancel_install(tmp_path / "home")
    wait_until(lambda: not is_held(InstallFolder.under(tmp_path / "home").lock))


def asking_for(tmp_path: Path, *names: str) -> list[Path]:
    """A requirements file for these packages."""
    file = tmp_path / "requirements.txt"
    file.write_text("\n".join(names))
    return [file]


def wait_until(seen: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    for _ in range(int(PATIENCE / 0.05)):
        if seen():
            return
        threading.Event().wait(0.05)
    raise AssertionError("that did not come")


def the_end(home: Path) -> Install:
    """The installation when it is over."""
    wait_until(lambda: load_install(home).state not in {"running", "not_started"})
    return load_install(home)


def can_import(python: str, name: str) -> bool:
    """Whether that Python finds the package."""
    return subprocess.run([python, "-c", f"import {name}"], stderr=-3, check=False).returncode == 0


def test_nothing_is_installed_before_anybody_asks(home: Path) -> None:
    """An untouched data folder tells of no installation."""
    assert load_install(home) == Install("not_started")


@pytest.mark.parametrize("told", ["", "{half", "[]", '{"state": "done", "colour": "red"}'])
def test_a_broken_state_is_none(home: Path, told: str) -> None:
    """What is half written or of another version does not stop a page."""
    InstallFolder.under(home).path.mkdir(parents=True)
    InstallFolder.under(home).state.write_text(told)
    assert load_install(home) == Install("not_started")


def test_packages_are_installed_with_what_they_need(
    tmp_path: Path, home: Path, python: str
) -> None:
    """Afterwards they can be imported, all are counted, and the log is kept."""
    a_wheel(tmp_path / "wheels", "alpha", needs="beta")
    a_wheel(tmp_path / "wheels", "beta")
    start_install(home, python=python, requirements=asking_for(tmp_path, "alpha"))
    assert the_end(home).state == "done"
    assert can_import(python, "alpha")
    assert can_import(python, "beta")
    assert "Successfully installed" in InstallFolder.under(home).log.read_text()
    assert not InstallFolder.under(home).downloads.exists()


def test_what_is_seen_of_a_download_is_on_the_disk(
    tmp_path: Path, home: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a file is shown as half of it; two more presses change nothing."""
    wheel = a_wheel(tmp_path, "alpha", size=4_000_000)
    with a_slow_shelf(wheel) as (address, go_on):
        monkeypatch.setenv("PIP_FIND_LINKS", address)
        asked = asking_for(tmp_path, "alpha")
        start_install(home, python=python, requirements=asked)
        wait_until(lambda: load_install(home).fetched > 1_000_000)
        half = load_install(home)
        assert (half.state, half.stage, half.packages) == ("running", "getting", 1)
        assert half.file == wheel.name
        assert half.file_done == half.fetched <= wheel.stat().st_size / 2
        assert abs(half.file_bytes - wheel.stat().st_size) < 100_000  # as pip rounds it
        start_install(home, python=python, requirements=asked)
        assert load_install(home).state == "running"
        go_on.set()
        end = the_end(home)
    assert (end.state, end.packages, end.total) == ("done", 1, 1)
    assert InstallFolder.under(home).log.read_text().count("Collecting alpha") == 1


def test_presses_in_the_same_moment_start_one_installation(
    tmp_path: Path, home: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four tabs that ask at once see the same installation, and its pip asks only once."""
    with a_slow_shelf(a_wheel(tmp_path, "alpha", size=1_000_000)) as (address, go_on):
        monkeypatch.setenv("PIP_FIND_LINKS", address)
        asked = asking_for(tmp_path, "alpha")
        presses = [
            threading.Thread(
                target=start_install, args=[home], kwargs={"python": python, "requirements": asked}
            )
            for _ in range(4)
        ]
        for press in presses:
            press.start()
        for press in presses:
            press.join()
        wait_until(lambda: load_install(home).fetched > 0)
        go_on.set()
        assert the_end(home).state == "done"
    assert InstallFolder.under(home).log.read_text().count("Collecting alpha") == 1


def test_a_person_can_stop_it(
    tmp_path: Path, home: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half downloaded stays, and it can be started again."""
    with a_slow_shelf(a_wheel(tmp_path, "alpha", size=1_000_000)) as (address, go_on):
        monkeypatch.setenv("PIP_FIND_LINKS", address)
        asked = asking_for(tmp_path, "alpha")
        start_install(home, python=python, requirements=asked)
        wait_until(lambda: load_install(home).fetched > 0)
        cancel_install(home)
        end = the_end(home)
        assert (end.state, end.reason) == ("failed", "cancelled")
        assert not InstallFolder.under(home).downloads.exists()
        go_on.set()
        start_install(home, python=python, requirements=asked)
        assert the_end(home).state == "done"
    assert can_import(python, "alpha")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_an_installation_that_was_killed_is_not_running(
    tmp_path: Path, home: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut the page says that it was cut off, not that it goes on."""
    folder = InstallFolder.under(home)
    folder.path.mkdir(parents=True)
    with a_slow_shelf(a_wheel(tmp_path, "alpha", size=1_000_000)) as (address, _):
        monkeypatch.setenv("PIP_FIND_LINKS", address)
        asked = asking_for(tmp_path, "alpha")
        command = [python, "-m", "core.install_worker", str(home), str(asked[0])]
        worker = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        wait_until(lambda: load_install(home).state == "running")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        end = load_install(home)
    assert (end.state, end.reason) == ("failed", "interrupted")


def test_a_package_that_is_nowhere_is_named(tmp_path: Path, home: Path, python: str) -> None:
    """The reason is that there is no build, and pip's words tell of what."""
    start_install(home, python=python, requirements=asking_for(tmp_path, "no_such_thing"))
    end = the_end(home)
    assert (end.state, end.reason) == ("failed", "no_build")
    assert "no_such_thing" in end.detail


def test_no_connection_is_told_from_no_package(
    tmp_path: Path, home: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing answers, it is the connection that is missing."""
    with a_slow_shelf(a_wheel(tmp_path, "alpha")) as (address, _):
        pass  # closed again: nobody listens there now
    monkeypatch.setenv("PIP_FIND_LINKS", address)
    monkeypatch.setenv("PIP_RETRIES", "1")  # without a retry, pip says nothing of the connection
    start_install(home, python=python, requirements=asking_for(tmp_path, "alpha"))
    end = the_end(home)
    assert (end.state, end.reason) == ("failed", "no_connection")


def test_a_python_without_pip_is_recognised(tmp_path: Path, home: Path) -> None:
    """Some tools make environments without it."""
    bare = a_python_without_pip(tmp_path / "bare")
    start_install(home, python=bare, requirements=asking_for(tmp_path, "alpha"))
    end = the_end(home)
    assert (end.state, end.reason) == ("failed", "no_pip")


def test_a_data_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """The sentence names the place."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed) as raised:
        start_install(tmp_path / "file")
    assert raised.value.code == "data_folder_unwritable"


def test_a_worker_that_cannot_start_says_why(
    home: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last line is passed on."""
    monkeypatch.setenv("PYTHONHOME", str(home))  # no Python can start with this
    with pytest.raises(StorageFailed) as raised:
        start_install(home, python=python)
    assert raised.value.code == "install_did_not_start"
    assert len(str(raised.value.params["reason"])) > 5


def test_a_state_is_never_found_half_written(home: Path) -> None:
    """While it is replaced again and again, every reader finds a whole one."""
    folder = InstallFolder.under(home)
    folder.path.mkdir(parents=True)
    save_install(folder, Install("done", packages=0))
    states: list[str] = []
    reader = threading.Thread(
        target=lambda: states.extend(load_install(home).state for _ in range(200))
    )
    reader.start()
    for count in range(200):
        save_install(folder, Install("done", packages=count))
    reader.join()
    assert set(states) == {"done"}


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    """The second to ask is refused until the first lets go."""
    lock = tmp_path / "lock"
    assert not is_held(lock)
    with held_lock(lock) as first:
        assert first
        assert is_held(lock)
        with held_lock(lock) as second:
            assert not second
    assert not is_held(lock)


def test_a_stop_without_an_installation_stops_no_later_one(home: Path) -> None:
    """The button may be pressed in a tab that is behind."""
    cancel_install(home)
    assert not InstallFolder.under(home).cancel.exists()


@pytest.mark.parametrize(("told", "offered"), [("", True), ("1", True), ("0", False)])
def test_a_hosted_app_offers_no_installation(
    told: str, offered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TONESMITH_LOCAL=0 says that this is a server."""
    monkeypatch.setenv("TONESMITH_LOCAL", told)
    assert install_offered() is offered


def test_the_app_keeps_its_own_versions() -> None:
    """Both lists are asked for, or pip might change what the app is running on."""
    names = {file.name for file in local_install.REQUIREMENTS}
    assert names == {"requirements.txt", "requirements-local.txt"}
    assert all(file.is_file() for file in local_install.REQUIREMENTS)


def test_packages_that_come_while_the_app_runs_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same running Python finds them without a restart."""
    monkeypatch.setattr("core.local_trainer.NEEDED", ("came_meanwhile",))
    monkeypatch.syspath_prepend(tmp_path)
    assert not local_training_installed()
    stamp = tmp_path.stat()
    (tmp_path / "came_meanwhile").mkdir()
    (tmp_path / "came_meanwhile" / "__init__.py").touch()
    os.utime(tmp_path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # a clock too coarse to tell
    assert local_training_installed()


def test_the_worker_needs_nothing_but_python(tmp_path: Path) -> None:
    """It also runs in an environment where nothing was installed yet."""
    bare = a_python_without_pip(tmp_path / "bare")
    code = "import core.install_worker, json, sys; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run([bare, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert "core.local_install" in json.loads(told.stdout)
