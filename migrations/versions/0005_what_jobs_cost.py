"""What a project may cost, what a job was reckoned to, and when its provider is asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make room; a job that is under way is asked after at once."""
    op.add_column("projects", sa.Column("spend_limit", sa.Float(precision=53)))
    op.add_column("jobs", sa.Column("estimate", sa.Text()))
    op.add_column("jobs", sa.Column("look_after", sa.DateTime()))
    number = {"nullable": False, "server_default": "0"}
    op.add_column("jobs", sa.Column("failed_looks", sa.Integer(), **number))
    word = {"nullable": False, "server_default": ""}
    op.add_column("jobs", sa.Column("look_problem", sa.String(length=64), **word))
    facts = {"nullable": False, "server_default": "{}"}
    op.add_column("jobs", sa.Column("look_params", sa.Text(), **facts))
    op.add_column("jobs", sa.Column("looking_until", sa.DateTime()))
    mark = {"nullable": False, "server_default": sa.false()}
    op.add_column("job_checkpoints", sa.Column("deleted", sa.Boolean(), **mark))
