"""Brand rules on Quality: begun, written, tried, changed, taken off, brought in and out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from visits import HOSTILE, bodies, drop, is_well, keys, press, visit, words, write

from core.brand.starters import STARTERS
from core.brand.values import KINDS, BrandRule
from core.editing import DEFAULT_PRICED_FOR, change_checks, checks_in, facts_in
from core.examples import Example, Message
from core.rules import Checks
from core.storage import Project, Put, Store
from core.words import LANGUAGES, say
from ui.brand_words import rule_words
from ui.quality_brand import PAGE

CHEAP = BrandRule("avoid", "cheap")
EMAIL = BrandRule("prefer", "e-mail", "email")


def a_project(store: Store, *replies: str, brand: tuple[BrandRule, ...] = ()) -> Project:
    """A project of these replies, with these rules."""
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    if brand:
        project = change_checks(store, project, lambda _: Checks(brand=brand))
    facts = facts_in(project)
    said = [Example((Message.of("user", f"{n}?"), Message.of("assistant", reply)))
            for n, reply in enumerate(replies)]  # fmt: skip
    store.apply_change(project.id, "add", [Put(one, facts(one)) for one in said])
    return store.load_project(project.id)


def section(project: Project, lang: str = "en") -> AppTest:
    """The page at its rules."""
    app = visit("quality", project.id, lang, section="brand")
    assert is_well(app)
    return app


def rules(store: Store, project: Project) -> tuple[BrandRule, ...]:
    """Those that are kept."""
    return checks_in(store.load_project(project.id)).brand


def fill(app: AppTest, kind: str, text: str, instead: str = "", round_: int = 0) -> AppTest:
    """Write a rule into the form and press the button."""
    app = app.selectbox(key=f"brand_kind_{round_}").select_index(KINDS.index(kind)).run()
    app = write(app, f"brand_text_{kind}_{round_}", text)
    if instead:
        app = write(app, f"brand_instead_{kind}_{round_}", instead)
    return press(app, "brand_add")


@pytest.mark.parametrize(("reply", "tongue"), [("Yes.", "latin"), ("好的，已经发货。", "chinese")])
def test_an_empty_list_offers_rules_to_begin_with(store: Store, reply: str, tongue: str) -> None:
    """In the language of the examples; one press takes them, and one takes them back."""
    project = a_project(store, reply)
    app = press(section(project), "brand_start")
    assert is_well(app)
    assert sorted(rules(store, project), key=str) == sorted(STARTERS[tongue], key=str)
    shown = words(app)
    places = [shown.index(rule_words(rule)) for rule in STARTERS[tongue]]
    assert places == sorted(places)
    app = press(app, "undo")
    assert rules(store, project) == ()
    assert "brand_start" in keys(app)


def test_a_rule_is_written_and_found_at_once(store: Store) -> None:
    """It stands in the list, and what goes against it is counted."""
    project = a_project(store, "A cheap tea, very cheap.")
    app = fill(section(project), "avoid", " cheap ")
    assert is_well(app)
    assert rules(store, project) == (CHEAP,)
    assert f"{say('en', 'finding.brand_avoid.title')} · 2" in words(app.run())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rules_and_what_goes_against_them_are_told(store: Store, lang: str) -> None:
    """In the language of the page."""
    said = words(section(a_project(store, "An e-mail.", brand=(CHEAP, EMAIL)), lang))
    assert say(lang, "quality.brand_told_avoid", text="cheap") in said
    assert say(lang, "quality.brand_told_prefer_instead", text="e-mail", instead="email") in said
    assert say(lang, "finding.brand_prefer.title") in said


def test_every_kind_of_rule_has_its_form(store: Store) -> None:
    """With its help and its fields."""
    app = section(a_project(store, "Yes."))
    for kind in KINDS:
        app = app.selectbox(key="brand_kind_0").select_index(KINDS.index(kind)).run()
        assert is_well(app)
        assert say("en", f"quality.brand_help_{kind}") in words(app)


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [("avoid", " ", "brand_empty"), ("prefer", "a", "brand_no_instead"),
     ("words", "many", "brand_no_number"), ("pattern", "(a|aa)+$", "pattern_too_slow")],
)  # fmt: skip
def test_what_cannot_be_a_rule_is_refused_in_words(
    store: Store, kind: str, text: str, code: str
) -> None:
    """Also a pattern that takes too long on the project's own replies."""
    project = a_project(store, "a" * 60 + "!")
    app = fill(section(project), kind, text)
    assert say("en", f"error.{code}") in words(app)
    assert rules(store, project) == ()


