"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("profile_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.Column("priced_for", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "snapshots",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "changes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("prompt_before", sa.Text(), nullable=True),
        sa.Column("prompt_after", sa.Text(), nullable=True),
        sa.Column("undoes", KEY, nullable=True),
        sa.Column("undone_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_changes_project_id")
        ),
        sa.ForeignKeyConstraint(["undoes"], ["changes.id"], name=op.f("fk_changes_undoes")),
        sa.ForeignKeyConstraint(["undone_by"], ["changes.id"], name=op.f("fk_changes_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_project", "changes", ["project_id", "id"])

    op.create_table(
        "examples",
        sa.Column("id", KEY, nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("inherits", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("messages_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_examples_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examples")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_examples_content", "examples", ["project_id", "content_hash", "position", "id"]
    )
    op.create_index("ix_examples_inherits", "examples", ["project_id", "inherits", "size"])
    op.create_index("ix_examples_place", "examples", ["project_id", "position", "id"])

    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=True),
        sa.Column("connection_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=True),
        sa.Column("validation_sha256", sa.String(length=64), nullable=True),
        sa.Column("provider_job_id", sa.Text(), nullable=True),
        sa.Column("training_file_id", sa.Text(), nullable=True),
        sa.Column("validation_file_id", sa.Text(), nullable=True),
        sa.Column("fine_tuned_model", sa.Text(), nullable=True),
        sa.Column("trained_tokens", KEY, nullable=True),
        sa.Column("estimated_finish", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("hyperparameters", sa.Text(), nullable=False),
        sa.Column("model_deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_jobs_project_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_sha256"], ["snapshots.sha256"], name=op.f("fk_jobs_snapshot_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["validation_sha256"], ["snapshots.sha256"], name=op.f("fk_jobs_validation_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint(
            "connection_id", "provider_job_id", name=op.f("uq_jobs_connection_id_provider_job_id")
        ),
    )
    op.create_index("ix_jobs_project", "jobs", ["project_id", "created_at"])

    op.create_table(
        "unreadable_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("change_id", KEY, nullable=True),
        sa.Column("forgotten_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_unreadable_lines_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_unreadable_lines_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreadable_lines")),
    )
    op.create_index("ix_unreadable_project", "unreadable_lines", ["project_id", "id"])

    op.create_table(
        "change_items",
        sa.Column("change_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("example_id", KEY, nullable=False),
        sa.Column("position", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_change_items_change_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "number", name=op.f("pk_change_items")),
    )
    op.create_table(
        "example_findings",
        sa.Column("example_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["example_id"],
            ["examples.id"],
            name=op.f("fk_example_findings_example_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_example_findings_project_id")
        ),
        sa.PrimaryKeyConstraint(
            "example_id", "code", "severity", "detail", name=op.f("pk_example_findings")
        ),
    )
    op.create_index(
        "ix_findings_totals",
        "example_findings",
        ["project_id", "code", "severity", "detail", "count", "example_id"],
    )

    op.create_table(
        "job_checkpoints",
        sa.Column("job_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_checkpoints_job_id")),
        sa.PrimaryKeyConstraint("job_id", "id", name=op.f("pk_job_checkpoints")),
    )
    op.create_table(
        "job_events",
        sa.Column("number", KEY, nullable=False),
        sa.Column("job_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_events_job_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_job_events")),
        sa.UniqueConstraint("job_id", "id", name=op.f("uq_job_events_job_id_id")),
    )
    op.create_table(
        "job_metrics",
        sa.Column("job_id", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("train_loss", sa.Float(precision=53), nullable=True),
        sa.Column("train_accuracy", sa.Float(precision=53), nullable=True),
        sa.Column("valid_loss", sa.Float(precision=53), nullable=True),
        sa.Column("valid_accuracy", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_metrics_job_id")),
        sa.PrimaryKeyConstraint("job_id", "step", name=op.f("pk_job_metrics")),
    )
    op.create_table(
        "token_counts",
        sa.Column("example_id", KEY, nullable=False),
        sa.Column("encoding", sa.String(length=128), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("inherits", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("billed", sa.Integer(), nullable=False),
        sa.Column("assistant", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["example_id"],
            ["examples.id"],
            name=op.f("fk_token_counts_example_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_token_counts_project_id")
        ),
        sa.PrimaryKeyConstraint("example_id", "encoding", name=op.f("pk_token_counts")),
    )
    op.create_index("ix_tokens_assistant", "token_counts", ["project_id", "encoding", "assistant"])
    op.create_index(
        "ix_tokens_totals",
        "token_counts",
        ["project_id", "encoding", "inherits", "published", "billed"],
    )
