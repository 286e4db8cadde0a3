"""Ready for…: what each place would make of the project, with ways to what is amiss."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from visits import bodies, is_well, keys, press, settle, visit, words

from core.editing import DEFAULT_PRICED_FOR, change_checks, edit_example, facts_in
from core.examples import Example
from core.queries import Query
from core.rules.checks import Checks
from core.storage import Project, Put, Store
from core.words import LANGUAGES, say
from ui import quality_ready, state


def a_row(n: int, **reply: Any) -> Example:
    """One example; what is given stands in its reply as well."""
    said = {"role": "assistant", "content": "It may.", **reply}
    return Example.from_json({"messages": [{"role": "user", "content": f"Rain {n}?"}, said]})


def a_project(store: Store, *more: Example, name: str = "Mine") -> Project:
    """Ten sound examples and these."""
    project = store.create_project(name, priced_for=DEFAULT_PRICED_FOR)
    facts = facts_in(project)
    examples = [*(a_row(n) for n in range(10)), *more]
    store.apply_change(project.id, "import", [Put(one, facts(one)) for one in examples])
    return store.load_project(project.id)


def look(project: Project, lang: str = "en") -> AppTest:
    """The section, once everything is known."""
    return settle(visit("quality", project.id, lang, section="ready"))


def choose(app: AppTest, project: Project, place: str) -> AppTest:
    """Press a chip."""
    chips = next(each for each in app.get("button_group") if each.key == _chips(project))
    return chips.set_value(place).run()


def chips(app: AppTest, project: Project) -> list[str]:
    """What stands on the chips."""
    found = next(each for each in app.get("button_group") if each.key == _chips(project))
    return [option.content for option in found.proto.options]


def _chips(project: Project) -> str:
    return f"ready_place_{project.id}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_place_has_a_chip_and_a_story(store: Store, lang: str) -> None:
    """An icon says more than a colour; the story says what would be learned."""
    project = a_project(store, a_row(11, weight=0), a_row(12, weight=0.5))
    app = look(project, lang)
    assert len(chips(app, project)) == 8
    for place in ("openai", "alibaba", "azure", "together", "this_computer", "openai_compatible"):
        app = choose(app, project, place)
        assert is_well(app)
        verdict = "refused" if place in {"openai", "together"} else ""
        assert not verdict or say(lang, "quality.ready_effect_refused") in words(app)
    icons = {name: icon for icon, _, name in (c.partition(" ") for c in chips(app, project))}
    assert "block" in icons["OpenAI"]
    assert "warning" in icons["Nebius"]


def test_what_would_be_learned_is_told(store: Store) -> None:
    """In replies, tokens, and what is switched off."""
    app = look(project := a_project(store, a_row(11, weight=0)))
    assert "Learned: 10 replies, 30 tokens, 1 reply switched off" in words(app)
    app = choose(app, project, "alibaba")
    assert "Learned: 11 replies, ≈ 33 tokens" in words(app)
    assert ", 0 replies" not in words(app)
    assert say("en", "quality.ready_weight_ignored") in words(app)


def test_what_no_place_says_is_left_out_of_the_tally(store: Store) -> None:
    """All as one, where all say the same; else only what some say."""
    app = look(a_project(store))
    assert say("en", "quality.ready_all_ready", n=8) in words(app)
    app = look(a_project(store, a_row(11, weight=0)))
    tally = next(line for line in words(app).splitlines() if "as it is," in line)
    assert not re.search(r"\b0\b", tally)


def test_one_goes_to_what_is_refused(store: Store) -> None:
    """The table shows what has the finding, and the first of it is open."""
    project = a_project(store, a_row(11, weight=0.5))
    app = press(look(project), "ready_show_openai_bad_weight_")
    assert app.session_state[state.GRID_QUERY] == Query(code="bad_weight")
    [row] = store.find_rows(project.id, Query(code="bad_weight"), _reckoning(project))
    assert app.session_state[state.OPEN_EXAMPLE] == row


def _reckoning(project: Project) -> Any:
    from core.editing import priced_for
    from core.summary import reckoning_of

    return reckoning_of(project, priced_for(project)[1])


def test_one_goes_to_what_only_this_place_minds(store: Store) -> None:
    """No row keeps such a reason, so nothing is narrowed: the example is opened."""
    project = a_project(store, a_row(11, weight=0))
    app = choose(look(project), project, "nebius")
    app = press(app, "ready_show_nebius_weight_ignored_weight")
    assert app.session_state[state.GRID_QUERY] == Query()
    assert store.load_row(project.id, app.session_state[state.OPEN_EXAMPLE]).number == 11


def test_what_can_be_mended_is_offered(store: Store) -> None:
    """In the dialog that shows first what would change; afterwards the place takes it."""
    project = a_project(store, a_row(11, weight=0.5))
    app = press(look(project), "ready_fix_openai_bad_weight_")
    app = settle(press(app, "bulk_do"))
    assert "OpenAI would take this as it is" in words(app).replace("\\", "")
    assert not any(key.startswith("ready_fix_") for key in keys(app))


def test_an_empty_project_is_told_what_to_do(store: Store) -> None:
    """There is nothing to hold to any place."""
    project = store.create_project("Empty", priced_for=DEFAULT_PRICED_FOR)
    assert say("en", "quality.ready_empty") in words(look(project))


def test_a_large_project_waits_until_it_is_asked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And after a change it shows what was known before, until it is asked once more."""
    monkeypatch.setattr(quality_ready, "CHECKED_AT_ONCE", 5)
    project = a_project(store)
    app = look(project)
    assert "ready_check" in keys(app)
    app = settle(press(app, "ready_check"))
    assert "Learned: 10 replies" in words(app)
    assert "ready_check" not in keys(app)
    row = store.load_rows(project.id)[0]
    edit_example(store, project, row.id, lambda now: a_row(99, weight=0))
    app = settle(app)
    assert say("en", "quality.ready_stale") in words(app)
    assert "Learned: 10 replies" in words(app)
    app = settle(press(app, "ready_check"))
    assert "Learned: 9 replies" in words(app)


def test_the_second_look_counts_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found out is kept as long as the project stands as it is."""
    project = a_project(store)
    look(project)
    monkeypatch.setattr(quality_ready, "check_project", None)
    assert "Learned: 10 replies" in words(look(project))


def test_what_is_switched_off_is_still_told_here(store: Store) -> None:
    """A place refuses it all the same, and its first example is opened."""
    project = a_project(store, a_row(11, weight=0.5))
    change_checks(store, project, lambda _: Checks(off=frozenset({"bad_weight"})))
    app = press(look(project), "ready_show_openai_bad_weight_")
    assert is_well(app)
    assert store.load_row(project.id, app.session_state[state.OPEN_EXAMPLE]).number == 11


def test_where_rules_come_from_can_be_looked_up(store: Store) -> None:
    """A link that opens beside the page, and no address of ours."""
    project = a_project(store)
    app = choose(look(project), project, "together")
    [source] = [body for body in bodies(app) if "ts-soft ts-source" in body]
    assert 'href="https://docs.together.ai/' in source
    assert 'target="_blank"' in source
    app = choose(app, project, "this_computer")
    assert not any("ts-soft ts-source" in body and "href" in body for body in bodies(app))
