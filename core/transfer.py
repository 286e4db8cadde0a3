"""Bring examples in and take them out: preview, import as one Change, export as JSONL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from core.dialects import Dialect
from core.editing import DEFAULT_PRICED_FOR, facts_in
from core.examples import Example
from core.findings import Finding
from core.jsonl import Line, read_jsonl, write_jsonl
from core.rules import check_example
from core.storage import Change, Project, Put, Store
from core.templates import Template

SHOWN = 3  # examples shown before they are accepted
LISTED = 50  # findings listed one by one; the rest are only counted


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file holds: how many examples, what could not be read, what to say about both."""

    source: str
    examples: int
    unreadable: int
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
        import_examples(store, project, BytesIO(content), preview, share_system=True)
    return store.load_project(project.id)


def read_preview(file: BinaryIO, source: str) -> ImportPreview:
    """Read a whole file without keeping it; `source` is its name."""
    examples = unreadable = 0
    first: list[Example] = []
    findings: list[Finding] = []
    codes: Counter[str] = Counter()
    systems: set[str | None] = set()
    for line in read_jsonl(file):
        codes.update(finding.code for finding in line.findings)
        findings += line.findings[: LISTED - len(findings)]
        unreadable += is_unreadable(line)
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
        source, examples, unreadable, tuple(first), tuple(findings), codes, shared or ""
    )


def is_unreadable(line: Line) -> bool:
    """Whether a line says something that no example could be made of."""
    return line.example is None and bool(line.raw.strip()) and bool(line.findings)


def import_examples(
    store: Store, project: Project, file: BinaryIO, preview: ImportPreview, *, share_system: bool
) -> Change | None:
    """Add what can be read as one Change, and keep the raw text of what cannot.

    With `share_system` the system message common to all becomes the project's, and the imported
    examples inherit it. Examples are read as they are stored, so a large file is not held.
    """
    prompt = preview.shared_system if share_system else ""
    facts = facts_in(project)
    unreadable: list[tuple[int, str, bytes]] = []

    def puts() -> Iterator[Put]:
        for line in read_jsonl(file):
            if is_unreadable(line):
                unreadable.append((line.number, line.findings[0].code, line.raw))
            if line.example is not None:
                example = _inheriting_from(prompt, line.example)
                yield Put(example, facts(example))

    change = store.apply_change(
        project.id, "import", puts(), system_prompt=prompt or None,
        params={"source": preview.source, "examples": preview.examples},
    )  # fmt: skip
    store.save_unreadable_lines(project.id, preview.source, unreadable)
    return change


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
    return any(dialect.blocks(f.code, f.severity, f.detail) for f in check_example(example))


def export_lines(
    store: Store, project: Project, *, without_errors: Dialect | None = None
) -> Iterator[bytes]:
    """JSONL, a line at a time."""
    return write_jsonl(effective_examples(store, project, without_errors=without_errors))
