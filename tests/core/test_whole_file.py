"""core/whole_file.py: a file is there whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from core.errors import Stopped, StorageFailed
from core.whole_file import writing_whole


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    """Until then there is what was there before."""
    path = tmp_path / "out"
    path.write_bytes(b"before")
    with writing_whole(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert list(tmp_path.glob("out*")) == [path]


def test_what_was_begun_is_gone(tmp_path: Path) -> None:
    """Whatever ended it."""
    path = tmp_path / "out"
    with pytest.raises(Stopped), writing_whole(path) as file:
        file.write(b"half")
        raise Stopped
    assert list(tmp_path.glob("out*")) == []


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EACCES, "data_folder_unwritable")],
)
def test_what_the_disk_refuses_has_a_sentence(tmp_path: Path, number: int, code: str) -> None:
    """And nothing of it stays."""
    with pytest.raises(StorageFailed) as refused, writing_whole(tmp_path / "out") as file:
        file.write(b"half")
        raise OSError(number, "no")
    assert (refused.value.code, refused.value.params) == (code, {"path": str(tmp_path)})
    assert list(tmp_path.glob("out*")) == []


def test_a_folder_that_is_not_there_has_a_sentence(tmp_path: Path) -> None:
    """Opening it fails as writing does."""
    with pytest.raises(StorageFailed), writing_whole(tmp_path / "none" / "out"):
        pass
