"""run.py: sets up once, starts at once, says what is missing. Nothing is downloaded here."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with three requirement files of its own and no environment."""
    for name in (*run.EVERYTHING, run.FAST):
        (tmp_path / name).write_text(f"# {name}\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", tmp_path / ".venv")
    return tmp_path


@pytest.fixture
def started(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What would have been run with the environment's Python; all of it succeeds."""
    calls: list[tuple[str, ...]] = []

    def run_python(*arguments: str) -> int:
        calls.append(arguments)
        return 0

    def make_environment() -> int:
        run.VENV.mkdir(exist_ok=True)
        return 0

    monkeypatch.setattr(run, "run_python", run_python)
    monkeypatch.setattr(run, "make_environment", make_environment)
    return calls


def test_the_requirement_files_are_there() -> None:
    """Every file that it would install from."""
    assert all((ROOT / name).is_file() for name in (*run.EVERYTHING, run.FAST))


def test_a_fingerprint_changes_with_its_file_alone(project: Path) -> None:
    """One `name:hash` a file; a changed file changes its own."""
    before = run.fingerprint(run.LOCAL)
    assert run.fingerprint(run.APP) < before
    (project / run.APP[0]).write_text("another==1\n")
    assert len(run.fingerprint(run.LOCAL) & before) == 1


def test_the_first_start_installs_and_the_second_does_not(started: list[tuple[str, ...]]) -> None:
    """One call of pip names every file, one what is only faster; then there is nothing to do."""
    assert run.install(run.LOCAL) == 0
    assert [call[:3] for call in started] == [("-m", "pip", "install")] * 2
    assert all(name in started[0] for name in run.LOCAL)
    assert run.FAST in started[1]
    assert run.install(run.LOCAL) == 0
    assert len(started) == 2


def test_what_is_only_faster_may_fail(
    project: Path, started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost but time, so the app starts all the same, and it is not tried every time."""
    tried: list[tuple[str, ...]] = []

    def run_python(*arguments: str) -> int:
        tried.append(arguments)
        return int(run.FAST in arguments)

    monkeypatch.setattr(run, "run_python", run_python)
    assert run.install(run.APP) == 0
    assert run.install(run.APP) == 0
    assert len(tried) == 2


def test_what_a_larger_set_installed_is_enough_for_a_smaller(
    started: list[tuple[str, ...]],
) -> None:
    """After the tests' set the app starts at once; after the app's, the tests install more."""
    run.install(run.EVERYTHING)
    run.install(run.APP)
    assert len(started) == 2
    (run.ROOT / run.EVERYTHING[-1]).write_text("new==1\n")
    run.install(run.APP)
    assert len(started) == 2
    run.install(run.EVERYTHING)
    assert len(started) == 4


def test_a_failed_installation_is_not_remembered(
    started: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says what to do, and the next start tries again."""
    monkeypatch.setattr(run, "run_python", lambda *_: 7)
    assert run.install(run.APP) == 7
    assert "run it again" in capsys.readouterr().out
    monkeypatch.setattr(run, "run_python", lambda *call: started.append(call) or 0)
    assert run.install(run.APP) == 0
    assert run.APP[0] in started[0]


def test_an_environment_that_cannot_be_made_says_how_to_get_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the folder is blocked, there is a sentence and no traceback."""
    (project / ".venv").write_text("a file in the way")
    assert run.install(run.APP) == 1
    assert "python3-venv" in capsys.readouterr().out


def test_a_port_that_is_taken_is_passed_over() -> None:
    """The next free one is chosen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run.free_port(port) > port
    assert run.free_port(port) >= port


def test_the_app_is_started_where_it_says(
    started: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The printed address and the port handed over are the same."""
    assert run.main(["run", "--no-local", "--port", "18501"]) == 0
    port = started[-1][started[-1].index("--server.port") + 1]
    assert f":{port}\n" in capsys.readouterr().out
    assert started[-1][0] == "serve.py"
    assert not any("local" in part for part in started[0])


def test_a_test_run_checks_style_first(started: list[tuple[str, ...]]) -> None:
    """Lint, then pytest with whatever it is handed; a failing check ends it."""
    assert run.main(["test", "-k", "words"]) == 0
    modules = [call[1] for call in started]
    assert modules.index("ruff") < modules.index("pytest")
    assert started[-1][-2:] == ("-k", "words")


def test_the_fuzz_run_is_told_which_files(started: list[tuple[str, ...]]) -> None:
    """What follows `fuzz` goes to it; it is not linted first."""
    assert run.main(["fuzz", "--seed", "7"]) == 0
    assert started[-1] == ("-m", "benchmarks.fuzzing", "--seed", "7")


def test_what_it_does_not_understand_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Only tests take further arguments."""
    with pytest.raises(SystemExit):
        run.main(["run", "--bogus"])
    assert "--bogus" in capsys.readouterr().err


def test_the_first_failing_check_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after it is not run."""
    seen: list[str] = []

    def run_python(*call: str) -> int:
        seen.append(call[1])
        return 3 if "mypy" in call else 0

    monkeypatch.setattr(run, "run_python", run_python)
    assert run.lint() == 3
    assert seen == ["ruff", "ruff", "mypy"]


def test_an_old_python_hands_over_to_a_newer_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where there is one on this computer, it goes on with the same command."""
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/bin/{name}")
    handed: list[list[str]] = []
    monkeypatch.setattr(run.subprocess, "call", lambda command: handed.append(command) or 0)
    monkeypatch.setattr(run.sys, "argv", ["run.py", "test"])
    assert run.main(["test"]) == 0
    assert handed == [["/bin/python3.14", run.__file__, "test"]]


def test_an_old_python_alone_says_where_to_get_a_newer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence with an address."""
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    assert run.main(["run"]) == 1
    assert "https://www.python.org" in capsys.readouterr().out


def test_it_needs_nothing_but_python() -> None:
    """It starts without any installed package, and tells what it can do."""
    bare = [sys.executable, "-I", "-S", str(ROOT / "run.py"), "--help"]
    told = subprocess.run(bare, capture_output=True, text=True, check=True, timeout=60)
    assert "start the app" in told.stdout
