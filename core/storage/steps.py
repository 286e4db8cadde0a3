"""How rows are written: what was before and what is after, in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from core.errors import NotFound
from core.examples import Example
from core.storage.content import example_columns, said_in, token_columns
from core.storage.records import FindingCount, RowFacts
from core.storage.schema import example_findings, example_tags, examples, projects, token_counts
from core.storage.sums import add_sums, measure
from core.storage.texts import index_texts

BATCH = 1000
_DETAIL = 200  # characters: a foreign key as long as a book must not stand in an index
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class State:
    """A row as it stands: its text and its place."""

    content: str
    position: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a change. `before` None: it is added; `after` None: it is removed.

    `facts` None: those that are stored still hold.
    """

    id: int | None  # None: the database gives one
    before: State | None
    after: State | None
    example: Example | None = None  # `after`, read
    facts: RowFacts | None = None  # of `example`


@dataclass(frozen=True, slots=True)
class Draft:
    """What a change says about itself before its rows are known."""

    project_id: str
    kind: str
    by: str
    params: dict[str, Any]
    prompt_before: str
    prompt_after: str
    undoes: int | None = None
    key: str | None = None


def batches(items: Iterable[_T], key: Callable[[_T], Hashable]) -> Iterator[list[_T]]:
    """Up to `BATCH` items at a time, none twice with the same key: a later one sees the earlier."""
    batch: list[_T] = []
    seen: set[Hashable] = set()
    for item in items:
        if len(batch) == BATCH or key(item) in seen:
            yield batch
            batch, seen = [], set()
        batch.append(item)
        if key(item) is not None:
            seen.add(key(item))
    if batch:
        yield batch


def lock_project(conn: Connection, project_id: str) -> str:
    """Let no other change of this project in until we are done; returns its system prompt.

    Raises:
        NotFound: `project_gone`.
    """
    query = select(projects.c.system_prompt).where(
        projects.c.id == project_id, projects.c.deleted_at.is_(None)
    )
    prompt: str | None = conn.scalar(query.with_for_update())
    if prompt is None:
        raise NotFound("project_gone")
    return prompt


def load_states(conn: Connection, project_id: str, row_ids: Iterable[int]) -> dict[int, State]:
    """By id, the rows that are there."""
    query = select(examples.c.id, examples.c.content, examples.c.position).where(
        examples.c.project_id == project_id, examples.c.id.in_(list(row_ids))
    )
    return {row_id: State(content, place) for row_id, content, place in conn.execute(query)}


def write_rows(conn: Connection, project_id: str, steps: Sequence[Step]) -> list[int]:
    """Write a batch of steps, and what follows from it; returns the ids, in their order."""
    before = measure(conn, [step.id for step in steps if step.id is not None])
    revision = _next_revision(conn, project_id)
    _delete(conn, [step.id for step in steps if step.after is None])
    _update(conn, [step for step in steps if step.before and step.after], revision)
    ids = _insert_rows(conn, project_id, steps, revision)
    _write_facts(conn, project_id, ids, steps)
    write_tags(conn, project_id, [(i, s.example) for i, s in zip(ids, steps, strict=True)])
    _index(conn, project_id, ids, steps)
    add_sums(conn, project_id, after=measure(conn, ids), before=before)
    return ids


def _next_revision(conn: Connection, project_id: str) -> int:
    """The number for the rows of one batch, by which others find what is new."""
    mine = update(projects).where(projects.c.id == project_id)
    counted = mine.values(revision=projects.c.revision + 1).returning(projects.c.revision)
    number: int = conn.execute(counted).scalar_one()
    return number


def _delete(conn: Connection, row_ids: list[int | None]) -> None:
    if row_ids:  # findings and token counts go with the row
        conn.execute(delete(examples).where(examples.c.id.in_(row_ids)))


