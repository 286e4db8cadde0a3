"""The index of what is said in the rows, kept true within the transaction of every write.

SQLite's FTS5 holds it; PostgreSQL has no such index that knows Chinese, and looks through the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from sqlalchemy import Connection, String, cast, select, text

from core.examples import Example
from core.searching import indexed_text, match_words, words_of
from core.storage.ids import fetch_ids
from core.storage.schema import examples

_ADD = "INSERT INTO example_texts (rowid, words, project) VALUES (?, ?, ?)"
_TAKE = "DELETE FROM example_texts WHERE rowid = ?"
_MATCHING = text("SELECT rowid FROM example_texts WHERE example_texts MATCH :match").columns(
    rowid=examples.c.id.type
)


def index_texts(
    conn: Connection, project_id: str, taken: Sequence[int], added: Mapping[int, Example]
) -> None:
    """Take rows out of the index, then put rows into it, by their ids."""
    if conn.dialect.name != "sqlite":
        return
    if taken:
        conn.exec_driver_sql(_TAKE, [(row_id,) for row_id in taken])
    index_said(conn, project_id, list(added), map(indexed_text, added.values()))


def index_said(
    conn: Connection, project_id: str, row_ids: Sequence[int], said: Iterable[str]
) -> None:
    """Put rows into the index by their `indexed_text`."""
    if row_ids and conn.dialect.name == "sqlite":
        project = _as_word(project_id)
        conn.exec_driver_sql(_ADD, list(zip(row_ids, said, repeat(project))))


def empty_index(conn: Connection) -> None:
    """Take everything out, that it may be put in anew."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("DELETE FROM example_texts")


def find_saying(conn: Connection, project_id: str, said: str) -> list[int]:
    """The rows that say this, in no order; none where nothing is named that could be said."""
    asked = match_words(said)
    if asked is None:
        return []
    if conn.dialect.name == "sqlite":
        match = f"project : {_as_word(project_id)} AND words : ({asked})"
        return fetch_ids(conn, _MATCHING.bindparams(match=match))
    content = cast(examples.c.content, String)
    says = (content.icontains(word, autoescape=True) for word in words_of(said))
    return fetch_ids(conn, select(examples.c.id).where(examples.c.project_id == project_id, *says))


def _as_word(project_id: str) -> str:
    """A project's id as a single word: ids differ in case, and may hold a hyphen."""
    return f"p{project_id.encode().hex()}"
