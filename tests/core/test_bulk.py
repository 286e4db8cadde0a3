"""core/bulk.py: what is previewed is what is done, as one Change, once, and taken back at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from core_builders import a_project_of, an_example, of_messages
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bulk import (
    Act,
    apply_act,
    count_fixes,
    deleting,
    deleting_copies,
    fixing,
    holding_out,
    instructing,
    preview_act,
    replacing,
    reviewing,
    tagging,
    trimming_instructions,
)
from core.dialects import PUBLISHED
from core.editing import (
    count_missing,
    save_system_prompt,
    undo_change,
)
from core.errors import BadInput, Stopped
from core.examples import APPROVED, DRAFT, REVIEWS, Example
from core.fixes import FIXES
from core.providers.profiles import load_profile
from core.replacing import Replacement
from core.storage import Project, Store
from core.tasks import STEP

TRIM = "untrimmed_whitespace"


def some(n: int = 6) -> list[Example]:
    """Examples of which every second has blanks to trim, instructions, and a tag."""
    odd = [an_example(user=f" {at}? ").with_tags(["odd"]) for at in range(n)]
    even = [an_example(user=f"{at}?", system=None) for at in range(n)]
    return [(even, odd)[at % 2][at] for at in range(n)]


def examples(store: Store, project: Project) -> list[Example]:
    """All examples in order."""
    return [row.example for row in store.iterate_rows(project.id)]


def kinds(store: Store, project: Project) -> list[str]:
    """What was done to the project, the newest first."""
    return [change.kind for change in store.load_changes(project.id)]


def a_replacement(find: str = r"(\d)\?", by: str = r"No \1?") -> Act:
    """A pattern replaced, also in the shared instructions."""
    return replacing(Replacement(find, by, is_pattern=True), everywhere=True)


ACTS: dict[str, tuple[Callable[[], Act], str, dict[str, str], int]] = {
    "delete": (lambda: deleting(), "delete", {}, 6),
    "copies": (lambda: deleting_copies({}), "delete_duplicates", {}, 6),
    "tag": (lambda: tagging("odd", on=True), "tag", {"tag": "odd"}, 3),
    "untag": (lambda: tagging("odd", on=False), "untag", {"tag": "odd"}, 3),
    "instruct": (lambda: instructing("Be brief."), "instruct", {}, 6),
    "inherit": (lambda: instructing(""), "inherit", {}, 3),
    "review": (lambda: reviewing(APPROVED), "review", {"review": APPROVED}, 6),
    "hold out": (lambda: holding_out(on=True), "hold_out", {}, 6),
    "fix": (lambda: fixing(TRIM), "fix", {"code": TRIM}, 3),
    "replace": (a_replacement, "replace", {"find": r"(\d)\?", "by": r"No \1?"}, 6),
}


@pytest.mark.parametrize(("act", "kind", "params", "changed"), ACTS.values(), ids=ACTS)
def test_what_is_previewed_is_done_as_one_change_and_taken_back_as_one(
    store: Store,
    act: Callable[[], Act],
    kind: str,
    params: dict[str, str],
    changed: int,
) -> None:
    """As many rows as the preview said; one undo, and everything is as it was."""
    project, rows = a_project_of(store, *some())
    before = examples(store, project)
    preview = preview_act(store, project, rows, act())
    assert (preview.rows, preview.changed) == (6, changed)
    assert examples(store, project) == before
    change = apply_act(store, project, rows, act(), "k")
    assert change is not None
    assert (change.kind, change.params, change.rows) == (kind, params, changed)
    assert examples(store, project) != before
    undo_change(store, project, change.id)
    assert examples(store, project) == before


@pytest.mark.parametrize("act", [each[0] for each in ACTS.values()], ids=ACTS)
def test_what_has_a_key_is_done_once(store: Store, act: Callable[[], Act]) -> None:
    """An echo does nothing, also where the first was taken back meanwhile."""
    project, rows = a_project_of(store, *some())
    change = apply_act(store, project, rows, act(), "k")
    assert change is not None
    assert apply_act(store, project, rows, act(), "k") is None
    undo_change(store, project, change.id)
    assert apply_act(store, project, rows, act(), "k") is None
    assert kinds(store, project) == ["undo", act().kind, "add"]


def test_the_first_rows_are_shown_before_and_after(store: Store) -> None:
    """Three of them, and only such as change."""
    project, rows = a_project_of(store, *some(10))
    preview = preview_act(store, project, rows, fixing(TRIM))
    assert [sample.row_id for sample in preview.samples] == [rows[1], rows[3], rows[5]]
    first = preview.samples[0]
    assert first.after is not None
    assert (first.before.turns[0].text, first.after.turns[0].text) == (" 1? ", "1?")


def test_only_the_rows_asked_for_change(store: Store) -> None:
    """Whatever stands between them."""
    project, rows = a_project_of(store, *some())
    apply_act(store, project, [rows[4], rows[1]], tagging("new", on=True))
    tagged = [at for at, example in enumerate(examples(store, project)) if "new" in example.tags]
    assert tagged == [1, 4]


def test_rewriting_what_was_approved_is_told_before(store: Store) -> None:
    """How many would be drafts again; a change beside the words makes none."""
    approved = [each.with_review(APPROVED) for each in some()]
    project, rows = a_project_of(store, *approved)
    assert preview_act(store, project, rows, fixing(TRIM)).reopened == 3
    assert preview_act(store, project, rows, tagging("new", on=True)).reopened == 0
    assert preview_act(store, project, rows, reviewing(DRAFT)).reopened == 0
    apply_act(store, project, rows, fixing(TRIM))
    assert [e.review for e in examples(store, project)] == [APPROVED, DRAFT] * 3


def test_a_row_that_is_gone_is_not_counted_and_not_brought_back(store: Store) -> None:
    """The others are done, also where it went after the preview."""
    project, rows = a_project_of(store, *some())
    apply_act(store, project, rows[:1], deleting())
    assert preview_act(store, project, rows, tagging("new", on=True)).rows == 5
    change = apply_act(store, project, rows, tagging("new", on=True))
    assert change is not None
    assert change.rows == 5
    assert apply_act(store, project, rows[:1], tagging("newer", on=True)) is None
    assert apply_act(store, project, rows, deleting()) is not None
    assert examples(store, project) == []


def test_replacing_everywhere_includes_the_shared_instructions(store: Store) -> None:
    """In the same Change, and shown before; not where some rows only were asked for."""
    project, rows = a_project_of(store, *some())
    save_system_prompt(store, project, "Tea since 1?")
    project = store.load_project(project.id)
    preview = preview_act(store, project, rows, a_replacement())
    assert (preview.found, preview.prompt) == (6, ("Tea since 1?", "Tea since No 1?"))
    only_rows = replacing(Replacement("Tea"))
    assert preview_act(store, project, rows, only_rows).prompt is None
    change = apply_act(store, project, rows, a_replacement(), "k")
    assert change is not None
    assert store.load_project(project.id).system_prompt == "Tea since No 1?"
    undo_change(store, project, change.id)
    now = store.load_project(project.id)
    assert now == replace(project, edited_at=now.edited_at, revision=now.revision)


@pytest.mark.parametrize(
    ("act", "after"),
    [(replacing(Replacement("Tea", "Coffee"), everywhere=True), " Coffee, no milk. "),
     (trimming_instructions(), "Tea, no milk.")],
    ids=["replace", "trim"],
)  # fmt: skip
def test_the_shared_instructions_are_changed_as_they_stand_by_then(
    store: Store, act: Act, after: str
) -> None:
    """What another tab wrote into them since the project was read is not lost."""
    project, rows = a_project_of(store, *some())
    store.apply_change(project.id, "system_prompt", [], system_prompt=" Tea, no milk. ")
    assert apply_act(store, project, rows, act, "k") is not None
    assert store.load_project(project.id).system_prompt == after


def test_approved_examples_that_go_by_other_instructions_are_counted(store: Store) -> None:
    """Those without any of their own, and only where the shared ones change."""
    project, rows = a_project_of(store, *(each.with_review(APPROVED) for each in some()))
    save_system_prompt(store, project, "Tea.")
    project = store.load_project(project.id)
    changing = replacing(Replacement("Tea"), everywhere=True)
    assert preview_act(store, project, rows, changing).relying == 3
    leaving = replacing(Replacement("Milk"), everywhere=True)
    assert preview_act(store, project, rows, leaving).relying == 0


def test_a_pattern_that_takes_for_ever_changes_nothing(store: Store) -> None:
    """Neither shown nor done by halves."""
    slow = "a" * 60 + "!"
    project, rows = a_project_of(store, *some(), an_example(user=slow))
    act = replacing(Replacement("(a|aa)+$|[0-9]", "x", is_pattern=True))
    for work in (preview_act, apply_act):
        with pytest.raises(BadInput, match="pattern_too_slow"):
            work(store, project, rows, act)
    assert kinds(store, project) == ["add"]


@pytest.mark.parametrize("act", [deleting(), tagging("new", on=True)], ids=["delete", "tag"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_stopped_half_way_nothing_is_done(store: Store, act: Act, at: int) -> None:
    """At the beginning, in between, at the very end."""
    project, rows = a_project_of(store, *some(3 * STEP - 1))
    told: list[int] = []

    def advance(done: int) -> None:
        told.append(done)
        if len(told) == at:
            raise Stopped

    with pytest.raises(Stopped):
        apply_act(store, project, rows, act, "k", advance)
    assert kinds(store, project) == ["add"]
    assert len(examples(store, project)) == 3 * STEP - 1
    with pytest.raises(Stopped):
        told.clear()
        preview_act(store, project, rows, act, advance)


def test_progress_adds_up_to_all_rows(store: Store) -> None:
    """For the preview and for the work."""
    project, rows = a_project_of(store, *some(STEP + 7))
    for work in (preview_act, apply_act):
        told: list[int] = []
        more: dict[str, Any] = {"advance": told.append}
        work(store, project, rows, tagging("new", on=True), **more)
        assert sum(told) == STEP + 7


@pytest.mark.parametrize("at", [1, 2])
def test_a_taking_back_that_is_stopped_takes_nothing_back(store: Store, at: int) -> None:
    """However far it was; in full its progress adds up to all rows."""
    project, rows = a_project_of(store, *some(1_200))
    change = apply_act(store, project, rows, deleting())
    assert change is not None
    told: list[int] = []

    def advance(done: int) -> None:
        told.append(done)
        if len(told) == at:
            raise Stopped

    with pytest.raises(Stopped):
        undo_change(store, project, change.id, advance)
    assert (examples(store, project), kinds(store, project)) == ([], ["delete", "add"])
    told.clear()
    undo_change(store, project, change.id, told.append)
    assert sum(told) == len(examples(store, project)) == 1_200


def test_what_changes_no_word_leaves_what_was_counted(store: Store) -> None:
    """In every encoding: a tag on many rows makes nobody count them anew, nor does its undo."""
    project, rows = a_project_of(store, *some())
    list(count_missing(store, project, "cl100k_base"))
    before = facts(store, project)
    change = apply_act(store, project, rows, tagging("new", on=True))
    assert change is not None
    assert facts(store, project) == before
    undo_change(store, project, change.id)
    assert facts(store, project) == before
    apply_act(store, project, rows[1:2], fixing(TRIM))
    assert store.count_uncounted(project.id, "cl100k_base") == 1


def facts(store: Store, project: Project) -> tuple[Any, ...]:
    """What is known of a project's rows beside their words."""
    encodings = ("o200k_base", "cl100k_base")
    counted = [row.tokens for e in encodings for row in store.iterate_rows(project.id, encoding=e)]
    found = [(each.code, each.count, each.rows) for each in store.count_findings(project.id)]
    assert all(counted)
    return counted, sorted(found)


