"""A database of an older version opens with everything in it, and its sums filled."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from storage_builders import (
    ENCODING,
    a_project,
    a_put,
    a_store,
    an_example,
    facts_of,
    fill,
    questions,
    sums_of,
)

from core.findings import Severity
from core.storage import FindingCount, Put, RowFacts, Store
from core.storage.database import MIGRATIONS


def an_old_database(path: Path, filled: Path) -> None:
    """A database as version 0001 left it, with what its tables can hold of a newer one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("ATTACH ? AS filled", (str(filled),))
        tables = (
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT IN (?, ?, ?)"
        )
        theirs = ("alembic_version", "sqlite_sequence", "settings")
        for (table,) in conn.execute(tables, theirs).fetchall():
            names = ", ".join(f'"{row[1]}"' for row in conn.execute(f"PRAGMA table_info({table})"))
            copy = f"INSERT INTO {table} ({names}) SELECT {names} FROM filled.{table}"  # noqa: S608
            conn.execute(copy)
        conn.commit()


def fill_some(store: Store) -> tuple[str, str]:
    """Two projects with a little of everything that has a sum, and an empty one; two ids."""
    first, second = a_project(store, system_prompt="Be kind."), a_project(store)
    ids = fill(store, first, "a", "b b", "a", "天气", "a")
    fill(store, second, "a", "a")
    a_project(store, "empty")
    odd = RowFacts(
        tuple(FindingCount("odd", level, "\0 x", 2) for level in (Severity.ERROR, Severity.ADVICE))
    )
    store.apply_change(first.id, "add", [Put(an_example(system="own"), odd)])
    edit = store.apply_change(first.id, "edit", [a_put("c c", id=ids[0])])
    store.undo_change(edit.id, facts_of)
    return first.id, second.id


@pytest.fixture
def old(tmp_path):
    """The folder of an old database beside the one it was filled from; and the two ids."""
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    with a_store(tmp_path / "new") as store:
        ids = fill_some(store)
    an_old_database(tmp_path / "old" / "tonesmith.db", tmp_path / "new" / "tonesmith.db")
    return tmp_path, *ids


def test_sums_of_an_older_database_are_filled(old):
    """After the migration every sum is what a full count says, and what the new version kept."""
    folder, first, _ = old
    with a_store(folder / "new") as new, a_store(folder / "old") as migrated:
        kept, counted = sums_of(migrated)
        assert kept == counted == sums_of(new)[0]
        assert migrated.count_duplicates(first) == 2
        assert migrated.count_uncounted(first, ENCODING) == 1
        assert sorted(project.examples for project in migrated.load_projects()) == [0, 2, 6]


def test_an_older_database_goes_on(old):
    """Its history can be undone and redone, and its sums stay true with what is written next."""
    folder, first, second = old
    with a_store(folder / "old") as store:
        undo = store.next_redo(first)
        assert (undo.key, undo.prompt) == (None, None)
        store.undo_change(undo.id, facts_of)
        version = store.save_version(second, "v")
        store.apply_change(second, "add", [a_put("a"), a_put("new")], key="k")
        assert store.count_duplicates(second) == 2
        store.restore_version(version.id, facts_of)
        assert questions(store, store.load_project(second)) == ["a", "a"]
        kept, counted = sums_of(store)
        assert kept == counted
