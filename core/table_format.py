"""How a table is to be read: encoding, delimiter, which column holds what; and guessing that."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO

from core.cells import COLUMNS
from core.column_names import TAGS, is_name, role_of
from core.csv_rows import read_rows
from core.encodings import SAMPLE_BYTES, guess_encoding, read_beginning
from core.examples import ASSISTANT, USER

MAPPED = (*COLUMNS, TAGS)  # what a column may hold
NO_COLUMNS: tuple[int | None, ...] = (None,) * len(MAPPED)
DELIMITERS = (",", ";", "\t")  # the rarer in sentences, the later
SAMPLE_ROWS = 50
HIGHEST_HEADER = 10  # rows of titles and remarks above the names of the columns


@dataclass(frozen=True, slots=True)
class TableFormat:
    """What was guessed or chosen; hashable, so that what was read by it can be kept.

    encoding: one of `core.encodings.ENCODINGS`; delimiter: one of `DELIMITERS`, both "" where the
    source has its own cells; first_row: the names of the columns, or without a header the first
    row's cells; width: how many cells a row has; columns: where each of `MAPPED` stands (from 0),
    None where nowhere; above: how many rows with text stand above the header.
    """

    encoding: str
    delimiter: str
    has_header: bool
    first_row: tuple[str, ...]
    width: int
    columns: tuple[int | None, ...] = NO_COLUMNS
    above: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """What to call each column: its name, or its letter as in a spreadsheet."""
        return tuple(
            (self.has_header and self.first_row[at].strip()) or letter(at)
            for at in range(self.width)
        )

    @property
    def unused_names(self) -> tuple[str, ...]:
        """The columns of which nothing is read."""
        return tuple(name for at, name in enumerate(self.names) if at not in self.columns)

    @property
    def is_complete(self) -> bool:
        """Whether it is known which column holds the questions and which, another, the replies."""
        used = [column for column in self.columns if column is not None]
        return None not in self.columns[1:3] and len(set(used)) == len(used)

    @property
    def is_ours(self) -> bool:
        """Whether the header is the one that we write, so that guarded cells are unguarded."""
        return bool(self.delimiter) and self.has_header and self.first_row == COLUMNS

    def with_columns(self, *columns: int | None) -> TableFormat:
        """The same table with other columns for `MAPPED`, in their order; the last may be left."""
        return replace(self, columns=(*columns, *NO_COLUMNS[len(columns) :]))


def letter(index: int) -> str:
    """A column as a spreadsheet calls it: 0 is A, 25 is Z, 26 is AA."""
    rest, last = divmod(index, 26)
    return (letter(rest - 1) if rest else "") + chr(ord("A") + last)


def is_table(content: BinaryIO, name: str) -> bool:
    """Whether a file is to be read as a table: by its name, or where that does not tell, its text.

    Text counts as a table where its first row names the columns, or where at least two rows have
    the same number of cells, cut by tabs.
    """
    ending = name.lower().rpartition(".")[2]
    if ending in {"csv", "tsv", "tab"}:
        return True
    if ending in {"jsonl", "json"}:
        return False
    content.seek(0)
    text = read_beginning(content, guess_encoding(content), SAMPLE_BYTES)
    if text.lstrip()[:1] in {"{", "["}:
        return False
    guess = _guess_delimiter(text)
    rows = _first_rows(text, guess)
    return _names_both(rows[:1]) or (guess == "\t" and len(rows) > 1 and _agreement(rows) > 0.9)


def guess_format(
    file: BinaryIO,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
) -> TableFormat:
    """How a table is to be read, from its beginning; what is given is not guessed.

    The encoding as `core.encodings` says. The delimiter that cuts the first rows into the same
    number of cells, or whose first row names the columns. A header where a column's name is known.
    Columns by their names; without a header two columns are taken for question and reply.
    """
    file.seek(0)
    encoding = encoding or guess_encoding(file)
    text = read_beginning(file, encoding, SAMPLE_BYTES)
    delimiter = delimiter or _guess_delimiter(text)
    table = format_of_rows(_first_rows(text, delimiter), has_header)
    return replace(table, encoding=encoding, delimiter=delimiter)


def format_of_rows(rows: list[list[str]], has_header: bool | None = None) -> TableFormat:
    """The same for the first rows of any table, where none is blank."""
    above = 0 if has_header is False else _rows_above_names(rows)
    first = rows[above] if rows else []
    if has_header is None:
        has_header = any(map(is_name, first))
    width = len(first) if has_header else _usual_width(rows)
    found = TableFormat("", "", has_header, tuple(first), width, above=above)
    return replace(found, columns=_guess_columns(found))


def rows_below(file: BinaryIO, table: TableFormat) -> list[list[str]]:
    """The first rows below the header, as far as they can be cut; `file` is read from its start."""
    rows = _first_rows(read_beginning(file, table.encoding, SAMPLE_BYTES), table.delimiter)
    return rows[table.above + table.has_header :]


def _rows_above_names(rows: list[list[str]]) -> int:
    """How many rows stand above the first that names its columns: titles and remarks."""
    tops = enumerate(rows[: HIGHEST_HEADER + 1])
    return next((at for at, row in tops if sum(map(is_name, row)) > 1), 0)


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first rows that are not blank, as far as they can be cut."""
    rows = (row for row in read_rows(iter(io.StringIO(text, newline="")), delimiter))
    cut: list[list[str]] = []
    for row in rows:
        if not row.fault and not row.is_blank:
            cut.append(list(row.cells))
        if len(cut) == SAMPLE_ROWS:
            break
    return cut


def _guess_delimiter(text: str) -> str:
    """Names of columns decide, then agreement; of equals the one that sentences have least."""
    tried = {delimiter: _first_rows(text, delimiter) for delimiter in DELIMITERS}

    def evidence(delimiter: str) -> tuple[bool, float, int]:
        agreement = _agreement(tried[delimiter])
        rarity = DELIMITERS.index(delimiter) if agreement else 0
        return _names_both(tried[delimiter][: HIGHEST_HEADER + 1]), agreement, rarity

    return max(tried, key=evidence)


def _names_both(rows: list[list[str]]) -> bool:
    return any({USER, ASSISTANT} <= set(map(role_of, row)) for row in rows)


def _agreement(rows: list[list[str]]) -> float:
    """The share of rows with the most usual number of cells, 0 where that is a single one."""
    width = _usual_width(rows)
    return sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0


def _usual_width(rows: list[list[str]]) -> int:
    widths = Counter(map(len, rows)).most_common(1)
    return widths[0][0] if widths else 0


def guess_columns(names: Iterable[str]) -> tuple[int | None, ...]:
    """Where each of `MAPPED` stands, by the names of the columns."""
    roles = [role_of(name) for name in names]
    return tuple(roles.index(role) if role in roles else None for role in MAPPED)


def _guess_columns(table: TableFormat) -> tuple[int | None, ...]:
    if table.has_header:
        return guess_columns(table.first_row)
    return (None, 0, 1, None) if table.width == 2 else NO_COLUMNS
