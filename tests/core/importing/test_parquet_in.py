"""Tests of core.importing.parquet: rows of a data set become examples."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from import_builders import content_of, found_in, read_all, recipe_for, said_in

from core.transfer import is_unreadable


def a_file(rows: list[dict[str, Any]], **how: Any) -> bytes:
    """These rows as Parquet."""
    file = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file, **how)
    return file.getvalue()


def test_fields_that_a_message_lacks_are_absent():
    """Parquet gives every message the fields of all; null beside a call is content."""
    call = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    rows = [
        {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "tool_calls": call}]},
        {"messages": [{"role": "user", "content": "q", "weight": None}]},
    ]
    first, second = (line.example.to_json() for line in read_all(a_file(rows), "x.parquet"))
    assert first["messages"] == [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": None, "tool_calls": call},
    ]
    assert second == {"messages": [{"role": "user", "content": "q"}]}


def test_values_that_json_lacks_become_their_text():
    """Dates and decimals; a number that is none becomes nothing."""
    table = pa.table({
        "question": ["q", "r"], "answer": [Decimal("1.50"), None], "tags": [["a", "b"], None],
        "when": [datetime(2024, 5, 3), None], "score": [float("nan"), 1.0],
    })  # fmt: skip
    file = BytesIO()
    pq.write_table(table, file)
    lines = read_all(file.getvalue(), "x.parquet")
    assert said_in(lines) == [
        [("user", "q"), ("assistant", "1.50")], [("user", "r"), ("assistant", "")],
    ]  # fmt: skip
    assert lines[0].example.tags == ("a", "b")
    assert b'"when": "2024-05-03 00:00:00"' in lines[0].raw


def test_bytes_that_are_no_text_are_not_guessed_at():
    """The row is kept aside with its bytes; a picture that is not read makes no difference."""
    rows = [
        {"question": "茶？".encode(), "answer": b"caf\xe9", "image": b""},
        {"question": b"q", "answer": "茶".encode(), "image": b"\x89PNG\xff"},
    ]
    broken, sound = read_all(a_file(rows), "x.parquet")
    assert said_in([broken, sound]) == [[("user", "q"), ("assistant", "茶")]]
    assert broken.findings[0].code == "unknown_characters"
    assert is_unreadable(broken)
    assert b'"answer": "caf\xe9"' in broken.raw


def test_rows_are_counted_over_all_groups():
    """However the file is parted."""
    rows = [{"question": f"q{n}", "answer": "a"} for n in range(1_000)]
    lines = read_all(a_file(rows, row_group_size=70), "x.parquet")
    assert [line.number for line in lines] == list(range(1, 1_001))
    assert said_in(lines)[-1][0] == ("user", "q999")


def test_a_file_that_stops_in_its_middle_says_so():
    """The footer is missing; the name alone does not make it a table of text."""
    recipe = recipe_for(content_of("hf-cut.parquet"), "x.parquet")
    assert recipe.kind == "parquet"
    assert found_in(read_all(content_of("hf-cut.parquet"), "x.parquet")) == {"damaged_file": 1}


def test_a_damaged_page_does_not_hide_the_rows_before_it():
    """What could be read is read, and then the damage is told."""
    rows = [{"question": f"question {n} " * 20, "answer": "a"} for n in range(3_000)]
    plain = {"compression": "none", "use_dictionary": False}
    content = bytearray(a_file(rows, row_group_size=1_000, **plain))
    at = content.index(b"question 2500 ")
    content[at - 8 : at] = b"\xff" * 8
    lines = read_all(bytes(content), "x.parquet")
    assert found_in(lines)["damaged_file"] == 1
    assert len(said_in(lines)) >= 2_000
