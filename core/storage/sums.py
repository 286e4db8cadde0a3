"""Sums over a project, kept true within the transaction of every write.

A sum is never counted anew: what some rows add to it is measured before they are written and
after, and the difference is added. So an edit costs the same however many rows there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from operator import add
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from core.storage.inserts import insert_replacing
from core.storage.schema import (
    code_sums,
    example_findings,
    examples,
    finding_sums,
    projects,
    reply_sums,
    token_counts,
    token_sums,
)

Key: TypeAlias = tuple[Any, ...]  # of a row in a table of sums, without the project
Sums: TypeAlias = Counter[tuple[Table, Key, str]]  # how much in which table, row and column


def measure(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """What the rows that are there by now add to the sums of their project."""
    if not row_ids:
        return Counter()
    sums = measure_tokens(conn, row_ids)
    sums.update(_measure_findings(conn, row_ids))
    sums.update(_measure_rows(conn, row_ids))
    return sums


def measure_tokens(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """The part of `measure` that comes from the rows' token counts."""
    sums: Sums = Counter()
    for encoding, *facts, assistant in conn.execute(_TOKENS, {"ids": row_ids}):
        sums[token_sums, (encoding, *facts), "rows"] += 1
        sums[reply_sums, (encoding, assistant), "rows"] += 1
    return sums


def _measure_findings(conn: Connection, row_ids: Sequence[int]) -> Sums:
    sums: Sums = Counter()
    codes: set[tuple[int, str]] = set()
    for row_id, code, severity, detail, count in conn.execute(_FINDINGS, {"ids": row_ids}):
        sums[finding_sums, (code, severity, detail), "count"] += count
        sums[finding_sums, (code, severity, detail), "rows"] += 1
        codes.add((row_id, code))
    sums.update((code_sums, (code,), "rows") for _, code in codes)
    return sums


def _measure_rows(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """Of rows that say the same all but one are duplicates, and that one too if others say it."""
    found = conn.execute(_ROWS, {"ids": row_ids}).one()
    rows, size, inheriting, firsts = (int(number or 0) for number in found)
    totals = {"examples": rows, "size": size, "inheriting": inheriting, "duplicates": rows - firsts}
    return Counter({(projects, (), name): number for name, number in totals.items()})


def _rows_query() -> Select[Any]:
    table = examples.c
    same = (
        select(
            table.project_id,
            table.content_hash,
            func.count().label("rows"),
            func.sum(table.size).label("size"),
            func.count().filter(table.inherits).label("inheriting"),
        )
        .where(table.id.in_(_IDS))
        .group_by(table.project_id, table.content_hash)
        .subquery("same")
    )
    said_elsewhere = exists().where(
        table.project_id == same.c.project_id,
        table.content_hash == same.c.content_hash,
        table.id.not_in(_IDS),
    )
    sums = map(func.sum, (same.c.rows, same.c.size, same.c.inheriting))
    return select(*sums, func.count().filter(~said_elsewhere))


def _facts_query(table: Table, *columns: str) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(table.c.example_id.in_(_IDS))


# Made once: they run twice for every key that is pressed.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ROWS = _rows_query()
_TOKENS = _facts_query(token_counts, "encoding", "inherits", "published", "billed", "assistant")
_FINDINGS = _facts_query(example_findings, "example_id", "code", "severity", "detail", "count")


def lock_sums(conn: Connection, project_id: str) -> None:
    """Let nobody else add to the project's sums until we are done."""
    conn.execute(select(projects.c.id).where(projects.c.id == project_id).with_for_update())


def add_sums(conn: Connection, project_id: str, after: Sums, before: Sums) -> None:
    """Add to the project's sums what `after` has more than `before`.

    The caller has locked the project: whoever adds at the same time must wait.
    """
    changed: dict[Table, dict[Key, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for sum_ in after.keys() | before.keys():
        more = after[sum_] - before[sum_]
        if more:
            table, key, column = sum_
            changed[table][key][column] = more
    if projects in changed:
        _add_totals(conn, project_id, changed.pop(projects)[()])
    for table, groups in changed.items():
        _add_groups(conn, project_id, table, groups)


def _add_totals(conn: Connection, project_id: str, more: Mapping[str, int]) -> None:
    values = {name: projects.c[name] + number for name, number in more.items()}
    conn.execute(update(projects).where(projects.c.id == project_id).values(values))


def _add_groups(
    conn: Connection, project_id: str, table: Table, groups: Mapping[Key, Counter[str]]
) -> None:
    keys = [column.name for column in table.primary_key]
    columns = [column.name for column in table.columns if column.name not in keys]
    values = [
        dict(zip(keys, (project_id, *key), strict=True)) | {name: more[name] for name in columns}
        for key, more in groups.items()
    ]
    conn.execute(insert_replacing(conn, table, keys, add), values)
    fewer = [value for value in values if value["rows"] < 0]
    if fewer:  # a group without rows is none
        same = [column == bindparam(column.name) for column in table.primary_key]
        conn.execute(delete(table).where(*same, table.c.rows == 0), fewer)
