"""Finding rows by what is said in them, by what is to be said about them, and in which order."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
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
    questions,
)

from core.counts import TokenCount
from core.examples import Example, Message
from core.queries import Query
from core.storage import Amend, Project, Put, Reckoning, Remove, RowFacts, Store
from core.storage.rebuilding import DERIVED
from core.storage.schema import settings as settings_table

RECKONING = Reckoning(ENCODING)


def found(store: Store, project: Project, reckoning: Reckoning = RECKONING, **asked) -> list[str]:
    """The questions of the rows that are found, in their order."""
    ids = store.find_rows(project.id, Query(**asked), reckoning)
    return [row.example.turns[0].text for row in store.load_found(project.id, ids)]


def mark(store: Store, project: Project, row_id: int, edit) -> None:
    """Edit one row."""
    store.apply_change(project.id, "mark", [Amend(row_id, edit, facts_of)])


SAID = (
    "今天武汉的天气冷不冷？",
    "Is it raining in London?",
    "It's 20 °C, said Zoë 😀",
    "ＡＢＣ café",
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("天", [0]),
        ("天气", [0]),
        ("气冷", [0]),
        ("天冷", []),
        ("武汉 天气", [0]),
        ("武汉 上海", []),
        ("rain", [1]),
        ("RAINING london", [1]),
        ("aining", []),
        ('"raining in"', [1]),
        ('"raining i"', []),
        ("“raining in”", [1]),
        ("it", [1, 2]),
        ("it's", [2]),
        ("zoe", [2]),
        ("😀", [2]),
        ("abc", [3]),
        ("CAFÉ", [3]),
        ("20", [2]),
        ("nothing", []),
        ("user", []),
        ("，？!", []),
        ("NOT AND (", []),
        ('"', []),
    ],
)
def test_what_is_said_is_found(tmp_path, text, rows):
    """Chinese from one character on, words by their beginnings, and nothing of the format."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, *SAID)
        assert found(store, project, text=text) == [SAID[row] for row in rows]


def test_replies_instructions_and_notes_are_looked_through_too(tmp_path):
    """And a tool's JSON is not."""
    called = Message.of("assistant", "", tool_calls=({"id": "weatherman"},))
    puts = [a_put("a", assistant="kettle"), a_put("b", system="teapot"), a_put("c")]
    puts.append(Put(Example((Message.of("user", "d"), called)), RowFacts()))
    with a_store(tmp_path) as store:
        project = a_project(store)
        store.apply_change(project.id, "add", puts)
        ids = [row.id for row in store.iterate_rows(project.id)]
        mark(store, project, ids[2], lambda now: now.with_note("ask Zoë"))
        assert found(store, project, text="kettle") == ["a"]
        assert found(store, project, text="tea") == ["b"]
        assert found(store, project, text="zoe") == ["c"]
        assert found(store, project, text="d") == ["d"]
        assert found(store, project, text="weatherman") == []


def test_the_index_follows_every_write(tmp_path):
    """Edited, deleted, brought back: what is found is what stands there."""
    with a_store(tmp_path) as store:
        project, other = a_project(store), a_project(store, "other")
        first, _ = fill(store, project, "old words", "天气")
        fill(store, other, "old words")
        edit = store.apply_change(project.id, "edit", [a_put("new words", id=first)])
        assert found(store, project, text="old") == []
        assert found(store, project, text="new") == ["new words"]
        store.undo_change(edit.id, facts_of)
        assert found(store, project, text="old") == ["old words"]
        gone = store.apply_change(project.id, "delete", [Remove(first)])
        assert found(store, project, text="words") == []
        store.undo_change(gone.id, facts_of)
        assert found(store, project, text="words") == ["old words"]
        assert found(store, other, text="words") == ["old words"]


