"""Reads what pip writes while it installs: how far it is and, where it failed, why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

# As pip prints them since 20.3 (its `operations/prepare.py`, `network/download.py`,
# `commands/install.py`); it says them in English everywhere.
_NAMED = re.compile(r"^(Collecting|Processing) (\S+)")
_FETCHED = re.compile(r"^\s*Downloading (\S+) \(([\d.]+) (bytes|kB|MB)\)")
_PLACED = re.compile(r"^Installing collected packages: (.+)")
_UNITS = {"bytes": 1, "kB": 1_000, "MB": 1_000_000}

# The first that is found is the reason: without a connection pip also says "No matching …".
_REASONS = (
    ("no_pip", r"No module named pip"),
    ("externally_managed", r"externally-managed-environment"),
    ("disk_full", r"No space left on device|\[Errno 28\]|\[WinError 112\]|\[Errno 122\]"),
    ("not_writable", r"Permission denied|\[Errno 13\]|\[WinError 5\]|Read-only file system"),
    ("no_secure_connection", r"CERTIFICATE_VERIFY_FAILED|SSLError"),
    ("no_connection", r"Connection ?Error|ConnectionError|NewConnectionError|NameResolutionError"
                      r"|Connect ?Timeout|ReadTimeout|Read timed out|ProxyError"
                      r"|ProtocolError|IncompleteRead|Connection broken|Network is unreachable"),
    ("no_build", r"No matching distribution found|is not a supported wheel on this platform"
                 r"|requires a different Python"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PipStory:
    """How far pip is: sizes in bytes, as pip rounds them."""

    named: tuple[str, ...] = ()  # packages that are to be installed, as far as it knows
    file: str = ""  # the file it downloads, or downloaded last
    file_bytes: int = 0
    placing: tuple[str, ...] = ()  # all of them, once it puts them in place


def read_pip_log(lines: Iterable[str]) -> PipStory:
    """The story so far; lines of any other kind say nothing."""
    named: dict[str, None] = {}
    file, file_bytes = "", 0
    placing: tuple[str, ...] = ()
    for line in lines:
        if found := _NAMED.match(line):
            named[_package(found[2])] = None
        elif found := _FETCHED.match(line):
            file, file_bytes = _file_name(found[1]), _bytes(found[2], found[3])
        elif found := _PLACED.match(line):
            placing = tuple(package_name(name) for name in found[1].split(","))
    return PipStory(tuple(named), file, file_bytes, placing)


def package_name(name: str) -> str:
    """A package's name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def failure_reason(log: str) -> str:
    """A code for what went wrong; its sentence stands in the locales under `install`."""
    return next((code for code, words in _REASONS if re.search(words, log)), "unknown")


def last_words(log: str) -> str:
    """Pip's own sentence about a failure: its last line marked as an error, or its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.upper().startswith("ERROR")]
    return (errors or lines or [""])[-1][-300:]


def _package(asked: str) -> str:
    """The package in `torch==2.13.0`, `trl[x]>=1` or a path or address that ends in a file."""
    if "/" in asked or "\\" in asked:
        return package_name(_file_name(asked).split("-")[0])
    return package_name(re.split(r"[^\w.-]", asked, maxsplit=1)[0])


def _file_name(address: str) -> str:
    return unquote(re.split(r"[/\\]", address)[-1].partition("#")[0])


def _bytes(number: str, unit: str) -> int:
    try:
        return round(float(number) * _UNITS[unit])
    except (ValueError, OverflowError):  # "1.2.3", or more digits than a number has
        return 0
