"""Opening a workbook: what it says about its sheets, strings and formats, if it is sound.

openpyxl reads the parts; the strings, of which there may be millions, go to disk.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from core.importing.workbook.strings import SharedStrings, text_in
from core.importing.workbook.xml import iterate_elements

MOST_BYTES = 2_000_000_000  # of all parts, unpacked
MOST_PARTS = 10_000
FREE_BYTES = 100_000_000  # below this no ratio is suspicious
MOST_RATIO = 400  # of sizes, unpacked to packed; tables of words have some ten

# What zip, XML and openpyxl raise on damaged files.
_BROKEN = (
    BadZipFile, ParseError, zlib.error, EOFError, ValueError, LookupError, TypeError, RuntimeError,
    AttributeError, ArithmeticError, AssertionError,
)  # fmt: skip


class Damaged(Exception):
    """The file, or the rest of it, cannot be read; never leaves `core.importing`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, where it lies in the file, whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Book:
    """An open workbook; formats: of each style that a cell may have, its number format."""

    archive: ZipFile
    sheets: tuple[Sheet, ...]
    strings: SharedStrings
    formats: tuple[str, ...]
    reading: dict[str, Any]  # what openpyxl's parser of sheets has to know about dates


@contextmanager
def told_as_damage() -> Iterator[None]:
    """Whatever a damaged file makes the libraries raise becomes `Damaged`."""
    try:
        yield
    except _BROKEN as error:
        raise Damaged from error


@contextmanager
def open_book(file: BinaryIO) -> Iterator[Book]:
    """The workbook in a seekable file, which stays open.

    Raises:
        Damaged: it is none, or more than could be meant.
    """
    with told_as_damage():
        archive = ZipFile(file)
        _check_sizes(archive)
    with archive:
        with told_as_damage(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things that openpyxl could not write back
            book = _read_parts(archive)
        with book.strings:
            yield book


def may_be_workbook(file: BinaryIO) -> bool:
    """Whether a zip file has the parts of a workbook, or is too damaged to tell."""
    try:
        with ZipFile(file) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except _BROKEN:
        return True


def _check_sizes(archive: ZipFile) -> None:
    """Refuse what would unpack to far more than it seems; zipfile holds parts to these sizes."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    bomb = unpacked > FREE_BYTES and unpacked > MOST_RATIO * packed
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES or bomb:
        raise Damaged


def _read_parts(archive: ZipFile) -> Book:
    # Takes a while to import, and is needed here alone.
    from openpyxl.packaging.manifest import Manifest
    from openpyxl.reader.workbook import WorkbookParser
    from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_WORKBOOK, SHARED_STRINGS, XLSM, XLSX
    from openpyxl.xml.functions import fromstring

    contents: Any = fromstring(archive.read(ARC_CONTENT_TYPES))
    manifest: Any = Manifest.from_tree(contents)
    main = manifest.find(XLSX) or manifest.find(XLSM)
    parser: Any = WorkbookParser(
        archive, main.PartName[1:] if main else ARC_WORKBOOK, keep_links=False
    )
    parser.parse()
    shared = manifest.find(SHARED_STRINGS)
    strings = SharedStrings(_read_strings(archive, shared.PartName[1:]) if shared else ())
    known = set(archive.namelist())
    sheets = tuple(
        Sheet(sheet.name, link.target, sheet.state != "visible")
        for sheet, link in parser.find_sheets()
        if link.target in known and "worksheet" in link.Type
    )
    formats = _read_formats(archive, parser.wb)
    dates = {
        "epoch": parser.wb.epoch,
        "date_formats": parser.wb._date_formats,
        "timedelta_formats": parser.wb._timedelta_formats,
    }
    return Book(archive, sheets, strings, formats, dates)


def _read_strings(archive: ZipFile, part: str) -> Iterator[str]:
    with told_as_damage(), archive.open(part) as source:
        for item, namespace in iterate_elements(source, "si", within="sst"):
            yield text_in(item, namespace)


def _read_formats(archive: ZipFile, book: Any) -> tuple[str, ...]:
    """The number format of each style; other programs write styles that openpyxl refuses."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS
    from openpyxl.styles.stylesheet import apply_stylesheet

    try:
        apply_stylesheet(archive, book)
    except _BROKEN:
        return ()
    own = dict(enumerate(book._number_formats, start=164))
    ids = (style.numFmtId for style in book._cell_styles)
    return tuple(own.get(id) or BUILTIN_FORMATS.get(id, "General") for id in ids)
