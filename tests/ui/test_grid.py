"""ui/grid.py: a row as the table shows it, and a page of rows light enough to travel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import COLUMNS
from core.counts import TokenCount
from core.examples import Example, Message
from core.findings import Finding, Place, Severity
from core.storage import Row
from core.words import say
from ui.grid import GridRow, cut, values_of

LETTERS = st.characters(exclude_categories=["Cs"])
texts = st.text(LETTERS, max_size=400) | st.sampled_from(
    ["天气" * 500, "é👩‍👩‍👧" * 200, "x" * 3000]
)
pages = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=12)
SHORTEST = 200  # bytes that are shown of any text
MARK = len("…".encode())


def a_row(*said: tuple[str, Any]) -> Row:
    """Row 7, the 1,234th of its project, with these messages."""
    example = Example(tuple(Message.of(role, text) for role, text in said))
    return Row(7, 1_234, example, TokenCount(1, 2_000, 1))


def shown(
    row: Row, *findings: tuple[Severity, Finding], tokens: int | None = 2_000, shared: int = 0
) -> dict[str, Any]:
    """The row as the component takes it."""
    return values_of(GridRow(row, tokens, findings, shared))


def a_finding(code: str, severity: Severity, message: int | None) -> tuple[Severity, Finding]:
    """One thing to look at."""
    return severity, Finding(code, severity, Place(message=message))


PLAIN = a_row(("user", "Rain?"), ("assistant", "Only on\nyour parade."))


def test_a_sound_row_is_its_texts_and_figures() -> None:
    """Line breaks as they are, numbers as people read them, and nothing to look at."""
    assert shown(PLAIN) == {
        "id": 7,
        "number": "1,234",
        "system": "",
        "user": "Rain?",
        "assistant": "Only on\nyour parade.",
        "tokens": "2,000",
        "mark": "ok",
        "status": say("en", "editor.row_ready"),
        "notes": [],
    }


def test_tokens_not_counted_yet_are_none() -> None:
    """Which the table shows as an ellipsis."""
    assert shown(PLAIN, tokens=None)["tokens"] is None


def test_a_finding_stands_at_its_cell_with_its_fix() -> None:
    """Its sentence, how bad it is, and what would be done to mend it."""
    found = a_finding("untrimmed_whitespace", Severity.WARNING, 0)
    values = shown(a_row(("user", " Rain? "), ("assistant", "No.")), found)
    (note,) = values["notes"]
    assert note.pop("text")
    assert note == {
        "column": "user",
        "severity": "warning",
        "code": "untrimmed_whitespace",
        "fix": say("en", "finding.untrimmed_whitespace.fix"),
    }
    assert values["mark"] == "warning"
    assert values["status"] == say("en", "finding.untrimmed_whitespace.title")


def test_the_worst_finding_gives_the_row_its_mark() -> None:
    """In whatever order they were found."""
    advice = a_finding("untrimmed_whitespace", Severity.ADVICE, 0)
    error = a_finding("missing_content", Severity.ERROR, 1)
    values = shown(PLAIN, advice, error)
    assert (values["mark"], values["status"]) == (
        "error",
        say("en", "finding.missing_content.title"),
    )
    assert [note["column"] for note in values["notes"]] == ["user", "assistant"]


def test_a_fix_that_would_change_nothing_is_not_offered() -> None:
    """As where the blanks stand in the instructions that all share."""
    (note,) = shown(PLAIN, a_finding("untrimmed_whitespace", Severity.ADVICE, 0))["notes"]
    assert note["fix"] == ""


def test_what_people_have_put_on_a_row_travels_with_it() -> None:
    """Its tags, its state of review, its note, and that it is held out; a plain row has none."""
    example = PLAIN.example.with_tags(["new"]).with_review("approved").with_note("Good.")
    values = shown(replace(PLAIN, example=example.with_held_out(True)))
    marks = {"tags": ("new",), "review": "approved", "note": "Good.", "held_out": True}
    assert {name: values[name] for name in marks} == marks
    assert not marks.keys() & shown(PLAIN).keys()


def test_inherited_instructions_are_counted_before_the_row_s_own_messages() -> None:
    """A finding of the second message checked is one of the row's first."""
    values = shown(PLAIN, a_finding("missing_content", Severity.ERROR, 1), shared=1)
    assert [note["column"] for note in values["notes"]] == ["user"]


