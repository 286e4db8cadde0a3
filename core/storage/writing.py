"""How rows are written, and all that follows from them, within the transaction of a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, update

from core.examples import Example
from core.storage.adding import Addition, add_rows, are_added, write_addition
from core.storage.checked import note_checks
from core.storage.content import example_columns, finding_columns, said_in, token_columns
from core.storage.inserts import insert_rows
from core.storage.records import FindingCount
from core.storage.schema import example_findings, example_tags, examples, projects, token_counts
from core.storage.steps import Step
from core.storage.sums import Sums, add_sums, measure
from core.storage.texts import index_texts


class RowWriter:
    """Writes the rows of one project, batch by batch, and its sums once all are written."""

    def __init__(self, conn: Connection, project_id: str) -> None:
        self._conn, self._project_id = conn, project_id
        self._revision: int | None = None  # once there is anything to write
        self._sums = Sums()
        self._checked_as: set[str] = set()  # under which checks the rows' findings were made

    def write(self, steps: Sequence[Step]) -> list[int]:
        """Write a batch of steps, and what follows from it; returns the ids, in their order."""
        conn, project_id, sums = self._conn, self._project_id, self._sums
        self._checked_as.update(step.facts.checked_as for step in steps if step.facts is not None)
        self._revision = revision = self._revision or _next_revision(conn, project_id)
        if are_added(steps):
            return add_rows(conn, project_id, steps, revision, sums)
        sums.subtract(measure(conn, [step.id for step in steps if step.id is not None]))
        _delete(conn, [step.id for step in steps if step.after is None])
        _update(conn, [step for step in steps if step.before and step.after], revision)
        ids = _insert_rows(conn, project_id, steps, revision)
        _write_facts(conn, project_id, ids, steps)
        write_tags(conn, project_id, [(i, s.example) for i, s in zip(ids, steps, strict=True)])
        _index(conn, project_id, ids, steps)
        sums.update(measure(conn, ids))
        return ids

    def add(self, added: Addition, positions: Sequence[bytes]) -> list[int]:
        """Write new rows at these places; returns their ids."""
        self._checked_as |= added.checked_as
        self._revision = revision = self._revision or _next_revision(self._conn, self._project_id)
        return write_addition(self._conn, self._project_id, added, positions, revision, self._sums)

    def finish(self) -> None:
        """Add to the sums of the project what the batches have added to them."""
        if self._checked_as:
            note_checks(self._conn, self._project_id, self._checked_as)
        add_sums(self._conn, self._project_id, self._sums)


def _next_revision(conn: Connection, project_id: str) -> int:
    """The number for the rows that are written, by which others find what is new."""
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
    insert_rows(conn, example_tags, values)


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
    insert_rows(conn, example_findings, finding_columns(project_id, findings))
    insert_rows(conn, token_counts, tokens)
