"""Where the data lives: a folder of the user's, or the database that `DATABASE_URL` names."""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs
from sqlalchemy import URL

from core.errors import StorageFailed


def data_home() -> Path:
    """The data folder: `TONESMITH_HOME`, else the system's place for a user's data."""
    chosen = os.environ.get("TONESMITH_HOME")
    return Path(chosen).expanduser() if chosen else platformdirs.user_data_path("Tonesmith")


def database_url() -> str | URL:
    """The address in SQLAlchemy's form: `DATABASE_URL`, else `tonesmith.db` in the data folder."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if not given:
        return URL.create("sqlite", database=str(data_home() / "tonesmith.db"))
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", given)


def check_writable(folder: Path) -> None:
    """Make the folder where it is missing.

    Raises:
        StorageFailed: `data_folder_unwritable`, with its `path`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise StorageFailed("data_folder_unwritable", path=str(folder)) from refused
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageFailed("data_folder_unwritable", path=str(folder))
