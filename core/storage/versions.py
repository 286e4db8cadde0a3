"""Named versions of a project: all its rows as they stood, and the way back to them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, tuple_, update

from core.errors import NotFound
from core.examples import Example
from core.storage.content import read_content
from core.storage.database import Database
from core.storage.recording import record
from core.storage.records import Change, RowFacts, Version
from core.storage.schema import IN_ORDER, examples, version_parts, versions
from core.storage.steps import BATCH, Draft, State, Step, batches, lock_project

RESTORE = "restore"


class KeptRow(NamedTuple):
    """A row in a version, or in the project; compared by its place, as rows are ordered."""

    position: bytes
    id: int
    content: str

    @property
    def place(self) -> tuple[bytes, int]:
        """What rows are ordered by."""
        return self.position, self.id


class Versions(Database):
    """The part of the store that keeps versions."""

    def save_version(self, project_id: str, name: str) -> Version:
        """Keep all rows and the system prompt as they are now, a batch in memory at a time.

        Raises:
            NotFound: `project_gone`.
        """
        with self._writing() as conn:
            values = {
                "project_id": project_id,
                "name": name,
                "created_at": datetime.now(UTC),
                "system_prompt": lock_project(conn, project_id),
                "examples": 0,
                "size": 0,
            }
            query = insert(versions).returning(versions.c.id)
            version_id: int = conn.execute(query, values).scalar_one()
            rows, size = write_parts(conn, version_id, _load_pages(conn, project_id))
            done = update(versions).where(versions.c.id == version_id).returning(versions)
            return _version(conn.execute(done.values(examples=rows, size=size)).one())

    def load_versions(self, project_id: str) -> list[Version]:
        """The project's versions, the newest first, without those forgotten."""
        table = versions.c
        query = select(versions).where(table.project_id == project_id, table.forgotten_at.is_(None))
        with self._reading() as conn:
            return [_version(found) for found in conn.execute(query.order_by(table.id.desc()))]

    def rename_version(self, version_id: int, name: str) -> None:
        """Give the version another name.

        Raises:
            NotFound: `version_gone`.
        """
        self._set(version_id, name=name)

    def forget_version(self, version_id: int) -> None:
        """Show the version no more; `recall_version` brings it back until history is pruned.

        Raises:
            NotFound: `version_gone`.
        """
        self._set(version_id, forgotten_at=datetime.now(UTC))

    def recall_version(self, version_id: int) -> None:
        """Show a forgotten version again.

        Raises:
            NotFound: `version_gone`.
        """
        self._set(version_id, forgotten_at=None)

    def restore_version(
        self, version_id: int, facts_of: Callable[[Example], RowFacts], by: str = ""
    ) -> Change | None:
        """Make the project what it was: the same rows, ids, places, bytes and system prompt.

        One change, which can be undone; None where nothing differs. `facts_of` checks and counts
        what comes back; a batch of rows is in memory at a time.

        Raises:
            NotFound: `version_gone`, `project_gone`.
        """
        with self._writing() as conn:
            found = conn.execute(select(versions).where(versions.c.id == version_id)).one_or_none()
            if found is None:
                raise NotFound("version_gone")
            prompt = lock_project(conn, found.project_id)
            params = {"name": found.name}
            draft = Draft(
                found.project_id, RESTORE, by or self.author, params, prompt, found.system_prompt
            )
            now = (row for page in _load_pages(conn, found.project_id) for row in page)
            steps = _steps(now, read_parts(conn, version_id), facts_of)
            return record(conn, draft, batches(steps, key=lambda step: step.id))

    def _set(self, version_id: int, **values: Any) -> None:
        query = update(versions).where(versions.c.id == version_id)
        with self._writing() as conn:
            if not conn.execute(query.values(**values)).rowcount:
                raise NotFound("version_gone")


def _version(found: Any) -> Version:
    return Version(
        found.id, found.project_id, found.name, found.created_at, found.examples, found.size
    )


def _load_pages(conn: Connection, project_id: str) -> Iterator[list[KeptRow]]:
    """All rows in order; a page is read when it is needed, and rows before it may change."""
    table = examples.c
    query = (
        select(table.position, table.id, table.content)
        .where(table.project_id == project_id)
        .order_by(*IN_ORDER)
        .limit(BATCH)
    )
    page = query
    while found := [KeptRow(*row) for row in conn.execute(page)]:
        yield found
        page = query.where(tuple_(*IN_ORDER) > tuple_(*found[-1].place))


def write_parts(
    conn: Connection, version_id: int, pages: Iterator[list[KeptRow]]
) -> tuple[int, int]:
    """Write a part for each page; returns how many rows and bytes that made."""
    rows = size = 0
    for number, page in enumerate(pages):
        data = _pack(page)
        conn.execute(
            insert(version_parts), {"version_id": version_id, "number": number, "bytes": data}
        )
        rows, size = rows + len(page), size + len(data)
    return rows, size


def read_parts(conn: Connection, version_id: int) -> Iterator[KeptRow]:
    """The rows of a version in their order; a part is in memory at a time."""
    table = version_parts.c
    query = select(table.bytes).where(table.version_id == version_id)
    number = 0
    while (data := conn.scalar(query.where(table.number == number))) is not None:
        yield from _unpack(data)
        number += 1


def _pack(rows: list[KeptRow]) -> bytes:
    """Compressed JSON; lone surrogates, which UTF-8 has no place for, stay what they are."""
    plain = [(row.position.hex(), row.id, row.content) for row in rows]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)  # quick: others wait meanwhile


def _unpack(data: bytes) -> list[KeptRow]:
    plain = json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass"))
    return [KeptRow(bytes.fromhex(place), row_id, content) for place, row_id, content in plain]


def _steps(
    now: Iterator[KeptRow], then: Iterator[KeptRow], facts_of: Callable[[Example], RowFacts]
) -> Iterator[Step]:
    """What leads from the rows now to those of then, both in order: a walk along the two."""
    here, there = next(now, None), next(then, None)
    while here or there:
        if there is None or (here is not None and here.place < there.place):
            assert here  # noqa: S101  # for the type checker: one of the two is there
            yield Step(here.id, State(here.content, here.position), None)
            here = next(now, None)
        elif here is None or there.place < here.place:
            yield _back(there, None, facts_of)
            there = next(then, None)
        else:
            if here.content != there.content:
                yield _back(there, State(here.content, here.position), facts_of)
            here, there = next(now, None), next(then, None)


def _back(row: KeptRow, before: State | None, facts_of: Callable[[Example], RowFacts]) -> Step:
    example = read_content(row.content)
    return Step(row.id, before, State(row.content, row.position), example, facts_of(example))
