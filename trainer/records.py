"""What a worker tells the server: JSON lines, each on disk before the next step is taken.

A record is an event of the API, and may carry what it changes: `job` (columns of the job),
`checkpoint` (a new one), `result_file` (its id and size). `id` is the same when a step is replayed
after a resume, so that it is stored once.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def new_id(prefix: str) -> str:
    """A fresh id such as `ftjob-3f9c…`."""
    return f"{prefix}{secrets.token_hex(12)}"


def an_event(
    message: str,
    *,
    level: str = "info",
    data: dict[str, Any] | None = None,
    event_id: str | None = None,
    **effects: Any,
) -> Record:
    """A record of now; with data of a step it is a metrics event."""
    record: Record = {
        "id": event_id or new_id("ftevent-"),
        "created_at": int(time.time()),
        "level": level,
        "type": "metrics" if data and "step" in data else "message",
        "message": message,
        **effects,
    }
    return {**record, "data": data} if data else record


def append_record(path: Path, record: Record) -> None:
    """Add one line and wait until the disk has it."""
    with path.open("ab") as file:
        file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def drop_torn_line(path: Path) -> None:
    """Cut off what a killed worker had begun to write."""
    if path.exists():
        data = path.read_bytes()
        with path.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)


def read_records(path: Path, offset: int = 0) -> tuple[list[Record], int]:
    """The whole lines after `offset` (in bytes), and the offset behind them."""
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read()
    whole = data[: data.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()], offset + len(whole)


def metrics_by_step(records: Iterable[Record]) -> list[dict[str, Any]]:
    """One row of metrics a step, the last word on each, in order of steps."""
    rows = {r["data"]["step"]: r["data"] for r in records if r["type"] == "metrics"}
    return [rows[step] for step in sorted(rows)]
