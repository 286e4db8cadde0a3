"""Undo puts back exactly what was, or refuses."""

import pytest
from storage_builders import ENCODING, a_project, a_put, a_store, facts_of, fill, questions

from core.errors import BadInput, NotFound
from core.storage import Remove


def everything(store, project):
    """All that a person could see of a project's rows and figures."""
    size = store.count_rows(project.id)
    return (
        store.load_rows(project.id, limit=size, encoding=ENCODING),
        store.count_findings(project.id),
        store.token_groups(project.id, ENCODING),
        store.count_duplicates(project.id),
        store.load_project(project.id).system_prompt,
    )


def edits(first, second, third):
    """One change of every sort at once."""
    return [
        a_put("B b", id=second),
        Remove(first),
        a_put("new here", after=second),
        Remove(third),
        a_put("at the end"),
    ]


def test_undo_and_redo_go_back_and_forth(tmp_path):
    """Undo, redo, undo, redo: ids, places, facts and prompt are each time exactly as they were."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt="Be kind.")
        ids = fill(store, project, "a a", "b", "c")
        before = everything(store, project)
        step = store.apply_change(project.id, "mixed", edits(*ids), system_prompt="Be brief.")
        after = everything(store, project)
        assert after != before
        for _ in range(3):
            step = store.undo_change(step.id, facts_of)
            assert (step.kind, everything(store, project)) == ("undo", before)
            step = store.undo_change(step.id, facts_of)
            assert (step.kind, everything(store, project)) == ("redo", after)


def test_last_change_is_the_one_in_effect(tmp_path):
    """Undone steps and undos are passed over; a redone step counts again."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        assert store.last_change(project.id) is None
        (row,) = fill(store, project, "a")
        add = store.last_change(project.id)
        edit = store.apply_change(project.id, "edit", [a_put("b", id=row)])
        assert store.last_change(project.id) == edit
        undo = store.undo_change(edit.id, facts_of)
        assert undo.undoes == edit.id
        assert store.last_change(project.id) == add
        redo = store.undo_change(undo.id, facts_of)
        assert store.last_change(project.id) == edit
        store.undo_change(redo.id, facts_of)
        assert store.last_change(project.id) == add
        assert [change.undone for change in store.load_changes(project.id)] == [
            False, True, True, True, False,
        ]  # fmt: skip


def test_undoing_step_by_step_to_the_beginning(tmp_path):
    """One undo after the other leads back to the empty project."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b", "c")
        store.apply_change(project.id, "edit", [a_put("B", id=ids[1])])
        store.apply_change(project.id, "delete", [Remove(ids[0])])
        seen = []
        while (step := store.last_change(project.id)) is not None:
            store.undo_change(step.id, facts_of)
            seen.append(questions(store, project))
    assert seen == [["a", "B", "c"], ["a", "b", "c"], []]


@pytest.mark.parametrize("later", ["edited", "removed"])
def test_a_row_changed_since_is_not_overwritten(tmp_path, later):
    """Where a row is no longer what the change left, nothing at all is put back."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, second = fill(store, project, "a", "b")
        step = store.apply_change(project.id, "edit", [a_put("A", id=first), a_put("B", id=second)])
        edit = a_put("mine", id=second) if later == "edited" else Remove(second)
        store.apply_change(project.id, "edit", [edit])
        before = everything(store, project)
        with pytest.raises(BadInput) as caught:
            store.undo_change(step.id, facts_of)
        assert caught.value.code == "changed_since"
        assert everything(store, project) == before
        assert not store.load_changes(project.id)[1].undone


def test_prompt_changed_since(tmp_path):
    """A system prompt that was changed again is not overwritten either."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt="one")
        step = store.apply_change(project.id, "system_prompt", [], system_prompt="two")
        store.apply_change(project.id, "system_prompt", [], system_prompt="three")
        with pytest.raises(BadInput) as caught:
            store.undo_change(step.id, facts_of)
        assert caught.value.code == "changed_since"
        assert store.load_project(project.id).system_prompt == "three"


def test_undoing_twice(tmp_path):
    """A second press on Undo is told that it is done."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a")
        step = store.last_change(project.id)
        store.undo_change(step.id, facts_of)
        with pytest.raises(BadInput) as caught:
            store.undo_change(step.id, facts_of)
        assert caught.value.code == "already_undone"
        with pytest.raises(NotFound):
            store.undo_change(step.id + 1000, facts_of)


def test_ids_are_never_given_twice(tmp_path):
    """A deleted last row comes back under its own id, beside the row that was added meanwhile."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, last = fill(store, project, "a", "b")
        step = store.apply_change(project.id, "delete", [Remove(last)])
        store.apply_change(project.id, "add", [a_put("c")])
        store.undo_change(step.id, facts_of)
        rows = [(row.id, row.example.turns[0].text) for row in store.iterate_rows(project.id)]
        assert rows == [(first, "a"), (last, "b"), (last + 1, "c")]
        assert [row.number for row in store.load_rows(project.id)] == [1, 2, 3]
        assert [store.find_number(project.id, row_id) for row_id, _ in rows] == [1, 2, 3]


def test_a_large_change_is_undone_in_batches(tmp_path):
    """Undo and redo of an import of many batches keep every row and its place."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        users = [f"q{n}" for n in range(2345)]
        ids = fill(store, project, *users)
        undo = store.undo_change(store.last_change(project.id).id, facts_of)
        assert (undo.rows, store.count_rows(project.id)) == (2345, 0)
        store.undo_change(undo.id, facts_of)
        assert questions(store, project) == users
        assert [row.id for row in store.iterate_rows(project.id)] == ids
