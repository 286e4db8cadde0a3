"""The tables of the server's SQLite file, and how our values go in and come out."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from trainer.values import Checkpoint, Event, File, Job, Model

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
  seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
  filename TEXT NOT NULL, purpose TEXT NOT NULL, bytes INTEGER NOT NULL, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
  base TEXT NOT NULL, status TEXT NOT NULL, training_file TEXT NOT NULL, validation_file TEXT,
  suffix TEXT NOT NULL, seed INTEGER NOT NULL, hyperparameters TEXT NOT NULL, metadata TEXT,
  model TEXT UNIQUE NOT NULL, error TEXT, finished_at INTEGER, estimated_finish INTEGER,
  trained_tokens INTEGER, result_file TEXT, read_bytes INTEGER NOT NULL DEFAULT 0,
  starts INTEGER NOT NULL DEFAULT 0, start_step INTEGER NOT NULL DEFAULT 0,
  settled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs (id), created_at INTEGER NOT NULL,
  level TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL, data TEXT, step INTEGER,
  UNIQUE (job_id, step));
CREATE INDEX IF NOT EXISTS events_of_job ON events (job_id, seq);
CREATE TABLE IF NOT EXISTS checkpoints (
  seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs (id), step INTEGER NOT NULL,
  created_at INTEGER NOT NULL, model TEXT NOT NULL, metrics TEXT NOT NULL, UNIQUE (job_id, step));
CREATE TABLE IF NOT EXISTS models (
  seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs (id), base TEXT NOT NULL, created_at INTEGER NOT NULL,
  path TEXT NOT NULL, is_checkpoint INTEGER NOT NULL);
"""
JSON_COLUMNS = frozenset({"hyperparameters", "metadata", "error", "data", "metrics"})
Row = TypeVar("Row", File, Job, Event, Checkpoint, Model)


class Tables:
    """One connection for all threads, one writer at a time."""

    def __init__(self, path: Path, busy_seconds: float = 5.0) -> None:
        """Open the file; `busy_seconds` is how long another program may keep us waiting.

        Raises:
            sqlite3.Error: it cannot be opened, or is no database.
        """
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, timeout=busy_seconds, check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _insert(self, table: str, row: File | Job | Event | Checkpoint | Model) -> None:
        names = [field.name for field in fields(row)]
        values = [to_column(name, getattr(row, name)) for name in names]
        marks = ", ".join("?" * len(names))
        self._run(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", *values)  # noqa: S608

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _run(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _one(self, kind: type[Row], sql: str, *values: Any) -> Row | None:
        rows = self._run(sql, *values)
        return _from_row(kind, rows[0]) if rows else None

    def _all(self, kind: type[Row], sql: str, values: dict[str, Any] | None = None) -> list[Row]:
        with self._lock:
            return [_from_row(kind, row) for row in self._connection.execute(sql, values or {})]


def to_column(name: str, value: Any) -> Any:
    """A value as SQLite keeps it."""
    return json.dumps(value) if name in JSON_COLUMNS and value is not None else value


def _from_row(kind: type[Row], row: sqlite3.Row) -> Row:
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(kind)}
    for name in JSON_COLUMNS & values.keys():
        values[name] = json.loads(values[name]) if values[name] is not None else None
    return kind(**values)
