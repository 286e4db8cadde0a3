"""Bring examples in and take them out: an import as one Change, an export as a file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO

from core.editing import DEFAULT_PRICED_FOR
from core.examples import DRAFT, Example
from core.exporting import PREFERENCE, FileKind
from core.jsonl import write_jsonl, write_line
from core.learned import Counting, Tally
from core.preparing import Basis, prepare_file
from core.previewing import (
    SHOWN,
    ImportPreview,
    Reader,
    dialect_of,
    is_kept,
    is_unreadable,
    read_preview,
    read_watched,
)
from core.selection import EVERYTHING, Selection, iterate_asked, select_examples
from core.storage import Change, Project, Store, UnreadableLine
from core.tasks import Advance, unwatched
from core.templates import Template
from core.whole_file import writing_whole

__all__ = [
    "SHOWN",
    "TEMPLATE",
    "ExportReport",
    "ImportPreview",
    "Reader",
    "create_project",
    "export_lines",
    "export_to",
    "import_examples",
    "is_unreadable",
    "read_preview",
]

TOLD = 500  # rows between two words about progress
TEMPLATE = "template"  # the kind of Change that a project may begin with


def create_project(store: Store, name: str, template: Template | None = None) -> Project:
    """A new project, with a template's examples under their shared system prompt."""
    project = store.create_project(
        name, priced_for=DEFAULT_PRICED_FOR, template=template.id if template else ""
    )
    if template is not None:
        content = template.path.read_bytes()
        preview = read_preview(BytesIO(content), template.path.name)
        import_examples(store, project, BytesIO(content), preview, share_system=True, kind=TEMPLATE)
    return store.load_project(project.id)


def import_examples(
    store: Store,
    project: Project,
    file: BinaryIO,
    preview: ImportPreview,
    *,
    share_system: bool,
    kind: str = "import",
    advance: Advance = unwatched,
) -> Change | None:
    """Add what can be read as one Change, and keep in it the raw text of what cannot.

    With `share_system` the system message common to all becomes the project's, and the imported
    examples inherit it. What is read is stored at once, so a large file is not held; where
    something cannot be read, `file` is read a second time for it. `advance` is told the bytes read,
    in all those of `preview.passes` times the file.

    Raises:
        Stopped: by `advance`; nothing of it is stored then.
    """
    prompt = preview.shared_system if share_system else ""
    basis = Basis.of(project, prompt, file.seek(0, SEEK_END))

    def kept() -> Iterator[UnreadableLine]:
        if not preview.kept:
            return
        for line in filter(is_kept, read_watched(file, preview.reader, advance)):
            code = next(f.code for f in line.findings if f.code != "byte_order_mark")
            yield UnreadableLine(preview.source, line.number, code, line.raw)

    with closing(prepare_file(file, preview.reader, basis, advance)) as additions:
        return store.add_rows(
            project.id,
            kind,
            additions,
            params={"source": preview.source, "examples": preview.examples},
            system_prompt=prompt or None,
            unreadable=kept(),
        )


def export_lines(
    store: Store, project: Project, selection: Selection = EVERYTHING
) -> Iterator[bytes]:
    """JSONL, a line at a time."""
    return write_jsonl(select_examples(store, project, selection))


@dataclass(frozen=True, slots=True)
class ExportReport:
    """A file that was written: how many examples, and its size in bytes and SHA-256 (hex).

    left_out: why so many of those asked for are not in it, "errors", "full" or what `why_not` of
    the kind says; stays: what so many of those that are have beside it, "rejected" replies or
    "marks" (tags, a note, a review), for which there is no place; tally: what is learned of them.
    """

    examples: int
    left_out: Counter[str]
    stays: Counter[str]
    size: int
    sha256: str
    tally: Tally


def export_to(
    path: Path,
    store: Store,
    project: Project,
    kind: FileKind,
    selection: Selection = EVERYTHING,
    advance: Advance = unwatched,
) -> ExportReport:
    """Write a file of this kind; what it cannot hold whole is counted, never cut.

    One batch of examples is in memory at a time. `advance` is told the rows gone through, in all
    as many as `count_asked` says. Under `path` there is the whole file or what was there before.

    Raises:
        Stopped: by `advance`.
        StorageFailed: the file cannot be written.
    """
    going = _Going(store, project, kind, selection, advance)
    with writing_whole(path) as file:
        kind.write(going.examples(), file)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    tally = going.counting.tally
    return ExportReport(going.count, +going.left_out, +going.stays, size, digest, tally)


def is_marked(example: Example) -> bool:
    """Whether people have put a tag, a note or a state of review on it."""
    return bool(example.tags or example.note or example.review != DRAFT)


class _Going:
    """The examples on their way out, and what is said about them."""

    def __init__(
        self, store: Store, project: Project, kind: FileKind, selection: Selection, advance: Advance
    ) -> None:
        self._asked = iterate_asked(store, project, selection)
        self._kind, self._selection, self._advance = kind, selection, advance
        self.count = 0
        self.left_out: Counter[str] = Counter()
        self.stays: Counter[str] = Counter()
        self.counting = Counting(dialect_of(project))

    def examples(self) -> Iterator[Example]:
        """Those that go out."""
        number = 0
        for number, example in enumerate(self._asked, 1):
            if self._takes(example):
                self.count += 1
                self.stays["rejected"] += bool(example.rejected) and self._kind.id != PREFERENCE
                self.stays["marks"] += is_marked(example)
                self.counting.count(write_line(example))
                yield example
            if number % TOLD == 0:
                self._advance(TOLD)
        self._advance(number % TOLD)

    def _takes(self, example: Example) -> bool:
        full = self._kind.most is not None and self.count >= self._kind.most
        reason = (
            (self._selection.leaves_out(example) and "errors")
            or self._kind.why_not(example)
            or (full and "full")
        )
        if reason:
            self.left_out[reason] += 1
        return not reason
