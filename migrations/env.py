"""What Alembic runs: on the connection that `Store.open` gives, or on the default database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from core.storage.home import database_url
from core.storage.schema import metadata


def run(connection: Connection) -> None:
    """Migrate within the caller's transaction, where there is one."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(database_url()).begin() as conn:
        run(conn)
