"""What a project wants checked, under which checks it was, and in which order rows change."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make room. A project that was never checked under settings is checked when it is opened."""
    words = {"nullable": False, "server_default": ""}
    number = {"nullable": False, "server_default": "0"}
    op.add_column("projects", sa.Column("checks", sa.Text(), **words))
    op.add_column("projects", sa.Column("checked_as", sa.String(length=16), **words))
    op.add_column("projects", sa.Column("revision", sa.Integer(), **number))
    op.add_column("examples", sa.Column("revision", sa.Integer(), **number))
    op.create_index("ix_examples_revision", "examples", ["project_id", "revision", "id"])
