"""The page Quality as a whole: its sections, its switches, and what the editor makes of both."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from visits import act, is_well, keys, press, settle, shown, type_into, visit, wait_for_tasks, words

from core.brand.values import BrandRule
from core.editing import (
    DEFAULT_PRICED_FOR,
    change_checks,
    checks_in,
    facts_in,
    is_checked,
    recheck,
)
from core.examples import Example, Message
from core.storage import Project, Put, Store
from core.survey import _surveys
from core.tasks import start_task
from core.words import LANGUAGES, say
from ui.quality import SECTIONS

SHIPPING = "How long does it take until my parcel arrives in Leeds?"
SIMILAR = "How long does it take until my parcel arrives at Leeds?"


def a_project(store: Store, *said: tuple[str, str]) -> Project:
    """A project of these questions and replies."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    talks = [Example((Message.of("user", ask), Message.of("assistant", to))) for ask, to in said]
    store.apply_change(project.id, "add", [Put(talk, facts(talk)) for talk in talks])
    return store.load_project(project.id)


def switch(app: AppTest, project: Project, code: str) -> AppTest:
    """Press the switch of a check."""
    (toggle,) = [each for each in app.toggle if each.key == f"switch_{project.id}_{code}"]
    return toggle.set_value(not toggle.value).run()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(store: Store, section: str, lang: str) -> None:
    """From its address, in a project with examples and in an empty one."""
    for said in ((), ((SHIPPING, "Two days."), (SIMILAR, "Two days."), ("a@b.io?", " Hi "))):
        project = a_project(store, *said).id
        assert is_well(visit("quality", project, lang, section=section))
        wait_for_tasks()
        app = visit("quality", project, lang, section=section)
        assert is_well(app)
        (bar,) = [each for each in app.get("button_group") if each.key == "quality_section"]
        assert bar.value == section


def test_what_is_switched_off_is_told_no_more(store: Store) -> None:
    """In the table at once, and in what is stored once the rows were checked again."""
    project = a_project(store, ("Hi", " spaced "))
    app = visit("editor", project.id)
    assert "untrimmed_whitespace" in {note["code"] for note in shown(app)["rows"][0]["notes"]}
    switch(visit("quality", project.id, section="checks"), project, "untrimmed_whitespace")
    assert not checks_in(store.load_project(project.id)).wants("untrimmed_whitespace")
    app = settle(visit("editor", project.id))
    assert "untrimmed_whitespace" not in {note["code"] for note in shown(app)["rows"][0]["notes"]}
    project = store.load_project(project.id)
    assert is_checked(project)
    assert "untrimmed_whitespace" not in {f.code for f in store.count_findings(project.id)}


def test_many_rows_are_checked_again_in_the_background(store: Store) -> None:
    """The page says so, and stays; when all is done nothing is left to say."""
    project = a_project(store, *((f"Question {n}", " spaced ") for n in range(600)))
    app = visit("quality", project.id, section="checks")
    settle(app)
    switch(app, project, "untrimmed_whitespace")
    assert is_well(settle(visit("editor", project.id)))
    project = store.load_project(project.id)
    assert is_checked(project)
    assert "untrimmed_whitespace" not in {f.code for f in store.count_findings(project.id)}


def test_the_editor_tells_what_examples_show_together(store: Store) -> None:
    """And narrows the table to them; mended, they are told no more, undone they are again."""
    project = a_project(store, (SHIPPING, "Two days."), ("Tea?", "Green."), (SIMILAR, "Two days."))
    app = settle(visit("editor", project.id))
    assert say("en", "finding.near_duplicate_example.title") in words(app)
    assert "closer_near_duplicate_example" in keys(app)
    app = act(app, "narrow", "narrow", query={"code": "near_duplicate_example"})
    assert len(shown(app)["rows"]) == 2
    app = act(app, "narrow", "narrow", query={})
    app = type_into(app, 3, "user", "Which tea is the best one for the evening?")
    assert say("en", "finding.near_duplicate_example.title") not in words(app)
    app = act(app, "undo", change=shown(app)["undo"]["id"])
    assert say("en", "finding.near_duplicate_example.title") in words(app)


def test_a_link_to_rows_that_look_alike_waits_for_the_look(store: Store) -> None:
    """After a restart nothing is known about pairs yet; the table shows them once it is."""
    project = a_project(store, (SHIPPING, "Two days."), ("Tea?", "Green."), (SIMILAR, "Two days."))
    _surveys.clear()
    app = settle(visit("editor", project.id, code="near_duplicate_example"))
    assert len(shown(app)["rows"]) == 2


def test_checks_that_change_while_rows_are_checked_are_heeded_in_the_end(store: Store) -> None:
    """A task that has ended under older ones is no reason to leave it at that."""
    project = a_project(store, *((f"Question {n}", " spaced ") for n in range(600)))
    recheck(store, project)
    start_task(f"recheck_{project.id}", lambda _: None).wait(10)
    change_checks(store, project, lambda now: now.switched("untrimmed_whitespace", on=False))
    settle(visit("editor", project.id))
    project = store.load_project(project.id)
    assert is_checked(project)
    assert "untrimmed_whitespace" not in {f.code for f in store.count_findings(project.id)}


def test_a_switch_keeps_what_others_changed_meanwhile(store: Store) -> None:
    """A page drawn before a brand rule came does not take it away."""
    project = a_project(store, ("Hi", "Hello"))
    app = visit("quality", project.id, section="checks")
    rule = BrandRule("avoid", "delve")
    change_checks(store, project, lambda now: replace(now, brand=(rule,)))
    switch(app, project, "few_examples")
    checks = checks_in(store.load_project(project.id))
    assert (checks.brand, checks.wants("few_examples")) == ((rule,), False)


def test_the_overview_leads_to_what_was_found(store: Store) -> None:
    """Pairs are seen side by side; what is off is said where it would stand, and comes back."""
    project = a_project(store, (SHIPPING, "Two days."), (SIMILAR, "Two days."))
    app = settle(visit("quality", project.id))
    app = press(app, "found_near_duplicate_example")
    assert app.session_state["quality_section"] == "pairs"
    off = "near_duplicate_example"
    change_checks(store, project, lambda now: now.switched(off, on=False))
    app = settle(visit("quality", project.id, section="pairs"))
    assert say("en", "quality.is_off", what=say("en", f"finding.{off}.title")) in words(app)
    press(app, f"turn_on_{off}")
    assert checks_in(store.load_project(project.id)).wants(off)
