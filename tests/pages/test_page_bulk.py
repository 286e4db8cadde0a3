"""Many rows at once: looked at in a dialog, done as one Change, taken back in one step."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visits import act, is_well, keys, press, shown, start, visit, words, write

from core.editing import DEFAULT_PRICED_FOR, facts_in
from core.examples import APPROVED, Example, Message
from core.storage import Project, Put, Remove, Store
from core.tasks import find_task
from core.words import say
from ui import works


def a_project(store: Store, *questions: str, **more: Any) -> Project:
    """A project of these questions, each with the same answer."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR, **more)
    facts = facts_in(project)
    said = [Example((Message.of("user", q), Message.of("assistant", "Yes."))) for q in questions]
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in said])
    return store.load_project(project.id)


def examples(store: Store, project: Project) -> list[Example]:
    """All examples in order."""
    return [row.example for row in store.iterate_rows(project.id)]


def questions(store: Store, project: Project) -> list[str]:
    """What is asked in each."""
    return [example.messages[0].text for example in examples(store, project)]


def tick(app: AppTest, *numbers: int) -> list[int]:
    """The ids of these rows of the page; the first is 1."""
    return [shown(app)["order"][number - 1] for number in numbers]


def undo(app: AppTest) -> AppTest:
    """Press the table's Undo."""
    return act(app, "undo", change=shown(app)["undo"]["id"])


MANY = [f"Question {n}?" for n in range(120)]


def test_ticked_rows_are_reviewed_tagged_and_held_out_at_once(store: Store) -> None:
    """They stand in sight, so there is nothing to be shown before; each is one step back."""
    project = a_project(store, *MANY[:4])
    app = visit("editor", project.id)
    rows = tick(app, 1, 3)
    app = act(app, "review", rows=rows, review=APPROVED)
    app = act(app, "hold_out", rows=rows, on=True)
    app = act(app, "tag", rows=rows, tag="new", on=True)
    assert is_well(app)
    marked = [e for e in examples(store, project) if e.tags]
    assert [(e.review, e.held_out, e.tags) for e in marked] == [(APPROVED, True, ("new",))] * 2
    assert shown(app)["rows"][0]["review"] == APPROVED
    for _ in range(3):
        app = undo(app)
    assert not any(e.tags or e.held_out or e.review == APPROVED for e in examples(store, project))


def test_what_is_done_to_all_that_is_found_is_shown_before(store: Store) -> None:
    """On whatever page it stands: how many, and how the first ones would be."""
    project = a_project(store, *MANY)
    app = act(visit("editor", project.id), "tag", all=True, tag="new", on=True)
    assert is_well(app)
    assert say("en", "bulk.will_change", n=120, total=120) in words(app)
    assert "Question 2?" in words(app)
    assert not any(e.tags for e in examples(store, project))
    app = press(app, "bulk_do")
    assert is_well(app)
    assert {e.tags for e in examples(store, project)} == {("new",)}
    assert "bulk_do" not in keys(app)
    assert shown(app)["undo"]["label"] == "Undo: tagged 120 examples “new”"
    undo(app)
    assert not any(e.tags for e in examples(store, project))


def test_only_what_is_found_is_deleted(store: Store) -> None:
    """The table narrowed by a search: what it does not show stays."""
    project = a_project(store, *MANY)
    app = visit("editor", project.id, text="Question 11")
    assert shown(app)["found"] == 11
    app = press(act(app, "delete", all=True), "bulk_do")
    assert is_well(app)
    assert len(examples(store, project)) == 109
    assert not any("Question 11" in question for question in questions(store, project))


def test_what_another_tab_deleted_meanwhile_is_no_obstacle(store: Store) -> None:
    """The table still shows it; the others are done."""
    project = a_project(store, *MANY[:20])
    app = visit("editor", project.id, text="Question")
    assert shown(app)["found"] == 20
    store.apply_change(project.id, "delete", [Remove(shown(app)["order"][0])])
    app = act(app, "tag", all=True, tag="new", on=True)
    assert say("en", "bulk.will_change", n=19, total=19) in words(app)
    app = press(app, "bulk_do")
    assert is_well(app)
    assert sum("new" in example.tags for example in examples(store, project)) == 19


def test_cancelled_nothing_is_done(store: Store) -> None:
    """The dialog is gone, and so is what was asked."""
    project = a_project(store, *MANY[:3])
    app = press(act(visit("editor", project.id), "delete", all=True), "bulk_cancel")
    assert is_well(app)
    assert "bulk_do" not in keys(app)
    assert len(examples(store, project)) == 3


