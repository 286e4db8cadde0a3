"""The page Quality as somebody reads it: every section, in both languages, and a fix taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from the_app import App, keep_shot, open_store
from the_grid import expect_drawn

from core.editing import DEFAULT_PRICED_FOR, facts_in
from core.examples import Example
from core.storage import Put
from core.templates import TEMPLATES
from core.words import LANGUAGES, say
from ui.quality import SECTIONS

pytestmark = pytest.mark.browser

NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 1000}
KIND = "You are a kind shop assistant. Say what happens next, then why."
SLIP = KIND.replace("kind", "knid")
CANNED = "I am sorry, I cannot help you with that. Please write to anna.berg@shop.example."
ASKED = ("May I pay later?", "Where is it?", "Why is it red?", "Please cancel it.", "Who are you?")


def a_project(home: Path) -> str:
    """The id of a project with something to see in every section."""
    paths = [each.path for each in TEMPLATES if each.id in {"support_en", "support_zh"}]
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    said = [Example.from_json(json.loads(line)) for line in lines]
    said += [Example.from_json(a_talk(ask, CANNED)) for ask in ASKED]
    usual = [example.with_system(KIND) for example in said]
    with open_store(home) as store:
        project = store.create_project("Shop", priced_for=DEFAULT_PRICED_FOR)
        facts = facts_in(project)
        rows = [*usual, said[0].with_system(SLIP)]
        store.apply_change(project.id, "add", [Put(one, facts(one)) for one in rows])
        return project.id


def a_talk(user: str, assistant: str) -> dict[str, object]:
    """A question and its reply."""
    said = [("user", user), ("assistant", assistant)]
    return {"messages": [{"role": role, "content": text} for role, text in said]}


def open_section(page: Page, address: str, project: str, lang: str, section: str) -> None:
    """By its address, until it is drawn to its end."""
    page.goto(f"{address}/quality?lang={lang}&project={project}&section={section}")
    chosen = page.get_by_role("radio", name=say(lang, f"quality.section_{section}"), exact=True)
    expect(chosen).to_be_checked()
    expect_drawn(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def kept_instructions(home: Path, project: str) -> list[str | None]:
    """Those that each example has of its own."""
    with open_store(home) as store:
        return [row.example.system for row in store.iterate_rows(project)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_section_is_drawn_readable_and_fits(app: App, page: Page, lang: str) -> None:
    """No fault, nothing grave for who cannot see or use a mouse, and no sideways scrolling."""
    project = a_project(app.home)
    for section in SECTIONS:
        open_section(page, app.address, project, lang, section)
        expect(page.get_by_text(say(lang, "ui.unexpected"))).to_have_count(0)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert grave_violations(page) == [], section
        keep_shot(page, f"quality_{section}_{lang}")
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        expect_drawn(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), section
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def grave_violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['failureSummary']} {node['html'][:300]}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


def test_the_sections_stand_in_a_bar_and_in_the_address(app: App, page: Page) -> None:
    """From the menu, at the keyboard, and again after a reload."""
    project = a_project(app.home)
    page.goto(f"{app.address}/editor?lang=en&project={project}")
    page.get_by_test_id("stSidebar").get_by_role("link", name="Quality").click()
    expect(page.get_by_role("heading", name="Quality", exact=True)).to_be_visible()
    bar = page.get_by_role("radiogroup", name=say("en", "quality.sections"))
    bar.get_by_role("radio", name=say("en", "quality.section_checks"), exact=True).click()
    expect(page.get_by_text(say("en", "quality.checks_about"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(say("en", "quality.checks_about"))).to_be_visible()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_slip_in_the_instructions_is_mended_and_taken_back(
    app: App, page: Page, lang: str
) -> None:
    """A look at it, the press, what it did; and Undo brings it back as it was."""
    project = a_project(app.home)
    before = kept_instructions(app.home, project)
    open_section(page, app.address, project, lang, "shape")
    make_same = page.get_by_role("button", name=say(lang, "quality.shape_make_same"), exact=True)
    expect(page.locator("del", has_text="knid")).to_be_visible()
    make_same.click()
    dialog = page.get_by_test_id("stDialog").get_by_role("dialog")
    expect(dialog.get_by_text(say(lang, "bulk.will_change", n=1, total=1))).to_be_visible()
    assert kept_instructions(app.home, project) == before
    dialog.get_by_role("button", name=say(lang, "bulk.do_same_instructions"), exact=True).click()
    expect(dialog).to_have_count(0)
    expect(make_same).to_have_count(0)
    assert set(kept_instructions(app.home, project)) == {KIND}
    page.locator(".st-key-undo button").click()
    expect(make_same).to_be_visible()
    assert kept_instructions(app.home, project) == before


def test_one_reply_for_all_leads_to_its_examples(app: App, page: Page) -> None:
    """The table shows those and no others."""
    project = a_project(app.home)
    open_section(page, app.address, project, "en", "shape")
    card = page.locator(".st-key-card_shape_same")
    expect(card).to_contain_text("anna.berg@shop.example")
    card.get_by_role("button", name="Show").click()
    expect(page.locator("tr[data-id]")).to_have_count(len(ASKED))


def test_a_language_in_the_picture_leads_to_its_examples(app: App, page: Page) -> None:
    """Chosen at the keyboard from the menu below the bars."""
    project = a_project(app.home)
    open_section(page, app.address, project, "en", "shape")
    page.locator(".st-key-shape_show_script button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Chinese").click()
    expect(page.locator("tr[data-id]")).to_have_count(12)
