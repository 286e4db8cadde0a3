"""Where the database lies, and what opening it does."""

import importlib.util
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL
from storage_builders import a_project, a_store, fill, questions

from core.errors import StorageFailed
from core.storage import Store
from core.storage.database import MIGRATIONS
from core.storage.home import data_home, database_url
from core.storage.schema import HEAD, metadata


def test_home_is_chosen_by_the_environment(monkeypatch, tmp_path):
    """TONESMITH_HOME overrides the system's data folder, and the database lies in it."""
    monkeypatch.setenv("TONESMITH_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert data_home() == tmp_path
    assert URL.create("sqlite", database=str(tmp_path / "tonesmith.db")) == database_url()


def test_a_folder_may_be_called_anything(monkeypatch, tmp_path):
    """A folder whose name looks like a part of an address is still the folder that is used."""
    home = tmp_path / "what?x=1 #%41@:y"
    monkeypatch.setenv("TONESMITH_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with Store.open():
        assert (home / "tonesmith.db").is_file()


def test_home_defaults_to_the_users_data_folder(monkeypatch):
    """Without TONESMITH_HOME the data lies in a folder of the user's that bears our name."""
    monkeypatch.delenv("TONESMITH_HOME", raising=False)
    assert data_home().is_absolute()
    assert "Tonesmith" in data_home().parts


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_get_the_driver(monkeypatch, scheme):
    """The short forms that hosts hand out name the driver we use."""
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://me@host/db")
    assert database_url() == "postgresql+psycopg://me@host/db"


def test_open_uses_the_default_address(monkeypatch, tmp_path):
    """Store.open() without an address makes the folder and the database in it."""
    monkeypatch.setenv("TONESMITH_HOME", str(tmp_path / "new" / "folder"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with Store.open() as store:
        assert store.load_projects() == []
    assert (tmp_path / "new" / "folder" / "tonesmith.db").exists()


def test_every_connection_is_durable_and_checked(tmp_path):
    """WAL, a full sync at each commit, foreign keys, and patience with another writer."""
    with a_store(tmp_path) as store, store._reading() as conn:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert found == ["wal", 2, 1, 60_000]


def failure_of(url: str) -> StorageFailed:
    """What opening this address is refused with."""
    with pytest.raises(StorageFailed) as caught:
        Store.open(url)
    return caught.value


def test_unwritable_folder(tmp_path):
    """A folder that cannot be made is named."""
    (tmp_path / "file").write_text("in the way")
    failure = failure_of(f"sqlite:///{tmp_path / 'file' / 'sub' / 'tonesmith.db'}")
    assert failure.code == "data_folder_unwritable"
    assert failure.params == {"path": str(tmp_path / "file" / "sub")}


def test_file_that_is_no_database(tmp_path):
    """A file of something else is refused and left as it was."""
    path = tmp_path / "tonesmith.db"
    path.write_bytes(b"dear diary " * 500)
    failure = failure_of(f"sqlite:///{path}")
    assert (failure.code, failure.params) == ("database_unreadable", {"path": str(path)})
    assert path.read_bytes() == b"dear diary " * 500


def test_damaged_database(tmp_path):
    """A database whose pages were overwritten says so when they are read."""
    with a_store(tmp_path) as store:
        fill(store, a_project(store), *(f"q{n}" for n in range(500)))
    path = tmp_path / "tonesmith.db"
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert failure_of(f"sqlite:///{path}").code == "database_unreadable"


def test_newer_database(tmp_path):
    """A database that a later version has migrated is left alone."""
    a_store(tmp_path).close()
    path = tmp_path / "tonesmith.db"
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    conn.close()
    assert failure_of(f"sqlite:///{path}").code == "database_too_new"


@pytest.mark.parametrize(
    "url", ["my secret", "mysql://me:secret@host/db", "postgresql://me:secret@host:99x/db"]
)
def test_address_we_cannot_use(url):
    """Another kind of database is refused without repeating an address that may hold a password."""
    failure = failure_of(url)
    assert failure.code == "database_url_invalid"
    assert "secret" not in str(failure)


@pytest.mark.skipif(importlib.util.find_spec("psycopg") is not None, reason="psycopg is installed")
def test_missing_driver():
    """PostgreSQL without its driver is an error that names the remedy."""
    assert failure_of("postgresql+psycopg://me@host/db").code == "database_driver_missing"


def test_migrations_make_the_tables_of_the_code(tmp_path):
    """Upgrading an empty database gives exactly the schema, by Alembic's own comparison."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with a_store(tmp_path) as store, store._reading() as conn:
        context = MigrationContext.configure(conn, opts={"include_name": is_no_index_of_texts})
        assert compare_metadata(context, metadata) == []


def is_no_index_of_texts(name, kind, _parents):
    """SQLite keeps its index of texts in tables of its own, which Alembic cannot describe."""
    return kind != "table" or not name.startswith("example_texts")


def test_head_is_the_last_migration():
    """The number by which the code knows an up-to-date database is that of the last migration."""
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_failed_migration_leaves_nothing(tmp_path, monkeypatch):
    """The tables come in one transaction: a start that breaks off can be repeated."""
    import core.storage.database as database

    def breaks_off(conn):
        conn.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(database, "_run_migrations", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            a_store(tmp_path)
    with a_store(tmp_path) as store, store._reading() as conn:
        assert not conn.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name='half'").all()


def test_second_open_does_not_import_alembic(tmp_path):
    """An up-to-date database opens without the migration machinery."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "kept")
    code = (
        "import sys; from core.storage import Store; Store.open(sys.argv[1]).close();"
        "print('alembic' in sys.modules)"
    )
    address = f"sqlite:///{tmp_path / 'tonesmith.db'}"
    root = Path(__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", code, address], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
    with a_store(tmp_path) as store:
        assert questions(store, project) == ["kept"]


def test_no_table_has_room_for_a_key():
    """Keys never reach the database: no column is named for one."""
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    columns.discard("key")  # of a setting its name, of a change its visit
    forbidden = ("key", "secret", "token", "password")
    assert {name for name in columns if any(word in name for word in forbidden)} == {
        "trained_tokens"
    }
