"""core/storage/carrying.py: nothing of a project is forgotten, and its sums are right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage_builders import a_project, a_put, a_store, facts_of, fill, questions, sums_of

from core.storage import Project, Remove, Store
from core.storage.carrying import Departure
from core.storage.parcels import (
    _FIELDS,
    PARCELS,
    VERSION_ROWS,
    columns_of,
    read_record,
    write_record,
)
from core.storage.schema import metadata

DERIVED = {"example_findings", "example_tags", "token_counts"}  # from the examples, at every write
NOT_OF_A_PROJECT = {"settings", "connections"}
PACKED = {"version_parts"}  # which go as version_rows
LEFT_BEHIND = {
    "id", "project_id", "key", "number", "deleted_at", "bytes", "examples", "size", "duplicates",
    "checked_as", "revision", "spend_limit", "look_after", "failed_looks", "look_problem",
    "look_params", "looking_until",
}  # fmt: skip


class Carried:
    """What departs from one store, as another asks for it."""

    def __init__(self, leaving: Departure) -> None:
        self.leaving = leaving
        rows = [record["id"] for record in leaving.records("examples")]
        changed = [record["example_id"] for record in leaving.records("change_items")]
        self.row_ids = (min(rows + changed), max(rows + changed))

    def records(self, name: str) -> Iterator[Any]:
        """As they depart."""
        return self.leaving.records(name)

    def load_snapshot(self, digest: str) -> bytes:
        """As it departs."""
        return self.leaving.load_snapshot(digest)


def carry(store: Store, project: Project, there: Store) -> Project:
    """The project in the other store."""
    with store.departing(project.id) as leaving:
        arrived = there.arrive(leaving.project(), Carried(leaving), facts_of)
    return there.load_project(arrived)


def test_every_table_is_carried_or_known_not_to_be() -> None:
    """Who adds a table or a column has to say here what becomes of it."""
    sums = {name for name in metadata.tables if name.endswith("_sums")}
    carried = {table.name for table, _ in _FIELDS.values()}
    known = carried | DERIVED | NOT_OF_A_PROJECT | PACKED | sums
    assert known == set(metadata.tables)
    assert set(PARCELS) == {*_FIELDS, VERSION_ROWS} - {"project"}
    for name in _FIELDS.keys() - {"examples"}:  # of which only the content is not derived
        table = columns_of(name)[0].table
        left = set(table.c.keys()) - {column.name for column in columns_of(name)}
        assert left <= LEFT_BEHIND, name


def test_sums_are_right_where_it_arrives(tmp_path: Path) -> None:
    """Also beside another project, and after history was gone through there."""
    (tmp_path / "a").mkdir()
    with a_store(tmp_path) as store, a_store(tmp_path / "a") as there:
        project, other = a_project(store, system_prompt="old"), a_project(there)
        ids = fill(store, project, "a", "b b", "a")
        fill(there, other, "x", "y y")
        edits = [Remove(ids[0]), a_put("new", after=ids[1]), a_put("c c", id=ids[2])]
        store.apply_change(project.id, "mixed", edits, system_prompt="new")
        arrived = carry(store, project, there)
        assert questions(there, arrived) == ["b b", "new", "c c"]
        change = there.last_change(arrived.id)
        assert change is not None
        there.undo_change(change.id, facts_of)
        assert questions(there, arrived) == ["a", "b b", "a"]
        assert questions(there, other) == ["x", "y y"]
        kept, counted = sums_of(there)
        assert kept == counted


def test_a_project_departs_as_it_stood(tmp_path: Path) -> None:
    """Who writes meanwhile is not seen, in none of its parts."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a")
        with store.departing(project.id) as leaving:
            counts = leaving.counts()
            fill(store, project, "b")
            told = {name: len(list(leaving.records(name))) for name in PARCELS}
        assert told == counts
        assert (told["examples"], told["changes"], told["change_items"]) == (1, 1, 1)


def test_a_record_survives_its_journey(tmp_path: Path) -> None:
    """Values come back as they were: bytes, moments, broken characters, nothing at all."""
    with a_store(tmp_path) as store:
        project = a_project(store, "N \0 \ud800", system_prompt="\r\n")
        fill(store, project, "\0")
        with store.departing(project.id) as leaving:
            for name in ("examples", "changes", "change_items"):
                (record,) = leaving.records(name)
                assert write_record(name, read_record(name, record)) == record
            assert read_record("project", leaving.project())["name"] == "N \0 \ud800"
