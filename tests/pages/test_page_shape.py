"""The overview of quality: pictures whose titles say what to see, and the way to mend slips."""

from __future__ import annotations

import pytest
from visits import bodies, is_well, keys, press, visit, words

from core.editing import DEFAULT_PRICED_FOR, change_checks, checks_in, facts_in
from core.examples import Example, Message
from core.queries import Query
from core.storage import Project, Put, Store
from core.words import LANGUAGES, say
from ui import state

KIND = "You are a kind shop assistant. Say what happens next."
CANNED = "I am sorry, I cannot help you with that. Please write to our service."
ASKED = ("How are you?", "Where is it?", "Can I pay later?", "Please cancel it.", "Broken again.")


def a_talk(user: str, assistant: str, system: str | None = None) -> Example:
    """A question and its reply, under instructions of its own."""
    first = [Message.of("system", system)] if system else []
    messages = [*first, Message.of("user", user), Message.of("assistant", assistant)]
    return Example(tuple(messages))


def a_project(store: Store, *examples: Example, **more: str) -> Project:
    """A project of these examples."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR, **more)
    facts = facts_in(project)
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id)


def instructions(store: Store, project: Project) -> list[str | None]:
    """Those that each example has of its own."""
    return [row.example.system for row in store.iterate_rows(project.id)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_picture_says_what_is_to_be_seen(store: Store, lang: str) -> None:
    """A sentence above it; and its bars are a table that can be read out."""
    rainy = [a_talk(f"Will it rain in {n}?", "No, not at all.").with_tags(["rain"]) for n in "abcd"]
    snowy = [a_talk("Wie viel Schnee?", "好的。" * 9).with_tags(["<snow>"]).with_held_out(True)]
    app = visit("quality", a_project(store, *rainy, *snowy).id, lang, section="shape")
    assert is_well(app)
    said = words(app)
    for key, facts in [
        ("shape_enough_needed", {"n": 4, "more": 6}),
        ("shape_part_some", {"share": say(lang, "quality.shape_percent", n=20)}),
        ("shape_kind_most", {"kind": say(lang, "quality.shape_kind_yes_no")}),
        ("shape_length_most", {"words": "1 – 10"}),
    ]:
        assert say(lang, f"quality.{key}", **facts) in said
    share = say(lang, "quality.shape_percent", n=80)
    assert say(lang, "quality.shape_tag_first", tag="rain", share=share) in said
    assert any("<td>" in body and "&lt;snow&gt;" in body for body in bodies(app))
    assert not any("<snow>" in body for body in bodies(app))


def test_a_project_without_examples_says_what_to_do(store: Store) -> None:
    """One button leads to the table."""
    app = visit("quality", a_project(store).id, section="shape")
    assert say("en", "quality.shape_empty") in words(app)
    assert is_well(press(app, "shape_write"))


def test_one_reply_for_many_questions_is_shown_with_some_of_them(store: Store) -> None:
    """And the way to its examples."""
    project = a_project(store, *(a_talk(ask, CANNED) for ask in ASKED))
    app = visit("quality", project.id, section="shape")
    said = words(app)
    assert "One reply answers very different questions" in said
    assert CANNED in said
    assert say("en", "quality.shape_asks", asks=ASKED[0]) in said
    app = press(app, "shape_show_one_reply_fits_all")
    assert app.session_state[state.GRID_QUERY] == Query(code="one_reply_fits_all")


def test_instructions_with_a_slip_are_made_the_same_and_undone(store: Store) -> None:
    """After a look at what would change, as one step."""
    slip = KIND.replace("shop", "shpo")
    project = a_project(store, *[a_talk(ask, f"{ask} Yes.", KIND) for ask in ASKED],
                        a_talk("Else?", "No.", slip))  # fmt: skip
    app = visit("quality", project.id, section="shape")
    assert "1 example has instructions with a slip" in words(app)
    assert any("<del>shpo</del>" in body for body in bodies(app))
    app = press(app, "make_same_0")
    assert say("en", "bulk.will_change", n=1, total=1) in words(app)
    assert instructions(store, project)[5] == slip
    app = press(app, "bulk_do")
    assert is_well(app)
    assert instructions(store, project) == [KIND] * 6
    assert "make_same_0" not in keys(app)
    app = press(app, "undo")
    assert instructions(store, project)[5] == slip
    assert "make_same_0" in keys(app)


def test_what_differs_from_the_shared_instructions_inherits_them_again(store: Store) -> None:
    """So that there is one text to keep."""
    project = a_project(store, a_talk("Why?", "So."), a_talk("Who?", "Me.", KIND[:-1]),
                        system_prompt=KIND)  # fmt: skip
    app = press(press(visit("quality", project.id, section="shape"), "make_same_0"), "bulk_do")
    assert is_well(app)
    assert instructions(store, project) == [None, None]


def test_what_nobody_can_show_hurts_no_picture(store: Store) -> None:
    """Half a character in a tag, a question, a reply, the instructions."""
    half = "\ud83d"
    talks = [a_talk(f"{half} {ask}", f"{CANNED} {half}", f"{KIND} {half}") for ask in ASKED]
    odd = a_talk(ASKED[0], "So.", f"{KIND[:-2]} {half}")
    app = visit("quality", a_project(store, *(e.with_tags([half]) for e in [*talks, odd])).id,
                section="shape")  # fmt: skip
    assert is_well(app)
    assert "make_same_0" in keys(app)
    assert "? How are you?" in words(app)


def test_what_is_switched_off_is_not_shown(store: Store) -> None:
    """Neither of the two lists, though the pictures stay."""
    talks = [a_talk(ask, CANNED, KIND) for ask in ASKED]
    project = a_project(store, *talks, a_talk("Else?", "No.", KIND[:-1]))
    checks = checks_in(project)
    for code in ("one_reply_fits_all", "odd_instructions"):
        checks = checks.switched(code, on=False)
    change_checks(store, project, lambda _: checks)
    app = visit("quality", project.id, section="shape")
    assert is_well(app)
    assert not {"make_same_0", "shape_show_one_reply_fits_all"} & keys(app)
