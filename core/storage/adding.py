"""New rows, a batch at a time: what they add to the sums is reckoned here, not asked for again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, func, insert, select, text

from core.storage.content import example_columns, finding_columns, token_columns
from core.storage.inserts import insert_rows
from core.storage.schema import (
    example_findings,
    example_tags,
    examples,
    finding_sums,
    mark_sums,
    part_sums,
    projects,
    reply_sums,
    token_counts,
    token_sums,
)
from core.storage.steps import Step
from core.storage.sums import SCRIPT, TAG, Sums
from core.storage.texts import index_texts

_Columns: TypeAlias = dict[str, Any]
_Parts: TypeAlias = Mapping[int, tuple[str, bool]]  # by row: its review, and whether held out


def are_added(steps: Sequence[Step]) -> bool:
    """Whether all rows are new, or all come back under the ids they had."""
    again = {step.id is not None for step in steps}
    return len(again) == 1 and all(step.before is None for step in steps)


def add_rows(
    conn: Connection, project_id: str, steps: Sequence[Step], revision: int, sums: Sums
) -> list[int]:
    """Write steps that `are_added`; returns the rows' ids. What they add is added to `sums`."""
    rows = [_new_row(project_id, step, revision) for step in steps]
    duplicates = _count_duplicates(conn, project_id, [row["content_hash"] for row in rows])
    ids = _insert(conn, rows, [step.id for step in steps if step.id is not None])
    parts = {i: (row["review"], row["held_out"]) for i, row in zip(ids, rows, strict=True)}
    findings = finding_columns(
        project_id, ((i, s.facts.findings) for i, s in zip(ids, steps, strict=True) if s.facts)
    )
    tokens = [
        token_columns(project_id, i, step.example, encoding, count)
        for i, step in zip(ids, steps, strict=True)
        if step.example and step.facts
        for encoding, count in step.facts.tokens.items()
    ]
    tags = [
        {"example_id": i, "tag": tag, "project_id": project_id}
        for i, step in zip(ids, steps, strict=True)
        if step.example
        for tag in step.example.tags
    ]
    insert_rows(conn, example_findings, findings)
    insert_rows(conn, token_counts, tokens)
    insert_rows(conn, example_tags, tags)
    added = {i: step.example for i, step in zip(ids, steps, strict=True) if step.example}
    index_texts(conn, project_id, [], added)
    sums[projects, (), "examples"] += len(rows)
    sums[projects, (), "duplicates"] += duplicates
    _measure_rows(sums, rows)
    _measure_facts(sums, parts, findings, tokens)
    sums.update((mark_sums, (TAG, tag["tag"]), "rows") for tag in tags)
    return ids


def _new_row(project_id: str, step: Step, revision: int) -> _Columns:
    assert step.after and step.example is not None  # noqa: S101  # for the type checker
    return {
        "project_id": project_id,
        "position": step.after.position,
        "revision": revision,
        **example_columns(step.example, step.after.content),
    }


def _insert(conn: Connection, rows: Sequence[_Columns], ids: list[int]) -> list[int]:
    """Insert the rows, under these ids where there are any; returns the ids they got."""
    if not ids and conn.dialect.name != "sqlite":
        query = insert(examples).returning(examples.c.id, sort_by_parameter_order=True)
        return list(conn.scalars(query, list(rows)).all())
    ids = ids or _next_ids(conn, len(rows))
    insert_rows(conn, examples, [{"id": i, **row} for i, row in zip(ids, rows, strict=True)])
    return ids


def _next_ids(conn: Connection, count: int) -> list[int]:
    """As SQLite would give them: nobody else writes, and it takes note of the highest by itself."""
    last = conn.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'examples'")) or 0
    return list(range(last + 1, last + 1 + count))


def _count_duplicates(conn: Connection, project_id: str, hashes: Sequence[bytes]) -> int:
    """How many of the rows to come say what one of them, or a row that is there, says already."""
    said = set(hashes)
    table = examples.c
    known = select(func.count(table.content_hash.distinct())).where(
        table.project_id == project_id, table.content_hash.in_(said)
    )
    return len(hashes) - len(said) + (conn.scalar(known) or 0)


def _measure_rows(sums: Sums, rows: Iterable[_Columns]) -> None:
    parts: dict[tuple[str, bool], Counter[str]] = {}
    for row in rows:
        part = parts.setdefault((row["review"], row["held_out"]), Counter())
        part["rows"] += 1
        part["size"] += row["size"]
        part["inheriting"] += row["inherits"]
        part["learned"] += row["replies"] > 0
        part["replies"] += row["replies"]
        sums[mark_sums, (SCRIPT, row["script"]), "rows"] += 1
    for key, part in parts.items():
        sums.update({(part_sums, key, column): number for column, number in part.items()})


def _measure_facts(
    sums: Sums, parts: _Parts, findings: Iterable[_Columns], tokens: Iterable[_Columns]
) -> None:
    for found in findings:
        part = parts[found["example_id"]]
        kind = (found["code"], found["severity"], found["detail"], *part)
        sums[finding_sums, kind, "count"] += found["count"]
        sums[finding_sums, kind, "rows"] += 1
    for count in tokens:
        part = parts[count["example_id"]]
        length = (count["inherits"], count["published"], count["billed"])
        sums[token_sums, (count["encoding"], *length, *part), "rows"] += 1
        sums[reply_sums, (count["encoding"], count["assistant"]), "rows"] += 1
