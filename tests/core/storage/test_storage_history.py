"""One visit is one change, history is read page by page, and it does not grow for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from storage_builders import (
    a_project,
    a_put,
    a_store,
    an_example,
    facts_of,
    fill,
    questions,
    sums_of,
)

from core.errors import BadInput, NotFound
from core.storage import Remove, UnreadableLine
from core.storage.schema import changes


def type_in(store, project, row, *texts, key="visit"):
    """Put each text over the row, as one visit to a cell sends them; what each returned."""
    return [
        store.apply_change(project.id, "edit", [a_put(text, id=row)], key=key) for text in texts
    ]


def kinds(store, project):
    """The kinds of all changes, the newest first."""
    return [change.kind for change in store.load_changes(project.id)]


def test_a_visit_is_one_change(tmp_path):
    """However often a visit is sent, it is one change from what was before to what is now."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        first, second, third = type_in(store, project, row, "b", "bc", "bcd")
        assert first.id == second.id == third.id
        assert (third.key, third.rows, third.at >= first.at) == ("visit", 1, True)
        assert kinds(store, project) == ["edit", "add"]
        (item,) = store.load_change_items(third.id)
        assert (item.before, item.after) == (an_example("a"), an_example("bcd"))
        store.undo_change(third.id, facts_of)
        assert questions(store, project) == ["a"]


def test_typed_and_taken_back_leaves_nothing(tmp_path):
    """A visit that ends where it began is no change, and neither is an empty one."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        begun, taken_back, again = type_in(store, project, row, "b", "a", "a")
        assert begun is not None
        assert taken_back is again is None
        assert kinds(store, project) == ["add"]
        assert store.find_change(project.id, "visit") is None
        (fresh,) = type_in(store, project, row, "c")
        assert fresh.id > begun.id
        assert questions(store, project) == ["c"]


def test_the_same_text_again_is_no_news(tmp_path):
    """What is sent once more because no answer came changes nothing, not even the time."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        sent, again = type_in(store, project, row, "b", "b")
        assert again is None
        assert store.last_change(project.id) == sent


def test_a_visit_may_go_on_with_more_rows(tmp_path):
    """Rows edited, added and removed under one key are items of one change, undone together."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, second, third = fill(store, project, "a", "b", "c")

        def go_on(*edits):
            return store.apply_change(project.id, "edit", edits, key="visit")

        go_on(a_put("A", id=first), a_put("new"))
        added = [row.id for row in store.iterate_rows(project.id)][-1]
        go_on(a_put("newer", id=added), Remove(second))
        change = go_on(Remove(first), a_put("C", id=third), a_put("Cc", id=third))
        assert questions(store, project) == ["Cc", "newer"]
        assert (change.rows, len(store.load_change_items(change.id))) == (4, 4)
        gone = go_on(Remove(added))  # added and removed in one visit: it was never there
        assert (gone.id, gone.rows) == (change.id, 3)
        undo = store.undo_change(change.id, facts_of)
        assert questions(store, project) == ["a", "b", "c"]
        store.undo_change(undo.id, facts_of)
        assert questions(store, project) == ["Cc"]
        kept, counted = sums_of(store)
        assert kept == counted


def test_another_visit_is_another_change(tmp_path):
    """Another key, kind or project, or none, begins a change of its own."""
    with a_store(tmp_path) as store:
        project, other = a_project(store), a_project(store)
        (row,), (there,) = fill(store, project, "a"), fill(store, other, "a")
        found = [
            *type_in(store, project, row, "b", key="one"),
            *type_in(store, project, row, "c", key="two"),
            store.apply_change(project.id, "fix", [a_put("d", id=row)], key="two"),
            *type_in(store, project, row, "e", key=None),
            *type_in(store, project, row, "f", key=None),
            *type_in(store, other, there, "b", key="one"),
        ]
        assert len({change.id for change in found}) == 6


def test_a_visit_that_someone_else_cut_short(tmp_path):
    """Where another edit of the row came between, the visit goes on as a change of its own."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        row, beside = fill(store, project, "a", "z")
        (mine,) = type_in(store, project, row, "b")
        type_in(store, project, beside, "y", key="beside")
        assert type_in(store, project, row, "bb")[0].id == mine.id
        type_in(store, project, row, "theirs", key="theirs")
        (rest,) = type_in(store, project, row, "mine again")
        assert rest.id > mine.id
        store.undo_change(rest.id, facts_of)
        assert questions(store, project) == ["theirs", "y"]
        with pytest.raises(BadInput):
            store.undo_change(mine.id, facts_of)


