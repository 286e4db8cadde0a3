"""Projects, unreadable lines, snapshots, settings and connections."""

from hashlib import sha256

import pytest
from storage_builders import a_project, a_put, a_store, facts_of, fill

from core.errors import NotFound
from core.jobs import Connection
from core.storage import UnreadableLine


def test_a_deleted_project_can_be_restored(tmp_path):
    """Deleting hides a project with all it holds; restoring brings it back."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a", "b")
        store.delete_project(project.id)
        assert store.load_projects() == []
        for touch in (store.load_project, store.delete_project, store.save_project):
            with pytest.raises(NotFound) as caught:
                touch(project.id)
            assert caught.value.code == "project_gone"
        store.restore_project(project.id)
        assert store.load_project(project.id).examples == 2


def test_a_project_is_renamed_and_repriced(tmp_path):
    """What is given is set, the rest stays."""
    with a_store(tmp_path) as store:
        project = store.create_project(
            "a", system_prompt="Be kind.", priced_for="openai:gpt-4o-mini", template="marv"
        )
        assert store.load_project(project.id) == project
        store.save_project(project.id, name="b")
        store.save_project(project.id, priced_for="this_computer:local/tiny-scratch")
        found = store.load_project(project.id)
        assert (found.name, found.priced_for) == ("b", "this_computer:local/tiny-scratch")
        assert (found.system_prompt, found.template) == ("Be kind.", "marv")
        assert found.edited_at > project.edited_at


def keep_lines(store, project, source, lines, edits=()):
    """An import of these (line, code, raw) from `source`."""
    kept = (UnreadableLine(source, *line) for line in lines)
    return store.apply_change(project.id, "import", edits, unreadable=kept)


def test_unreadable_lines_are_kept_as_they_were(tmp_path):
    """Raw bytes come back with their file and line; forgotten ones can be brought back."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        lines = ((n, "bad_json", b"\xff\x00{%d" % n) for n in range(1, 251))
        keep_lines(store, project, "a.jsonl", lines)
        keep_lines(store, project, "b.jsonl", [(9, "not_an_object", b"[]")])
        found = store.load_unreadable_lines(project.id)
        assert [line.line for line in found] == [*range(1, 251), 9]
        assert found[0].raw == b"\xff\x00{1"
        assert store.load_unreadable_lines(project.id, 2) == found[:2]
        assert store.count_unreadable_lines(project.id) == 251
        moment = store.forget_unreadable_lines(project.id)
        assert store.load_unreadable_lines(project.id) == []
        keep_lines(store, project, "c.jsonl", [(1, "bad_json", b"{")])
        store.recall_unreadable_lines(project.id, moment)
        assert store.count_unreadable_lines(project.id) == 252


def test_unreadable_lines_belong_to_their_import(tmp_path):
    """They are kept with the import or not at all, go with its undo and come with its redo."""
    with a_store(tmp_path) as store:
        project = a_project(store)

        def failing():
            yield (1, "bad_json", b"{")
            raise OSError

        with pytest.raises(OSError):
            keep_lines(store, project, "a.jsonl", failing(), [a_put("a")])
        assert (store.count_rows(project.id), store.count_unreadable_lines(project.id)) == (0, 0)
        change = keep_lines(store, project, "a.jsonl", [(1, "bad_json", b"{")], [a_put("a")])
        undone = store.undo_change(change.id, facts_of)
        assert store.count_unreadable_lines(project.id) == 0
        store.undo_change(undone.id, facts_of)
        assert store.count_unreadable_lines(project.id) == 1


def test_a_snapshot_is_kept_once_under_its_hash(tmp_path):
    """The same bytes, however they are cut, are one snapshot and come back as they were."""
    with a_store(tmp_path) as store:
        first = store.save_snapshot([b"{}\n", b"\xe2\x82\xac\n"], 2)
        again = store.save_snapshot([b"{}\n\xe2\x82\xac\n"], 2)
        assert again == first
        assert (first.sha256, first.size) == (sha256(b"{}\n\xe2\x82\xac\n").hexdigest(), 7)
        assert store.load_snapshot(first.sha256) == b"{}\n\xe2\x82\xac\n"
        with pytest.raises(NotFound) as caught:
            store.load_snapshot("0" * 64)
        assert caught.value.code == "snapshot_gone"


def test_settings_outlive_the_store(tmp_path):
    """A setting is there at the next start, else its default."""
    with a_store(tmp_path) as store:
        assert store.load_setting("language", "en") == "en"
        store.save_setting("language", "en")
        store.save_setting("language", "zh")
    with a_store(tmp_path) as store:
        assert store.load_setting("language", "en") == "zh"


def test_connections_are_kept_by_id(tmp_path):
    """A connection is added, changed and forgotten."""
    with a_store(tmp_path) as store:
        one = Connection("c1", "openai", "Work", "https://example.com/v1")
        two = Connection("c2", "openai", "Home", "https://example.org/v1")
        for connection in (one, two):
            store.save_connection(connection)
        assert store.load_connections() == [two, one]
        store.save_connection(Connection("c1", "openai", "At work", "https://example.com/v1"))
        store.delete_connection("c2")
        assert [connection.name for connection in store.load_connections()] == ["At work"]
