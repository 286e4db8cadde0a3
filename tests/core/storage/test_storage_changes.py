"""Every edit goes one way, is recorded, and touches no more than its row."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from storage_builders import (
    ENCODING,
    a_project,
    a_put,
    a_store,
    an_example,
    facts_of,
    fill,
    questions,
)

from core.errors import NotFound
from core.storage import Amend, Put, Remove, RowFacts


def test_added_rows_are_there_with_their_facts(tmp_path):
    """A new row comes back as it was put, with its place, tokens and findings."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        change = store.apply_change(project.id, "add", [a_put("one"), a_put("and two")], by="me")
        first, second = store.load_rows(project.id, encoding=ENCODING)
    facts = facts_of(an_example("and two"))
    assert (change.kind, change.rows, change.by, change.undone) == ("add", 2, "me", False)
    assert (first.number, first.example, first.findings) == (1, an_example("one"), ())
    assert (second.number, second.example) == (2, an_example("and two"))
    assert (second.tokens, second.findings) == (facts.tokens[ENCODING], facts.findings)


def test_edit_replaces_content_and_facts(tmp_path):
    """A row put again keeps its id and place, and has the new facts only."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        _, second, _ = fill(store, project, "a", "b c d", "e")
        store.apply_change(project.id, "edit", [a_put("B", id=second)])
        row = store.load_row(project.id, second, ENCODING)
        assert (row.number, row.example, row.findings) == (2, an_example("B"), ())
        assert row.tokens == facts_of(an_example("B")).tokens[ENCODING]
        assert questions(store, project) == ["a", "B", "e"]
        assert store.count_findings(project.id) == []


def test_the_same_edit_twice_is_one_change(tmp_path):
    """A callback that fires twice records one step; removing what is gone records none."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, second = fill(store, project, "a", "b")
        assert store.apply_change(project.id, "edit", [a_put("A", id=first)]) is not None
        assert store.apply_change(project.id, "edit", [a_put("A", id=first)]) is None
        assert store.apply_change(project.id, "delete", [Remove(second)]) is not None
        assert store.apply_change(project.id, "delete", [Remove(second)]) is None
        assert store.apply_change(project.id, "import", []) is None
        kinds = [change.kind for change in store.load_changes(project.id)]
        assert kinds == ["delete", "edit", "add"]


def test_rows_go_where_they_are_told(tmp_path):
    """New rows stand after the named row, in the order given, or at the end."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, second = fill(store, project, "a", "z")
        store.apply_change(
            project.id, "add", [a_put("b", after=first), a_put("c", after=first), a_put("end")]
        )
        store.apply_change(project.id, "add", [a_put("a2", after=first)])
        assert questions(store, project) == ["a", "a2", "b", "c", "z", "end"]
        assert store.find_number(project.id, second) == 5


def test_many_insertions_in_one_place(tmp_path):
    """There is room between two rows for as many as are typed there."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, _ = fill(store, project, "first", "last")
        for n in range(100):
            store.apply_change(project.id, "add", [a_put(f"q{n}", after=first)])
        store.apply_change(project.id, "add", [a_put(f"p{n}", after=first) for n in range(1500)])
        found = questions(store, project)
    assert found == [
        "first", *(f"p{n}" for n in range(1500)), *(f"q{n}" for n in reversed(range(100))), "last"
    ]  # fmt: skip


def test_editing_a_row_that_is_gone(tmp_path):
    """An edit, or an insertion after, a deleted row is refused, and nothing of its change stays."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, second = fill(store, project, "a", "b")
        store.apply_change(project.id, "delete", [Remove(second)])
        for late in (a_put("B", id=second), a_put("new", after=second)):
            with pytest.raises(NotFound) as caught:
                store.apply_change(project.id, "edit", [a_put("A", id=first), late])
            assert caught.value.code == "example_gone"
        assert questions(store, project) == ["a"]


@pytest.mark.parametrize("skip", [True, False])
def test_a_row_that_is_gone_is_passed_over_only_where_it_may_be(tmp_path, skip):
    """Of many rows the others are done; typing into one that was deleted is refused."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        first, second = fill(store, project, "a", "b")
        store.apply_change(project.id, "delete", [Remove(second)])
        edits = [Amend(row, lambda _: an_example("A"), facts_of, skip) for row in (first, second)]
        if skip:
            assert store.apply_change(project.id, "tag", edits).rows == 1
        else:
            with pytest.raises(NotFound, match="example_gone"):
                store.apply_change(project.id, "tag", edits)
        assert questions(store, project) == (["A"] if skip else ["a"])