def test_a_visit_to_a_row_that_is_gone(tmp_path):
    """A row that was removed by someone else is not revived by a visit that goes on."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        row, beside = fill(store, project, "a", "z")
        (mine,) = type_in(store, project, row, "b")
        store.apply_change(project.id, "delete", [Remove(row)])
        with pytest.raises(NotFound):
            type_in(store, project, row, "c")
        assert type_in(store, project, beside, "y")[0].id == mine.id
        assert questions(store, project) == ["y"]


def test_an_undo_ends_the_visit(tmp_path):
    """What is typed after an undo is a step of its own, and there is nothing to redo any more."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        row, beside = fill(store, project, "a", "z")
        (before,) = type_in(store, project, row, "b")
        (step,) = type_in(store, project, beside, "y", key="beside")
        undo = store.undo_change(step.id, facts_of)
        assert store.next_redo(project.id) == undo
        (after,) = type_in(store, project, row, "c")
        assert after.id > undo.id > before.id
        assert store.next_redo(project.id) is None
        (back,) = type_in(store, project, row, "b")
        assert back is None
        assert store.next_redo(project.id) == undo
        store.undo_change(before.id, facts_of)
        (again,) = type_in(store, project, row, "d")
        assert again.id not in {before.id, after.id}


def test_a_prompt_under_a_key(tmp_path):
    """The system prompt, too, is one change a visit, and typed back it is none."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt="Be")

        def type_prompt(text, key="visit"):
            return store.apply_change(project.id, "system_prompt", [], system_prompt=text, key=key)

        first, second = type_prompt("Be k"), type_prompt("Be kind")
        assert (second.id, second.prompt) == (first.id, ("Be", "Be kind"))
        assert type_prompt("Be") is None
        assert kinds(store, project) == []
        mine = type_prompt("Be brief")
        type_prompt("Theirs", key="theirs")
        late = type_prompt("Be bold")
        assert (late.id > mine.id, late.prompt) == (True, ("Theirs", "Be bold"))


def test_rows_then_a_prompt_under_a_key(tmp_path):
    """A change of rows may go on with a prompt; one undo takes back both."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt="old")
        (row,) = fill(store, project, "a")
        (step,) = type_in(store, project, row, "b")
        edit = a_put("c", id=row)
        whole = store.apply_change(project.id, "edit", [edit], system_prompt="new", key="visit")
        assert (whole.id, whole.prompt, whole.rows) == (step.id, ("old", "new"), 1)
        store.undo_change(step.id, facts_of)
        assert questions(store, project) == ["a"]
        assert store.load_project(project.id).system_prompt == "old"


def test_a_paste_is_found_by_its_key(tmp_path):
    """What was done under a key is found, undone or not; of several the newest."""
    with a_store(tmp_path) as store:
        project, other = a_project(store), a_project(store)
        assert store.find_change(project.id, "paste") is None
        first = store.apply_change(project.id, "paste", [a_put("a")], key="paste")
        assert store.find_change(project.id, "paste") == first
        assert store.find_change(other.id, "paste") is None
        store.undo_change(first.id, facts_of)
        assert store.find_change(project.id, "paste").undone
        second = store.apply_change(project.id, "paste", [a_put("a")], key="paste")
        assert store.find_change(project.id, "paste") == second


def test_what_is_done_once_is_not_done_again(tmp_path):
    """Not while it stands, nor after it was undone; decided in the transaction that writes."""
    with a_store(tmp_path) as store:
        project, other = a_project(store), a_project(store)
        first = store.apply_change(project.id, "paste", [a_put("a")], key="paste", once=True)
        for _ in range(2):
            again = store.apply_change(project.id, "paste", [a_put("a")], key="paste", once=True)
            assert again is None
            assert store.find_change(project.id, "paste").rows == first.rows
        store.undo_change(first.id, facts_of)
        assert store.apply_change(project.id, "paste", [a_put("a")], key="paste", once=True) is None
        assert store.count_rows(project.id) == 0
        assert store.apply_change(other.id, "paste", [a_put("a")], key="paste", once=True)


def test_an_import_that_is_continued_away_keeps_its_lines(tmp_path):
    """A change that ends where it began is gone, but not the lines nobody could read."""
    line = UnreadableLine("a.jsonl", 3, "bad_json", b"{")
    with a_store(tmp_path) as store:
        project = a_project(store)
        store.apply_change(project.id, "import", [a_put("a")], unreadable=[line], key="k")
        (row,) = store.load_rows(project.id)
        assert store.apply_change(project.id, "import", [Remove(row.id)], key="k") is None
        assert store.load_changes(project.id) == []
        assert store.load_unreadable_lines(project.id) == [line]