def test_more_turns_lead_to_the_conversation() -> None:
    """They are counted, and what is found in them stands beside the way there."""
    row = a_row(("user", "1"), ("assistant", ""), ("user", "3"), ("assistant", "4"))
    values = shown(row, a_finding("missing_content", Severity.ERROR, 1))
    assert (values["user"], values["assistant"]) == ("1", "4")
    assert values["more"] == say("en", "editor.more_turns", n=2)
    assert [note["column"] for note in values["notes"]] == ["user"]


def test_what_is_not_text_is_locked() -> None:
    """The cell says so, and nobody writes over it."""
    values = shown(a_row(("user", [{"type": "text", "text": "Hi"}]), ("assistant", "Hello.")))
    assert values["locked"] == ("user",)


def rows_of(page: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Rows as `values_of` gives them, their ids counted from 0."""
    return [
        {"id": n, **dict(zip(COLUMNS, said, strict=True))} for n, said in enumerate(page)
    ]  # fmt: skip


def size(rows: list[dict[str, Any]]) -> int:
    """Bytes of text."""
    return sum(len(row[column].encode()) for row in rows for column in COLUMNS)


@pytest.mark.parametrize("room", [6, 100])
def test_what_fits_is_not_touched(room: int) -> None:
    """To the last byte."""
    rows = rows_of([("", "天", "abc")])
    assert cut(rows, room, set()) == rows


@given(pages, st.integers(1_000, 20_000))
def test_a_page_stays_within_its_room(page: list[tuple[str, str, str]], room: int) -> None:
    """But for what is shown of every text, however many there are, and the marks of the cuts."""
    rows = cut(rows_of(page), room, set())
    cells = len(rows) * len(COLUMNS)
    assert size(rows) <= max(room, cells * SHORTEST) + cells * MARK


@given(pages, st.integers(0, 20_000))
def test_a_cut_text_is_a_beginning_and_says_so(page: list[tuple[str, str, str]], room: int) -> None:
    """No letter is cut through, no short text is cut, and what is not marked is whole."""
    for before, after in zip(rows_of(page), cut(rows_of(page), room, set()), strict=True):
        for column in COLUMNS:
            if column in after.get("clipped", []):
                head, mark = after[column][:-1], after[column][-1]
                assert mark == "…"
                assert before[column].startswith(head)
                assert SHORTEST - 3 <= len(head.encode()) < len(before[column].encode())
            else:
                assert after[column] == before[column]


@given(pages, st.integers(0, 20_000), st.sets(st.integers(0, 11)))
def test_a_row_that_somebody_writes_in_is_whole(
    page: list[tuple[str, str, str]], room: int, whole: set[int]
) -> None:
    """Whatever the others pay for it."""
    rows = rows_of(page)
    after = cut(rows, room, whole)
    assert [row for row in after if row["id"] in whole] == [
        row for row in rows if row["id"] in whole
    ]


def test_the_longest_texts_are_cut_first() -> None:
    """Short ones stay whole beside them."""
    (row,) = cut(rows_of([("s" * 500, "u" * 900, "a" * 90_000)]), 10_000, set())
    assert row["clipped"] == ["assistant"]
    assert len(row["assistant"]) == 10_000 - 500 - 900 + 1


def test_half_a_character_is_no_fault() -> None:
    """A lone surrogate takes its place in the count and in what is shown."""
    (row,) = cut(rows_of([("", "", "\ud83d" * 900)]), 300, set())
    assert row["clipped"] == ["assistant"]
    assert len(row["assistant"]) == 301