def test_find_and_replace_shows_what_it_would_do_and_does_it(store: Store) -> None:
    """How many places in how many rows, the first of them marked; also in the instructions."""
    project = a_project(store, *MANY[:5], system_prompt="Answer every question.")
    app = act(visit("editor", project.id), "ask", what="replace", all=True)
    assert is_well(app)
    assert app.button(key="bulk_do").disabled
    app = write(app, field(app, "find"), "question")
    app = write(app, field(app, "by"), "Query")
    assert say("en", "bulk.will_replace", n=5, found=5) in words(app)
    app = press(app, "bulk_do")
    assert is_well(app)
    assert questions(store, project)[0] == "Query 0?"
    assert store.load_project(project.id).system_prompt == "Answer every Query."
    assert "Undo: replaced “question” with “Query” in 5 examples" in shown(app)["undo"]["label"]
    undo(app)
    assert questions(store, project) == MANY[:5]
    assert store.load_project(project.id).system_prompt == "Answer every question."


def field(app: AppTest, name: str) -> str:
    """The key of a field of the dialog; it is named after what was asked."""
    fields = (*app.text_input, *app.text_area, *app.checkbox)
    return next(each.key for each in fields if each.key and each.key.startswith(f"bulk_{name}_"))


@pytest.mark.parametrize(
    ("find", "code", "params"),
    [
        ("(question", "bad_pattern", {"place": 9}),
        ("(?:" * 22 + "a" + ")+" * 22, "pattern_too_slow", {}),
    ],
)
def test_a_bad_pattern_is_a_sentence(
    store: Store, find: str, code: str, params: dict[str, int]
) -> None:
    """And nothing can be done with it."""
    app = act(visit("editor", a_project(store, *MANY[:2]).id), "ask", what="replace", all=True)
    app = app.checkbox(key=field(app, "is_pattern")).check().run()
    app = write(app, field(app, "find"), find)
    assert is_well(app)
    assert say("en", f"error.{code}", **params) in [each.value for each in app.warning]
    assert app.button(key="bulk_do").disabled


def test_a_replacement_can_be_kept_to_what_is_ticked(store: Store) -> None:
    """Offered first, where rows are ticked; all is another press."""
    project = a_project(store, *MANY[:5])
    app = visit("editor", project.id)
    app = act(app, "ask", what="replace", rows=tick(app, 2))
    app = write(app, field(app, "find"), "Question")
    app = press(app, "bulk_do")
    assert questions(store, project) == ["Question 0?", " 1?", *MANY[2:5]]


def test_instructions_are_given_and_taken_away(store: Store) -> None:
    """Their own, or again those that all share."""
    project = a_project(store, *MANY[:3], system_prompt="Be kind.")
    app = visit("editor", project.id)
    app = act(app, "ask", what="instruct", rows=tick(app, 1, 2))
    assert app.button(key="bulk_do").disabled
    app = press(write(app, field(app, "text"), " Be brief. "), "bulk_do")
    assert [e.system for e in examples(store, project)] == ["Be brief.", "Be brief.", None]
    app = act(app, "ask", what="instruct", all=True)
    which = next(each for each in app.segmented_control if "which" in str(each.key))
    app = press(which.set_value("shared").run(), "bulk_do")
    assert is_well(app)
    assert [e.system for e in examples(store, project)] == [None] * 3


def test_what_can_be_fixed_is_offered_with_how_often(store: Store) -> None:
    """And what the fix does; what is not found anywhere is not offered."""
    project = a_project(store, " One? ", "Two?", "Three? ")
    app = act(visit("editor", project.id), "ask", what="fix", all=True)
    (choice,) = [each for each in app.radio if "fix" in str(each.key)]
    assert choice.options == [f"{say('en', 'finding.untrimmed_whitespace.title')} · 2"]
    app = press(app, "bulk_do")
    assert is_well(app)
    assert questions(store, project) == ["One?", "Two?", "Three?"]


def test_nothing_to_fix_is_said(store: Store) -> None:
    """In place of a choice."""
    app = act(visit("editor", a_project(store, "One?").id), "ask", what="fix", all=True)
    assert say("en", "bulk.no_fixes") in words(app)
    assert app.button(key="bulk_do").disabled


def test_a_tag_is_taken_off(store: Store) -> None:
    """One of those in use; without any there is nothing to take off."""
    project = a_project(store, *MANY[:2])
    app = visit("editor", project.id)
    assert say("en", "bulk.no_tags") in words(act(app, "ask", what="untag", all=True))
    app = act(visit("editor", project.id), "tag", rows=tick(app, 1, 2), tag="new", on=True)
    app = press(act(app, "ask", what="untag", rows=tick(app, 1)), "bulk_do")
    assert [e.tags for e in examples(store, project)] == [(), ("new",)]