def test_rows_are_found_by_what_they_are(tmp_path):
    """Tag, review, part, script, finding, and all of them together."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        one, two, *_ = fill(store, project, "one one", "二二", "three", "two 二二二二")
        mark(store, project, one, lambda now: now.with_tags(["sale", "x"]).with_review("ready"))
        mark(store, project, two, lambda now: now.with_tags(["sale"]).with_held_out(True))
        assert found(store, project, tag="sale") == ["one one", "二二"]
        assert found(store, project, tag="nobody's") == []
        assert found(store, project, review="ready") == ["one one"]
        assert found(store, project, part="validation") == ["二二"]
        assert found(store, project, part="training") == ["one one", "three", "two 二二二二"]
        assert found(store, project, script="latin") == ["one one", "three"]
        assert found(store, project, code="blank") == ["one one", "two 二二二二"]
        assert found(store, project, tag="sale", review="draft") == ["二二"]
        assert found(store, project, tag="sale", review="draft", text="one") == []
        assert store.count_marks(project.id, "tag") == {"sale": 2, "x": 1}
        assert store.count_marks(project.id, "script") == {"chinese": 2, "latin": 2}


def test_rows_are_found_by_their_tokens(tmp_path):
    """As the table shows them: with what is inherited, and what is added to each."""
    puts = [a_put("a"), a_put("bbb"), a_put("cc", system="own instructions")]
    with a_store(tmp_path) as store:
        project = a_project(store)
        store.apply_change(project.id, "add", puts)
        assert found(store, project, tokens_from=8) == ["bbb", "cc"]
        assert found(store, project, tokens_from=8, tokens_to=8) == ["bbb"]
        assert found(store, project, tokens_to=7) == ["a"]
        inheriting = Reckoning(ENCODING, inherited=100, added=1, limit=50)
        assert found(store, project, inheriting, tokens_from=107) == ["a", "bbb"]
        assert found(store, project, inheriting, code="over_token_limit") == ["a", "bbb"]
        assert found(store, project, sort="longest") == ["cc", "bbb", "a"]
        assert found(store, project, inheriting, sort="longest") == ["bbb", "a", "cc"]
        assert found(store, project, sort="shortest", text="b") == []
        assert found(store, project, sort="shortest", script="latin") == ["a", "bbb", "cc"]


def test_questions_stand_in_the_order_of_their_letters(tmp_path):
    """English before Chinese, which goes by its pinyin; capitals make no difference."""
    said = ["武汉", "Zebra", "apple", "北京", "安徽", " banana", "成都"]
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, *said)
        assert found(store, project, sort="question") == [
            "apple", " banana", "Zebra", "安徽", "北京", "成都", "武汉",
        ]  # fmt: skip


def test_found_rows_keep_their_numbers_and_their_order(tmp_path):
    """Whatever order they are asked for in; what is gone is left out."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        ids = fill(store, project, *"abcdefg")
        store.apply_change(project.id, "add", [a_put("after a", after=ids[0])])
        asked = [ids[6], ids[1], ids[4]]
        rows = store.load_found(project.id, [*asked, 10_000], ENCODING)
        assert [(row.id, row.number) for row in rows] == [
            (asked[0], 8),
            (asked[1], 3),
            (asked[2], 6),
        ]
        assert all(row.tokens for row in rows)
        store.apply_change(project.id, "delete", [Remove(ids[4])])
        assert [row.id for row in store.iterate_found(project.id, asked, batch=2)] == asked[:2]
        assert store.load_found(project.id, []) == []


TEXT = st.sampled_from(["a", "b b", "天气", "北京 天气", "A b"])


@given(st.lists(TEXT, max_size=12), st.lists(st.tuples(st.integers(0, 11), TEXT), max_size=6), TEXT)
@settings(max_examples=25, deadline=None)
def test_search_finds_what_reading_every_row_finds(texts, edits, sought):
    """Whatever was written over what: each part of what is sought stands in the rows found."""
    with TemporaryDirectory() as folder, a_store(Path(folder)) as store:
        project = a_project(store)
        ids = fill(store, project, *texts)
        for at, text in edits:
            if ids:
                store.apply_change(project.id, "edit", [a_put(text, id=ids[at % len(ids)])])
        parts = sought.casefold().split()
        said = [
            text for text in questions(store, project) if all(p in text.casefold() for p in parts)
        ]
        assert found(store, project, text=sought) == said


def test_what_is_derived_is_derived_anew(tmp_path):
    """A database that another version derived in another way is brought up to date on opening."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        example = an_example("天气 words").with_tags(["sale"])
        store.apply_change(project.id, "add", [Put(example, facts_of(example)), a_put("x x")])
        with store._writing() as conn:
            conn.execute(settings_table.update().values(value="another way"))
            for statement in (
                "DELETE FROM example_texts",
                "DELETE FROM example_tags",
                "DELETE FROM mark_sums",
                "UPDATE examples SET script = '', opening = ''",
                "UPDATE projects SET duplicates = 7",
            ):
                conn.exec_driver_sql(statement)
    with a_store(tmp_path) as store:
        assert (
            found(store, project, text="天气")
            == found(store, project, tag="sale")
            == ["天气 words"]
        )
        assert store.count_marks(project.id, "script") == {"latin": 1, "mixed": 1}
        assert (store.count_duplicates(project.id), store.count_rows(project.id)) == (0, 2)
        assert store.load_setting("derived_as") == DERIVED


def test_pairs_that_reject_another_reply_are_no_copies(tmp_path):
    """Each of them teaches something else."""
    example = an_example()
    pairs = [replace(example, rejected=(Message.of("assistant", text),)) for text in "aab"]
    with a_store(tmp_path) as store:
        project = a_project(store)
        store.apply_change(project.id, "add", [Put(each, facts_of(each)) for each in pairs])
        ids = [row.id for row in store.iterate_rows(project.id)]
        copies = store.find_rows(project.id, Query(code="duplicate_example"), RECKONING)
        assert (store.count_duplicates(project.id), copies) == (1, ids[:2])


def test_counts_of_an_encoding_are_kept_apart(tmp_path):
    """Another encoding has other lengths."""
    with a_store(tmp_path) as store:
        project = a_project(store)
        fill(store, project, "a", "bb")
        assert found(store, project, Reckoning("cl100k_base"), sort="longest") == ["a", "bb"]
        rows = store.uncounted_rows(project.id, "cl100k_base")
        counts = {row: TokenCount(9, 9 - row.number, 1) for row in rows}
        store.save_token_counts(project.id, "cl100k_base", counts)
        assert found(store, project, Reckoning("cl100k_base"), tokens_from=9) == ["a", "bb"]
        assert found(store, project, tokens_from=9) == []
