"""A look into a file before anything of it is stored: what it holds, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from core.dialects import Dialect
from core.editing import priced_for
from core.examples import Example
from core.findings import Finding, Severity
from core.jsonl import Line, read_jsonl, write_line
from core.learned import UNREADABLE, Counting, Tally
from core.metering import Meter
from core.rules import check_example_once
from core.storage import Project
from core.tasks import Advance, unwatched

SHOWN = 3  # examples shown before they are accepted
LISTED = 50  # findings of either sort listed one by one; the rest are only counted
TOLD = 500  # lines between two words about progress
_WITHOUT_TEXT = {"damaged_file", "foreign_file"}  # there is something, and not even its text

Reader: TypeAlias = Callable[[BinaryIO], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file holds: how many examples, what could not be read, what to say about both."""

    source: str
    reader: Reader  # the import reads as the preview did
    examples: int
    unreadable: int
    kept: int  # lines whose raw text is kept: the unreadable, and those that say more than was read
    first: tuple[Example, ...]
    errors: tuple[Finding, ...]  # why lines could not be read, at most `LISTED`
    notes: tuple[Finding, ...]  # what else is said about lines, at most `LISTED`
    noted: int  # how many notes there are
    codes: Counter[str]  # of the lines and of the examples
    shared_system: str  # the system message common to all, or ""
    tally: Tally  # what is learned of them, of the bytes that they would go out as

    @property
    def passes(self) -> int:
        """How often an import reads the file."""
        return 2 if self.kept else 1


def read_preview(
    file: BinaryIO,
    source: str,
    reader: Reader = read_jsonl,
    *,
    project: Project | None = None,
    advance: Advance = unwatched,
) -> ImportPreview:
    """Read a whole file without keeping it; `source` is its name, `reader` knows its format.

    What would be learned is reckoned for the place that the `project` is priced for. `advance` is
    told the bytes read.

    Raises:
        Stopped: by `advance`.
    """
    look = _Look(Counting(dialect_of(project)))
    for line in read_watched(file, reader, advance):
        look.take(line)
    return ImportPreview(
        source=source,
        reader=reader,
        examples=look.examples,
        unreadable=look.unreadable,
        kept=look.kept,
        first=tuple(look.first),
        errors=tuple(look.errors),
        notes=tuple(look.notes),
        noted=look.noted,
        codes=look.codes,
        shared_system=look.shared_system,
        tally=look.counting.tally,
    )


class _Look:
    """What has been seen of a file so far."""

    def __init__(self, counting: Counting) -> None:
        self.counting = counting
        self.examples = self.unreadable = self.kept = self.noted = 0
        self.first: list[Example] = []
        self.errors: list[Finding] = []
        self.notes: list[Finding] = []
        self.codes: Counter[str] = Counter()
        self._systems: set[str | None] = set()  # more than two say no more than two

    @property
    def shared_system(self) -> str:
        """The system message of all examples, or ""."""
        (shared, *others) = self._systems or [None]
        return "" if others else shared or ""

    def take(self, line: Line) -> None:
        """Look at the next line."""
        unreadable = is_unreadable(line)
        for finding in line.findings:
            self.codes[finding.code] += finding.count
            self._list(finding, is_error=unreadable and finding.severity is Severity.ERROR)
        self.kept += is_kept(line)
        if unreadable:
            self.unreadable += 1
            self.counting.drop(UNREADABLE)
        if line.example is not None:
            self._take_example(line.example)

    def _list(self, finding: Finding, *, is_error: bool) -> None:
        """Each sort has a list of its own, so that many notes hide no error."""
        self.noted += not is_error
        listed = self.errors if is_error else self.notes
        if len(listed) < LISTED:
            listed.append(finding)

    def _take_example(self, example: Example) -> None:
        self.examples += 1
        self.codes.update(finding.code for finding in check_example_once(example))
        self.counting.count(write_line(example))
        if len(self.first) < SHOWN:
            self.first.append(example)
        if len(self._systems) < 2:
            self._systems.add(example.system)


def dialect_of(project: Project | None) -> Dialect | None:
    """What the place takes that a project is priced for."""
    return None if project is None else priced_for(project)[0].dialect


def read_watched(file: BinaryIO, reader: Reader, advance: Advance) -> Iterator[Line]:
    """Read a file from its start, with a word about the bytes read at every so many lines."""
    file.seek(0)
    meter = Meter(file)
    for number, line in enumerate(reader(meter.file), 1):
        yield line
        if number % TOLD == 0:
            advance(meter.take())
    advance(meter.take())


def is_unreadable(line: Line) -> bool:
    """Whether a line says something that no example could be made of."""
    if line.example is not None:
        return False
    if any(finding.code in _WITHOUT_TEXT for finding in line.findings):
        return True
    refused = any(finding.severity is Severity.ERROR for finding in line.findings)
    return bool(line.raw.strip()) and refused


def is_kept(line: Line) -> bool:
    """Whether an example does not hold all that the line says, so that its raw text is kept."""
    says_more = any(finding.code == "duplicate_key" for finding in line.findings)
    return bool(line.raw.strip()) and (says_more or is_unreadable(line))
