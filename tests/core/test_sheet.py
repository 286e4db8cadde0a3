"""core/sheet.py: a table as a sheet; whatever comes twice is done once, and nobody overwrites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from core_builders import an_example, of_messages
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cells import COLUMNS, as_browsers_say, blank_example, cells_of
from core.editing import (
    DEFAULT_PRICED_FOR,
    delete_examples,
    facts_in,
    save_cell,
    save_system_prompt,
    undo_change,
)
from core.errors import BadInput, NotFound
from core.examples import Example
from core.sheet import Typed, fill_cells, paste_cells, save_typed
from core.storage import Change, Project, Put, Store

PICTURE = of_messages(
    {"role": "user", "content": [{"type": "text", "text": "What is this?"}]},
    {"role": "assistant", "content": "A cat."},
)
texts = st.sampled_from(["", "Before", "a", "a\nb", "天气"])
visits = st.lists(texts, min_size=1, max_size=6)


def a_project(store: Store, *examples: Example) -> Project:
    """A project of these examples; without any, of three that differ by their questions."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    examples = examples or tuple(an_example(system=None, user=f"{n}?") for n in range(3))
    facts = facts_in(project)
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id)


def ids(store: Store, project: Project) -> list[int]:
    """The rows in their order."""
    return [row.id for row in store.iterate_rows(project.id)]


def sheet(store: Store, project: Project) -> list[tuple[str, str, str]]:
    """What stands in the table."""
    found = (cells_of(row.example) for row in store.iterate_rows(project.id))
    return [(cells.system, cells.user, cells.assistant) for cells in found]


def kinds(store: Store, project: Project) -> list[str]:
    """What was done to the project, the newest first."""
    return [change.kind for change in store.load_changes(project.id)]


def typed(row_id: int, text: str, *bases: str, column: str = "user", visit: str = "v") -> Typed:
    """Somebody typed over one of `bases`."""
    return Typed(row_id, column, text, bases, visit)


def test_typing_is_saved_checked_and_counted(store: Store) -> None:
    """The row has the new text, its findings and its tokens."""
    project = a_project(store)
    row_id = ids(store, project)[1]
    change = save_typed(store, project, typed(row_id, "", "1?"))
    assert change is not None
    assert (change.kind, change.params, change.key) == ("edit", {"column": "user"}, "v")
    row = store.load_row(project.id, row_id, "o200k_base")
    assert row.example.messages[0].text == ""
    assert row.tokens is not None
    assert "missing_content" in {found.code for found in row.findings}


def test_one_visit_to_a_cell_is_one_change(store: Store) -> None:
    """However often its text was sent while one wrote; Undo takes back the whole visit."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    for before, text in (("0?", "W"), ("W", "Wh"), ("Wh", "Why?")):
        change = save_typed(store, project, typed(row_id, text, before))
    assert kinds(store, project) == ["edit", "add"]
    assert change is not None
    undo_change(store, project, change.id)
    assert sheet(store, project)[0][1] == "0?"


def test_two_visits_are_two_changes(store: Store) -> None:
    """Who comes back to a cell begins anew."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    save_typed(store, project, typed(row_id, "One?", "0?", visit="first"))
    save_typed(store, project, typed(row_id, "Two?", "One?", visit="second"))
    assert kinds(store, project) == ["edit", "edit", "add"]


def test_typed_and_taken_back_leaves_no_change(store: Store) -> None:
    """There is nothing to undo."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    save_typed(store, project, typed(row_id, "Oops", "0?"))
    assert save_typed(store, project, typed(row_id, "0?", "Oops")) is None
    assert kinds(store, project) == ["add"]


def test_what_comes_twice_is_saved_once(store: Store) -> None:
    """The second time it stands there already, whatever it was typed over."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    assert save_typed(store, project, typed(row_id, "Why?", "0?")) is not None
    assert save_typed(store, project, typed(row_id, "Why?", "0?")) is None
    assert kinds(store, project) == ["edit", "add"]


