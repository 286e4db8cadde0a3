"""Builders for the tests of the store."""

from __future__ import annotations

from pathlib import Path

from core.counts import TokenCount
from core.examples import Example, Message
from core.findings import Severity
from core.storage import FindingCount, Project, Put, RowFacts, Store

ENCODING = "o200k_base"


def a_store(folder: Path) -> Store:
    """A store in a file of its own."""
    return Store.open(f"sqlite:///{folder / 'tonesmith.db'}")


def a_project(store: Store, name: str = "Weather", system_prompt: str = "") -> Project:
    """An empty project."""
    return store.create_project(name, system_prompt=system_prompt, priced_for="openai:gpt-4o-mini")


def an_example(user: str = "Rain?", assistant: str = "Cats.", system: str | None = None) -> Example:
    """A question and a reply."""
    turns = Example((Message.of("user", user), Message.of("assistant", assistant)))
    return turns.with_system(system)


def facts_of(example: Example) -> RowFacts:
    """Facts that differ with the content: a token a character, advice where there is a blank."""
    texts = [message.text for message in example.messages]
    blanks = sum(text.count(" ") for text in texts)
    found = (FindingCount("blank", Severity.ADVICE, "", blanks),) if blanks else ()
    length = sum(len(text) for text in texts)
    return RowFacts(found, {ENCODING: TokenCount(length + 3, length, len(texts[-1]))})


def a_put(user: str = "Rain?", id: int | None = None, after: int | None = None, **more: str) -> Put:
    """An edit that stores an example with its facts."""
    example = an_example(user, **more)
    return Put(example, facts_of(example), id=id, after=after)


def fill(store: Store, project: Project, *users: str) -> list[int]:
    """Add an example for each question; returns the ids of all rows in order."""
    store.apply_change(project.id, "add", [a_put(user) for user in users])
    return [row.id for row in store.iterate_rows(project.id)]


def questions(store: Store, project: Project) -> list[str]:
    """The questions of all rows in order."""
    return [row.example.turns[0].text for row in store.iterate_rows(project.id)]


def sums_of(store: Store) -> tuple[dict[str, list[tuple[object, ...]]], ...]:
    """All sums, first as they are kept, then as counting every row anew finds them."""
    with store._reading() as conn:
        kept, counted = (
            {
                name: sorted(map(tuple, conn.exec_driver_sql(statements[which])))
                for name, statements in _SUMS.items()
            }
            for which in (0, 1)
        )
    return kept, counted


_SUMS = {
    "projects": (
        "SELECT id, examples, duplicates FROM projects",
        "SELECT projects.id, count(content), count(content) - count(DISTINCT content_hash)"
        " FROM projects LEFT JOIN examples ON project_id = projects.id GROUP BY projects.id",
    ),
    "parts": (
        "SELECT project_id, review, held_out, rows, size, inheriting, learned, replies"
        " FROM part_sums",
        "SELECT project_id, review, held_out, count(*), sum(size),"
        " count(*) FILTER (WHERE inherits), count(*) FILTER (WHERE replies > 0), sum(replies)"
        " FROM examples GROUP BY project_id, review, held_out",
    ),
    "marks": (
        "SELECT project_id, kind, value, rows FROM mark_sums",
        "SELECT project_id, 'script', script, count(*) FROM examples GROUP BY project_id, script"
        " UNION SELECT project_id, 'tag', tag, count(*) FROM example_tags GROUP BY project_id, tag",
    ),
    "findings": (
        "SELECT project_id, code, severity, detail, review, held_out, count, rows"
        " FROM finding_sums",
        "SELECT found.project_id, code, severity, detail, review, held_out, sum(count), count(*)"
        " FROM example_findings AS found JOIN examples ON id = example_id"
        " GROUP BY found.project_id, code, severity, detail, review, held_out",
    ),
    "tokens": (
        "SELECT project_id, encoding, inherits, published, billed, review, held_out, rows"
        " FROM token_sums",
        "SELECT t.project_id, encoding, t.inherits, published, billed, review, held_out, count(*)"
        " FROM token_counts AS t JOIN examples ON id = example_id"
        " GROUP BY t.project_id, encoding, t.inherits, published, billed, review, held_out",
    ),
    "replies": (
        "SELECT project_id, encoding, assistant, rows FROM reply_sums",
        "SELECT project_id, encoding, assistant, count(*)"
        " FROM token_counts GROUP BY project_id, encoding, assistant",
    ),
}
