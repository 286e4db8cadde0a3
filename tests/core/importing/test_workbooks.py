"""Tests of core.importing.workbook: a cell says what a person sees, and no file does harm."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_builders import content_of, found_in, lines_by, read_all, recipe_for, said_in
from openpyxl import Workbook

from core.importing.workbook.seen import seen_text
from core.importing.workbook.strings import SPOOLED_BYTES, SharedStrings

SHEET = "xl/worksheets/sheet1.xml"


def a_book(*rows: list[Any], **sheets: list[list[Any]]) -> Workbook:
    """A workbook with these rows on its first sheet, and others by name."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    return book


def saved(book: Workbook) -> bytes:
    """The workbook as a file."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same file with one part replaced."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(
        file, "w", zipfile.ZIP_DEFLATED
    ) as new:  # fmt: skip
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
    return file.getvalue()


NOON = datetime(2024, 5, 3, 12, 5, 9)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("text", "General", "text"), (None, "General", ""), (True, "General", "TRUE"),
        ("a_x000A_b_x005F_x000A_", "General", "a\nb_x000A_"),
        (5, "General", "5"), (5.0, "General", "5"), (0.1 + 0.2, "General", "0.3"),
        (13800138000, "General", "13800138000"), (1e21, "General", "1E+21"),
        (7, "000", "007"), (-7, "000", "-007"), (3.14159, "0.00", "3.14"), (2.5, "0.##", "2.5"),
        (2.0, "0.##", "2"), (1234567.891, "#,##0.00", "1,234,567.89"), (0.255, "0.0%", "25.5%"),
        (12.5, '"¥"#,##0.00', "¥12.50"), (12.5, "[$€-407]0.00", "€12.50"),
        (3, '0" kg"', "3 kg"), (-3, "0;(0)", "(3)"), (3, "@", "3"), (0.5, "# ?/?", "0.5"),
        (NOON, "yyyy-mm-dd", "2024-05-03"), (NOON, "mm-dd-yy", "2024-05-03"),
        (NOON, "d mmm yyyy h:mm AM/PM", "3 May 2024 12:05 PM"),
        (NOON, 'yyyy"年"m"月"d"日";@', "2024年5月3日"), (NOON, "h:mm:ss", "12:05:09"),
        (NOON, "mm:ss", "05:09"), (NOON, "dddd, mmmm d", "Friday, May 3"),
        (NOON, "General", "2024-05-03 12:05:09"), (date(2024, 5, 3), "General", "2024-05-03"),
        (time(9, 5), "h:mm AM/PM", "9:05 AM"), (time(9, 5), "General", "09:05:00"),
        (timedelta(hours=30), "[h]:mm:ss", "1 day, 6:00:00"),
    ],
)  # fmt: skip
def test_a_cell_says_what_a_person_sees(value, number_format, text):
    """Numbers and dates in their formats, money with its sign, no trace of how they are kept."""
    assert seen_text(value, number_format) == text


@given(
    st.none() | st.text() | st.integers() | st.floats() | st.datetimes() | st.dates() | st.times(),
    st.text(st.sampled_from('0#,.%;@[]$"\\_*ymdhsAP/- 年')) | st.just("General"),
)
def test_any_value_in_any_format_is_seen(value, number_format):
    """A format that nobody has thought of still gives a text."""
    assert isinstance(seen_text(value, number_format), str)


def test_merged_cells_say_the_same_in_every_row():
    """A question merged over two replies is asked twice; a row of nothing else is blank."""
    book = a_book(["question", "answer"], ["q", "one"], [None, "two"], ["r", "three"], [None, None])
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("A4:B5")
    lines = read_all(saved(book), "x.xlsx")
    assert said_in(lines) == [
        [("user", "q"), ("assistant", "one")], [("user", "q"), ("assistant", "two")],
        [("user", "r"), ("assistant", "")],
    ]  # fmt: skip
    assert found_in(lines) == {"merged_cells": 6, "blank_rows": 1}


def test_a_formula_without_result_is_kept_aside():
    """Openpyxl saves no results; in a column that is not read it does no harm."""
    lines = read_all(
        saved(a_book(["question", "answer", "n"], ["q", "=A2&A2"], ["r", "s", "=1+1"])), "x.xlsx"
    )
    assert said_in(lines) == [[("user", "r"), ("assistant", "s")]]
    assert found_in(lines) == {"unused_columns": 1, "formula_cell": 1}
    assert lines[1].raw == b"q,=A2&A2"


def test_the_sheet_whose_columns_tell_is_read_first():
    """Not a cover sheet, nor a hidden one; another can be chosen."""
    table = [["question", "answer"], ["q", "a"]]
    book = a_book(["Read me"], Secret=table, Data=table, More=[["question", "answer"], ["x", "y"]])
    book["Secret"].sheet_state = "hidden"
    content = saved(book)
    recipe = recipe_for(content, "x.xlsx")
    assert recipe.sheets == ("Sheet", "Secret", "Data", "More")
    assert recipe.sheet == "Data"
    assert found_in(lines_by(content, recipe)) == {"other_sheets": 1}
    chosen = recipe_for(content, "x.xlsx", sheet="More")
    assert said_in(lines_by(content, chosen)) == [[("user", "x"), ("assistant", "y")]]


def test_rows_are_numbered_as_the_sheet_shows_them():
    """Also where rows are missing in the file."""
    book = a_book(["question", "answer"])
    book.active["A7"], book.active["B7"] = "q", "a"
    assert [line.number for line in read_all(saved(book), "x.xlsx")] == [1, 7]


@pytest.mark.parametrize("rows", [[], [[None]], [["question", "answer"]]])
def test_a_workbook_with_nothing_in_it_has_no_examples(rows):
    """And says so where there are at least names of columns."""
    recipe = recipe_for(saved(a_book(*rows)), "x.xlsx")
    lines = lines_by(saved(a_book(*rows)), recipe)
    assert said_in(lines) == []
    assert recipe.is_complete is (len(rows) == 1 and rows[0][0] is not None)


def test_a_workbook_that_unpacks_to_far_more_is_refused():
    """A hundred megabytes of blanks in a tenth of one: nothing is unpacked."""
    huge = b"<worksheet>" + b" " * 120_000_000 + b"</worksheet>"
    content = with_part(saved(a_book(["question", "answer"])), SHEET, huge)
    assert len(content) < 1_000_000
    assert found_in(read_all(content, "x.xlsx")) == {"damaged_file": 1}


@pytest.mark.parametrize(
    "attack",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
        b"<worksheet><sheetData><row>" + b"<c><v>1</v></c>" * 1_000_000,
        b"not XML at all",
        b"",
    ],
    ids=["entities", "external", "endless row", "no xml", "nothing"],
)
def test_a_sheet_made_to_do_harm_is_refused(attack):
    """No entity is expanded, no file is read, no endless row is held."""
    content = with_part(saved(a_book(["question", "answer"], ["q", "a"])), SHEET, attack)
    recipe = recipe_for(saved(a_book(["question", "answer"], ["q", "a"])), "x.xlsx")
    assert found_in(lines_by(content, recipe))["damaged_file"] == 1


def test_a_zip_that_is_no_workbook_is_foreign():
    """A text document, a Numbers file, an archive of pictures."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert recipe_for(file.getvalue(), "x.xlsx").kind == "foreign"


def test_a_sheet_that_is_gone_says_so():
    """The file has changed since its recipe was made."""
    recipe = recipe_for(content_of("wps.xlsx"), "x.xlsx")
    assert found_in(lines_by(content_of("excel.xlsx"), recipe)) == {"damaged_file": 1}


def test_shared_strings_beyond_memory_are_read_from_disk():
    """Each by its place, however many there are."""
    texts = [f"{number}{'茶' * 1_000}" for number in range(SPOOLED_BYTES // 1_000)]
    with SharedStrings(texts) as strings:
        assert strings[len(texts) - 1] == texts[-1]
        assert strings[0] == texts[0]
        with pytest.raises(IndexError):
            strings[len(texts)]