@pytest.mark.parametrize("heard", [False, True])
def test_an_earlier_text_of_the_visit_may_or_may_not_have_arrived(
    store: Store, heard: bool
) -> None:
    """Both what stood there before and what was sent without an answer are ours to replace."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    if heard:
        save_typed(store, project, typed(row_id, "Wh", "0?"))
    save_typed(store, project, typed(row_id, "Why?", "0?", "Wh"))
    assert sheet(store, project)[0][1] == "Why?"
    assert kinds(store, project) == ["edit", "add"]


def test_what_another_tab_wrote_is_not_overwritten(store: Store) -> None:
    """The second is told what stands there, and nothing changes."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    save_typed(store, project, typed(row_id, "Theirs?", "0?", visit="theirs"))
    with pytest.raises(BadInput, match="changed_elsewhere") as refused:
        save_typed(store, project, typed(row_id, "Mine?", "0?", visit="mine"))
    assert refused.value.params == {"theirs": "Theirs?"}
    assert sheet(store, project)[0][1] == "Theirs?"


def test_another_cell_of_the_row_is_no_quarrel(store: Store) -> None:
    """Two tabs in one row keep both texts."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    save_typed(store, project, typed(row_id, "Why?", "0?", visit="one"))
    reply = cells_of(an_example()).assistant
    save_typed(store, project, typed(row_id, "So.", reply, column="assistant", visit="two"))
    assert sheet(store, project)[0] == ("", "Why?", "So.")


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb\r"])
def test_a_browser_knows_one_kind_of_line_break(store: Store, text: str) -> None:
    """To look at a text with others is no edit of it, and to edit it is no quarrel."""
    project = a_project(store, an_example(system=None, user=text))
    (row_id,) = ids(store, project)
    seen = as_browsers_say(text)
    assert save_typed(store, project, typed(row_id, seen, seen)) is None
    assert sheet(store, project)[0][1] == text
    save_typed(store, project, typed(row_id, seen + "!", seen))
    assert sheet(store, project)[0][1] == seen + "!"


def test_what_is_not_text_is_not_typed_over(store: Store) -> None:
    """Not even by a browser that did not know."""
    project = a_project(store, PICTURE)
    (row_id,) = ids(store, project)
    with pytest.raises(BadInput, match="cell_locked"):
        save_typed(store, project, typed(row_id, "Mine", ""))
    assert store.load_row(project.id, row_id).example == PICTURE


def test_a_row_that_is_gone_is_told(store: Store) -> None:
    """What was typed into it is not lost in silence."""
    project = a_project(store)
    row_id = ids(store, project)[0]
    delete_examples(store, project, [row_id])
    with pytest.raises(NotFound, match="example_gone"):
        save_typed(store, project, typed(row_id, "Too late", "0?"))


def test_a_block_is_pasted_from_the_cell_on(store: Store) -> None:
    """To the right and down, and nothing beside it."""
    project = a_project(store)
    first, second, third = ids(store, project)
    lines = [["Q1", "A1"], ["Q2", "A2"]]
    change = paste_cells(store, project, [first, second], "user", lines, "k")
    assert change is not None
    assert (change.kind, change.params) == ("paste", {"rows": 2})
    before = cells_of(store.load_row(project.id, third).example)
    assert sheet(store, project)[:2] == [("", "Q1", "A1"), ("", "Q2", "A2")]
    assert (before.user, kinds(store, project)) == ("2?", ["paste", "add"])


def test_what_is_left_over_becomes_new_examples(store: Store) -> None:
    """At the end, in their order, within the same Change."""
    project = a_project(store)
    last = ids(store, project)[2]
    paste_cells(store, project, [last], "user", [["Q1", "A1"], ["Q2", "A2"], ["Q3"]], "k")
    assert sheet(store, project)[2:] == [("", "Q1", "A1"), ("", "Q2", "A2"), ("", "Q3", "")]
    assert kinds(store, project) == ["paste", "add"]


def test_pasted_twice_under_one_key_is_pasted_once(store: Store) -> None:
    """Also where the first was taken back meanwhile: it was the same paste."""
    project = a_project(store)
    row_id = ids(store, project)[2]
    change = paste_cells(store, project, [row_id], "user", [["Q1"], ["Q2"]], "k")
    assert paste_cells(store, project, [row_id], "user", [["Q1"], ["Q2"]], "k") is None
    assert len(ids(store, project)) == 4
    assert change is not None
    undo_change(store, project, change.id)
    assert paste_cells(store, project, [row_id], "user", [["Q1"], ["Q2"]], "k") is None
    assert len(ids(store, project)) == 3


@pytest.mark.parametrize(
    ("heads", "line", "expected"),
    [
        (["Answer", "Question"], ["A", "Q"], ("", "Q", "A")),
        (["回答", "系统", "问题"], ["A", "S", "Q"], ("S", "Q", "A")),
    ],
)
def test_a_line_of_heads_is_obeyed(
    store: Store, heads: list[str], line: list[str], expected: tuple[str, str, str]
) -> None:
    """It says which column is which, and is no example itself."""
    project = a_project(store)
    paste_cells(store, project, ids(store, project)[:1], "user", [heads, line], "k")
    assert sheet(store, project)[0] == expected
    assert len(ids(store, project)) == 3


@pytest.mark.parametrize(
    "lines",
    [
        [["Question", "Answer"]],  # nothing below it
        [["Question"], ["Answer"]],  # a column of words
        [["Question", "Prompt"], ["a", "b"]],  # two of the same
        [["Question", ""], ["a", "b"]],
    ],
)
def test_words_that_only_look_like_heads_are_texts(store: Store, lines: list[list[str]]) -> None:
    """Nothing is swallowed."""
    project = a_project(store)
    paste_cells(store, project, ids(store, project)[:2], "user", lines, "k")
    table = sheet(store, project)
    found = [list(row[1 : 1 + len(line)]) for row, line in zip(table, lines, strict=False)]
    assert found == lines


def test_a_block_too_wide_for_its_place_begins_further_left(store: Store) -> None:
    """Three columns are the whole row, wherever the cursor stood."""
    project = a_project(store)
    paste_cells(store, project, ids(store, project)[:1], "assistant", [["S", "Q", "A"]], "k")
    assert sheet(store, project)[0] == ("S", "Q", "A")


def test_a_block_wider_than_the_table_is_refused(store: Store) -> None:
    """With its width, and nothing is pasted."""
    project = a_project(store)
    before = sheet(store, project)
    with pytest.raises(BadInput, match="too_wide") as refused:
        paste_cells(store, project, ids(store, project), "system", [["1", "2", "3", "4"]], "k")
    assert refused.value.params == {"n": 4}
    assert sheet(store, project) == before


def test_a_paste_over_what_is_not_text_is_refused_whole(store: Store) -> None:
    """The rows before it are not half pasted."""
    project = a_project(store, an_example(user="Before?"), PICTURE)
    before = sheet(store, project)
    with pytest.raises(BadInput, match="cell_locked"):
        paste_cells(store, project, ids(store, project), "user", [["Q1"], ["Q2"]], "k")
    assert sheet(store, project) == before
    assert kinds(store, project) == ["add"]


def test_filling_repeats_the_first_text(store: Store) -> None:
    """In its column alone, as one Change, and only once under its key."""
    project = a_project(store)
    rows = ids(store, project)
    change = fill_cells(store, project, rows, "user", "k")
    assert change is not None
    assert (change.kind, change.rows) == ("fill", 2)
    assert [user for _, user, _ in sheet(store, project)] == ["0?", "0?", "0?"]
    save_cell(store, project, rows[2], "user", "Since then.")
    assert fill_cells(store, project, rows, "user", "k") is None
    assert sheet(store, project)[2][1] == "Since then."


def test_filling_with_no_instructions_inherits_again(store: Store) -> None:
    """An empty cell of instructions is a text like any other."""
    project = a_project(store, an_example(system=None), an_example(system="Own."))
    fill_cells(store, project, ids(store, project), "system", "k")
    assert [row.example.system for row in store.iterate_rows(project.id)] == [None, None]


def test_filling_over_what_is_not_text_is_refused(store: Store) -> None:
    """Nothing is changed."""
    project = a_project(store, an_example(), an_example(user="Other?"), PICTURE)
    with pytest.raises(BadInput, match="cell_locked"):
        fill_cells(store, project, ids(store, project), "user", "k")
    assert kinds(store, project) == ["add"]


Act = Callable[[Store, Project, list[int]], Change | None]
ONCE: dict[str, Act] = {
    "paste": lambda s, p, r: paste_cells(s, p, r[:1], "user", [["Q"], ["R"]], "k"),
    "fill": lambda s, p, r: fill_cells(s, p, r, "user", "k"),
}


@pytest.mark.parametrize("act", ONCE.values(), ids=ONCE)
def test_what_was_taken_back_is_not_done_again_by_an_echo(store: Store, act: Act) -> None:
    """A message that comes a second time, long after, finds its key and does nothing."""
    project = a_project(store, *(an_example(user=f" {n}?") for n in range(2)))
    before, rows = sheet(store, project), ids(store, project)
    change = act(store, project, rows)
    assert change is not None
    undo_change(store, project, change.id)
    assert act(store, project, rows) is None
    assert sheet(store, project) == before


def test_the_shared_instructions_count_with_what_is_typed(store: Store) -> None:
    """A row that inherits is saved without them."""
    project = a_project(store)
    save_system_prompt(store, project, "Be brief.")
    row_id = ids(store, project)[0]
    save_typed(store, store.load_project(project.id), typed(row_id, "Why?", "0?"))
    assert store.load_row(project.id, row_id).example.system is None


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One database for many projects: hypothesis makes a project a try."""
    path: Path = tmp_path_factory.mktemp("sheets") / "tonesmith.db"
    return Store.open(f"sqlite:///{path}")


