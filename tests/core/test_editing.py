"""core/editing.py: everything a writer does is one Change: stored, checked, counted, undoable."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from core_builders import an_example
from sqlalchemy import update

from core.cells import blank_example
from core.editing import (
    BATCH,
    DEFAULT_PRICED_FOR,
    add_example,
    count_missing,
    delete_examples,
    duplicate_examples,
    edit_example,
    facts_in,
    facts_of,
    facts_of_many,
    open_project,
    priced_for,
    save_cell,
    save_priced_for,
    save_system_prompt,
    undo_change,
)
from core.errors import BadInput, NotFound
from core.examples import Example, Message
from core.findings import Severity
from core.rules import NO_CHECKS
from core.storage import Change, FindingCount, Project, Put, Row, Store
from core.storage.schema import versions

CHEAP = "openai:gpt-3.5-turbo"


@pytest.fixture
def project(store: Store) -> Project:
    """Three examples that differ by their questions."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    examples = [an_example(system=None, user=f"Question {n}?") for n in range(3)]
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id)


def rows(store: Store, project: Project) -> list[Row]:
    """All rows, with their tokens as the project is reckoned."""
    return list(store.iterate_rows(project.id, encoding=priced_for(project)[1].encoding))


def examples(store: Store, project: Project) -> list[Example]:
    """All examples in order."""
    return [row.example for row in rows(store, project)]


def test_facts_are_findings_by_code_and_tokens() -> None:
    """The same finding twice is counted as two."""
    empty = Example((Message.of("user", ""), Message.of("assistant", "")))
    facts = facts_of(empty, "o200k_base")
    assert FindingCount("missing_content", Severity.ERROR, "", 2) in facts.findings
    assert facts.tokens["o200k_base"].billed == 2 * (3 + 1)  # two roles of a token each


@pytest.mark.parametrize("size", [0, 10**9], ids=["tiktoken", "the faster counter"])
def test_many_have_the_facts_that_each_has(size: int) -> None:
    """Whoever counts them, and however large what they come from is."""
    examples = [an_example(user=f"{n}? 天气 half \ud83d"[: 4 + n]) for n in range(30)]
    examples.append(Example((Message.of("user", " "),)))
    expected = [(each, facts_of(each, "o200k_base")) for each in examples]
    assert list(facts_of_many(examples, "o200k_base", NO_CHECKS, size)) == expected


def test_a_cell_is_saved_checked_and_counted(store: Store, project: Project) -> None:
    """After an edit the row has the new text, its findings and its tokens."""
    row = rows(store, project)[1]
    change = save_cell(store, project, row.id, "assistant", "")
    assert change is not None
    saved = store.load_row(project.id, row.id, "o200k_base")
    assert saved.example.messages[-1].text == ""
    assert "missing_content" in {found.code for found in saved.findings}
    assert saved.tokens is not None
    assert row.tokens is not None
    assert saved.tokens.billed < row.tokens.billed


def test_typing_the_same_again_is_no_change(store: Store, project: Project) -> None:
    """Nothing is recorded where nothing differs."""
    row = rows(store, project)[0]
    assert save_cell(store, project, row.id, "user", "Question 0?") is None
    assert [change.kind for change in store.load_changes(project.id)] == ["add"]


def test_an_edit_is_made_to_what_stands_there_by_then(store: Store, project: Project) -> None:
    """Two fields left one after the other do not put back each other's old text."""
    row = rows(store, project)[0]
    save_cell(store, project, row.id, "user", "New question?")
    save_cell(store, project, row.id, "assistant", "New reply.")
    assert [m.text for m in examples(store, project)[0].messages] == ["New question?", "New reply."]


def test_an_edit_of_a_row_that_is_gone_says_so(store: Store, project: Project) -> None:
    """It is not brought back by accident."""
    row = rows(store, project)[0]
    delete_examples(store, project, [row.id])
    with pytest.raises(NotFound, match="example_gone"):
        save_cell(store, project, row.id, "user", "Too late")
    assert len(rows(store, project)) == 2


def test_a_new_example_is_blank_and_last(store: Store, project: Project) -> None:
    """Add appends."""
    add_example(store, project)
    assert examples(store, project)[-1] == blank_example()
    assert len(rows(store, project)) == 4


def test_copies_stand_right_behind_their_originals(store: Store, project: Project) -> None:
    """Each behind its own, in one change."""
    first, second, third = rows(store, project)
    change = duplicate_examples(store, project, [first.id, third.id])
    assert change is not None
    assert change.rows == 2
    expected = [first, first, second, third, third]
    assert examples(store, project) == [row.example for row in expected]


Once = Callable[[Store, Project, list[int], str], Change | None]
ONCE: dict[str, Once] = {
    "add": lambda s, p, r, key: add_example(s, p, an_example(user="New?"), key),
    "duplicate": lambda s, p, r, key: duplicate_examples(s, p, r[:2], key),
    "delete": lambda s, p, r, key: delete_examples(s, p, r[:2], key),
}


@pytest.mark.parametrize("act", ONCE.values(), ids=ONCE)
def test_what_has_a_key_is_done_once_under_it(store: Store, project: Project, act: Once) -> None:
    """An echo does nothing, also where the first was taken back; another key is another act."""
    ids = [row.id for row in rows(store, project)]
    change = act(store, project, ids, "k")
    assert change is not None
    assert change.key == "k"
    after = examples(store, project)
    assert act(store, project, ids, "k") is None
    assert examples(store, project) == after
    undo_change(store, project, change.id)
    assert act(store, project, ids, "k") is None
    assert len(rows(store, project)) == 3
    assert act(store, project, ids, "another") is not None