def test_a_row_is_removed_unless_something_holds_of_it(tmp_path):
    """Of it as it stands by then."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b")
        edits = [Remove(row, unless=lambda now: now == an_example("b")) for row in ids]
        assert store.apply_change(project.id, "delete", edits).rows == 1
        assert store.apply_change(project.id, "delete", edits) is None
        assert questions(store, project) == ["b"]


def test_rows_of_another_project_are_out_of_reach(tmp_path):
    """A row's id means nothing in another project."""
    with a_store(tmp_path) as store:
        mine, other = a_project(store), a_project(store)
        (row,) = fill(store, mine, "a")
        with pytest.raises(NotFound):
            store.apply_change(other.id, "edit", [a_put("b", id=row)])
        assert store.apply_change(other.id, "delete", [Remove(row)]) is None
        with pytest.raises(NotFound):
            store.load_row(other.id, row)
        assert questions(store, mine) == ["a"]


def test_project_that_is_gone(tmp_path):
    """Nothing is written to a deleted project."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        store.delete_project(project.id)
        with pytest.raises(NotFound) as caught:
            store.apply_change(project.id, "add", [a_put()])
    assert caught.value.code == "project_gone"


def test_import_that_breaks_off_leaves_nothing(tmp_path):
    """Edits are one transaction even where they come in many batches."""

    def breaking():
        yield from (a_put(f"q{n}") for n in range(2500))
        raise OSError("the disk with the file went away")

    with a_store(tmp_path) as store:
        project = a_project(store)
        with pytest.raises(OSError, match="went away"):
            store.apply_change(project.id, "import", breaking())
        assert (store.count_rows(project.id), store.load_changes(project.id)) == (0, [])


def test_import_is_read_as_it_is_written(tmp_path):
    """A large import is never held whole: its first rows are stored before its last is read."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        written = []

        def edits():
            for n in range(3000):
                if n in {999, 2999}:
                    written.append(changed_rows[0])
                yield a_put(f"q{n}")

        with counting(store) as (changed_rows, _):
            change = store.apply_change(project.id, "import", edits(), params={"source": "a.jsonl"})
        assert written[0] == 0 < written[1]
        assert (change.rows, change.params) == (3000, {"source": "a.jsonl"})
        assert questions(store, project) == [f"q{n}" for n in range(3000)]


def test_a_row_twice_in_one_change(tmp_path):
    """A later edit of the same row builds on the earlier one, and one undo takes back both."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        change = store.apply_change(
            project.id, "edit", [a_put("b", id=row), a_put("c", id=row), Remove(row)]
        )
        assert (change.rows, questions(store, project)) == (3, [])
        store.undo_change(change.id, facts_of)
        assert questions(store, project) == ["a"]


def test_system_prompt_is_a_change(tmp_path):
    """The shared system prompt is set by a change, alone or with rows; the same again is none."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt="Old")
        change = store.apply_change(project.id, "system_prompt", [], system_prompt="New")
        assert (change.kind, change.rows) == ("system_prompt", 0)
        assert store.load_project(project.id).system_prompt == "New"
        assert store.apply_change(project.id, "system_prompt", [], system_prompt="New") is None


