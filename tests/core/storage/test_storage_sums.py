"""The sums are at every moment what counting all rows would say."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from storage_builders import (
    ENCODING,
    a_project,
    a_put,
    a_store,
    an_example,
    facts_of,
    fill,
    sums_of,
)

from core.counts import TokenCount
from core.errors import TonesmithError
from core.examples import REVIEWS
from core.storage import Amend, PartCount, Put, Remove

# Few texts, so that rows say the same; some with blanks, which are findings.
TEXT = st.sampled_from(["a", "b", "c c", "d d d"])
SYSTEM = st.sampled_from([None, None, "own"])
WHICH = st.integers(0, 30)
EDITS = st.one_of(
    st.tuples(st.just("put"), TEXT, SYSTEM, WHICH),
    st.tuples(st.just("over"), TEXT, SYSTEM, WHICH),
    st.tuples(st.just("amend"), TEXT, SYSTEM, WHICH),
    st.tuples(st.just("mark"), TEXT, SYSTEM, WHICH),
    st.tuples(st.just("remove"), TEXT, SYSTEM, WHICH),
)
STEPS = st.one_of(
    st.tuples(st.just("change"), st.lists(EDITS, min_size=1, max_size=4)),
    st.tuples(st.just("visit"), st.lists(EDITS, min_size=1, max_size=2)),
    st.tuples(st.sampled_from(["undo", "redo", "save", "restore", "recount", "prune"]), WHICH),
)


@given(st.lists(STEPS, max_size=15))
@settings(max_examples=30, deadline=None)
def test_sums_are_what_a_full_count_says(steps):
    """Whatever is put, amended, removed, undone, restored or counted, no sum goes astray."""
    with TemporaryDirectory() as folder, a_store(Path(folder)) as store:
        project, other = a_project(store), a_project(store, "the same texts")
        fill(store, other, "a", "a", "b", "c c")
        for what, how in steps:
            do(store, project, what, how)
            kept, counted = sums_of(store)
            assert kept == counted
        assert store.load_project(other.id).examples == 4


def do(store, project, what, how):
    """One step of the story; one that cannot be taken just now is none."""
    ids = [row.id for row in store.iterate_rows(project.id)]
    if what in {"change", "visit"}:
        edits = [edit for one in how for edit in an_edit(ids, *one)]
        try:
            store.apply_change(project.id, "edit", edits, key="k" if what == "visit" else None)
        except TonesmithError:  # a row that is edited after it was removed
            return
    elif what in {"undo", "redo"}:
        find = store.last_change if what == "undo" else store.next_redo
        if change := find(project.id):
            store.undo_change(change.id, facts_of)
    elif what == "save":
        store.save_version(project.id, "v")
    elif what == "restore":
        if versions := store.load_versions(project.id):
            store.restore_version(versions[how % len(versions)].id, facts_of)
    elif what == "recount":
        rows = store.uncounted_rows(project.id, "cl100k_base", 1 + how)
        facts = {row: TokenCount(row.id % 3, 2, row.id % 2) for row in rows}
        store.save_token_counts(project.id, "cl100k_base", facts)
        store.save_token_counts(project.id, "cl100k_base", facts)
    else:
        store.prune_history(project.id, keep_days=0, keep_changes=how % 4)


def an_edit(ids, what, text, system, which):
    """The edit of a row that is there; none where there is no row."""
    example = an_example(text, system=system)
    if what == "put":
        return [Put(example, facts_of(example))]
    if not ids:
        return []
    row_id = ids[which % len(ids)]
    if what == "over":
        return [Put(example, facts_of(example), id=row_id)]
    if what == "amend":
        return [Amend(row_id, lambda now: now.with_system(system), facts_of)]
    if what == "mark":
        return [Amend(row_id, lambda now: a_marked(now, text, which), facts_of)]
    return [Remove(row_id)]


def a_marked(example, text, which):
    """The example with a tag, a state of review and a note, and held out, or some of them."""
    return (
        example.with_tags([text, "sale"][: which % 3])
        .with_review(REVIEWS[which % 3])
        .with_note(text * (which % 2))
        .with_held_out(which % 4 == 0)
    )


def test_duplicates_across_batches(tmp_path):
    """Copies are counted once each, whether they come in one batch or in several."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        puts = [a_put(f"q{n % 3}") for n in range(2500)]
        change = store.apply_change(project.id, "import", puts)
        assert store.count_duplicates(project.id) == 2497
        first = [row.id for row in store.load_rows(project.id, limit=1500)]
        store.apply_change(project.id, "delete", [Remove(row_id) for row_id in first])
        assert store.count_duplicates(project.id) == 997
        store.undo_change(store.last_change(project.id).id, facts_of)
        assert store.count_duplicates(project.id) == 2497
        store.undo_change(change.id, facts_of)
        kept, counted = sums_of(store)
        assert kept == counted
        assert store.count_duplicates(project.id) == 0


def test_groups_without_rows_are_gone(tmp_path):
    """Typing leaves no trail: a group that no example belongs to any more is let go."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        (row,) = fill(store, project, "a")
        for n in range(20):
            store.apply_change(project.id, "edit", [a_put("a b" * n, id=row)])
        kept, counted = sums_of(store)
        assert kept == counted
        assert len(kept["tokens"]) == len(kept["replies"]) == len(kept["findings"]) == 1


def test_sums_of_nothing(tmp_path):
    """A project that never was has no rows, bytes or findings."""
    with a_store(tmp_path) as store:
        assert store.count_part("nobody") == PartCount()
        assert store.count_reviews("nobody") == store.count_marks("nobody", "tag") == {}
        assert store.count_rows("nobody") == store.count_duplicates("nobody") == 0
        assert store.count_uncounted("nobody", ENCODING) == 0
        assert store.count_findings("nobody") == store.token_groups("nobody", ENCODING) == []
