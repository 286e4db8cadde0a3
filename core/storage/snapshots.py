"""The exact bytes a job was trained on, under their hash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select

from core.errors import NotFound
from core.storage.database import Database
from core.storage.inserts import insert_ignoring
from core.storage.records import Snapshot
from core.storage.schema import snapshots


class Snapshots(Database):
    """The part of the store that keeps snapshots."""

    def save_snapshot(self, chunks: Iterable[bytes], examples: int) -> Snapshot:
        """Keep the bytes of a training file; the same bytes are kept once."""
        data = b"".join(chunks)
        digest = sha256(data).hexdigest()
        values = {
            "sha256": digest,
            "size": len(data),
            "examples": examples,
            "created_at": datetime.now(UTC),
            "bytes": data,
        }
        with self._writing() as conn:
            conn.execute(insert_ignoring(conn, snapshots), values)
        return self.find_snapshot(digest)

    def find_snapshot(self, digest: str) -> Snapshot:
        """What is known of a snapshot, without its bytes.

        Raises:
            NotFound: `snapshot_gone`.
        """
        table = snapshots.c
        query = select(table.sha256, table.size, table.examples, table.created_at)
        with self._reading() as conn:
            found = conn.execute(query.where(table.sha256 == digest)).one_or_none()
        if found is None:
            raise NotFound("snapshot_gone")
        return Snapshot(*found)

    def load_snapshot(self, digest: str) -> bytes:
        """The bytes with this SHA-256 (hex).

        Raises:
            NotFound: `snapshot_gone`.
        """
        query = select(snapshots.c.bytes).where(snapshots.c.sha256 == digest)
        with self._reading() as conn:
            data: bytes | None = conn.scalar(query)
        if data is None:
            raise NotFound("snapshot_gone")
        return data