def test_the_blanks_around_the_shared_instructions_go(store: Store) -> None:
    """A change of theirs alone: no row is touched."""
    project, _ = a_project_of(store, an_example())
    store.apply_change(project.id, "system_prompt", [], system_prompt=" Be kind.\n")
    project = store.load_project(project.id)
    change = apply_act(store, project, [], trimming_instructions(), "k")
    assert change is not None
    assert (change.kind, change.rows, change.prompt) == (
        "system_prompt", 0, (" Be kind.\n", "Be kind."),
    )  # fmt: skip


def test_fixes_are_counted_by_what_they_would_change(store: Store) -> None:
    """Also what no finding of a row tells of; not what the place to train does not mind."""
    half = an_example(user="Half \ud83d")
    developer = of_messages(
        {"role": "developer", "content": "Be brief."},
        *an_example(system=None).to_json()["messages"],
    )
    project, rows = a_project_of(store, *some(), half, developer)
    openai, published = load_profile("openai").dialect, PUBLISHED
    assert count_fixes(store, project, rows, openai) == {"lone_surrogate": 1, TRIM: 3}
    assert count_fixes(store, project, rows[-1:], published) == {"unrecognized_role": 1}
    assert count_fixes(store, project, rows[:1], published) == {}


def test_a_state_that_there_is_not_is_a_mistake_of_ours() -> None:
    """It never reaches a row."""
    with pytest.raises(ValueError, match="finished"):
        reviewing("finished")