def _update(conn: Connection, steps: Sequence[Step], revision: int) -> None:
    if not steps:
        return
    values = [{"row_id": step.id, "revision": revision, **_columns(step)} for step in steps]
    conn.execute(update(examples).where(examples.c.id == bindparam("row_id")), values)
    ids = [step.id for step in steps if step.facts is not None]
    conn.execute(delete(example_findings).where(example_findings.c.example_id.in_(ids)))
    conn.execute(delete(token_counts).where(token_counts.c.example_id.in_(ids)))


def _insert_rows(
    conn: Connection, project_id: str, steps: Sequence[Step], revision: int
) -> list[int]:
    """Insert the added rows; returns the ids of all steps, in their order."""
    mine = {"project_id": project_id, "revision": revision}
    new = [step for step in steps if step.id is None]
    again = [step for step in steps if step.id is not None and step.before is None]
    if again:  # an undo brings rows back under the ids they had
        conn.execute(insert(examples), [{"id": s.id, **mine, **_new_row(s)} for s in again])
    given: Iterator[int] = iter(())
    if new:
        query = insert(examples).returning(examples.c.id, sort_by_parameter_order=True)
        given = iter(conn.scalars(query, [{**mine, **_new_row(step)} for step in new]).all())
    return [next(given) if step.id is None else step.id for step in steps]


def _new_row(step: Step) -> dict[str, Any]:
    assert step.after  # noqa: S101  # for the type checker: only added rows come here
    return {"position": step.after.position, **_columns(step)}


def _columns(step: Step) -> dict[str, Any]:
    assert step.after and step.example is not None  # noqa: S101  # as above
    return example_columns(step.example, step.after.content)


def write_tags(
    conn: Connection, project_id: str, rows: Sequence[tuple[int, Example | None]]
) -> None:
    """Write the tags of rows that have none written yet, or whose tags are no longer these."""
    conn.execute(delete(example_tags).where(example_tags.c.example_id.in_([id for id, _ in rows])))
    values = [
        {"example_id": row_id, "tag": tag, "project_id": project_id}
        for row_id, example in rows
        for tag in (example.tags if example else ())
    ]
    if values:
        conn.execute(insert(example_tags), values)


def _index(conn: Connection, project_id: str, ids: Sequence[int], steps: Sequence[Step]) -> None:
    """Bring the index of texts up to date with those rows that say something else by now."""
    other = [(row_id, step) for row_id, step in zip(ids, steps, strict=True) if _says_else(step)]
    taken = [row_id for row_id, step in other if step.before]
    added = {row_id: step.example for row_id, step in other if step.after and step.example}
    index_texts(conn, project_id, taken, added)


def _says_else(step: Step) -> bool:
    """Whether what may be looked for differs; it costs no look into what was said before."""
    if step.before is None or step.after is None or step.example is None:
        return True
    return said_in(step.before.content) != said_in(step.after.content)


def _write_facts(
    conn: Connection, project_id: str, ids: Sequence[int], steps: Sequence[Step]
) -> None:
    findings: list[tuple[int, Sequence[FindingCount]]] = []
    tokens: list[dict[str, Any]] = []
    for row_id, step in zip(ids, steps, strict=True):
        if step.example is None or step.facts is None:
            continue
        findings.append((row_id, step.facts.findings))
        for encoding, facts in step.facts.tokens.items():
            tokens.append(token_columns(project_id, row_id, step.example, encoding, facts))
    if values := finding_columns(project_id, findings):
        conn.execute(insert(example_findings), values)
    if tokens:
        conn.execute(insert(token_counts), tokens)


def finding_columns(
    project_id: str, findings: Iterable[tuple[int, Sequence[FindingCount]]]
) -> list[dict[str, Any]]:
    """The columns of rows' findings; those that differ only beyond what is kept are one."""
    counts: Counter[tuple[int, str, str, str]] = Counter()
    for row_id, some in findings:
        for found in some:
            key = (row_id, found.code, found.severity.value, found.detail[:_DETAIL])
            counts[key] += found.count
    names = ("example_id", "code", "severity", "detail")
    return [
        {**dict(zip(names, key, strict=True)), "project_id": project_id, "count": count}
        for key, count in counts.items()
    ]
