"""A change is called after what it did, and an edit of one example after what it changed there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from core_builders import an_example, of_messages

from core.examples import REVIEWS, Example, Message
from core.history import CODES, find_part, tell_change
from core.storage import Change
from core.words import LANGUAGES, has_words

CORE = Path(__file__).resolve().parents[2] / "core"


def a_change(kind: str, rows: int = 1, **more: Any) -> Change:
    """A change of this kind to so many rows."""
    params = more.pop("params", {})
    return Change(1, "p", kind, params, "", datetime.now(UTC), rows, **more)


def kinds_in_core() -> set[str]:
    """Every kind of change that core writes down, with undo and redo."""
    sources = [path.read_text(encoding="utf-8") for path in CORE.rglob("*.py")]
    calls = [found for text in sources for found in re.findall(
        r"apply_change\(\s*\w+(?:\.\w+)*,\s*\"(\w+)\"", text)]  # fmt: skip
    named = r"\bkind(?:: str)? = \"(\w+)\"(?: if \w+ else \"(\w+)\")?"
    calls += [kind for text in sources for kind in re.findall(r"\bAct\(\s*\"(\w+)\"", text)]
    calls += [kind for text in sources for pair in re.findall(named, text) for kind in pair if kind]
    return {*calls, "undo", "redo", "restore"}


def test_every_kind_that_core_writes_has_a_name() -> None:
    """No change of our own is called some change."""
    kinds = kinds_in_core()
    assert {"edit", "import", "delete", "paste", "system_prompt"} <= kinds
    assert sorted(kinds - set(CODES)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_name_has_a_sentence(code: str, language: str) -> None:
    """In both languages."""
    assert has_words(language, f"change.{code}")


def test_a_change_is_told_with_how_many_and_what() -> None:
    """The number of rows, and the params that its sentence needs as text."""
    told = tell_change(a_change("import", 40, params={"source": "a.jsonl", "examples": 40}))
    assert (told.code, told.n, told.params) == ("import", 40, {"source": "a.jsonl"})


@pytest.mark.parametrize("review", REVIEWS)
def test_a_review_is_called_after_the_state_it_gave(review: str) -> None:
    """A state of another version is some review."""
    assert tell_change(a_change("review", 3, params={"review": review})).code == f"review_{review}"
    assert tell_change(a_change("review", 3, params={"review": "signed"})).code == "review"


def test_a_paste_is_told_with_all_its_rows() -> None:
    """Also with those that held the same text before."""
    assert tell_change(a_change("paste", 38, params={"rows": 40})).n == 40
    assert tell_change(a_change("paste", 38, params={"rows": "many"})).n == 38


def test_an_edit_is_called_after_the_part_it_changed() -> None:
    """As it was found, or else after the column it was typed into; of many examples, neither."""
    assert tell_change(a_change("edit"), "assistant").code == "edit_assistant"
    assert tell_change(a_change("edit", params={"column": "user"})).code == "edit_user"
    assert tell_change(a_change("edit", params={"column": "<b>"})).code == "edit"
    assert tell_change(a_change("edit", 3, params={"column": "user"})).code == "edit"
    assert tell_change(a_change("edit")).code == "edit"


def test_a_kind_of_another_version_is_told_all_the_same() -> None:
    """Neutrally, or by what is known of it."""
    assert tell_change(a_change("polish", 3)).code == "other"
    assert tell_change(a_change("polish", 0, prompt=("a", "b"))).code == "system_prompt"


def two(*more: Message) -> Example:
    """A question and an answer, and what comes after."""
    return Example((Message.of("user", "Hi"), Message.of("assistant", "Hello"), *more))


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        (an_example(), an_example(assistant="x"), "assistant"),
        (an_example(), an_example(user="x"), "user"),
        (an_example(), an_example(system="x"), "system"),
        (an_example(), an_example(system=None), "system"),
        (an_example(system=None), an_example(), "system"),
        (an_example(), an_example(user="x", assistant="x"), ""),
        (an_example(), an_example(), ""),
        (two(), two(Message.of("user", "?")), "turns"),
        (two(Message.of("user", "?")), two(), "turns"),
        (two(), Example(two().messages[::-1]), "turns"),
        (two(), Example((*two().messages[:1], Message.of("assistant", "Hello", weight=0))), ""),
        (of_messages({"role": "tool", "content": "1"}), of_messages({"role": "tool"}), ""),
        (Example(), Example(extra=(("tools", ()),)), ""),
    ],
)
def test_the_only_part_that_differs_is_found(before: Example, after: Example, part: str) -> None:
    """A text, the turns, or neither where more than one thing differs."""
    assert find_part(before, after) == part