states = st.builds(
    lambda user, tags, review, held_out: (
        an_example(user=user).with_tags(tags).with_review(review).with_held_out(held_out)
    ),
    st.sampled_from(["a", " b ", "c\0"]),
    st.lists(st.sampled_from(["x", "y"]), max_size=2),
    st.sampled_from(REVIEWS),
    st.booleans(),
)
acts = st.one_of(
    st.builds(tagging, st.sampled_from("xy"), on=st.booleans()),
    st.builds(reviewing, st.sampled_from(REVIEWS)),
    st.builds(lambda on: holding_out(on=on), st.booleans()),
    st.builds(fixing, st.sampled_from(sorted(FIXES))),
    st.builds(instructing, st.sampled_from(["", "Be brief."])),
    st.just(deleting()),
)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One database for many projects: hypothesis makes a project a try."""
    return Store.open(f"sqlite:///{tmp_path_factory.mktemp('bulk') / 'tonesmith.db'}")


@settings(deadline=None, max_examples=60)
@given(had=st.lists(states, max_size=5), todo=st.lists(acts, max_size=4))
def test_whatever_is_done_is_what_was_previewed_and_is_undone_step_by_step(
    shared_store: Store, had: list[Example], todo: list[Act]
) -> None:
    """Each act changes as many rows as its preview said; undone in turn, all is as before."""
    store = shared_store
    project, rows = a_project_of(store, *had)
    before = examples(store, project)
    for act in todo:
        expected = preview_act(store, project, rows, act)
        rows = [row.id for row in store.iterate_found(project.id, rows)]
        change = apply_act(store, project, rows, act)
        assert (change.rows if change else 0) == expected.changed
    while (last := store.last_change(project.id)) and last.kind != "add":
        undo_change(store, project, last.id)
    assert examples(store, project) == before
