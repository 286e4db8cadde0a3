"""Findings made anew: every row once, sums true, nothing in the history."""

from dataclasses import replace

import pytest
from storage_builders import a_project, a_put, a_store, facts_of, fill, sums_of

from core.errors import NotFound
from core.findings import Severity
from core.storage import FindingCount


def shouting(example):
    """Another check than the one the rows were stored with."""
    loud = sum(message.text.count("!") for message in example.messages)
    return (FindingCount("loud", Severity.WARNING, "", loud),) if loud else ()


def recheck(store, project, check):
    """Every row; returns how many there were."""
    last, done, rows = 0, 0, 1
    while rows:
        last, rows = store.recheck(project.id, check, last)
        done += rows
    return done


def test_findings_are_replaced_and_sums_follow(tmp_path):
    """In more rows than one batch takes; what was found before is gone."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, *(f"a b{'!' * (n % 2)}" for n in range(1001)))
        before = store.changed_since(project.id, -1).revision
        changes = len(store.load_changes(project.id))
        assert recheck(store, project, shouting) == 1001
        (found,) = store.count_findings(project.id)
        assert (found.code, found.count, found.rows) == ("loud", 500, 500)
        kept, counted = sums_of(store)
        assert kept == counted
        assert store.changed_since(project.id, before).row_ids == []
        assert len(store.load_changes(project.id)) == changes


def test_an_edit_after_it_brings_its_own_findings(tmp_path):
    """What is rechecked is not held on to."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row_id,) = fill(store, project, "a!")
        recheck(store, project, shouting)
        store.apply_change(project.id, "edit", [a_put("quiet now", id=row_id)])
        assert [each.code for each in store.count_findings(project.id)] == ["blank"]
        recheck(store, project, lambda example: facts_of(example).findings)
        assert [each.code for each in store.count_findings(project.id)] == ["blank"]


def test_settings_are_kept_as_they_stand_by_then(tmp_path):
    """Two who change something at a time both have it; the project counts as unedited."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        edited = store.load_project(project.id).edited_at
        store.change_checks(project.id, lambda text: text + "a")
        assert store.change_checks(project.id, lambda text: text + "b") == "ab"
        found = store.load_project(project.id)
        assert (found.checks, found.edited_at) == ("ab", edited)


def checked_under(fingerprint, user="a", **more):
    """An edit whose findings were made under these checks."""
    put = a_put(user, **more)
    return replace(put, facts=replace(put.facts, checked_as=fingerprint))


def test_the_first_rows_say_under_which_checks_all_are(tmp_path):
    """As long as others come with the same; those of others take it away."""
    with a_store(tmp_path) as store:
        project = a_project(store)

        def mark():
            return store.load_project(project.id).checked_as

        store.apply_change(project.id, "add", [checked_under("x"), checked_under("x")])
        assert mark() == "x"
        store.apply_change(project.id, "add", [checked_under("x")])
        assert mark() == "x"
        store.apply_change(project.id, "add", [checked_under("old")])
        assert mark() == ""
        store.begin_check(project.id, "x")
        store.apply_change(project.id, "add", [checked_under("x")])
        store.end_check(project.id, "x")
        assert mark() == "x"


def test_what_is_written_under_other_checks_meanwhile_wants_another_look(tmp_path):
    """A row that was passed already may have been written by somebody with old settings."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        store.apply_change(project.id, "add", [checked_under("old")])
        store.begin_check(project.id, "new")
        store.apply_change(project.id, "add", [checked_under("old")])
        store.end_check(project.id, "new")
        assert store.load_project(project.id).checked_as == ""
        store.begin_check(project.id, "new")
        store.begin_check(project.id, "newer")
        store.end_check(project.id, "new")
        assert store.load_project(project.id).checked_as != "new"
        store.end_check(project.id, "newer")
        assert store.load_project(project.id).checked_as == "newer"


def test_a_project_that_is_gone(tmp_path):
    """It is said, rather than nothing done."""
    with a_store(tmp_path) as store, pytest.raises(NotFound):
        store.recheck("nobody", shouting, 0)
