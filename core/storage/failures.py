"""What a database says when it fails, mapped once to errors a person can act on."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from core.errors import StorageFailed

_log = logging.getLogger(__name__)

_CODES = {
    sqlite3.SQLITE_BUSY: "database_busy",
    sqlite3.SQLITE_LOCKED: "database_busy",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "data_folder_unwritable",
    sqlite3.SQLITE_CANTOPEN: "data_folder_unwritable",
    sqlite3.SQLITE_PERM: "data_folder_unwritable",
    sqlite3.SQLITE_CORRUPT: "database_unreadable",
    sqlite3.SQLITE_NOTADB: "database_unreadable",
}


@contextmanager
def failures_mapped(path: str) -> Iterator[None]:
    """Raise StorageFailed for whatever the database at `path` refuses within."""
    try:
        yield
    except NoFreeConnection as refused:
        raise StorageFailed("database_busy", path=path) from refused
    except (DBAPIError, sqlite3.Error) as refused:
        origin = refused.orig if isinstance(refused, DBAPIError) else refused
        _log.error("the database at %s refused: %r", path, origin)  # never the statement's values
        raise StorageFailed(_code(origin), path=path) from refused


def _code(origin: BaseException | None) -> str:
    number = getattr(origin, "sqlite_errorcode", None)
    # The low byte is the primary result code: https://sqlite.org/rescode.html
    return "database_failed" if number is None else _CODES.get(number & 0xFF, "database_failed")
