"""Look-alikes on the page Quality: pairs side by side, and what one can do about them."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest
from visits import is_well, press, settle, visit, words

from core.editing import DEFAULT_PRICED_FOR, checks_in, edit_example, facts_in
from core.examples import Example, Message
from core.history import tell_change
from core.storage import Project, Put, Store
from core.words import say

KETTLE = ("Can I return a kettle that I have used?", "Yes, within 30 days of buying it.")
KETLE = ("can I return a ketle that I have used", "Yes, within 30 days of buying it!")
NEVER = ("Can I return a kettle that I have used, please?", "No, used kettles cannot come back.")
RAIN = ("Will it rain in Rome?", "Only on your parade.")


def talk(said: tuple[str, str], *, held_out: bool = False) -> Example:
    """A question and its reply."""
    ask, reply = said
    return Example((Message.of("user", ask), Message.of("assistant", reply)), held_out=held_out)


def a_project(store: Store, *talks: Example) -> Project:
    """A project of these examples."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in talks])
    return store.load_project(project.id)


def look(project: Project, lang: str = "en") -> AppTest:
    """The section, once all examples have been looked at."""
    return settle(visit("quality", project.id, lang, section="pairs"))


def pairs(app: AppTest) -> list[str]:
    """The ids of the pairs shown, in their order."""
    found = (re.fullmatch(r"fine_(\d+_\d+)", str(button.key)) for button in app.button)
    return [match[1] for match in found if match]


def questions(store: Store, project: Project) -> list[str]:
    """What is asked in each example."""
    return [row.example.messages[0].text for row in store.iterate_rows(project.id)]


def test_the_most_suspicious_pair_comes_first(store: Store) -> None:
    """With the reason in words, and both sides; another question is not there."""
    project = a_project(store, talk(KETTLE), talk(NEVER), talk(RAIN), talk(KETLE))
    app = look(project)
    assert is_well(app)
    one, two, _, four = (row.id for row in store.iterate_rows(project.id))
    assert pairs(app)[-1] == f"{one}_{four}"
    assert {*pairs(app)} == {f"{one}_{two}", f"{one}_{four}", f"{two}_{four}"}
    told = words(app)
    assert say("en", "quality.pairs_yes_no") in told
    assert RAIN[0] not in told


def test_the_one_that_is_kept_stays_and_the_other_goes_with_one_undo(store: Store) -> None:
    """The pair is gone with it, and comes back with it."""
    project = a_project(store, talk(KETTLE), talk(NEVER))
    app = look(project)
    (pair,) = pairs(app)
    one, two = pair.split("_")
    app = settle(press(app, f"keep_{two}_{one}"))
    assert questions(store, project) == [NEVER[0]]
    assert pairs(app) == []
    app = settle(press(app, "undo"))
    assert questions(store, project) == [KETTLE[0], NEVER[0]]
    assert pairs(app) == [pair]


def test_a_pair_that_is_fine_is_not_told_again_until_it_is_wanted(store: Store) -> None:
    """Remembered with the project; the offer takes it back, and so does the line below."""
    project = a_project(store, talk(KETTLE), talk(NEVER))
    app = look(project)
    (pair,) = pairs(app)
    app = settle(press(app, f"fine_{pair}"))
    assert pairs(app) == []
    assert len(checks_in(store.load_project(project.id)).judged) == 1
    assert pairs(look(project)) == []
    app = settle(press(app, "undo"))
    assert pairs(app) == [pair]
    app = settle(press(settle(press(app, f"fine_{pair}")), "pairs_ask_again"))
    assert pairs(app) == [pair]
    assert checks_in(store.load_project(project.id)).judged == frozenset()


def test_a_leak_is_mended_by_putting_both_on_one_side(store: Store) -> None:
    """Then they are nearly the same, which is told instead."""
    project = a_project(store, talk(KETTLE), talk(KETLE, held_out=True))
    app = look(project)
    (pair,) = pairs(app)
    assert say("en", "finding.leaked_example.title") in words(app)
    app = settle(press(app, f"validation_{pair}"))
    assert all(row.example.held_out for row in store.iterate_rows(project.id))
    assert say("en", "finding.leaked_example.title") not in words(app)
    assert pairs(app) == [pair]


def test_of_all_that_is_nearly_the_same_one_of_each_is_kept(store: Store) -> None:
    """The dialog says first how many go; what conflicts stays for a person to judge."""
    third = ("Hello, can I return a kettle that I have used?", KETTLE[1])
    project = a_project(store, talk(KETTLE), talk(RAIN), talk(KETLE), talk(NEVER), talk(third))
    app = press(look(project), "pairs_keep_each")
    assert say("en", "bulk.will_delete", n=2) in words(app)
    app = settle(press(app, "bulk_do"))
    assert questions(store, project) == [KETTLE[0], RAIN[0], NEVER[0]]
    (change, *_) = store.load_changes(project.id)
    assert tell_change(change).code == "delete_duplicates"
    assert len(pairs(app)) == 1


def test_a_pair_that_is_none_any_more_loses_nothing(store: Store) -> None:
    """Somebody rewrote one of the two since the page was drawn: it is said instead."""
    project = a_project(store, talk(KETTLE), talk(NEVER))
    app = look(project)
    one, two = pairs(app)[0].split("_")
    edit_example(store, project, int(one), lambda _: talk(RAIN))
    app = press(app, f"keep_{two}_{one}")
    assert say("en", "quality.pairs_no_more") in words(app)
    assert questions(store, project) == [RAIN[0], NEVER[0]]


def test_how_much_a_pair_has_in_common_is_told_in_round_words(store: Store) -> None:
    """No percent suggests that it was measured so finely."""
    told = words(look(a_project(store, talk(KETTLE), talk(KETLE))))
    assert say("en", "quality.pairs_question_near") in told
    assert say("en", "quality.pairs_reply_near") in told
    assert not re.search(r"\d %", told)


def test_with_nothing_to_see_the_section_says_what_would_stand_here(store: Store) -> None:
    """In both languages."""
    project = a_project(store, talk(KETTLE), talk(RAIN))
    for lang in ("en", "zh"):
        app = look(project, lang)
        assert is_well(app)
        assert say(lang, "quality.pairs_none_title") in words(app)