def test_redo_goes_forward_again(tmp_path):
    """Redo takes back undos one by one, the latest first, until something new is done."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        for text in "bc":
            store.apply_change(project.id, "edit", [a_put(text, id=row)])
        assert store.next_redo(project.id) is None
        for _ in range(2):
            store.undo_change(store.last_change(project.id).id, facts_of)
        assert questions(store, project) == ["a"]
        seen = []
        while (undo := store.next_redo(project.id)) is not None:
            store.undo_change(undo.id, facts_of)
            seen.append(questions(store, project))
        assert seen == [["b"], ["c"]]
        store.undo_change(store.last_change(project.id).id, facts_of)
        store.apply_change(project.id, "edit", [a_put("new", id=row)])
        assert store.next_redo(project.id) is None


def test_changes_come_page_by_page(tmp_path):
    """The newest first, and on from the last one seen."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        for text in "abcde":
            fill(store, project, text)
        fill(store, a_project(store), "elsewhere")
        every = store.load_changes(project.id)
        first = store.load_changes(project.id, limit=2)
        second = store.load_changes(project.id, before=first[-1].id, limit=2)
        assert first + second == every[:4]
        assert store.load_changes(project.id, before=every[-1].id) == []


def test_items_come_page_by_page(tmp_path):
    """What a change did is read some rows at a time, in its order."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b", "c")
        edits = [a_put("A", id=ids[0]), Remove(ids[1]), a_put("new")]
        change = store.apply_change(project.id, "mixed", edits)
        first = store.load_change_items(change.id, limit=2)
        rest = store.load_change_items(change.id, after=first[-1].number)
        assert [(item.number, item.before, item.after) for item in first + rest] == [
            (0, an_example("a"), an_example("A")),
            (1, an_example("b"), None),
            (2, None, an_example("new")),
        ]
        assert [item.example_id for item in first] == ids[:2]


def age(store, *ids, days=100):
    """Make these changes so many days old."""
    then = datetime.now(UTC) - timedelta(days=days)
    with store._writing() as conn:
        conn.execute(update(changes).where(changes.c.id.in_(ids)).values(at=then))


def test_history_that_is_old_and_long_goes(tmp_path):
    """Only what is both old and beyond the last changes is let go; the rows stay."""
    with a_store(tmp_path) as store:
        project, other = a_project(store), a_project(store)
        for text in "abcdef":
            fill(store, project, text)
            fill(store, other, text)
        ids = [change.id for change in reversed(store.load_changes(project.id))]
        assert store.prune_history(project.id, keep_changes=2) == 0  # nothing is old
        age(store, *ids[:5], *(change.id for change in store.load_changes(other.id)))
        assert store.prune_history(project.id) == 0  # there are fewer than a thousand
        assert store.prune_history(project.id, keep_changes=2) == 4
        assert [change.id for change in store.load_changes(project.id)] == [ids[5], ids[4]]
        assert store.load_change_items(ids[0]) == []
        assert store.prune_history(project.id, keep_changes=2) == 0
        assert questions(store, project) == list("abcdef")
        assert len(store.load_changes(other.id)) == 6
        with pytest.raises(NotFound):
            store.undo_change(ids[0], facts_of)


def test_what_a_kept_undo_is_about_is_kept(tmp_path):
    """An old change stays as long as an undo or redo of it, and both work on."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        for text in "abc":
            fill(store, project, text)
        third, *_ = store.load_changes(project.id)
        undo = store.undo_change(third.id, facts_of)
        undo = store.undo_change(store.undo_change(undo.id, facts_of).id, facts_of)
        age(store, *(change.id for change in store.load_changes(project.id)))
        assert store.prune_history(project.id, keep_changes=1) == 4
        assert [change.id for change in store.load_changes(project.id)] == [undo.id, third.id]
        store.undo_change(undo.id, facts_of)
        assert questions(store, project) == ["a", "b", "c"]


def test_all_of_an_undone_step_goes_together(tmp_path):
    """A step, its undo and its redo refer to each other, and are let go at once."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a")
        undo = store.undo_change(store.last_change(project.id).id, facts_of)
        store.undo_change(store.undo_change(undo.id, facts_of).id, facts_of)
        age(store, *(change.id for change in store.load_changes(project.id)))
        assert store.prune_history(project.id, keep_changes=0) == 4
        assert store.load_changes(project.id) == []


def test_lines_outlive_the_history_of_their_import(tmp_path):
    """Pruned, an import in effect leaves its unreadable lines; one that was undone takes them."""
    lines = [UnreadableLine(name, 1, "bad_json", b"{") for name in ("kept", "undone")]
    with a_store(tmp_path) as store:
        project = a_project(store)
        for line in lines:
            store.apply_change(project.id, "import", [a_put(line.source)], unreadable=[line])
        store.undo_change(store.last_change(project.id).id, facts_of)
        age(store, *(change.id for change in store.load_changes(project.id)))
        assert store.prune_history(project.id, keep_changes=0) == 3
        assert store.load_unreadable_lines(project.id) == lines[:1]
