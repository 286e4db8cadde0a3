"""A named version brings back exactly what was."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from storage_builders import a_project, a_put, a_store, facts_of, fill, questions, sums_of

from core.errors import NotFound
from core.storage import Put, Remove, RowFacts
from core.storage.schema import examples, version_parts, versions


def stored(store, project):
    """Every byte of a project's rows, and its system prompt."""
    columns = [column for column in examples.c if column.name != "revision"]
    query = select(*columns).where(examples.c.project_id == project.id).order_by(examples.c.id)
    with store._reading() as conn:
        rows = [tuple(row) for row in conn.execute(query)]
    return rows, store.load_project(project.id).system_prompt


def test_restore_brings_back_every_byte(tmp_path):
    """Rows edited, removed and added since are as they were: ids, places, text and prompt."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt="Be kind.")
        ids = fill(store, project, *(f"q{n}" for n in range(2100)))
        version = store.save_version(project.id, "Before the edit")
        before = stored(store, project)
        edits = [
            a_put("other", id=ids[0]), Remove(ids[1]), a_put("new", after=ids[2]),
            *(Remove(row_id) for row_id in ids[900:1900]), a_put("\udc80 \0 end"),
        ]  # fmt: skip
        store.apply_change(project.id, "mixed", edits, system_prompt="Be brief.")
        after = stored(store, project)
        change = store.restore_version(version.id, facts_of, by="Ada")
        assert stored(store, project) == before
        assert (change.kind, change.params, change.by) == (
            "restore", {"name": "Before the edit"}, "Ada",
        )  # fmt: skip
        assert (change.rows, change.prompt) == (1004, ("Be brief.", "Be kind."))
        store.undo_change(change.id, facts_of)
        assert stored(store, project) == after
        kept, counted = sums_of(store)
        assert kept == counted


def test_restoring_what_is_there_is_no_change(tmp_path):
    """Where nothing differs nothing is recorded; nor is a version of nothing a difficulty."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        empty = store.save_version(project.id, "empty")
        fill(store, project, "a", "b")
        full = store.save_version(project.id, "full")
        assert (empty.examples, empty.size, full.examples) == (0, 0, 2)
        assert store.restore_version(full.id, facts_of) is None
        assert store.restore_version(empty.id, facts_of).rows == 2
        assert questions(store, project) == []
        assert store.restore_version(full.id, facts_of).rows == 2
        assert questions(store, project) == ["a", "b"]
        assert len(store.load_changes(project.id)) == 3


TEXT = st.text(st.characters(exclude_categories=()), max_size=8)


@given(st.lists(TEXT, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_any_rows_come_back(texts, data):
    """Whatever the texts, whichever rows went, came or changed, restore and undo are exact."""
    with TemporaryDirectory() as folder, a_store(Path(folder)) as store:
        project = a_project(store)
        ids = fill(store, project, *texts)
        before = stored(store, project)
        version = store.save_version(project.id, "v")
        what = st.sampled_from(["keep", "remove", "edit", "insert"])
        edits = {
            "remove": lambda row_id: [Remove(row_id)],
            "edit": lambda row_id: [a_put("edited", id=row_id)],
            "insert": lambda row_id: [a_put("one", after=row_id), a_put("two", after=row_id)],
            "keep": lambda row_id: [],
        }
        chosen = [edit for row_id in ids for edit in edits[data.draw(what)](row_id)]
        store.apply_change(project.id, "mixed", [*chosen, a_put("end")])
        after = stored(store, project)
        change = store.restore_version(version.id, lambda _: RowFacts())
        assert stored(store, project) == before
        store.undo_change(change.id, lambda _: RowFacts())
        assert stored(store, project) == after


def test_rows_that_stand_at_one_place(tmp_path):
    """A row brought back to a place that was given away meanwhile stands there as it did before."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b")
        removal = store.apply_change(project.id, "delete", [Remove(ids[1])])
        store.apply_change(project.id, "add", [a_put("c")])
        store.undo_change(removal.id, facts_of)
        before = stored(store, project)
        version = store.save_version(project.id, "v")
        store.apply_change(project.id, "delete", [Remove(ids[1])])
        assert store.restore_version(version.id, facts_of).rows == 1
        assert stored(store, project) == before


def test_a_version_is_named_forgotten_and_recalled(tmp_path):
    """The newest stands first; one that is forgotten is out of sight, and can come back."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a")
        first, second = (store.save_version(project.id, name) for name in ("one", "two"))
        store.save_version(a_project(store).id, "elsewhere")
        assert store.load_versions(project.id) == [second, first]
        store.rename_version(first.id, "\ud800 first \0")
        store.forget_version(second.id)
        assert [version.name for version in store.load_versions(project.id)] == ["\ud800 first \0"]
        store.recall_version(second.id)
        assert [version.id for version in store.load_versions(project.id)] == [second.id, first.id]


def test_a_version_that_never_was(tmp_path):
    """What is done to it says that it is gone; a deleted project is not restored into."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        version = store.save_version(project.id, "v")
        for act in (
            lambda: store.rename_version(99, "x"),
            lambda: store.forget_version(99),
            lambda: store.recall_version(99),
            lambda: store.restore_version(99, facts_of),
        ):
            with pytest.raises(NotFound, match="version_gone"):
                act()
        store.delete_project(project.id)
        for late in (
            lambda: store.restore_version(version.id, facts_of),
            lambda: store.save_version(project.id, "w"),
        ):
            with pytest.raises(NotFound, match="project_gone"):
                late()


def test_pruning_spares_versions(tmp_path):
    """A version is kept until it is removed, and then for as long as history is."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a")
        kept, fresh, old = (store.save_version(project.id, name) for name in ("k", "f", "o"))
        store.forget_version(fresh.id)
        store.forget_version(old.id)
        with store._writing() as conn:
            ago = kept.created_at.replace(year=2020)
            conn.execute(update(versions).values(created_at=ago))
            conn.execute(update(versions).where(versions.c.id == old.id).values(forgotten_at=ago))
        store.prune_history(project.id)
        store.recall_version(fresh.id)
        assert [version.id for version in store.load_versions(project.id)] == [fresh.id, kept.id]
        with store._reading() as conn:
            parts = conn.scalars(select(version_parts.c.version_id).distinct())
            assert sorted(parts) == [kept.id, fresh.id]


def test_a_large_version_comes_in_parts(tmp_path):
    """A thousand rows are held at a time; others see nothing of a restore until it is whole."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, *(f"q{n}" for n in range(2001)))
        version = store.save_version(project.id, "v")
        with store._reading() as conn:
            query = select(version_parts.c.number).where(version_parts.c.version_id == version.id)
            assert sorted(conn.scalars(query)) == [0, 1, 2]
        store.apply_change(project.id, "delete", [Remove(row_id) for row_id in ids])
        seen = set()

        def facts(example):
            seen.add(store.count_rows(project.id))
            return facts_of(example)

        store.restore_version(version.id, facts)
        assert seen == {0}
        assert store.count_rows(project.id) == 2001


def test_a_put_example_is_restored_with_its_facts(tmp_path):
    """Restored rows are checked and counted anew."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a b")
        version = store.save_version(project.id, "v")
        plain = a_put("ab", id=row)
        store.apply_change(project.id, "edit", [Put(plain.example, plain.facts, id=row)])
        assert store.count_findings(project.id) == []
        store.restore_version(version.id, facts_of)
        assert store.count_findings(project.id)[0].rows == 1
