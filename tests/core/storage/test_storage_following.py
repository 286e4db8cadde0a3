"""Whoever keeps something about the rows hears of everything that was written since."""

from hypothesis import given, settings
from hypothesis import strategies as st
from storage_builders import a_project, a_put, a_store, an_example, facts_of, fill

from core.storage import Amend, Remove


def test_only_what_was_written_since_is_told(tmp_path):
    """An edit tells one row; what was known before is not told again."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b", "c")
        first = store.changed_since(project.id, -1)
        assert (first.row_ids, first.examples) == (ids, 3)
        assert store.changed_since(project.id, first.revision).row_ids == []
        store.apply_change(project.id, "edit", [a_put("B", id=ids[1])])
        assert store.changed_since(project.id, first.revision).row_ids == [ids[1]]


def test_what_comes_back_by_undo_is_told(tmp_path):
    """Also within a visit to a cell that ends where it began, of which no change is left."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b")
        for text in ("x", "a"):
            before = store.changed_since(project.id, -1).revision
            edit = Amend(ids[0], lambda _, text=text: an_example(text), facts_of)
            store.apply_change(project.id, "edit", [edit], key="visit")
            assert store.changed_since(project.id, before).row_ids == [ids[0]]
        gone = store.apply_change(project.id, "delete", [Remove(ids[1])])
        seen = store.changed_since(project.id, -1)
        assert (seen.row_ids, seen.examples) == ([ids[0]], 1)
        store.undo_change(gone.id, facts_of)
        assert store.changed_since(project.id, seen.revision).row_ids == [ids[1]]


def test_projects_do_not_disturb_each_other(tmp_path):
    """Each has a revision and an order of its own; one that is not there has none."""
    with a_store(tmp_path) as store:
        one, other = a_project(store), a_project(store, "other")
        ids = fill(store, one, "a")
        before = store.changed_since(one.id, -1).revision
        fill(store, other, "b")
        assert store.changed_since(one.id, before).row_ids == []
        assert store.all_ids(one.id).tolist() == ids
        assert store.all_ids("nobody").tolist() == []


ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "after", "edit", "remove", "undo"]), st.integers(0, 9))
)


@given(acts=ACTS, looks=st.sets(st.integers(0, 20)))
@settings(deadline=None)  # every example opens a database
def test_the_order_at_hand_is_the_order_of_the_rows(tmp_path_factory, acts, looks):
    """Whatever was added, removed or undone between two looks."""
    with a_store(tmp_path_factory.mktemp("order")) as store:
        project = a_project(store)
        fill(store, project, "a", "b", "c")
        for step, (act, which) in enumerate(acts):
            ids = [row.id for row in store.iterate_rows(project.id)]
            carry_out(store, project, act, ids and ids[which % len(ids)])
            if step in looks:
                check_order(store, project)
        check_order(store, project)


def carry_out(store, project, act, row_id):
    """Do one thing to the row, if there is one."""
    if act == "undo":
        last = store.last_change(project.id)
        if last is not None:
            store.undo_change(last.id, facts_of)
    elif act == "add" or not row_id:
        store.apply_change(project.id, act, [a_put("new")])
    elif act == "after":
        store.apply_change(project.id, act, [a_put("new", after=row_id)])
    elif act == "edit":
        store.apply_change(project.id, act, [a_put("other", id=row_id)])
    else:
        store.apply_change(project.id, act, [Remove(row_id)])


def check_order(store, project):
    """The order at hand is that of the rows, and so are the places told by it."""
    rows = list(store.iterate_rows(project.id))
    assert store.all_ids(project.id).tolist() == [row.id for row in rows]
    some = [row.id for row in rows[::-2]]
    found = store.load_found(project.id, some)
    assert [row.number for row in found] == [row.number for row in rows[::-2]]
