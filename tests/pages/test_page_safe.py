"""Safe to send: what was found is shown masked and replaced; a place is asked on a press."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from a_place import APlace, a_place
from visits import is_well, keys, press, visit, words

from core.editing import DEFAULT_PRICED_FOR, facts_in, save_system_prompt
from core.examples import Example, Message
from core.jobs import Connection
from core.queries import Query
from core.storage import Project, Put, Store
from core.words import LANGUAGES, say
from ui import state

MAIL, NUMBER, PASSWORD = "anna.schmidt@gmail.com", "13912345670", "Tr0ub4dor&3"
HELD = (f"Mail {MAIL}.", f"我的手机号{NUMBER}", f"My password is {PASSWORD}.")


def a_talk(user: str, assistant: str = "Fine.") -> Example:
    """A question and its reply."""
    return Example((Message.of("user", user), Message.of("assistant", assistant)))


def a_project(store: Store, *examples: Example) -> Project:
    """A project of these examples."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id)


@pytest.fixture
def place(store: Store) -> Iterator[APlace]:
    """A place that moderates, as a server that was added."""
    with a_place() as place:
        place.models = [{"id": "omni-moderation-latest"}]
        place.flagged = {"knife": ["violence/graphic", "unheard-of"]}
        store.save_connection(Connection("mine", "openai_compatible", "My place", place.base_url))
        yield place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_found_is_shown_by_kind_and_masked(store: Store, lang: str) -> None:
    """Nothing of it can be read on the page."""
    app = visit("quality", a_project(store, *map(a_talk, HELD)).id, lang, section="safe")
    assert is_well(app)
    said = words(app)
    for kind in ("email", "phone", "password"):
        assert f"{say(lang, f'quality.safe_{kind}')} · 1" in said
    assert "a•••@•••.com" in said
    assert not any(held in said for held in (MAIL, NUMBER, PASSWORD))


def test_all_is_replaced_after_a_look_and_taken_back(store: Store) -> None:
    """One press, the dialog that shows it, one undo."""
    project = a_project(store, *map(a_talk, HELD))
    app = press(visit("quality", project.id, section="safe"), "safe_replace_personal_data")
    app = press(app, "bulk_do")
    asked = [row.example.messages[0].text for row in store.iterate_rows(project.id)]
    assert asked == ["Mail [email].", "我的手机号【电话】", HELD[2]]
    assert "safe_replace_personal_data" not in keys(app)
    assert is_well(press(app, "undo"))
    asked = [row.example.messages[0].text for row in store.iterate_rows(project.id)]
    assert asked == list(HELD)


def test_the_way_to_the_examples(store: Store) -> None:
    """The table shows those that hold something."""
    project = a_project(store, *map(a_talk, HELD), a_talk("Hi"))
    app = press(visit("quality", project.id, section="safe"), "safe_show_secret")
    assert app.session_state[state.GRID_QUERY] == Query(code="secret")


def test_without_anything_found_it_says_so(store: Store) -> None:
    """And shows no card about JSON, where nobody writes any."""
    app = visit("quality", a_project(store, a_talk("Hi")).id, section="safe")
    assert say("en", "quality.safe_none") in words(app)
    assert say("en", "quality.safe_json_title") not in words(app)


def test_the_shared_instructions_are_looked_at(store: Store) -> None:
    """They stand in no row."""
    project = a_project(store, a_talk("Hi"))
    save_system_prompt(store, project, f"Sign as {MAIL}.")
    said = words(visit("quality", project.id, section="safe"))
    assert say("en", "finding.sensitive_instructions.what") in said
    assert MAIL not in said


def test_json_that_is_not_as_it_should_be(store: Store) -> None:
    """What is broken, what is odd among its like, and the repair of what is mechanical."""
    usual = [a_talk(f"Order {n}", json.dumps({"item": "tea", "count": n})) for n in range(12)]
    odd = [a_talk("a", "Sorry."), a_talk("b", '{"item": "tea"}'), a_talk("c", '{"item": "tea",}')]
    project = a_project(store, *usual, *odd)
    app = visit("quality", project.id, section="safe")
    said = words(app)
    assert f"{say('en', 'finding.broken_json_reply.title')} · 1" in said
    assert say("en", "quality.safe_odd_prose", n=1) in said
    assert say("en", "quality.safe_odd_missing", n=1) in said
    assert is_well(press(app, "safe_fix_broken_json_reply"))


def test_nothing_is_sent_before_the_press(store: Store, place: APlace) -> None:
    """The card says what would go where; only the press sends it, and the answer is listed."""
    project = a_project(store, a_talk("Where is the knife?"), a_talk("Hi"))
    app = visit("quality", project.id, section="safe")
    app = app.segmented_control(key="moderation_place").set_value("mine").run()
    host = place.base_url.split("/")[2]
    assert say("en", "quality.safe_moderation_sends", n=2, host=host) in words(app)
    assert place.requests == []
    app = press(app, "moderation_start")
    while "moderation_forget" not in keys(app):
        app = app.run()
    assert say("en", "quality.safe_moderation_found", n=1) in words(app)
    named = f"unheard-of · {say('en', 'quality.safe_category_violence')}"
    assert say("en", "quality.safe_moderation_flag", n=1, names=named) in words(app)
    app = press(app, "moderation_forget")
    assert "moderation_start" in keys(app)


def test_a_place_without_moderation_is_told(store: Store, place: APlace) -> None:
    """In words, and none of the examples was sent."""
    place.models = []
    place.fault("POST /v1/moderations", (404, {"error": {"message": "No route"}}))
    project = a_project(store, a_talk("Where is the knife?"))
    app = visit("quality", project.id, section="safe")
    app = app.segmented_control(key="moderation_place").set_value("mine").run()
    app = press(app, "moderation_start")
    while say("en", "error.no_moderation") not in words(app):
        app = app.run()
    assert [asked["input"] for asked in place.asked("POST /v1/moderations")] == [["Hello."]]


def test_a_place_that_needs_a_key_asks_for_it(store: Store) -> None:
    """Before that nothing can be pressed."""
    app = visit("quality", a_project(store, a_talk("Hi")).id, section="safe")
    assert app.button(key="moderation_start").disabled
