"""The same store on PostgreSQL, where one is at hand."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from storage_builders import (
    ENCODING,
    a_project,
    a_put,
    a_store,
    facts_of,
    fill,
    questions,
    sums_of,
)
from test_storage_carrying import carry
from test_storage_jobs import a_job

from core.counts import TokenCount
from core.jobs import JobEvent, Metric
from core.queries import Query
from core.storage import Reckoning, Remove, Store
from core.storage.schema import metadata

RECKONING = Reckoning(ENCODING)
ADDRESS = os.environ.get("TONESMITH_TEST_POSTGRESQL", "")
pytestmark = pytest.mark.skipif(
    not ADDRESS, reason="set TONESMITH_TEST_POSTGRESQL to the address of an empty database"
)


def test_the_whole_way_on_postgresql():
    """Migrate, write, undo, redo, count and follow a job: the words for SQLite hold here too."""
    with Store.open(ADDRESS) as store:
        project = a_project(store, "NUL \0 and \ud800", system_prompt="old")
        ids = fill(store, project, "a", "b b", "a")
        edits = [Remove(ids[0]), a_put("new", after=ids[1]), a_put("c\0 c", id=ids[2])]
        step = store.apply_change(project.id, "mixed", edits, system_prompt="new")
        assert questions(store, project) == ["b b", "new", "c\0 c"]
        undo = store.undo_change(step.id, facts_of)
        assert questions(store, project) == ["a", "b b", "a"]
        assert store.count_duplicates(project.id) == 1
        found = store.find_rows(project.id, Query(code="duplicate_example"), RECKONING)
        assert found == [ids[0], ids[2]]
        store.undo_change(undo.id, facts_of)
        (found,) = store.count_findings(project.id)
        assert (found.count, found.rows) == (2, 2)
        found = store.find_rows(project.id, Query(code="blank"), RECKONING)
        assert [row.number for row in store.load_found(project.id, found)] == [1, 3]
        assert store.find_rows(project.id, Query(text="B", sort="longest"), RECKONING) == found[:1]
        assert sum(group.rows for group in store.token_groups(project.id, ENCODING)) == 3
        assert store.load_project(project.id).name == "NUL \0 and \ud800"
        kept, counted = sums_of(store)
        assert kept == counted


def test_visits_versions_and_pruning_on_postgresql():
    """Going on with a change, going back to a version, and letting history go."""
    with Store.open(ADDRESS) as store:
        project = a_project(store, system_prompt="old")
        ids = fill(store, project, "a", "b b", "a")
        version = store.save_version(project.id, "\0 v")
        visit = [
            store.apply_change(project.id, "edit", [a_put(text, id=ids[1])], key="k")
            for text in ("c", "c c", "b b")
        ]
        assert (visit[0].id, visit[2]) == (visit[1].id, None)
        store.apply_change(project.id, "delete", [Remove(row_id) for row_id in ids[:2]])
        change = store.restore_version(version.id, facts_of)
        assert questions(store, project) == ["a", "b b", "a"]
        undo = store.undo_change(change.id, facts_of)
        assert store.next_redo(project.id) == undo
        rows = store.uncounted_rows(project.id, "cl100k_base")
        for _ in range(2):
            store.save_token_counts(
                project.id, "cl100k_base", {row: TokenCount(3, 2, 1) for row in rows}
            )
        store.forget_version(version.id)
        assert store.prune_history(project.id, keep_days=-1, keep_changes=1) == 2
        assert [found.id for found in store.load_changes(project.id)] == [undo.id, change.id]
        kept, counted = sums_of(store)
        assert kept == counted


def test_threads_keep_the_sums_on_postgresql():
    """Edits and counts from several threads at once lose nothing and wait for one another."""
    with Store.open(ADDRESS) as store:
        project = a_project(store)
        ids = fill(store, project, *(f"q{n}" for n in range(4)))

        def edit_and_count(thread: int) -> None:
            for n in range(10):
                store.apply_change(project.id, "edit", [a_put("x" * n, id=ids[thread])])
                rows = store.uncounted_rows(project.id, "cl100k_base")
                facts = {row: TokenCount(n, 2, thread) for row in rows}
                store.save_token_counts(project.id, "cl100k_base", facts)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(edit_and_count, range(4)))
        kept, counted = sums_of(store)
        assert kept == counted


def test_jobs_on_postgresql():
    """Saving twice is harmless here too."""
    with Store.open(ADDRESS) as store:
        job = a_job(a_project(store).id)
        for _ in range(2):
            store.save_job(job)
            store.save_events(job.id, [JobEvent("e1", job.created_at, "info", "Created")])
            store.save_metrics(job.id, [Metric(1, train_loss=0.1)])
        store.save_metrics(job.id, [Metric(1, valid_loss=0.2)])
        assert store.load_job(job.id) == job
        assert len(store.load_events(job.id)) == 1
        assert store.load_metrics(job.id) == [Metric(1, train_loss=0.1, valid_loss=0.2)]


def test_of_many_who_start_and_look_at_once_one_does_on_postgresql():
    """The same job is added once, under whichever id came first, and its look is claimed once."""
    with Store.open(ADDRESS) as store:
        sha = store.save_snapshot([b"{}\n"], 1).sha256
        project = a_project(store)
        job = replace(a_job("", project_id=project.id), snapshot_sha256=sha)
        some = [replace(job, id=f"{project.id}-{n}") for n in range(8)]
        with ThreadPoolExecutor(8) as pool:
            added = list(pool.map(store.add_job, some))
        assert [is_new for _, is_new in added].count(True) == 1
        (kept,) = store.load_jobs(project.id)
        assert {found.id for found, _ in added} == {kept.id}
        store.update_job(kept.id, status="running", look_after=kept.created_at)
        assert store.load_due_jobs(kept.created_at) == [kept.id]
        until = kept.created_at + timedelta(seconds=30)
        with ThreadPoolExecutor(8) as pool:
            claims = list(
                pool.map(lambda _: store.claim_look(kept.id, kept.created_at, until), some)
            )
        assert claims.count(True) == 1


def test_migrations_make_the_tables_on_postgresql():
    """The migrated tables are those of the code."""
    with Store.open(ADDRESS) as store, store._reading() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_a_project_arrives_on_postgresql(tmp_path):
    """With its rows and history, under ids that nobody has; from there and into there again."""
    with Store.open(ADDRESS) as there, a_store(tmp_path) as store:
        project, other = a_project(store, "\0 \ud800", system_prompt="old"), a_project(there)
        ids = fill(store, project, "a", "b b", "a")
        fill(there, other, "x")
        store.save_version(project.id, "v")
        edits = [Remove(ids[0]), a_put("new", after=ids[1]), a_put("c\0 c", id=ids[2])]
        store.apply_change(project.id, "mixed", edits, system_prompt="new")
        arrived = carry(store, project, there)
        fill(there, other, "y")
        change = there.last_change(arrived.id)
        there.undo_change(change.id, facts_of)
        assert questions(there, arrived) == ["a", "b b", "a"]
        assert questions(there, other) == ["x", "y"]
        kept, counted = sums_of(there)
        assert kept == counted
        back = carry(there, arrived, store)
        assert questions(store, back) == ["a", "b b", "a"]
        (version,) = store.load_versions(back.id)
        assert (version.name, version.examples) == ("v", 3)
