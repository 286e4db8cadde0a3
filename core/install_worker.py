"""Runs pip for `core/local_install.py`: `python -m core.install_worker HOME REQUIREMENTS…`.

Standard library only, because it also runs in environments that have nothing else yet.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path

from core.background import held_lock
from core.local_install import Install, InstallFolder, save_install
from core.pip_log import failure_reason, last_words, package_name, read_pip_log

TURN_SECONDS = 2.0  # how long a look at the lock by others may keep us from it
LOOK_SECONDS = 0.25
END_SECONDS = 5.0
ARCHIVES = {".whl", ".gz", ".zip"}


def main(arguments: Sequence[str]) -> int:
    """Install, unless somebody else does already."""
    home, *requirements = arguments
    folder = InstallFolder.under(Path(home))
    with held_lock(folder.lock, TURN_SECONDS) as ours:
        if ours:
            run_install(folder, requirements)
    return 0


def run_install(folder: InstallFolder, requirements: Sequence[str]) -> None:
    """Run pip to its end, telling the story as it goes."""
    folder.cancel.unlink(missing_ok=True)
    install = Install("running")
    save_install(folder, install)
    with folder.log.open("wb") as log:
        pip = _start_pip(folder, requirements, log.fileno())
    while _is_running(pip):
        if folder.cancel.exists():
            _end(pip)
            break
        install = _look(folder, install)
        with suppress(OSError):  # such as a full disk: pip will notice it too, and say so
            save_install(folder, install)
    install = _look(folder, install)  # a quick pip ends between two looks
    _clear(folder)
    save_install(folder, _ending(folder, install, pip.returncode))


def _start_pip(
    folder: InstallFolder, requirements: Sequence[str], log: int
) -> subprocess.Popen[bytes]:
    """Pip as this computer has it set up, its mirrors included; quiet about nothing."""
    _clear(folder)
    folder.downloads.mkdir()
    asked = [part for name in requirements for part in ("-r", name)]
    command = [sys.executable, "-m", "pip", "install", "--no-input", "--no-color",
               "--progress-bar", "off", "--disable-pip-version-check", *asked]  # fmt: skip
    place = str(folder.downloads)  # where the growing files can be seen
    env = {**os.environ, "TMPDIR": place, "TEMP": place, "TMP": place, "PYTHONUTF8": "1",
           "PYTHONUNBUFFERED": "1"}  # fmt: skip
    return subprocess.Popen(  # noqa: S603  # pip with our own files, no shell
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=env
    )


def _is_running(pip: subprocess.Popen[bytes]) -> bool:
    try:
        pip.wait(timeout=LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _end(pip: subprocess.Popen[bytes]) -> None:
    pip.terminate()
    try:
        pip.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        pip.kill()
        pip.wait()


def _look(folder: InstallFolder, before: Install) -> Install:
    """What can be seen now: in pip's words, on the disk, and among the installed packages."""
    story = read_pip_log(_log(folder).splitlines())
    sizes = _downloaded(folder)
    fetched = max(before.fetched, sum(sizes.values()))  # pip may tidy up before its end
    if story.placing:
        return _placing(story.placing, fetched)
    return Install("running", "getting", len(story.named), file=story.file,
                   file_done=sizes.get(story.file, 0), file_bytes=story.file_bytes,
                   fetched=fetched)  # fmt: skip


def _placing(wanted: Sequence[str], fetched: int) -> Install:
    """How many of the packages are in place; pip takes them in the order it named them."""
    there = _installed()
    missing = [name for name in wanted if name not in there]
    return Install("running", "placing", len(wanted) - len(missing), len(wanted),
                   package=missing[0] if missing else "", fetched=fetched)  # fmt: skip


def _downloaded(folder: InstallFolder) -> dict[str, int]:
    """Bytes on disk of every archive, whole or growing."""
    sizes = {}
    for file in folder.downloads.rglob("*"):
        if file.suffix in ARCHIVES:
            with suppress(OSError):  # moved away between two looks
                sizes[file.name] = file.stat().st_size
    return sizes


def _installed() -> set[str]:
    return {package_name(found.name) for found in distributions() if found.name}


def _ending(folder: InstallFolder, last: Install, status: int) -> Install:
    """The last word: done, stopped by a person, or failed for a reason."""
    seen = Install("done", last.stage, last.total, last.total, fetched=last.fetched)
    if status == 0:
        return seen
    log = _log(folder)
    reason = "cancelled" if folder.cancel.exists() else failure_reason(log)
    detail = "" if reason == "cancelled" else last_words(log)
    return Install("failed", last.stage, last.packages, last.total, fetched=last.fetched,
                   reason=reason, detail=detail)  # fmt: skip


def _log(folder: InstallFolder) -> str:
    return folder.log.read_text(encoding="utf-8", errors="replace")


def _clear(folder: InstallFolder) -> None:
    shutil.rmtree(folder.downloads, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
