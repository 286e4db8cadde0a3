"""Set up and start Tonesmith with nothing but Python: `python run.py`, `python run.py test`.

Standard library only, because it runs before anything is installed. The virtual environment
lives in `.venv`; a mark in it remembers which requirement files it was filled from, so that a
second start installs nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
NEEDED = (3, 11)
APP = ("requirements.txt",)
LOCAL = (*APP, "requirements-local.txt")
EVERYTHING = (*LOCAL, "requirements-dev.txt")
FAST = "requirements-fast.txt"  # where it cannot be had, nothing is lost but time
# Whatever else is given goes to what these start.
HAND_ON = ("test", "test-base", "soak", "bench", "fuzz")
# Two files of tests at a time: most of their time they wait for a browser or a disk.
AT_ONCE = ("-n", "2", "--dist", "loadfile")


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    parser = argparse.ArgumentParser(description="Set up and start Tonesmith.")
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="set up if needed and start the app (the default)")
    run.add_argument("--no-local", action="store_true", help="leave the training stack out")
    run.add_argument("--port", type=int, default=8501, help="the next free one is taken from here")
    commands.add_parser("test", help="lint, then every test; what follows is handed on to pytest")
    commands.add_parser("test-base", help="fetch and train the real base (93 MB, some minutes)")
    commands.add_parser("soak", help="the tests that take long, beside those of `test`")
    commands.add_parser("bench", help="measure; names and --quick are handed on")
    commands.add_parser("fuzz", help="read and check 20,000 damaged files (some minutes)")
    commands.add_parser("lint", help="style, types and the import rules")
    given = arguments if arguments is not None else sys.argv[1:] or ["run"]
    chosen, rest = parser.parse_known_args(given)
    if rest and chosen.command not in HAND_ON:
        parser.error(f"not understood: {' '.join(rest)}")
    if sys.version_info < NEEDED:
        return start_again_with_newer_python()
    if chosen.command == "lint":
        return install(EVERYTHING) or lint()
    if chosen.command == "test":
        return install(EVERYTHING) or lint() or run_python("-m", "pytest", *AT_ONCE, *rest)
    if chosen.command == "test-base":
        return install(EVERYTHING) or run_python("-m", "pytest", "-m", "base", *rest)
    if chosen.command == "soak":
        return install(EVERYTHING) or run_python("-m", "pytest", "-m", "soak", *AT_ONCE, *rest)
    if chosen.command == "bench":
        return install(EVERYTHING) or run_python("-m", "benchmarks", *rest)
    if chosen.command == "fuzz":
        return install(EVERYTHING) or run_python("-m", "benchmarks.fuzzing", *rest)
    return install(APP if chosen.no_local else LOCAL) or start(chosen.port)


def start_again_with_newer_python() -> int:
    """Hand over to a newer Python if this computer has one, or say where to get it."""
    for minor in (14, 13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            return subprocess.call([newer, __file__, *sys.argv[1:]])
    print("Tonesmith needs Python 3.11 or newer. Get it from https://www.python.org/downloads/")
    return 1


def python() -> Path:
    """The interpreter of the virtual environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_python(*arguments: str) -> int:
    """Run the environment's Python on `arguments` in the project folder."""
    try:
        return subprocess.call([str(python()), *arguments], cwd=ROOT)
    except KeyboardInterrupt:  # Ctrl-C is how one stops the app, not a fault
        return 0


def install(files: tuple[str, ...]) -> int:
    """Make the environment hold what `files` ask for; nothing to do costs milliseconds."""
    wanted = fingerprint((*files, FAST))
    mark = VENV / "tonesmith-installed"
    if mark.is_file() and wanted <= set(mark.read_text().split()):
        return 0
    if not python().exists() and make_environment():
        return 1
    print("Installing what Tonesmith needs (the first time takes a few minutes) …", flush=True)
    asked = [part for name in files for part in ("-r", name)]
    failed = run_python("-m", "pip", "install", "--disable-pip-version-check", *asked)
    if failed:
        print(
            "That did not work: see the lines above. With the internet back, run it again; "
            "what was already downloaded is kept."
        )
        return failed
    run_python("-m", "pip", "install", "--disable-pip-version-check", "--quiet",
               "--only-binary", ":all:", "-r", FAST)  # fmt: skip
    mark.write_text("\n".join(sorted(wanted)))
    return 0


def fingerprint(files: tuple[str, ...]) -> set[str]:
    """One `name:hash` for each requirement file, so that a larger set covers a smaller one."""
    return {f"{name}:{hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}" for name in files}


def make_environment() -> int:
    """Create `.venv`; Debian and Ubuntu keep that ability in a package of its own."""
    try:
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    except (subprocess.CalledProcessError, OSError, ModuleNotFoundError) as problem:
        print(
            f"A virtual environment could not be made in {VENV}: {problem}\n"
            "On Debian or Ubuntu: sudo apt install python3-venv. Then run this again."
        )
        return 1
    return 0


def lint() -> int:
    """Style, types, import rules: the first that fails is the answer."""
    checks = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command as check; check()"),
    )
    return next((status for check in checks if (status := run_python(*check))), 0)


def start(port: int) -> int:
    """Start the app on the first free port from `port` on and say where it is."""
    port = free_port(port)
    print(f"\n  Tonesmith is at http://127.0.0.1:{port}\n  Stop it with Ctrl-C.\n", flush=True)
    return run_python("serve.py", "--server.port", str(port))


def free_port(port: int) -> int:
    """The first port from `port` on that nobody listens to."""
    for candidate in range(port, port + 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)):
                return candidate
    return port


if __name__ == "__main__":
    sys.exit(main())
