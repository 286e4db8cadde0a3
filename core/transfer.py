"""Bring examples in and take them out: preview, import as one Change, export as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, TypeAlias

from core.dialects import Dialect
from core.editing import DEFAULT_PRICED_FOR, facts_in
from core.examples import Example
from core.findings import Finding, Severity
from core.jsonl import Line, read_jsonl, write_jsonl
from core.rules import check_example
from core.storage import Change, Project, Put, Store, UnreadableLine
from core.tables import why_no_row, write_table
from core.templates import Template

SHOWN = 3  # examples shown before they are accepted
LISTED = 50  # findings listed one by one; the rest are only counted
TEMPLATE = "template"  # the kind of Change that a project may begin with

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
    findings: tuple[Finding, ...]  # of the file's lines, at most `LISTED`
    codes: Counter[str]  # of the lines and of the examples
    shared_system: str  # the system message common to all, or ""


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


def read_preview(file: BinaryIO, source: str, reader: Reader = read_jsonl) -> ImportPreview:
    """Read a whole file without keeping it; `source` is its name, `reader` knows its format."""
    examples = unreadable = kept = 0
    first: list[Example] = []
    findings: list[Finding] = []
    codes: Counter[str] = Counter()
    systems: set[str | None] = set()
    for line in reader(file):
        for finding in line.findings:
            codes[finding.code] += finding.count
        findings += line.findings[: LISTED - len(findings)]
        unreadable += is_unreadable(line)
        kept += is_kept(line)
        if line.example is None:
            continue
        examples += 1
        codes.update(finding.code for finding in check_example(line.example))
        if len(first) < SHOWN:
            first.append(line.example)
        if len(systems) < 2:
            systems.add(line.example.system)
    shared = systems.pop() if len(systems) == 1 else None
    return ImportPreview(
        source=source,
        reader=reader,
        examples=examples,
        unreadable=unreadable,
        kept=kept,
        first=tuple(first),
        findings=tuple(findings),
        codes=codes,
        shared_system=shared or "",
    )


def is_unreadable(line: Line) -> bool:
    """Whether a line says something that no example could be made of."""
    refused = any(finding.severity is Severity.ERROR for finding in line.findings)
    return line.example is None and bool(line.raw.strip()) and refused


def is_kept(line: Line) -> bool:
    """Whether an example does not hold all that the line says, so that its raw text is kept."""
    return is_unreadable(line) or any(finding.code == "duplicate_key" for finding in line.findings)


def import_examples(
    store: Store,
    project: Project,
    file: BinaryIO,
    preview: ImportPreview,
    *,
    share_system: bool,
    kind: str = "import",
) -> Change | None:
    """Add what can be read as one Change, and keep in it the raw text of what cannot.

    With `share_system` the system message common to all becomes the project's, and the imported
    examples inherit it. What is read is stored at once, so a large file is not held; where
    something cannot be read, `file` is read a second time for it.
    """
    prompt = preview.shared_system if share_system else ""
    facts = facts_in(project)

    def puts() -> Iterator[Put]:
        for line in preview.reader(file):
            if line.example is not None:
                example = _inheriting_from(prompt, line.example)
                yield Put(example, facts(example))

    def kept() -> Iterator[UnreadableLine]:
        if not preview.kept:
            return
        file.seek(0)
        for line in filter(is_kept, preview.reader(file)):
            code = next(f.code for f in line.findings if f.code != "byte_order_mark")
            yield UnreadableLine(preview.source, line.number, code, line.raw)

    return store.apply_change(
        project.id,
        kind,
        puts(),
        params={"source": preview.source, "examples": preview.examples},
        system_prompt=prompt or None,
        unreadable=kept(),
    )


def _inheriting_from(prompt: str, example: Example) -> Example:
    """The example without its system message, where inheriting `prompt` gives back all of it."""
    rest = example.with_system(None)
    return rest if prompt and rest.inheriting(prompt) == example else example


def effective_examples(
    store: Store, project: Project, *, without_errors: Dialect | None = None
) -> Iterator[Example]:
    """The examples as they are trained on; with a dialect, only those that it takes."""
    for row in store.iterate_rows(project.id):
        example = row.example.inheriting(project.system_prompt)
        if without_errors is None or not is_blocked(example, without_errors):
            yield example


def is_blocked(example: Example, dialect: Dialect) -> bool:
    """Whether a place to train with this dialect would refuse the example."""
    return find_blocking(example, dialect) is not None


def find_blocking(example: Example, dialect: Dialect) -> Finding | None:
    """The first finding for which a place to train would refuse the example."""
    found = check_example(example)
    return next((f for f in found if dialect.blocks(f.code, f.severity, f.detail)), None)


def export_lines(
    store: Store, project: Project, *, without_errors: Dialect | None = None
) -> Iterator[bytes]:
    """JSONL, a line at a time."""
    return write_jsonl(effective_examples(store, project, without_errors=without_errors))


@dataclass(frozen=True, slots=True)
class FileKind:
    """A format to take examples out in; `why_not` says why it cannot hold an example, or ""."""

    id: str
    media_type: str
    write: Callable[[Iterable[Example]], Iterator[bytes]]
    why_not: Callable[[Example], str]


FILE_KINDS = {
    "jsonl": FileKind("jsonl", "application/jsonl", write_jsonl, lambda _: ""),
    "csv": FileKind("csv", "text/csv", write_table, why_no_row),
}


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to take away; left_out: why so many examples are not in it, "errors" or `why_not`."""

    content: bytes
    examples: int
    left_out: Counter[str]


def export_file(
    store: Store, project: Project, kind: FileKind, *, without_errors: Dialect | None = None
) -> ExportedFile:
    """The examples as a file of this kind; what it cannot hold whole is counted, never cut."""
    left_out: Counter[str] = Counter()
    examples = 0

    def held() -> Iterator[Example]:
        nonlocal examples
        for example in effective_examples(store, project, without_errors=without_errors):
            if reason := kind.why_not(example):
                left_out[reason] += 1
                continue
            examples += 1
            yield example

    content = b"".join(kind.write(held()))
    left_out["errors"] = project.examples - examples - left_out.total()
    return ExportedFile(content, examples, +left_out)
