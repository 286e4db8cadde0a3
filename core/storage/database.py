"""The open database: one engine, short transactions, and the schema brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import copy
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from core.errors import StorageFailed
from core.storage.failures import failures_mapped
from core.storage.home import check_writable, database_url
from core.storage.rebuilding import derive, is_derived
from core.storage.schema import HEAD

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_BUSY_SECONDS = 60  # a large import holds the writer this long at most
_UPGRADE_LOCK = 0x746F6E65  # any number that is ours alone: "tone"


class Database:
    """A database that may be used from any thread; the parts of `Store` build on it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self.path = engine.url.database or ""
        self.author = ""  # whose changes these are, where that is known

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open the database and bring it up to date; safe where several processes do so at once.

        Raises:
            StorageFailed: `data_folder_unwritable`, `database_unreadable`, `database_too_new`,
                `database_url_invalid`, `database_driver_missing`, `database_busy`,
                `database_failed`, with the `path`.
        """
        store = cls(_make_engine(_parse(url or database_url())))
        store._upgrade()
        return store

    def signed(self, author: str) -> Self:
        """The same database, for changes that this person makes."""
        mine = copy(self)
        mine.author = author
        return mine

    def close(self) -> None:
        """Give up every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with failures_mapped(self.path), self._engine.connect() as conn:
            yield conn

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction, on disk when it ends; nothing of it where it raises."""
        with failures_mapped(self.path), self._writer.begin() as conn:
            yield conn

    def _upgrade(self) -> None:
        with self._reading() as conn:
            found = _read_version(conn)
            if found == HEAD and is_derived(conn):
                return
        if found and found > HEAD:
            raise StorageFailed("database_too_new", path=self.path)
        with self._writing() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            if _read_version(conn) != HEAD:  # nobody was quicker
                _run_migrations(conn)
            if not is_derived(conn):
                derive(conn)


def _read_version(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    version: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _run_migrations(conn: Connection) -> None:
    # Alembic takes a while to import, and is needed once in a database's life.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as unknown:  # a version that this code has never heard of
        raise StorageFailed("database_too_new", path=conn.engine.url.database or "") from unknown


def _parse(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number raises the latter
        raise StorageFailed("database_url_invalid") from None  # it may hold a password
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StorageFailed("database_url_invalid")
    return parsed


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _make_sqlite_engine(url)
    try:
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as missing:
        raise StorageFailed("database_driver_missing", path=url.database or "") from missing


def _make_sqlite_engine(url: URL) -> Engine:
    path = Path(url.database or "tonesmith.db")
    check_writable(path.parent)
    with failures_mapped(str(path)):
        _start_wal(path)
    engine = create_engine(
        url,
        connect_args={"timeout": _BUSY_SECONDS},  # sqlite3's name for PRAGMA busy_timeout
        pool_size=8,
        max_overflow=32,  # Streamlit runs a thread for every open tab
        hide_parameters=True,  # what people write has no place in a log
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _start_wal(path: Path) -> None:
    """WAL is a property of the file: set once, before anyone holds a transaction."""
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)) as conn:
        if conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            conn.execute("PRAGMA journal_mode=WAL")


def _set_pragmas(conn: sqlite3.Connection, _: Any) -> None:
    conn.isolation_level = None  # we say BEGIN ourselves: sqlite3 would not before a SELECT or DDL
    conn.execute("PRAGMA synchronous=FULL")  # an acknowledged edit survives a power cut
    conn.execute("PRAGMA foreign_keys=ON")


def _begin(conn: Connection) -> None:
    # A writer says so at once; else two readers that both turn writers would block each other.
    conn.exec_driver_sql(conn.get_execution_options().get("sqlite_begin", "BEGIN"))
