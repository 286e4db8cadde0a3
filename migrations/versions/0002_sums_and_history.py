"""Sums kept with every write, the key of a change, and named versions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    add_sums()
    fill_sums()
    drop_what_only_sums_read()
    add_key()
    add_versions()


def add_sums() -> None:
    none = {"nullable": False, "server_default": "0"}
    op.add_column("projects", sa.Column("examples", sa.Integer(), **none))
    op.add_column("projects", sa.Column("size", KEY, **none))
    op.add_column("projects", sa.Column("inheriting", sa.Integer(), **none))
    op.add_column("projects", sa.Column("duplicates", sa.Integer(), **none))
    create_sums(
        "finding_sums",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        count=KEY,
    )
    create_sums("code_sums", sa.Column("code", sa.String(length=64), nullable=False))
    create_sums(
        "token_sums",
        sa.Column("encoding", sa.String(length=128), nullable=False),
        sa.Column("inherits", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("billed", sa.Integer(), nullable=False),
    )
    create_sums(
        "reply_sums",
        sa.Column("encoding", sa.String(length=128), nullable=False),
        sa.Column("assistant", sa.Integer(), nullable=False),
    )


def create_sums(name: str, *keys: sa.Column, **more: sa.types.TypeEngine) -> None:
    """A table with a sum of rows (and more) for each project and combination of the keys."""
    op.create_table(
        name,
        sa.Column("project_id", sa.String(length=32), nullable=False),
        *keys,
        *(sa.Column(column, kind, nullable=False) for column, kind in more.items()),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f(f"fk_{name}_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", *(key.name for key in keys), name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def fill_sums() -> None:
    op.execute("""
        UPDATE projects SET
            examples = (SELECT count(*) FROM examples WHERE project_id = projects.id),
            size = (
                SELECT coalesce(sum(examples.size), 0) FROM examples WHERE project_id = projects.id
            ),
            inheriting = (
                SELECT count(*) FROM examples WHERE project_id = projects.id AND inherits
            ),
            duplicates = (
                SELECT count(*) - count(DISTINCT content_hash)
                FROM examples WHERE project_id = projects.id
            )
    """)
    op.execute("""
        INSERT INTO finding_sums (project_id, code, severity, detail, count, rows)
        SELECT project_id, code, severity, detail, sum(count), count(*)
        FROM example_findings GROUP BY project_id, code, severity, detail
    """)
    op.execute("""
        INSERT INTO code_sums (project_id, code, rows)
        SELECT project_id, code, count(DISTINCT example_id)
        FROM example_findings GROUP BY project_id, code
    """)
    op.execute("""
        INSERT INTO token_sums (project_id, encoding, inherits, published, billed, rows)
        SELECT project_id, encoding, inherits, published, billed, count(*)
        FROM token_counts GROUP BY project_id, encoding, inherits, published, billed
    """)
    op.execute("""
        INSERT INTO reply_sums (project_id, encoding, assistant, rows)
        SELECT project_id, encoding, assistant, count(*)
        FROM token_counts GROUP BY project_id, encoding, assistant
    """)


def drop_what_only_sums_read() -> None:
    op.drop_index("ix_examples_inherits", "examples")
    op.drop_index("ix_findings_totals", "example_findings")
    op.drop_index("ix_tokens_totals", "token_counts")
    op.drop_index("ix_tokens_assistant", "token_counts")


def add_key() -> None:
    op.add_column("changes", sa.Column("key", sa.String(length=64), nullable=True))
    index_where_set("ix_changes_key", "changes", "project_id", "key")
    index_where_set("ix_changes_undoes", "changes", "undoes")
    index_where_set("ix_changes_undone_by", "changes", "undone_by")
    index_where_set("ix_unreadable_change", "unreadable_lines", "change_id")


def index_where_set(name: str, table: str, *columns: str) -> None:
    there = sa.text(f"{columns[-1]} IS NOT NULL")
    op.create_index(name, table, list(columns), sqlite_where=there, postgresql_where=there)


def add_versions() -> None:
    op.create_table(
        "versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(), nullable=True),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_versions_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
    )
    op.create_index("ix_versions_project", "versions", ["project_id", "id"])
    op.create_table(
        "version_parts",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["versions.id"],
            name=op.f("fk_version_parts_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_version_parts")),
    )