Act = Callable[[Store, Project, list[Row]], Change | None]
ACTS: dict[str, Act] = {
    "cell": lambda s, p, r: save_cell(s, p, r[0].id, "user", "Changed?"),
    "edit": lambda s, p, r: edit_example(s, p, r[1].id, lambda _: blank_example()),
    "add": lambda s, p, r: add_example(s, p),
    "duplicate": lambda s, p, r: duplicate_examples(s, p, [row.id for row in r]),
    "delete": lambda s, p, r: delete_examples(s, p, [r[0].id, r[2].id]),
    "system_prompt": lambda s, p, r: save_system_prompt(s, p, "Be kind."),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_everything_a_writer_does_can_be_undone_and_redone(
    store: Store, project: Project, act: Act
) -> None:
    """Undo gives back every example, finding, token and the instructions; undoing it redoes."""

    def state() -> tuple[str, list[Row]]:
        return store.load_project(project.id).system_prompt, rows(store, project)

    before = state()
    change = act(store, project, before[1])
    assert change is not None
    after = state()
    assert after != before
    undone = undo_change(store, project, change.id)
    assert state() == before
    undo_change(store, project, undone.id)
    assert state() == after


def test_a_newer_text_is_never_lost_to_an_undo(store: Store, project: Project) -> None:
    """A change that was written over is not undone, and nothing is touched."""
    row = rows(store, project)[0]
    older = save_cell(store, project, row.id, "user", "Older?")
    assert older is not None
    save_cell(store, project, row.id, "user", "Newer?")
    with pytest.raises(BadInput, match="changed_since"):
        undo_change(store, project, older.id)
    assert examples(store, project)[0].messages[0].text == "Newer?"


def test_instructions_are_kept_without_the_blanks_around_them(
    store: Store, project: Project
) -> None:
    """A stray line break at the end would be trained on in every example."""
    save_system_prompt(store, project, "  Be kind.\n")
    assert store.load_project(project.id).system_prompt == "Be kind."


def test_another_encoding_is_counted_once_and_batch_by_batch(store: Store) -> None:
    """Progress rises to 1; a second time there is nothing left to count."""
    project = store.create_project("Many", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    many = (an_example(user=f"Question {n}?") for n in range(BATCH + 1))
    store.apply_change(project.id, "add", (Put(one, facts(one)) for one in many))
    project = save_priced_for(store, project, CHEAP)
    assert store.load_project(project.id).priced_for == CHEAP
    encoding = priced_for(project)[1].encoding
    assert store.count_uncounted(project.id, encoding) == BATCH + 1
    assert list(count_missing(store, project, encoding)) == [BATCH / (BATCH + 1), 1.0]
    assert store.count_uncounted(project.id, encoding) == 0
    assert list(count_missing(store, project, encoding)) == []


def test_two_tabs_on_one_row_keep_both_edits(store: Store, project: Project) -> None:
    """Each edit is made to the row as it stands in its own transaction, not as it was loaded."""
    row_id = store.load_rows(project.id)[0].id
    for turn in range(10):
        start = threading.Barrier(2)

        def type_into(column: str, text: str, start: threading.Barrier = start) -> None:
            start.wait()
            save_cell(store, project, row_id, column, text)

        tabs = [
            threading.Thread(target=type_into, args=(column, f"{column} {turn}"))
            for column in ("user", "assistant")
        ]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        texts = [message.text for message in store.load_row(project.id, row_id).example.messages]
        assert texts == [f"user {turn}", f"assistant {turn}"]


def test_undo_and_redo_step_by_step(store: Store, project: Project) -> None:
    """The last step goes first and comes back last; at either end there is nothing to do."""
    before = [row.example for row in store.iterate_rows(project.id)]
    row_id = store.load_rows(project.id)[0].id
    for text in ("one", "two"):
        save_cell(store, project, row_id, "user", text)

    def question() -> str:
        return store.load_row(project.id, row_id).example.turns[0].text

    def back(change: Change | None) -> bool:
        return change is not None and undo_change(store, project, change.id) is not None

    assert store.next_redo(project.id) is None
    assert back(store.last_change(project.id))
    assert question() == "one"
    assert back(store.last_change(project.id))
    assert [row.example for row in store.iterate_rows(project.id)] == before
    seen = []
    while back(store.next_redo(project.id)):
        seen.append(question())
    assert seen == ["one", "two"]
    while back(store.last_change(project.id)):
        pass
    assert store.count_rows(project.id) == 0


def test_opening_a_project_prunes_its_history(store: Store, project: Project) -> None:
    """What was put away longer ago than history is kept is gone once the project is opened."""
    kept, old = (store.save_version(project.id, name) for name in ("kept", "old"))
    for version in (kept, old):
        store.forget_version(version.id)
    long_ago = datetime.now(UTC) - timedelta(days=91)
    with store._writing() as conn:
        aged = update(versions).where(versions.c.id == old.id)
        conn.execute(aged.values(forgotten_at=long_ago))
    assert open_project(store, project.id) == project
    store.recall_version(kept.id)
    with pytest.raises(NotFound, match="version_gone"):
        store.recall_version(old.id)
