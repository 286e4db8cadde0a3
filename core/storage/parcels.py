"""What is carried of a project, table by table, as records of plain JSON values and back.

This is the form of a project's file: its names stay, whatever becomes of the tables. What follows
from the examples (sums, findings, counts, tags) is not carried, nor is any key or connection.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, Table

from core.storage.columns import JsonText, UtcTime
from core.storage.schema import (
    change_items,
    changes,
    examples,
    job_checkpoints,
    job_events,
    job_metrics,
    jobs,
    projects,
    snapshots,
    unreadable_lines,
    versions,
)

Record: TypeAlias = dict[str, Any]

HIGHEST = 2**53  # of numbers: what every JSON reader takes exactly
_POSITION_BYTES = range(8, 1_000)

PROJECT = ("name", "system_prompt", "priced_for", "template", "created_at", "edited_at", "checks")
_LATER = {"checks": "", "deleted": False}  # what files from before they were carried lack

_FIELDS: dict[str, tuple[Table, Sequence[str]]] = {
    "project": (projects, PROJECT),
    "examples": (examples, ("id", "position", "content")),
    "changes": (
        changes,
        ("id", "kind", "params", "by", "at", "rows", "prompt_before", "prompt_after", "undoes",
         "undone_by"),
    ),
    "change_items": (
        change_items,
        ("change_id", "number", "example_id", "position", "before", "after"),
    ),
    "unreadable_lines": (
        unreadable_lines,
        ("source", "line", "code", "raw", "change_id", "forgotten_at"),
    ),
    "versions": (versions, ("id", "name", "created_at", "forgotten_at", "system_prompt")),
    "snapshots": (snapshots, ("sha256", "size", "examples", "created_at")),
    "jobs": (
        jobs,
        ("id", "connection_id", "status", "request", "created_at", "snapshot_sha256",
         "validation_sha256", "provider_job_id", "training_file_id", "validation_file_id",
         "fine_tuned_model", "trained_tokens", "estimated_finish", "finished_at", "error_code",
         "error_message", "hyperparameters", "model_deleted", "estimate"),
    ),
    "job_events": (job_events, ("job_id", "id", "created_at", "level", "message", "type", "data")),
    "job_metrics": (
        job_metrics,
        ("job_id", "step", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy"),
    ),
    "job_checkpoints": (
        job_checkpoints,
        ("job_id", "id", "step", "model", "created_at", "deleted"),
    ),
}  # fmt: skip
VERSION_ROWS = "version_rows"  # kept packed; each as one of `examples`, and of which version

PARCELS = (*[name for name in _FIELDS if name != "project"], VERSION_ROWS)


def columns_of(name: str) -> list[Column[Any]]:
    """The columns that are carried of a table."""
    table, fields = _FIELDS[name]
    return [table.c[field] for field in fields]


def write_record(name: str, values: Mapping[str, Any]) -> Record:
    """The carried values of a row, as JSON has them."""
    return {column.name: _write(column, values[column.name]) for column in columns_of(name)}


def read_record(name: str, record: Any) -> Record:
    """The values of a row that `write_record` wrote.

    Raises:
        ValueError: some are missing, or are not what the column holds.
    """
    if not isinstance(record, dict):
        raise ValueError("no record")
    record = {**_LATER, **record}
    return {column.name: _read(column, record.get(column.name)) for column in columns_of(name)}


def _write(column: Column[Any], value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex() if column.name == "position" else b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is missing")
        return None
    kind = column.type
    if isinstance(kind, LargeBinary):
        return _read_bytes(column, value)
    if isinstance(kind, UtcTime):
        return _read_time(value)
    wanted: Any = str
    if isinstance(kind, JsonText):
        wanted = dict
    elif isinstance(kind, Boolean):
        wanted = bool
    elif isinstance(kind, Integer | Float):
        wanted = int if isinstance(kind, Integer) else int | float
    fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    if not fits or _is_too_much(kind, value):
        raise ValueError(f"{column.name} does not hold this")
    return value


def _is_too_much(kind: Any, value: Any) -> bool:
    if isinstance(value, int):
        return abs(value) > HIGHEST
    length = getattr(kind, "length", None)
    if not isinstance(value, str) or length is None:
        return False
    return bool(len(value.encode()) > length)  # which also refuses halves of characters


def _read_bytes(column: Column[Any], value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError(f"{column.name} does not hold this")
    if column.name != "position":
        return b64decode(value, validate=True)
    place = bytes.fromhex(value)
    if len(place) not in _POSITION_BYTES or place[0] == 0xFF:  # no room would be left behind it
        raise ValueError("no place for a row")
    return place


def _read_time(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("no moment")
    return moment
