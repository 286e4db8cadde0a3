"""The tables as they are now; `migrations/` brings any older database here."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from core.storage.columns import ExactText, JsonText, Key, UtcTime

HEAD = "0005"  # the last migration; a test holds it to `migrations/`

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _index_where_set(name: str, *columns: str) -> Index:
    """An index of the rows in which the last of the columns is not NULL, of which there are few."""
    there = text(f"{columns[-1]} IS NOT NULL")
    return Index(name, *columns, sqlite_where=there, postgresql_where=there)


projects = Table(
    "projects",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", ExactText, nullable=False),
    Column("system_prompt", ExactText, nullable=False),
    Column("priced_for", ExactText, nullable=False),
    Column("template", ExactText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("edited_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Column("checks", ExactText, nullable=False, server_default=""),  # settings, as JSON
    # Under which of them the findings of all rows were made; "" where some may be older.
    Column("checked_as", String(16), nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="0"),  # counts its writes
    Column("spend_limit", Float(53)),  # US dollars for all its jobs together
    # Sums over its rows; `sums.py` keeps them, and those in the tables of sums below.
    Column("examples", Integer, nullable=False, server_default="0"),
    Column("duplicates", Integer, nullable=False, server_default="0"),
)

examples = Table(
    "examples",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("position", LargeBinary, nullable=False),  # see places.py
    Column("content", ExactText, nullable=False),  # the JSON object, as a file would hold it
    Column("size", Integer, nullable=False),  # bytes of `content` in a file, with its line break
    Column("inherits", Boolean, nullable=False),  # it has no system message of its own
    Column("content_hash", LargeBinary(16), nullable=False),
    Column("messages_count", Integer, nullable=False),
    Column("review", String(16), nullable=False, server_default="draft"),
    Column("held_out", Boolean, nullable=False, server_default=false()),
    Column("script", String(16), nullable=False, server_default=""),  # see core/scripts.py
    Column("replies", Integer, nullable=False, server_default="0"),  # that are learned from
    Column("opening", LargeBinary, nullable=False, server_default=""),  # what A to Z goes by
    Column("revision", Integer, nullable=False, server_default="0"),  # the project's, when written
    # What tables are narrowed by stands in the index, so that no text is read to narrow one.
    Index("ix_examples_place", "project_id", "position", "id", "review", "held_out", "script"),
    Index("ix_examples_content", "project_id", "content_hash", "position", "id"),
    Index("ix_examples_opening", "project_id", "opening", "position", "id"),
    Index("ix_examples_revision", "project_id", "revision", "id"),
    sqlite_autoincrement=True,  # an id is never given twice: undo puts rows back under theirs
)

IN_ORDER = (examples.c.position, examples.c.id)

example_findings = Table(
    "example_findings",
    metadata,
    Column("example_id", ForeignKey("examples.id", ondelete="CASCADE"), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("severity", String(16), primary_key=True),
    Column("detail", ExactText, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_findings_code", "project_id", "code", "example_id"),
)

example_tags = Table(
    "example_tags",
    metadata,
    Column("example_id", ForeignKey("examples.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", ExactText, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Index("ix_tags_tag", "project_id", "tag", "example_id"),
    sqlite_with_rowid=False,
)

token_counts = Table(
    "token_counts",
    metadata,
    Column("example_id", ForeignKey("examples.id", ondelete="CASCADE"), primary_key=True),
    Column("encoding", String(128), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("inherits", Boolean, nullable=False),
    Column("published", Integer, nullable=False),
    Column("billed", Integer, nullable=False),
    Column("assistant", Integer, nullable=False),
    Index("ix_tokens_length", "project_id", "encoding", "billed", "inherits", "example_id"),
)

part_sums = Table(
    "part_sums",  # what is trained on or held out, by its state of review
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("review", String(16), primary_key=True),
    Column("held_out", Boolean, primary_key=True),
    Column("size", Key, nullable=False),
    Column("inheriting", Integer, nullable=False),
    Column("learned", Integer, nullable=False),  # rows with a reply that is learned from
    Column("replies", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)

mark_sums = Table(
    "mark_sums",  # kind "tag" or "script"
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", ExactText, primary_key=True),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)

finding_sums = Table(
    "finding_sums",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("severity", String(16), primary_key=True),
    Column("detail", ExactText, primary_key=True),
    Column("review", String(16), primary_key=True),
    Column("held_out", Boolean, primary_key=True),
    Column("count", Key, nullable=False),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)

token_sums = Table(
    "token_sums",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("encoding", String(128), primary_key=True),
    Column("inherits", Boolean, primary_key=True),
    Column("published", Integer, primary_key=True),
    Column("billed", Integer, primary_key=True),
    Column("review", String(16), primary_key=True),
    Column("held_out", Boolean, primary_key=True),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)

reply_sums = Table(
    "reply_sums",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("encoding", String(128), primary_key=True),
    Column("assistant", Integer, primary_key=True),
    Column("rows", Integer, nullable=False),
    sqlite_with_rowid=False,
)

changes = Table(
    "changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("params", JsonText, nullable=False),
    Column("by", ExactText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("prompt_before", ExactText),  # both NULL where the system prompt did not change
    Column("prompt_after", ExactText),
    Column("undoes", ForeignKey("changes.id")),  # the change that an undo or redo is about
    Column("undone_by", ForeignKey("changes.id")),
    Column("key", String(64)),  # of the visit to a cell, or of the paste, that it came from
    Index("ix_changes_project", "project_id", "id"),
    _index_where_set("ix_changes_key", "project_id", "key"),
    # Who refers to a change is asked by the database whenever one is let go.
    _index_where_set("ix_changes_undoes", "undoes"),
    _index_where_set("ix_changes_undone_by", "undone_by"),
    sqlite_autoincrement=True,
)

change_items = Table(
    "change_items",
    metadata,
    Column("change_id", ForeignKey("changes.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("example_id", Key, nullable=False),  # no foreign key: the row may be gone
    Column("position", LargeBinary, nullable=False),
    Column("before", ExactText),  # NULL: it was not there
    Column("after", ExactText),  # NULL: it is gone
)

unreadable_lines = Table(
    "unreadable_lines",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("source", ExactText, nullable=False),
    Column("line", Integer, nullable=False),
    Column("code", String(64), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("change_id", ForeignKey("changes.id")),  # the import; undone, its lines are gone too
    Column("forgotten_at", UtcTime),
    Index("ix_unreadable_project", "project_id", "id"),
    _index_where_set("ix_unreadable_change", "change_id"),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("name", ExactText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("forgotten_at", UtcTime),
    Column("system_prompt", ExactText, nullable=False),
    Column("examples", Integer, nullable=False),
    Column("size", Key, nullable=False),  # bytes of its parts
    Index("ix_versions_project", "project_id", "id"),
)

version_parts = Table(
    "version_parts",
    metadata,
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),  # see versions.py
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Key, nullable=False),
    Column("examples", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project_id", ForeignKey("projects.id")),
    Column("connection_id", String(64), nullable=False),
    Column("status", String(64), nullable=False),
    Column("request", JsonText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("snapshot_sha256", ForeignKey("snapshots.sha256")),
    Column("validation_sha256", ForeignKey("snapshots.sha256")),
    Column("provider_job_id", ExactText),
    Column("training_file_id", ExactText),
    Column("validation_file_id", ExactText),
    Column("fine_tuned_model", ExactText),
    Column("trained_tokens", Key),
    Column("estimated_finish", UtcTime),
    Column("finished_at", UtcTime),
    Column("error_code", ExactText),
    Column("error_message", ExactText),
    Column("hyperparameters", JsonText, nullable=False),
    Column("model_deleted", Boolean, nullable=False),
    Column("estimate", JsonText),
    Column("look_after", UtcTime),
    Column("failed_looks", Integer, nullable=False, server_default="0"),
    Column("look_problem", String(64), nullable=False, server_default=""),
    Column("look_params", JsonText, nullable=False, server_default="{}"),
    Column("looking_until", UtcTime),  # somebody is just asking; see `looks`
    UniqueConstraint("connection_id", "provider_job_id"),  # one job there is one job here
    Index("ix_jobs_project", "project_id", "created_at"),
)

job_events = Table(
    "job_events",
    metadata,
    Column("number", Key, primary_key=True),  # the order in which they came
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("id", ExactText, nullable=False),  # the provider's
    Column("created_at", UtcTime, nullable=False),
    Column("level", ExactText, nullable=False),
    Column("message", ExactText, nullable=False),
    Column("type", ExactText, nullable=False),
    Column("data", JsonText, nullable=False),
    UniqueConstraint("job_id", "id"),
)

job_metrics = Table(
    "job_metrics",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("train_loss", Float(53)),
    Column("train_accuracy", Float(53)),
    Column("valid_loss", Float(53)),
    Column("valid_accuracy", Float(53)),
)

job_checkpoints = Table(
    "job_checkpoints",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("id", ExactText, primary_key=True),
    Column("step", Integer, nullable=False),
    Column("model", ExactText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default=false()),
)

settings = Table(
    "settings",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("value", ExactText, nullable=False),
)

# Never a key, a token or a password: those come from the environment, a file or this session.
connections = Table(
    "connections",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("profile_id", String(64), nullable=False),
    Column("name", ExactText, nullable=False),
    Column("base_url", ExactText, nullable=False),
)