@settings(deadline=None)
@given(sent=visits, lost=st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_visit_ends_with_its_last_text_whatever_was_lost_or_came_twice(
    shared_store: Store, sent: list[str], lost: list[bool]
) -> None:
    """And Undo, where anything changed at all, gives back the text before the visit."""
    store = shared_store
    project = a_project(store, an_example(system=None, user="Before"))
    (row_id,) = ids(store, project)
    bases = ["Before"]
    for text, gone in zip(sent, [*lost[: len(sent) - 1], False], strict=False):
        if not gone:
            for _ in range(2):
                save_typed(store, project, typed(row_id, text, *bases))
        bases.append(text)
    assert sheet(store, project)[0][1] == sent[-1]
    last = store.last_change(project.id)
    assert last is not None
    assert last.kind == ("edit" if sent[-1] != "Before" else "add")
    if last.kind == "edit":
        undo_change(store, project, last.id)
        assert sheet(store, project)[0][1] == "Before"


blocks = st.integers(1, len(COLUMNS)).flatmap(
    lambda width: st.lists(
        st.lists(st.text("ab天\n", max_size=3), min_size=width, max_size=width),
        min_size=1,
        max_size=5,
    )
)


@settings(deadline=None)
@given(block=blocks, over=st.integers(0, 3), column=st.sampled_from(COLUMNS))
def test_what_is_pasted_is_what_stands_there(
    shared_store: Store, block: list[list[str]], over: int, column: str
) -> None:
    """Every text lands once, in order, in columns side by side; the others are as they were."""
    store = shared_store
    project = a_project(store)
    before, rows = sheet(store, project), ids(store, project)[:over]
    paste_cells(store, project, rows, column, block, "k")
    after = sheet(store, project)
    blank = cells_of(blank_example())
    old = [*before[: len(block)][:over], *[(blank.system, blank.user, blank.assistant)] * 5]
    at = min(COLUMNS.index(column), len(COLUMNS) - len(block[0]))
    expected = [
        (*was[:at], *line, *was[at + len(line) :]) for was, line in zip(old, block, strict=False)
    ]
    new = max(0, len(block) - over)
    pasted = [*after[: min(over, len(block))], *after[len(after) - new :]]
    assert pasted == expected
    assert len(after) == len(before) + new
