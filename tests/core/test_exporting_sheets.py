"""core/exporting/xlsx.py, csv.py: cells of a spreadsheet are text and nothing else."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

import openpyxl
import pytest
from core_builders import an_example, of_messages
from defusedxml.ElementTree import fromstring
from openpyxl.utils.escape import unescape

from core.examples import Example
from core.exporting.csv import write_csv
from core.exporting.rows import why_no_row
from core.exporting.xlsx import MOST_CHARACTERS, escape, write_xlsx

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", '=HYPERLINK("x")']
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheet_of(*examples: Example) -> bytes:
    """A workbook of these examples."""
    file = BytesIO()
    write_xlsx(examples, file)
    return file.getvalue()


def cells_of(content: bytes) -> list[Element]:
    """The cells of the one sheet as they stand in the file."""
    with zipfile.ZipFile(BytesIO(content)) as book:
        sheet = fromstring(book.read("xl/worksheets/sheet1.xml"))
    return list(sheet.iter(f"{SHEET}c"))


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", "#REF!", "1.50", "TRUE", "2024-05-03", "="])
def test_every_cell_is_text(text: str) -> None:
    """Neither a formula nor an error, a number or a date, in Excel's own words."""
    cells = cells_of(sheet_of(an_example(system=text, user=text, assistant=text)))
    assert len(cells) == 6
    assert {cell.get("t") for cell in cells} == {"inlineStr"}
    assert {child.tag for cell in cells for child in cell} == {f"{SHEET}is"}


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_defused(text: str) -> None:
    """In a CSV by an apostrophe before them, in a sheet by the one that Excel does not show."""
    file = BytesIO()
    write_csv([an_example(user=text)], file)
    (_, row) = csv.reader(file.getvalue().decode("utf-8-sig").splitlines(keepends=True))
    assert row[1] == f"'{text}"
    book = openpyxl.load_workbook(BytesIO(sheet_of(an_example(user=text))))
    plain, cell = book["Examples"]["A2"], book["Examples"]["B2"]
    assert (cell.data_type, cell.quotePrefix, plain.quotePrefix) == ("s", True, False)
    assert unescape(cell.value) == text


def test_a_sheet_looks_like_one() -> None:
    """A header that stays in sight, columns wide enough to read, line breaks kept."""
    book = openpyxl.load_workbook(BytesIO(sheet_of(an_example(assistant="a\nb  "))))
    sheet = book.active
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["system", "user", "assistant"],
        ["You joke about the weather.", "Will it rain?", "a\nb  "],
    ]
    assert (book.sheetnames, sheet.freeze_panes) == (["Examples"], "A2")
    assert sheet.column_dimensions["B"].width == 60


def test_what_xml_cannot_hold_is_escaped_as_office_does() -> None:
    """Control characters, a lone carriage return, and what looks like an escape."""
    assert escape("a\x01\r\n_x000D_ _x1 \ufffe") == "a_x0001__x000D_\n_x005F_x000D_ _x1 _xFFFE_"


def test_a_cell_is_never_cut() -> None:
    """The longest text that is taken comes back whole."""
    text = "x" * MOST_CHARACTERS
    sheet = openpyxl.load_workbook(BytesIO(sheet_of(an_example(user=text)))).active
    assert sheet["B2"].value == text


def test_a_sheet_that_is_given_up_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary file goes with it, and the error comes through."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def some() -> Iterator[Example]:
        yield an_example()
        assert list(tmp_path.iterdir()) != []
        raise OSError("enough")

    with pytest.raises(OSError, match="enough"):
        write_xlsx(some(), BytesIO())
    assert list(tmp_path.iterdir()) == []


def test_a_csv_is_what_spreadsheets_expect() -> None:
    """A byte order mark, the names of the columns, CR LF."""
    file = BytesIO()
    write_csv([an_example(user="你好", assistant='say "hi"')], file)
    assert (
        file.getvalue()
        == (
            '\ufeffsystem,user,assistant\r\nYou joke about the weather.,你好,"say ""hi"""\r\n'
        ).encode()
    )


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_an_example_that_does_not_fit_is_never_written_in_part(write) -> None:
    """Who did not ask first is refused."""
    turns = of_messages(*[{"role": "user", "content": "u"}] * 4)
    assert why_no_row(turns) == "turns"
    with pytest.raises(ValueError, match="turns"):
        write([turns], BytesIO())
