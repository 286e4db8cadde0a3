"""Sums are right, and read no row."""

import re

import pytest
from sqlalchemy import event
from storage_builders import ENCODING, a_project, a_put, a_store, an_example, facts_of, fill

from core.counts import TokenCount
from core.examples import APPROVED, DRAFT
from core.findings import Severity
from core.jsonl import write_jsonl
from core.queries import Query
from core.storage import FindingCount, Part, PartCount, Put, Reckoning, Remove, TokenGroup


def test_findings_are_summed_by_kind(tmp_path):
    """How many findings in how many rows; a deleted row's are gone."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a b c", "d e", "f")
        assert store.count_findings(project.id) == [
            FindingCount("blank", Severity.ADVICE, "", count=3, rows=2)
        ]
        store.apply_change(project.id, "delete", [Remove(ids[0])])
        assert store.count_findings(project.id) == [
            FindingCount("blank", Severity.ADVICE, "", count=1, rows=1)
        ]


def test_pages_follow_one_another(tmp_path):
    """Pages cover every row once; beyond the last there is nothing."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, *"abcdefg")
        pages = [store.load_rows(project.id, offset=n, limit=3) for n in (0, 3, 6, 9)]
        assert [[row.number for row in page] for page in pages] == [[1, 2, 3], [4, 5, 6], [7], []]
        assert pages[0][0].tokens is None


def test_duplicates_say_what_an_earlier_row_says(tmp_path):
    """The later of two equal examples counts, whatever the order of its keys."""
    from core.examples import Example

    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b", "a", "a", "c")
        turned = Example.from_json(
            {"messages": [{"content": m.text, "role": m.role} for m in an_example("b").messages]}
        )
        store.apply_change(project.id, "add", [Put(turned, facts_of(turned))])
        assert store.count_duplicates(project.id) == 3
        query, reckoning = Query(code="duplicate_example"), Reckoning(ENCODING)
        turned_id = [row.id for row in store.iterate_rows(project.id)][-1]
        assert store.find_rows(project.id, query, reckoning) == [*ids[:4], turned_id]


def test_parts_are_counted(tmp_path):
    """Bytes are those of a file of the rows; a row without a system message inherits."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        assert store.count_part(project.id) == PartCount()
        puts = [a_put("天气"), a_put("b", system="own"), a_put("\udc80", system="")]
        store.apply_change(project.id, "add", puts)
        size = len(b"".join(write_jsonl(put.example for put in puts)))
        whole = PartCount(rows=3, size=size, inheriting=1, learned=3, replies=3)
        assert store.count_part(project.id) == whole
        held = puts[1].example.with_held_out(True).with_review(APPROVED)
        ids = [row.id for row in store.iterate_rows(project.id)]
        store.apply_change(project.id, "mark", [Put(held, facts_of(held), id=ids[1])])
        assert store.count_part(project.id) == whole
        assert store.count_part(project.id, Part(held_out=True)).rows == 1
        assert store.count_part(project.id, Part(APPROVED, held_out=False)) == PartCount()
        assert store.count_part(project.id, Part(DRAFT)).inheriting == 1
        assert store.count_reviews(project.id) == {(DRAFT, False): 2, (APPROVED, True): 1}
        part = Part(held_out=True)
        assert [row.id for row in store.iterate_rows(project.id, part=part)] == [ids[1]]
        assert [group.rows for group in store.token_groups(project.id, ENCODING, part)] == [1]


def test_token_groups_hold_every_counted_row(tmp_path):
    """Rows with the same facts are one group; replies are grouped by themselves."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        puts = [a_put("a"), a_put("b"), a_put("ccc"), a_put("a", system="own")]
        store.apply_change(project.id, "add", puts)
        assert store.token_groups(project.id, ENCODING) == [
            TokenGroup(False, 12, 9, 1),
            TokenGroup(True, 9, 6, 2),
            TokenGroup(True, 11, 8, 1),
        ]
        assert store.assistant_token_groups(project.id, ENCODING) == [(5, 4)]
        assert store.token_groups(project.id, "cl100k_base") == []


def test_rows_are_counted_under_another_encoding(tmp_path):
    """What is not counted yet is found, and kept once counted."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a", "b", "c")
        assert store.count_uncounted(project.id, ENCODING) == 0
        assert store.count_uncounted(project.id, "cl100k_base") == 3
        rows = store.uncounted_rows(project.id, "cl100k_base", 2)
        store.save_token_counts(project.id, "cl100k_base", {r: TokenCount(3, 2, 1) for r in rows})
        assert store.count_uncounted(project.id, "cl100k_base") == 1
        assert len(store.uncounted_rows(project.id, "cl100k_base")) == 1
        assert store.token_groups(project.id, "cl100k_base") == [TokenGroup(True, 3, 2, 2)]


def test_late_counts_of_edited_rows_are_not_kept(tmp_path):
    """A count of a row that was edited or deleted in the meantime is of another text."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, "a", "b", "c")
        rows = store.uncounted_rows(project.id, "cl100k_base")
        store.apply_change(project.id, "edit", [a_put("new", id=ids[0]), Remove(ids[1])])
        store.save_token_counts(project.id, "cl100k_base", {r: TokenCount(3, 2, 1) for r in rows})
        assert [row.id for row in store.uncounted_rows(project.id, "cl100k_base")] == [ids[0]]


def test_iterating_sees_one_moment(tmp_path):
    """Rows changed while they are read do not change what is read."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, *(f"q{n}" for n in range(50)))
        rows = store.iterate_rows(project.id, batch=5, encoding=ENCODING)
        first = next(rows)
        store.apply_change(project.id, "delete", [Remove(row_id) for row_id in ids[1:]])
        rest = list(rows)
        assert [row.number for row in (first, *rest)] == list(range(1, 51))
        assert all(row.tokens is not None for row in rest)
        assert store.count_rows(project.id) == 1


def plan_of(store, read):
    """SQLite's plan for the one statement that `read` executes."""
    seen = []

    def executed(conn, cursor, statement, parameters, *_):
        seen.append((statement, parameters))

    event.listen(store._engine, "before_cursor_execute", executed)
    read()
    event.remove(store._engine, "before_cursor_execute", executed)
    plans = []
    with store._reading() as conn:
        for statement, parameters in seen:
            if statement.startswith("SELECT"):
                plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [line.detail for line in plan]
    return plans


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("load_project", []),
        ("count_findings", []),
        ("count_duplicates", []),
        ("count_part", []),
        ("count_reviews", []),
        ("count_marks", ["tag"]),
        ("count_rows", []),
        ("count_uncounted", [ENCODING]),
        ("token_groups", [ENCODING]),
        ("assistant_token_groups", [ENCODING]),
    ],
)
def test_totals_read_only_sums(tmp_path, name, arguments):
    """No sum visits the rows themselves or an index of them, by SQLite's own account."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a", "b b")
        plan = plan_of(store, lambda: getattr(store, name)(project.id, *arguments))
    visits = [line for line in plan if line.startswith(("SCAN", "SEARCH"))]
    assert visits
    assert all(re.match(r"SEARCH (projects|\w+_sums) ", line) for line in visits), plan


def test_a_page_is_found_through_an_index(tmp_path):
    """The last page is reached without reading or sorting the rows before it."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a", "b")
        plan = plan_of(store, lambda: store.load_rows(project.id, offset=1, limit=1))
    assert "COVERING INDEX ix_examples_place" in plan[0]
    assert not any("SCAN" in line or "TEMP B-TREE FOR ORDER BY" in line for line in plan[:2]), plan
