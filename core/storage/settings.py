"""What the person chose: settings, and connections without their keys."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete, select

from core.jobs import Connection
from core.storage.database import Database
from core.storage.inserts import insert_replacing
from core.storage.schema import connections, settings


class Settings(Database):
    """The part of the store that keeps settings and connections."""

    def load_setting(self, key: str, default: str = "") -> str:
        """The value under `key`, or the default."""
        with self._reading() as conn:
            value: str | None = conn.scalar(select(settings.c.value).where(settings.c.key == key))
        return default if value is None else value

    def save_setting(self, key: str, value: str) -> None:
        """Set the value under `key`."""
        with self._writing() as conn:
            conn.execute(insert_replacing(conn, settings, ["key"]), {"key": key, "value": value})

    def load_connections(self) -> list[Connection]:
        """Every connection, by name."""
        query = select(connections).order_by(connections.c.name, connections.c.id)
        with self._reading() as conn:
            return [Connection(**found._mapping) for found in conn.execute(query)]

    def save_connection(self, connection: Connection) -> None:
        """Keep the connection, over the one with the same id."""
        with self._writing() as conn:
            conn.execute(insert_replacing(conn, connections, ["id"]), asdict(connection))

    def delete_connection(self, connection_id: str) -> None:
        """Forget a connection; its jobs stay."""
        with self._writing() as conn:
            conn.execute(delete(connections).where(connections.c.id == connection_id))
