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

TAG = "tag"  # kinds of mark
SCRIPT = "script"

Key: TypeAlias = tuple[Any, ...]  # of a row in a table of sums, without the project
Sums: TypeAlias = Counter[tuple[Table, Key, str]]  # how much in which table, row and column


def measure(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """What the rows that are there by now add to the sums of their project."""
    if not row_ids:
        return Counter()
    sums = measure_tokens(conn, row_ids)
    sums.update(measure_findings(conn, row_ids))
    sums.update(_measure_rows(conn, row_ids))
    return sums


def measure_tokens(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """The part of `measure` that comes from the rows' token counts."""
    sums: Sums = Counter()
    for encoding, assistant, *facts in conn.execute(_TOKENS, {"ids": row_ids}):
        sums[token_sums, (encoding, *facts), "rows"] += 1
        sums[reply_sums, (encoding, assistant), "rows"] += 1
    return sums


def measure_findings(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """The part of `measure` that comes from the rows' findings."""
    sums: Sums = Counter()
    for count, *kind in conn.execute(_FINDINGS, {"ids": row_ids}):
        sums[finding_sums, tuple(kind), "count"] += count
        sums[finding_sums, tuple(kind), "rows"] += 1
    return sums


def _measure_rows(conn: Connection, row_ids: Sequence[int]) -> Sums:
    """Of rows that say the same all but one are duplicates, and that one too if others say it."""
    firsts = conn.scalar(_FIRSTS, {"ids": row_ids})
    sums: Sums = Counter()
    rows = 0
    for review, held_out, script, size, inherits, replies in conn.execute(_ROWS, {"ids": row_ids}):
        part = (review, held_out)
        rows += 1
        sums[part_sums, part, "rows"] += 1
        sums[part_sums, part, "size"] += size
        sums[part_sums, part, "inheriting"] += inherits
        sums[part_sums, part, "learned"] += replies > 0
        sums[part_sums, part, "replies"] += replies
        sums[mark_sums, (SCRIPT, script), "rows"] += 1
    sums.update((mark_sums, (TAG, tag), "rows") for tag in conn.scalars(_TAGS, {"ids": row_ids}))
    sums[projects, (), "examples"] = rows
    sums[projects, (), "duplicates"] = rows - (firsts or 0)
    return sums


def _firsts_query() -> Select[int]:
    """How many different things the rows say that no other row says."""
    table = examples.c
    same = (
        select(table.project_id, table.content_hash).where(table.id.in_(_IDS)).distinct()
    ).subquery("same")
    said_elsewhere = exists().where(
        table.project_id == same.c.project_id,
        table.content_hash == same.c.content_hash,
        table.id.not_in(_IDS),
    )
    return select(func.count()).select_from(same).where(~said_elsewhere)


def _facts_query(table: Table, *columns: str) -> Select[Any]:
    """Facts about rows, with the part of the project they belong to at the end."""
    here = table.join(examples, examples.c.id == table.c.example_id)
    facts = (table.c[name] for name in columns)
    query = select(*facts, examples.c.review, examples.c.held_out).select_from(here)
    return query.where(table.c.example_id.in_(_IDS))


# Made once: they run twice for every key that is pressed.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_FIRSTS = _firsts_query()
_ROW_FACTS = ("review", "held_out", "script", "size", "inherits", "replies")
_ROWS = select(*(examples.c[name] for name in _ROW_FACTS)).where(examples.c.id.in_(_IDS))
_TAGS = select(example_tags.c.tag).where(example_tags.c.example_id.in_(_IDS))
_TOKENS = _facts_query(token_counts, "encoding", "assistant", "inherits", "published", "billed")
_FINDINGS = _facts_query(example_findings, "count", "code", "severity", "detail")


def lock_sums(conn: Connection, project_id: str) -> None:
    """Let nobody else add to the project's sums until we are done."""
    conn.execute(select(projects.c.id).where(projects.c.id == project_id).with_for_update())


def add_sums(conn: Connection, project_id: str, sums: Sums) -> None:
    """Add to the project's sums; what is negative is taken from them.

    The caller has locked the project: whoever adds at the same time must wait.
    """
    changed: dict[Table, dict[Key, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (table, key, column), more in sums.items():
        if more:
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
