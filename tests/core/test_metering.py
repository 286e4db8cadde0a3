"""core/metering.py: a file can be read as ever, and tells how much of it was."""

from __future__ import annotations

import zipfile
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from core.metering import Meter


@given(st.binary(max_size=200_000), st.lists(st.integers(1, 9_000), max_size=30))
def test_what_is_read_is_counted_once(content: bytes, sizes: list[int]) -> None:
    """Whatever the pieces: the same bytes, and in all as many as there are."""
    meter, told, read = Meter(BytesIO(content)), 0, b""
    for size in sizes:
        read += meter.file.read(size)
        told += meter.take()
    read += meter.file.read()
    assert read == content
    assert told + meter.take() == len(content)
    assert meter.take() == 0


def test_a_file_can_be_searched_through_the_meter() -> None:
    """As formats do that keep their contents at the end."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as box:
        box.writestr("a", b"x" * 100_000)
    meter = Meter(made)
    with zipfile.ZipFile(meter.file) as box:
        assert box.read("a") == b"x" * 100_000
    assert meter.take() > 0


def test_the_file_stays_open() -> None:
    """Who opened it closes it."""
    file = BytesIO(b"abc")
    Meter(file).file.close()
    assert file.read() == b"abc"