def test_a_finding_offers_to_fix_all_of_it(store: Store) -> None:
    """From the list beside the table, whatever stands on the page."""
    project = a_project(store, " One? ", "Two?", "Three? ")
    app = press(visit("editor", project.id), "fix_all_untrimmed_whitespace")
    assert say("en", "bulk.will_change", n=2, total=2) in words(app)
    assert say("en", "bulk.of_about", n=2) in words(app)  # nobody has selected any
    app = press(app, "bulk_do")
    assert questions(store, project) == ["One?", "Two?", "Three?"]


def test_copies_are_deleted_but_the_first(store: Store) -> None:
    """From the finding that tells of them."""
    project = a_project(store, "One?", "Two?", "One?", "One?")
    app = press(visit("editor", project.id), "fix_all_duplicate_example")
    assert say("en", "bulk.will_delete", n=2) in words(app)
    app = press(app, "bulk_do")
    assert questions(store, project) == ["One?", "Two?"]
    assert "Undo: deleted 2 copies" in shown(app)["undo"]["label"]


def test_blanks_around_the_shared_instructions_are_taken_away(store: Store) -> None:
    """At once: there is no row to look at."""
    project = a_project(store, "One?", system_prompt=" Be kind.\n")
    app = press(visit("editor", project.id), "fix_all_untrimmed_instructions")
    assert is_well(app)
    assert store.load_project(project.id).system_prompt == "Be kind."


def test_approved_examples_that_would_be_drafts_again_are_told(store: Store) -> None:
    """Before anything is rewritten."""
    project = a_project(store, " One? ", " Two? ")
    app = visit("editor", project.id)
    app = act(app, "review", rows=tick(app, 1), review=APPROVED)
    app = press(app, "fix_all_untrimmed_whitespace")
    assert say("en", "bulk.reopened", n=1) in words(app)


def test_approved_examples_that_use_the_shared_instructions_are_told_of(store: Store) -> None:
    """Where these would be replaced, and somebody has to read them again."""
    project = a_project(store, "One?", "Two?", system_prompt="Be kind.")
    app = visit("editor", project.id)
    app = act(app, "review", rows=tick(app, 1), review=APPROVED)
    app = act(app, "ask", what="replace", all=True)
    app = write(app, field(app, "find"), "One")
    assert say("en", "bulk.relying", n=1) not in words(app)
    app = write(app, field(app, "find"), "kind")
    assert is_well(app)
    assert say("en", "bulk.relying", n=1) in words(app)


def test_a_large_change_is_a_task_that_everybody_sees(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done in the background, offered to be undone; and so is its undo."""
    monkeypatch.setattr(works, "LARGE", 50)
    project = a_project(store, *MANY)
    app = press(act(visit("editor", project.id), "delete", all=True), "bulk_do")
    finish(project)
    app = app.run()
    assert is_well(app)
    assert examples(store, project) == []
    app = press(app, "undo")
    finish(project)
    assert is_well(app.run())
    assert questions(store, project) == MANY


def finish(project: Project) -> None:
    """Wait until the project's task is done, if nobody has seen that yet."""
    task = find_task(works.work_key(project))
    assert task is None or task.wait(30)


def test_two_large_changes_at_a_time_are_one_too_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is refused with a sentence, and the first goes on."""
    monkeypatch.setattr(works, "LARGE", 1)
    monkeypatch.setattr(works, "is_running", lambda key: True)
    app, project = start()
    before = store.load_changes(project)
    app = act(app, "delete", rows=tick(app, 1, 2))
    assert [each["code"] for each in shown(app)["refused"]] == ["work_running"]
    assert shown(app)["words"]["work_running"] == say("en", "error.work_running")
    assert store.load_changes(project) == before


def test_a_note_and_a_review_are_kept_from_the_panel(store: Store) -> None:
    """As one change a visit, and the table shows both."""
    project = a_project(store, "One?")
    app = visit("editor", project.id)
    app = act(app, "open", row=tick(app, 1)[0])
    row = shown(app, "panel")["example"]["id"]
    app = act(app, "type", "panel", row=row, at=-1, role="note", field="note", call=None,
              text="Ask Ann.", bases=[""])  # fmt: skip
    app = act(app, "review", "panel", row=row, review="ready")
    app = act(app, "hold_out", "panel", row=row, on=True)
    assert is_well(app)
    (example,) = examples(store, project)
    assert (example.note, example.review, example.held_out) == ("Ask Ann.", "ready", True)
    assert shown(app)["rows"][0]["note"] == "Ask Ann."
    assert shown(app)["undo"]["label"] == "Undo: kept an example for validation"
