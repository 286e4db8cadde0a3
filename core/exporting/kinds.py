"""The kinds of file there are to take out, as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from core.examples import Example
from core.exporting.csv import write_csv
from core.exporting.json_array import write_array
from core.exporting.parquet import why_no_messages, write_parquet
from core.exporting.rows import why_no_row
from core.exporting.xlsx import MOST_ROWS, why_no_cells, write_xlsx
from core.importing.shapes import alpaca, preference, sharegpt
from core.jsonl import write_jsonl


@dataclass(frozen=True, slots=True)
class FileKind:
    """A format to take examples out in.

    write: all of them to an open file, of which only a part is ever in memory; why_not: why it
    cannot hold an example whole, or ""; most: how many it holds, None where there is no end.
    """

    id: str
    ending: str
    media_type: str
    write: Callable[[Iterable[Example], BinaryIO], None]
    why_not: Callable[[Example], str]
    most: int | None = None


def _write_lines(examples: Iterable[Example], file: BinaryIO) -> None:
    file.writelines(write_jsonl(examples))


def _write_pairs(examples: Iterable[Example], file: BinaryIO) -> None:
    for example in examples:
        text = json.dumps(preference.write(example), ensure_ascii=False)
        file.write(f"{text}\n".encode(errors="backslashreplace"))


PREFERENCE = "preference"
JSONL = "application/jsonl"
JSON = "application/json"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"

_KINDS = (
    FileKind("jsonl", "jsonl", JSONL, _write_lines, lambda _: ""),
    FileKind(
        "sharegpt", "json", JSON, partial(write_array, write=sharegpt.write), sharegpt.why_not
    ),
    FileKind("alpaca", "json", JSON, partial(write_array, write=alpaca.write), alpaca.why_not),
    FileKind("csv", "csv", "text/csv", write_csv, why_no_row),
    FileKind("xlsx", "xlsx", EXCEL, write_xlsx, why_no_cells, MOST_ROWS),
    FileKind("parquet", "parquet", PARQUET, write_parquet, why_no_messages),
    FileKind(PREFERENCE, "jsonl", JSONL, _write_pairs, preference.why_not),
)
FILE_KINDS = {kind.id: kind for kind in _KINDS}
