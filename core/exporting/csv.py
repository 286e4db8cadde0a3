"""CSV as spreadsheets take it: UTF-8 with a byte order mark, CR LF, formulas defused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

from core.cells import COLUMNS
from core.examples import Example
from core.exporting.rows import row_of
from core.formulas import guard


def write_csv(examples: Iterable[Example], file: BinaryIO) -> None:
    """A header and each example as a row.

    Raises:
        ValueError: a row cannot hold an example; `why_no_row` tells before.
    """
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    try:
        rows.writerow(COLUMNS)
        rows.writerows(map(guard, row_of(example)) for example in examples)
    finally:
        text.detach()  # flushed; the file is the caller's to close
