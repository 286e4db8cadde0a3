"""The voice on Quality: learned by a press, told on a card, and what sounds unlike it by name."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from visits import bodies, is_well, keys, press, settle, visit, words

from core.editing import DEFAULT_PRICED_FOR, checks_in, facts_in
from core.examples import APPROVED, Example, Message
from core.queries import Query
from core.storage import Project, Put, Store
from core.words import LANGUAGES, say
from ui import quality_voice, state

PLAIN = "We sent tea number {} off today. It will be with you on Friday."
LOUD = "OMG!!! 🎉 <b>Tea</b> {}!!"


def a_project(store: Store, plain: int, loud: int = 0, review: str = APPROVED) -> Project:
    """A project of plain replies in some state of review, and loud ones nobody has read."""
    replies = [(PLAIN.format(n), review) for n in range(plain)]
    replies += [(LOUD.format(n), "draft") for n in range(loud)]
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    add(store, project, *(an_example(reply, state) for reply, state in replies))
    return store.load_project(project.id)


def an_example(reply: str, review: str) -> Example:
    """A question with this reply."""
    said = (Message.of("user", f"Where is {hash(reply)}?"), Message.of("assistant", reply))
    return Example(said, review=review)


def add(store: Store, project: Project, *examples: Example) -> None:
    """Add them as one change."""
    facts = facts_in(project)
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])


def learned(store: Store, project: Project, lang: str = "en") -> AppTest:
    """The section after the press."""
    app = settle(press(visit("quality", project.id, lang, section="voice"), "voice_learn"))
    assert is_well(app)
    return app


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_voice_is_learned_by_a_press(store: Store, lang: str) -> None:
    """The button says from how many; the card says how they sound; outliers are named."""
    project = a_project(store, plain=20, loud=1)
    app = visit("quality", project.id, lang, section="voice")
    assert say(lang, "quality.voice_learn", n=20) in words(app)
    app = learned(store, project, lang)
    said = words(app)
    assert say(lang, "quality.voice_card_no_emoji") in said
    assert say(lang, "quality.voice_close", n=20, total=21) in said
    assert say(lang, "finding.off_voice.what_emoji_more_none", examples=20) in said
    assert say(lang, "quality.voice_far") in said
    assert "<b>Tea</b>" in said
    assert not any("<b>Tea" in body for body in bodies(app))


def test_the_outliers_are_findings_from_then_on(store: Store) -> None:
    """They stand in the table's list, and the way there narrows it to them."""
    project = a_project(store, plain=20, loud=2)
    learned(store, project)
    visit("editor", project.id)
    counts = {found.code: found.count for found in store.count_findings(project.id)}
    assert counts["off_voice"] == 2
    app = press(visit("quality", project.id, section="voice"), "voice_show_all")
    assert app.session_state[state.GRID_QUERY] == Query(code="off_voice")


def test_an_outlier_is_opened_in_the_editor(store: Store) -> None:
    """By the button beside it."""
    project = a_project(store, plain=20, loud=1)
    app = learned(store, project)
    (button,) = [key for key in keys(app) if key.startswith("open_far_")]
    app = press(app, button)
    assert app.session_state[state.OPEN_EXAMPLE] == int(button.removeprefix("open_far_"))


def test_with_too_few_approved_all_are_learned_from(store: Store) -> None:
    """It is said before the press and after it."""
    project = a_project(store, plain=12, review="draft")
    app = visit("quality", project.id, section="voice")
    assert say("en", "quality.voice_from_all", n=10, approved=0) in words(app)
    app = learned(store, project)
    assert "Learned from all 12 examples" in words(app)


def test_with_too_few_at_all_there_is_nothing_to_press(store: Store) -> None:
    """The page says how many it takes."""
    app = visit("quality", a_project(store, plain=3).id, section="voice")
    assert is_well(app)
    assert say("en", "quality.voice_too_few", n=10, have=3) in words(app)
    assert "voice_learn" not in keys(app)


def test_a_voice_says_when_it_is_out_of_date(store: Store) -> None:
    """By how many were approved since; learned again, it is up to date."""
    project = a_project(store, plain=20)
    learned(store, project)
    add(store, project, *(an_example(PLAIN.format(n), APPROVED) for n in range(20, 26)))
    more = say("en", "quality.voice_more", n=6)
    assert more in words(visit("quality", project.id, section="voice"))
    assert more not in words(learned(store, project))


def test_a_voice_can_be_forgotten(store: Store) -> None:
    """Then nothing is held against it any more."""
    project = a_project(store, plain=20, loud=1)
    app = press(learned(store, project), "voice_forget")
    assert is_well(app)
    assert checks_in(store.load_project(project.id)).voice is None
    assert "voice_forget" not in keys(app)


def test_a_large_project_is_held_against_its_voice_by_a_press(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it takes long, nobody waits for what they did not ask for."""
    monkeypatch.setattr(quality_voice, "HELD_AT_ONCE", 5)
    project = a_project(store, plain=20, loud=1)
    app = learned(store, project)
    assert "voice_measure" in keys(app)
    app = settle(press(app, "voice_measure"))
    assert say("en", "quality.voice_close", n=20, total=21) in words(app)