def test_system_prompt_is_changed_as_it_stands(tmp_path):
    """What becomes of it can be said without knowing it; what leaves it as it is, is no change."""
    with a_store(tmp_path) as store:
        project = a_project(store, system_prompt=" Old ")
        change = store.apply_change(project.id, "system_prompt", [], system_prompt=str.strip)
        assert change.prompt == (" Old ", "Old")
        assert store.apply_change(project.id, "system_prompt", [], system_prompt=str.strip) is None


def test_change_marks_the_project_as_edited(tmp_path):
    """The project edited last stands first."""
    with a_store(tmp_path) as store:
        older, newer = a_project(store, "older"), a_project(store, "newer")
        assert [p.name for p in store.load_projects()] == ["newer", "older"]
        fill(store, older, "a", "b")
        found = [(p.name, p.examples) for p in store.load_projects()]
        assert found == [("older", 2), ("newer", 0)]
        assert store.load_project(newer.id).edited_at == newer.edited_at


@contextmanager
def counting(store):
    """Count the database rows changed (cascades too) and the statements executed."""
    rows, statements, start = [0], [0], [0]

    def total(conn):
        return conn.connection.dbapi_connection.total_changes

    def begin(conn):
        start[0] = total(conn)

    def changed(conn):
        rows[0] = total(conn) - start[0]

    def executed(conn, *_):
        statements[0] += 1
        changed(conn)

    listeners = {"begin": begin, "after_cursor_execute": executed, "commit": changed}
    for name, listener in listeners.items():
        event.listen(store._engine, name, listener)
    yield rows, statements
    for name, listener in listeners.items():
        event.remove(store._engine, name, listener)


def test_an_edit_touches_one_row_whatever_the_size(tmp_path):
    """In ten rows or ten thousand an edit changes, and reads, the same few database rows."""
    touched = []
    with a_store(tmp_path) as store:
        for size in (10, 10_000):
            project = a_project(store)
            ids = fill(store, project, *(f"a question {n}" for n in range(size)))
            with counting(store) as (rows, statements), reading(store) as read:
                store.apply_change(project.id, "edit", [a_put("one blank", id=ids[size // 2])])
            touched.append((rows[0], statements[0], read[0]))
    # the example; its finding and its count, each out and in; the change, its item, its sum of
    # rows; the project's revision, its date and its sums; the sums of its part; those of findings
    # and of tokens, three; in the index of texts its words, each out and in, and what the index
    # knows of itself
    assert touched[0][0] == 24
    assert touched[0][2] < 20
    assert touched[0] == touched[1]


@contextmanager
def reading(store):
    """Count the rows that SQLite hands over, on connections made while the block runs."""
    read = [0]

    def look(_cursor, row):
        read[0] += 1
        return row

    def listen(connection, _):
        connection.row_factory = look

    store._engine.dispose()
    event.listen(store._engine, "connect", listen)
    yield read
    event.remove(store._engine, "connect", listen)
    store._engine.dispose()


def test_what_was_before_and_after_is_kept(tmp_path):
    """The history holds each row's text before and after, who did it and when."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        change = store.apply_change(project.id, "edit", [a_put("b", id=row)], by="Ada")
        with store._reading() as conn:
            query = "SELECT before, after FROM change_items WHERE change_id = ?"
            (kept,) = conn.exec_driver_sql(query, (change.id,)).all()
        assert [json.loads(text)["messages"][0]["content"] for text in kept] == ["a", "b"]
        (latest, _) = store.load_changes(project.id)
        assert latest == change
        assert change.at.utcoffset().total_seconds() == 0


def test_findings_that_say_the_same_are_added_up(tmp_path):
    """Facts may name a finding twice, and a detail may be of any length."""
    from core.findings import Severity
    from core.storage import FindingCount

    found = FindingCount("message_unrecognized_key", Severity.ERROR, "x" * 10_000, 1)
    with a_store(tmp_path) as store:
        project = a_project(store)
        put = Put(an_example(), RowFacts((found, found)))
        store.apply_change(project.id, "add", [put])
        (total,) = store.count_findings(project.id)
    assert (total.count, total.detail) == (2, "x" * 200)
