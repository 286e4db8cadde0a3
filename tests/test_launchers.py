"""run.command and run.bat: a double-click finds Python, or says where to get it."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMAND = ROOT / "run.command"
BAT = ROOT / "run.bat"
DOWNLOADS = "https://www.python.org/downloads/"

needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")


def a_folder(tmp_path: Path, run: str) -> Path:
    """A copy of the launcher in a folder with a space, beside a run.py of ours."""
    folder = tmp_path / "my folder"
    folder.mkdir()
    shutil.copy(COMMAND, folder)
    (folder / "run.py").write_text(run)
    return folder


def a_path(tmp_path: Path, **pythons: str) -> str:
    """A PATH with what sh scripts use, and these interpreters as small scripts."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "uname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    for name, script in pythons.items():
        program = tools / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return str(tools)


def open_command(folder: Path, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a double-click does, from another folder and with nobody at the keyboard."""
    return subprocess.run(
        ["/bin/sh", str(folder / "run.command"), *arguments],
        cwd="/", env={"PATH": path}, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False,
    )  # fmt: skip


REAL = f'exec "{sys.executable}" "$@"'
OLD = "exit 1"  # what a Python before 3.11 answers when it is asked whether it is new enough
LOCAL_PYTHON = any(
    Path(folder, f"python{name}").exists()
    for folder in ("/usr/local/bin", "/opt/homebrew/bin")
    for name in ("", "3", "3.11", "3.12", "3.13", "3.14")
)


@needs_sh
@pytest.mark.skipif(LOCAL_PYTHON, reason="a Python lies where the launcher looks beyond PATH")
@pytest.mark.parametrize("pythons", [{}, {"python3": OLD, "python3_11": "exit 127"}])
def test_without_a_python_it_says_where_to_get_one(tmp_path: Path, pythons: dict[str, str]) -> None:
    """None at all, and only an old one, are the same to a person."""
    told = open_command(a_folder(tmp_path, "raise SystemExit(0)"), a_path(tmp_path, **pythons))
    assert told.returncode == 1
    assert DOWNLOADS in told.stdout
    assert "下载安装" in told.stdout
    assert "Press Enter" in told.stdout


@needs_sh
def test_it_starts_run_py_where_it_lies(tmp_path: Path) -> None:
    """The folder is the launcher's own, whatever its name, and arguments are handed on."""
    run = "import os, sys; print(os.getcwd(), sys.argv[1:])"
    folder = a_folder(tmp_path, run)
    told = open_command(folder, a_path(tmp_path, python3_11=REAL, python3=OLD), "run", "a b")
    assert told.returncode == 0
    assert told.stdout == f"{folder} ['run', 'a b']\n"


@needs_sh
def test_the_window_stays_open_when_the_app_fails(tmp_path: Path) -> None:
    """The reason can be read, and the exit status is kept."""
    folder = a_folder(tmp_path, "print('the reason'); raise SystemExit(3)")
    told = open_command(folder, a_path(tmp_path, python3_11=REAL))
    assert told.returncode == 3
    assert told.stdout.index("the reason") < told.stdout.index("Press Enter")


@needs_sh
def test_run_command_can_be_opened_by_a_double_click() -> None:
    """Finder opens only what may be executed; sh only what has no Windows line endings."""
    assert COMMAND.stat().st_mode & stat.S_IXUSR
    assert COMMAND.read_bytes().startswith(b"#!/bin/sh\n")
    assert b"\r" not in COMMAND.read_bytes()


def test_run_bat_can_be_read_by_cmd() -> None:
    """Plain ASCII with Windows line endings, without which cmd.exe loses its labels."""
    content = BAT.read_bytes()
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_run_bat_jumps_only_to_labels_it_has() -> None:
    """Every goto and call has its place, and both endings wait for a key."""
    lines = [line.strip() for line in BAT.read_text(encoding="ascii").splitlines()]
    code = [line for line in lines if not line.startswith(("rem ", "echo"))]
    labels = {line[1:] for line in code if line.startswith(":")}
    words = [word for line in code if not line.startswith(":") for word in line.split()]
    assert {word[1:] for word in words if word.startswith(":")} == labels
    for label in ("no_python", "failed"):
        ending = code[code.index(f":{label}") :]
        assert ending.index("pause") < ending.index("exit /b 1")
    assert DOWNLOADS in BAT.read_text(encoding="ascii")


@pytest.mark.parametrize("launcher", [COMMAND, BAT])
def test_a_launcher_accepts_what_run_py_accepts(launcher: Path) -> None:
    """All three know the same oldest Python."""
    needed = next(line for line in (ROOT / "run.py").read_text().splitlines() if "NEEDED =" in line)
    assert f"< {needed.removeprefix('NEEDED = ')})" in launcher.read_text(encoding="utf-8")
