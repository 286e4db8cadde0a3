"""A workbook of one sheet, every cell of it text: no formula, no number, no date.

Here the type of a cell says that it is text. Where a text would run as a formula once somebody
edits its cell, Excel's own mark for that (an apostrophe that it does not show) keeps it text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, BinaryIO

from core.cells import COLUMNS
from core.examples import Example
from core.exporting.rows import row_of, why_no_row
from core.formulas import would_run

MOST_ROWS = 1_048_575  # below the header; Excel's limits
MOST_CHARACTERS = 32_767  # of a cell
WIDTHS = {"A": 40, "B": 60, "C": 60}  # in characters

# What XML cannot hold, or reads as another character, and what looks like the escape for these.
_SPECIAL = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(examples: Iterable[Example], file: BinaryIO) -> None:
    """A header and each example as a row; the sheet grows in a temporary file, not in memory.

    Raises:
        ValueError: a row cannot hold an example; `why_no_cells` tells before.
    """
    from openpyxl import Workbook  # takes a while to import, and is needed here alone
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Examples")
    sheet.freeze_panes = "A2"
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    cells = [(WriteOnlyCell(sheet), WriteOnlyCell(sheet)) for _ in COLUMNS]
    for _, quoted in cells:
        quoted.quotePrefix = True
    try:
        sheet.append(list(COLUMNS))
        for example in examples:
            texts = zip(cells, row_of(example), strict=True)
            sheet.append([_filled(pair[would_run(text)], text) for pair, text in texts])
        book.save(file)
    except BaseException:
        with suppress(Exception):  # closed already where saving failed
            sheet.close()
        with suppress(Exception):
            sheet._writer.cleanup()  # else the temporary file lies there until the program ends
        raise


def _filled(cell: Any, text: str) -> Any:
    cell.value = escape(text)
    cell.data_type = "s"  # also where openpyxl sees a formula or an error in it
    return cell


def why_no_cells(example: Example) -> str:
    """`why_no_row`; text also where a cell is nothing but blanks; long: more than a cell holds."""
    if reason := why_no_row(example):
        return reason
    texts = row_of(example)
    if any(text and not text.strip() for text in texts):
        return "text"
    return "long" if any(map(_is_long, texts)) else ""


def escape(text: str) -> str:
    """A text with `_xHHHH_` for each character that XML cannot hold, as Office writes and reads."""
    return _SPECIAL.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _is_long(text: str) -> bool:
    """Whether a cell cannot hold this; characters beyond 16 bits count twice there."""
    if len(text) * 7 <= MOST_CHARACTERS:
        return False
    return len(escape(text).encode("utf-16-le")) // 2 > MOST_CHARACTERS
