"""New rows: made ready away from the database, then written a batch at a time.

What they add to the sums is reckoned here, not asked for again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, func, insert, select, text

from core.examples import Example
from core.searching import indexed_text
from core.storage.content import example_columns, finding_columns, token_columns, write_content
from core.storage.inserts import insert_tuples
from core.storage.records import FindingCount, RowFacts
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
from core.storage.texts import index_said

_Values: TypeAlias = tuple[Any, ...]  # of a row of a table, in the order of its names below
_Parts: TypeAlias = Sequence[tuple[str, bool]]  # of rows: their reviews, and whether held out

_ROW = (
    "content", "size", "inherits", "content_hash", "messages_count", "review", "held_out",
    "script", "replies", "opening",
)  # fmt: skip
_FINDING = ("example_id", "code", "severity", "detail", "project_id", "count")
_TOKENS = (
    "example_id", "project_id", "encoding", "inherits", "published", "billed", "assistant",
)  # fmt: skip
_KNOWN = "SELECT count(DISTINCT content_hash) FROM examples WHERE project_id = ?"
_TAG = ("example_id", "tag", "project_id")
_row_of, _finding_of, _tokens_of = (itemgetter(*names) for names in (_ROW, _FINDING, _TOKENS))


@dataclass(slots=True)
class Addition:
    """New rows of a project, but for their ids and places; another process may make them.

    said: what is looked for in each; findings, tokens, tags: what they have of these, the number of
    the row among the `rows` in the place of its id; checked_as: under which checks the findings
    were made.
    """

    rows: list[_Values] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    findings: list[_Values] = field(default_factory=list)
    tokens: list[_Values] = field(default_factory=list)
    tags: list[_Values] = field(default_factory=list)
    checked_as: set[str] = field(default_factory=set)

    @property
    def contents(self) -> list[str]:
        """What the rows say, as it is stored."""
        return [row[0] for row in self.rows]


def make_addition(project_id: str, puts: Iterable[tuple[Example, RowFacts]]) -> Addition:
    """New rows made ready; no database is needed for it."""
    return _make(project_id, ((example, write_content(example), facts) for example, facts in puts))


def are_added(steps: Sequence[Step]) -> bool:
    """Whether all rows are new, or all come back under the ids they had."""
    again = {step.id is not None for step in steps}
    return len(again) == 1 and all(step.before is None for step in steps)


def add_rows(
    conn: Connection, project_id: str, steps: Sequence[Step], revision: int, sums: Sums
) -> list[int]:
    """Write steps that `are_added`; returns the rows' ids. What they add is added to `sums`."""
    new = [(s.example, s.after.content, s.facts) for s in steps if s.example and s.after]
    positions = [step.after.position for step in steps if step.after]
    again = [step.id for step in steps if step.id is not None]
    return write_addition(
        conn, project_id, _make(project_id, new), positions, revision, sums, again
    )


def write_addition(
    conn: Connection,
    project_id: str,
    added: Addition,
    positions: Sequence[bytes],
    revision: int,
    sums: Sums,
    again: Sequence[int] = (),
) -> list[int]:
    """Write rows at these places, under the ids they have `again` or new ones, which it returns."""
    duplicates = _count_duplicates(conn, project_id, [row[3] for row in added.rows])
    here = [
        (project_id, position, revision, *row)
        for position, row in zip(positions, added.rows, strict=True)
    ]
    ids = _insert(conn, ("project_id", "position", "revision", *_ROW), here, again)
    for table, names, values in (
        (example_findings, _FINDING, added.findings),
        (token_counts, _TOKENS, added.tokens),
        (example_tags, _TAG, added.tags),
    ):
        insert_tuples(conn, table, names, [(ids[at], *rest) for at, *rest in values])
    index_said(conn, project_id, ids, added.said)
    sums[projects, (), "examples"] += len(ids)
    sums[projects, (), "duplicates"] += duplicates
    _measure(sums, added)
    return ids