def test_a_rule_is_changed_where_it_stands(store: Store) -> None:
    """The form holds it, and the list keeps its order."""
    project = a_project(store, "Yes.", brand=(CHEAP, EMAIL))
    app = press(section(project), "rule_edit_1")  # the newest stands first
    app = press(write(app, "brand_instead_avoid_1", "fair"), "brand_add")
    assert rules(store, project) == (replace(CHEAP, instead="fair"), EMAIL)
    assert say("en", "quality.brand_new") in words(app)


def test_a_rule_is_taken_off_and_brought_back(store: Store) -> None:
    """Whatever else the project wants stays."""
    project = a_project(store, "Yes.", brand=(CHEAP, EMAIL))
    app = press(section(project), "rule_delete_0")
    assert rules(store, project) == (CHEAP,)
    press(app, "undo")
    assert rules(store, project) == (CHEAP, EMAIL)


def test_all_that_is_written_otherwise_is_mended_by_the_dialog(store: Store) -> None:
    """It shows first what would change."""
    project = a_project(store, "An e-mail.", "No.", "E-mail it.", brand=(EMAIL,))
    app = press(section(project), "brand_fix_brand_prefer")
    assert say("en", "bulk.will_change", n=2, total=2) in words(app)
    press(app, "bulk_do")
    replies = [row.example.messages[-1].text for row in store.iterate_rows(project.id)]
    assert replies == ["An email.", "No.", "Email it."]


def test_rules_can_be_tried_on_a_sentence(store: Store) -> None:
    """It is told what goes against them, and shown as it would be."""
    app = section(a_project(store, "Yes.", brand=(CHEAP, EMAIL)))
    app = write(app, "brand_trial", "A cheap e-mail")
    assert say("en", "finding.brand_avoid.what", said="cheap", instead="", rule="") in words(app)
    assert [text.value for text in app.text] == ["A cheap email"]


def test_rules_that_quarrel_are_named(store: Store) -> None:
    """Beside the list."""
    pair = (BrandRule("prefer", "a1", "b1"), BrandRule("prefer", "b1", "a1"))
    said = words(section(a_project(store, "Yes.", brand=pair)))
    assert "Two rules that do not go together" in said


def test_a_file_of_rules_comes_in_and_what_is_none_is_listed(store: Store) -> None:
    """By its row, with the reason; one press takes all of it back."""
    project = a_project(store, "Yes.", brand=(CHEAP,))
    content = b"kind,text,instead\nprefer,e-mail,email\nshout,loud,\nnever,cheap,fair\n"
    app = drop(section(project), "rules.csv", content, key="brand_drop")
    assert is_well(app)
    assert rules(store, project) == (replace(CHEAP, instead="fair"), EMAIL)
    said = words(app)
    assert say("en", "error.brand_kind") in said
    assert "shout,loud," in said
    app = press(app, "brand_read")
    assert "shout,loud," not in words(app)
    press(app, "undo")
    assert rules(store, project) == (CHEAP,)


def test_a_long_list_has_pages(store: Store) -> None:
    """The newest rules are on the first."""
    many = tuple(BrandRule("avoid", f"word {n}") for n in range(PAGE + 5))
    app = section(a_project(store, "Yes.", brand=many))
    shown = [key for key in keys(app) if key.startswith("rule_edit_")]
    assert len(shown) == PAGE
    assert f"word {PAGE + 4}" in words(app)


def test_hostile_rules_are_only_text(store: Store) -> None:
    """Whatever stands in a rule is shown as it was typed."""
    rule = BrandRule("avoid", HOSTILE, "<b>x</b>")
    app = section(a_project(store, HOSTILE, brand=(rule,)))
    assert "<script>alert(1)" in words(app)
    assert not any("<script>" in body for body in bodies(app))
