"""core/transit.py: files on their way, found by tickets, never called by what people call them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core import transit
from core.errors import StorageFailed
from core.transit import Transit, open_transit

ROOT = Path(__file__).resolve().parents[2]


def came(place: Transit, content: bytes = b"abc", name: str = "a.csv") -> str:
    """The ticket of a file that came in."""
    ticket, path = place.expect(), place.new_path()
    path.write_bytes(content)
    assert place.take_in(ticket, path, name)
    return ticket


def offered(place: Transit, content: bytes = b"abc", name: str = "a.csv") -> str:
    """The ticket of a file that can be fetched."""
    path = place.new_path()
    path.write_bytes(content)
    return place.offer(path, name)


def test_a_ticket_lets_one_file_in(home: Path) -> None:
    """A second one under the same ticket is removed."""
    place = open_transit(home)
    ticket = place.expect()
    assert place.is_expected(ticket)
    assert place.find_in(ticket) is None
    first, second = place.new_path(), place.new_path()
    first.write_bytes(b"first")
    assert place.take_in(ticket, first, "a.csv")
    assert not place.is_expected(ticket)
    assert not place.take_in(ticket, second, "b.csv")
    assert not second.exists()
    file = place.find_in(ticket)
    assert file is not None
    assert (file.name, file.size, file.path.read_bytes()) == ("a.csv", 5, b"first")


def test_nobody_guesses_a_ticket(home: Path) -> None:
    """A ticket of one sort is none of the other, and an invented one is none at all."""
    place = open_transit(home)
    ticket = came(place)
    assert len(ticket) >= 32
    assert place.find_out(ticket) is None
    assert place.find_in("") is None
    assert place.find_in("../etc/passwd") is None
    assert place.find_in(offered(place)) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\Users\\ann\\tea.csv", "tea.csv"), ("茶.csv", "茶.csv"),
     ("", "?"), ("..", ".."), ("a\r\nb\0.csv", "ab.csv"), ("x" * 500 + ".csv", "x" * 116 + ".csv")],
)  # fmt: skip
def test_a_name_is_only_shown(home: Path, name: str, shown: str) -> None:
    """What lies on disk is called by chance, so a name cannot lead anywhere."""
    place = open_transit(home)
    file = place.find_in(came(place, name=name))
    assert file is not None
    assert file.name == shown
    assert file.path.parent.parent == home / "transit"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights another way")
def test_only_their_owner_reads_the_files(home: Path) -> None:
    """Neither while they come in nor when they are fetched; nor may others look at their names."""
    place = open_transit(home)
    path = place.new_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.unlink()
    path.write_bytes(b"built anew by whoever writes it")
    place.offer(path, "a.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_forgotten_is_gone(home: Path) -> None:
    """The ticket and the file; to forget it twice is no fault."""
    place = open_transit(home)
    for ticket, find in ((came(place), place.find_in), (offered(place), place.find_out)):
        file = find(ticket)
        assert file is not None
        place.forget(ticket)
        place.forget(ticket)
        assert find(ticket) is None
        assert not file.path.exists()


def test_after_a_day_it_is_gone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the next ticket that anybody asks for."""
    place = open_transit(home)
    expected, ticket = place.expect(), came(place)
    file = place.find_in(ticket)
    assert file is not None
    later = transit.time.monotonic() + transit.KEPT_SECONDS + 1
    monkeypatch.setattr(transit.time, "monotonic", lambda: later)
    assert not place.is_expected(expected)
    assert place.find_in(ticket) is None
    assert not place.take_in(expected, place.new_path(), "late.csv")
    place.expect()
    assert not file.path.exists()


def test_a_server_has_one_place_for_a_data_folder(home: Path, tmp_path: Path) -> None:
    """Every page and both routes see the same files."""
    assert open_transit(home) is open_transit(home)
    assert open_transit(home) is not open_transit(tmp_path / "other")


def test_what_an_ended_server_left_is_removed(home: Path) -> None:
    """But not the files of one that still runs."""
    script = (
        "import sys; from pathlib import Path; from core.transit import open_transit\n"
        "path = open_transit(Path(sys.argv[1])).new_path(); print(path, flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        left = Path(other.stdout.readline().strip())
        Transit(home)
        assert left.exists()
        other.stdin.close()
        other.wait(30)
        Transit(home)
        assert not left.exists()
        other.stdout.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its path."""
    (tmp_path / "transit").write_text("a file stands where the folder belongs")
    with pytest.raises(StorageFailed, match="data_folder_unwritable"):
        Transit(tmp_path)