def _make(project_id: str, puts: Iterable[tuple[Example, str, RowFacts | None]]) -> Addition:
    added = Addition()
    found: list[tuple[int, Sequence[FindingCount]]] = []
    for at, (example, content, facts) in enumerate(puts):
        added.rows.append(_row_of(example_columns(example, content)))
        added.said.append(indexed_text(example))
        added.tags += [(at, tag, project_id) for tag in example.tags]
        if facts is None:
            continue
        added.checked_as.add(facts.checked_as)
        found.append((at, facts.findings))
        for encoding, count in facts.tokens.items():
            columns = token_columns(project_id, at, example, encoding, count)
            added.tokens.append(_tokens_of(columns))
    added.findings += map(_finding_of, finding_columns(project_id, found))
    return added


def _insert(
    conn: Connection, names: Sequence[str], rows: Sequence[_Values], again: Sequence[int]
) -> list[int]:
    """Insert the rows, under these ids where there are any; returns the ids they got."""
    if not again and conn.dialect.name != "sqlite":
        query = insert(examples).returning(examples.c.id, sort_by_parameter_order=True)
        values = [dict(zip(names, row, strict=True)) for row in rows]
        return list(conn.scalars(query, values).all())
    ids = list(again) or _next_ids(conn, len(rows))
    with_ids = [(i, *row) for i, row in zip(ids, rows, strict=True)]
    insert_tuples(conn, examples, ("id", *names), with_ids)
    return ids


def _next_ids(conn: Connection, count: int) -> list[int]:
    """As SQLite would give them: nobody else writes, and it takes note of the highest by itself."""
    last = conn.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'examples'")) or 0
    return list(range(last + 1, last + 1 + count))


def _count_duplicates(conn: Connection, project_id: str, hashes: Sequence[bytes]) -> int:
    """How many of the rows to come say what one of them, or a row that is there, says already."""
    said = set(hashes)
    return len(hashes) - len(said) + _count_known(conn, project_id, said)


def _count_known(conn: Connection, project_id: str, said: Collection[bytes]) -> int:
    """How many of these hashes there are in the project."""
    if conn.dialect.name == "sqlite":  # straight, as rows are written
        marks = ", ".join("?" * len(said))
        query = f"{_KNOWN} AND content_hash IN ({marks})"
        return int(conn.exec_driver_sql(query, (project_id, *said)).scalar_one())
    table = examples.c
    known = select(func.count(table.content_hash.distinct())).where(
        table.project_id == project_id, table.content_hash.in_(said)
    )
    return conn.scalar(known) or 0


def _measure(sums: Sums, added: Addition) -> None:
    """Add what the rows add; those that are alike are counted before they are looked at."""
    of = dict(zip(_ROW, zip(*added.rows, strict=True), strict=True))
    parts = list(zip(of["review"], of["held_out"], strict=True))
    alike = Counter(zip(parts, of["size"], of["inherits"], of["replies"], strict=True))
    for (part, size, inherits, replies), rows in alike.items():
        sums[part_sums, part, "rows"] += rows
        sums[part_sums, part, "size"] += rows * size
        sums[part_sums, part, "inheriting"] += rows * inherits
        sums[part_sums, part, "learned"] += rows * (replies > 0)
        sums[part_sums, part, "replies"] += rows * replies
    for script, rows in Counter(of["script"]).items():
        sums[mark_sums, (SCRIPT, script), "rows"] += rows
    for tag, rows in Counter(tag for _, tag, _ in added.tags).items():
        sums[mark_sums, (TAG, tag), "rows"] += rows
    _measure_facts(sums, parts, added)


def _measure_facts(sums: Sums, parts: _Parts, added: Addition) -> None:
    for at, code, severity, detail, _, count in added.findings:
        kind = (code, severity, detail, *parts[at])
        sums[finding_sums, kind, "count"] += count
        sums[finding_sums, kind, "rows"] += 1
    lengths = Counter((*length, *parts[at]) for at, _, *length, _ in added.tokens)
    for length, rows in lengths.items():
        sums[token_sums, length, "rows"] += rows
    for reply, rows in Counter((each[2], each[6]) for each in added.tokens).items():
        sums[reply_sums, reply, "rows"] += rows
