"""Tests of the fuzz run: some hundred damaged files here, 20,000 with `make fuzz`."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from benchmarks import fuzzing
from benchmarks.fuzzing import Lost, check_file, check_nothing_is_lost, fails_alike, run, smallest
from benchmarks.mutations import CHANGES, ENCODINGS, LAYOUTS, mutated_file, sound_rows
from core.jsonl import Line, read_jsonl

ROOT = Path(__file__).resolve().parents[2]
SOUND = b'{"messages": [{"role": "user", "content": "Hi"}]}\n'


def lines_of(content: bytes) -> list[Line]:
    """What is read of a file."""
    return list(read_jsonl(BytesIO(content)))


def test_some_hundred_damaged_files_are_read_whole():
    """Nothing is raised, nothing is lost, and a file that hangs would end the program."""
    command = [sys.executable, "-m", "benchmarks.fuzzing", "--files", "300", "--seed", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "300 files, seed 1: 0 failed" in done.stdout


def test_a_number_always_gives_the_same_file():
    """A file that failed on one computer is made again on another from its two numbers."""
    rows = sound_rows()
    files = [mutated_file(6, number, rows) for number in range(50)]
    assert files == [mutated_file(6, number, rows) for number in range(50)]
    assert len(set(files)) > 45
    assert files != [mutated_file(7, number, rows) for number in range(50)]


def test_the_files_are_of_every_kind():
    """Among some hundred are sound and broken lines, arrays, UTF-16, and those with no example."""
    rows = sound_rows()
    seen: set[str] = set()
    sound = 0
    for number in range(400):
        for line in lines_of(mutated_file(6, number, rows)):
            seen.update(finding.code for finding in line.findings)
            sound += line.example is not None
    assert sound > 400
    assert seen >= {
        "json_array", "utf16", "byte_order_mark", "windows_line_endings", "blank_line",
        "invalid_json", "truncated_line", "invalid_utf8", "nul_byte", "duplicate_key",
        "lone_surrogate", "deep_nesting", "data_type", "missing_messages_list",
    }  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_takes_any_file(change):
    """A mutation works on nothing, on one byte and on a row."""
    for content in (b"", b"{", SOUND):
        assert isinstance(change(Random(1), content), bytes)  # noqa: S311


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_keeps_its_rows(layout):
    """What is laid out and not damaged is read back, row for row."""
    rows = sound_rows()[:5]
    read = lines_of(layout(Random(1), rows))  # noqa: S311
    again = lines_of(b"\n".join(rows))
    assert [line.example for line in read if line.example] == [line.example for line in again]


@pytest.mark.parametrize("recode", ENCODINGS)
def test_every_encoding_is_checked(recode):
    """A file in another encoding is read whole too."""
    check_file(recode(SOUND))


@pytest.mark.parametrize(
    "drop",
    [lambda lines: lines[:-1], lambda lines: lines[1:], lambda lines: [*lines, lines[-1]]],
    ids=["the last", "the first", "one twice"],
)
@pytest.mark.parametrize("content", [SOUND * 3, b"[" + b",".join([SOUND] * 3) + b"]"])
def test_a_lost_line_is_noticed(content, drop):
    """Lines of a file and items of an array: one missing or one too many is seen."""
    lines = lines_of(content)
    check_nothing_is_lost(content, lines)
    with pytest.raises(Lost):
        check_nothing_is_lost(content, drop(lines))


def test_a_line_that_says_something_else_is_noticed():
    """Bytes that changed on the way are a loss too."""
    (line,) = lines_of(SOUND)
    changed = Line(line.number, line.raw.replace(b"Hi", b"Ho"), line.example, ())
    with pytest.raises(Lost):
        check_nothing_is_lost(SOUND, [changed])


def test_a_file_that_fails_is_named_and_kept(tmp_path, monkeypatch, capsys):
    """The run goes on, tells how many failed, and keeps the bytes for whoever mends it."""

    def check(content: bytes) -> None:
        if b"messages" in content:
            raise ZeroDivisionError

    monkeypatch.setattr(fuzzing, "check_file", check)
    failed = run(20, 6, tmp_path / "kept")
    kept = list((tmp_path / "kept").iterdir())
    assert 0 < failed == len(kept)
    assert all(b"messages" in path.read_bytes() for path in kept)
    assert f"{failed} failed" in capsys.readouterr().out


def test_a_failing_file_is_made_small(monkeypatch):
    """Everything that is not needed to fail goes."""

    def check(content: bytes) -> None:
        if b"\0" in content and b"{" in content:
            raise ZeroDivisionError

    monkeypatch.setattr(fuzzing, "check_file", check)
    fails = fails_alike(ZeroDivisionError)
    assert smallest(SOUND * 4 + b"\0" + SOUND, fails) in (b"{\0", b"\0{")
    assert not fails(SOUND)
