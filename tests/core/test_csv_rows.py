"""Tests of core.csv_rows: every character of a text belongs to exactly one row."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from core.csv_rows import read_rows

TEXT = st.text(st.sampled_from('",\r\n ab'), max_size=40)


def rows_of(text: str):
    """The rows of a text cut at commas."""
    return list(read_rows(iter(io.StringIO(text, newline="")), ","))


@given(TEXT)
def test_no_character_is_lost(text):
    """The rows' texts, one after the other, are the text; their numbers count up."""
    rows = rows_of(text)
    assert "".join(row.text for row in rows) == text
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=3), max_size=5))
def test_sound_rows_are_cut_as_written(rows):
    """What Python's own writer writes is read back."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [list(row.cells) for row in rows_of(text.getvalue())] == rows
    assert not any(row.fault for row in rows_of(text.getvalue()))


def test_a_broken_row_is_its_first_line():
    """Reading goes on with the line after it."""
    rows = rows_of('a,"b\nc,d\n"e"f,g\nh,i')
    assert [(row.text, row.fault) for row in rows] == [
        ('a,"b\n', "broken_quotes"), ("c,d\n", ""), ('"e"f,g\n', "broken_quotes"), ("h,i", ""),
    ]  # fmt: skip
