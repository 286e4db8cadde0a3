"""What examples are narrowed by: review, held out, script, tags; the index of what they say."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room; the store fills it when it opens the database, as it does after every change
    of how these things are derived from the examples.
    """
    add_columns()
    add_indexes()
    add_tags()
    add_sums()
    add_index_of_texts()


def add_columns() -> None:
    columns = (
        sa.Column("review", sa.String(length=16), nullable=False, server_default="draft"),
        sa.Column("held_out", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("script", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("replies", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("opening", sa.LargeBinary(), nullable=False, server_default=""),
    )
    for column in columns:
        op.add_column("examples", column)


def add_indexes() -> None:
    place = ["project_id", "position", "id"]
    op.drop_index("ix_examples_place", "examples")
    op.create_index("ix_examples_place", "examples", [*place, "review", "held_out", "script"])
    op.create_index("ix_examples_opening", "examples", ["project_id", "opening", *place[1:]])
    op.create_index("ix_findings_code", "example_findings", ["project_id", "code", "example_id"])
    op.create_index(
        "ix_tokens_length",
        "token_counts",
        ["project_id", "encoding", "billed", "inherits", "example_id"],
    )


def add_tags() -> None:
    op.create_table(
        "example_tags",
        sa.Column("example_id", KEY, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["example_id"],
            ["examples.id"],
            name=op.f("fk_example_tags_example_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_example_tags_project_id")
        ),
        sa.PrimaryKeyConstraint("example_id", "tag", name=op.f("pk_example_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tags_tag", "example_tags", ["project_id", "tag", "example_id"])


def add_sums() -> None:
    """Sums by part of the project take the place of those over the whole."""
    for table in ("finding_sums", "code_sums", "token_sums"):
        op.drop_table(table)
    op.drop_column("projects", "size")
    op.drop_column("projects", "inheriting")
    code = [
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    ]
    tokens = [
        sa.Column("encoding", sa.String(length=128), nullable=False),
        sa.Column("inherits", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("billed", sa.Integer(), nullable=False),
    ]
    mark = [
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
    ]
    number = sa.Integer()
    create_sums("part_sums", *part(), size=KEY, inheriting=number, learned=number, replies=number)
    create_sums("mark_sums", *mark)
    create_sums("finding_sums", *code, *part(), count=KEY)
    create_sums("token_sums", *tokens, *part())


def part() -> list[sa.Column]:
    return [
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
    ]


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


def add_index_of_texts() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("""
            CREATE VIRTUAL TABLE example_texts USING fts5(
                words, project,
                tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mn Co So'"
            )
        """)
