"""axe-core finds nothing serious on any page, in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from the_app import PATIENCE, a_browser_page, open_store, the_running_app

from core.editing import add_example
from core.jobs import Checkpoint, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.storage import Project, Store
from core.templates import find_template
from core.transfer import create_project
from ui.frame import HOME, MENU

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
PATHS = {name: "" if path == HOME else Path(path).stem for name, path, _ in MENU}
BACKGROUNDS = {"light": "rgb(251, 250, 247)", "dark": "rgb(20, 24, 26)"}  # .streamlit/config.toml
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The running app with something to see on every page; `{page}` and `{lang}` are open."""
    home = tmp_path_factory.mktemp("home")
    with open_store(home) as store:
        project = a_project(store)
        a_trained_job(store, project)
    with the_running_app(home) as app:
        yield f"{app}/{{page}}?lang={{lang}}&project={project.id}&job=job-1"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """One browser for all pages."""
    expect.set_options(timeout=PATIENCE * 1_000)
    with a_browser_page() as page:
        yield page


def a_project(store: Store) -> Project:
    """A project with findings: sound examples and one that is still empty."""
    project = create_project(store, "Weather", find_template("weather_jokes"))
    add_example(store, project)
    return project


def a_trained_job(store: Store, project: Project) -> None:
    """A job that has ended, with its story, its curve and its model."""
    now = datetime.now(UTC)
    request = TrainingRequest("gpt-4o-mini")
    job = FineTuningJob("job-1", project.id, "openai", "succeeded", request, now)
    store.save_job(replace(job, provider_job_id="ftjob-1", fine_tuned_model="ft:gpt-4o-mini::1"))
    held = {step: abs(step - 10) / 10 + 1 for step in range(5, 20, 5)}
    points = [Metric(step, 2 / step, 0.5, held.get(step)) for step in range(1, 20)]
    store.save_metrics(job.id, points)
    store.save_checkpoints(job.id, [Checkpoint(f"cp-{n}", n, f"ft:{n}", now) for n in (10, 15)])
    store.save_events(job.id, [JobEvent("event-1", now, "info", "Training has begun")])


@pytest.mark.parametrize("name", PATHS)
def test_no_page_has_a_grave_violation(page: Page, address: str, name: str) -> None:
    """Names, roles, contrast: everybody can read it and work it, in both themes."""
    open_address(page, address.format(page=PATHS[name], lang="en"))
    found = both_themes(page)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("name", ["home", "editor"])
def test_nor_does_it_in_chinese(page: Page, address: str, name: str) -> None:
    """The words are others; the page is as sound."""
    open_address(page, address.format(page=PATHS[name], lang="zh"))
    expect(page.get_by_test_id("stSidebar")).to_contain_text("设置")
    found = grave_violations(page, "light")
    assert not found, "\n\n".join(found)


def test_nor_has_the_editor_at_work(page: Page, address: str) -> None:
    """With rows ticked and a cell in hand, with an example open, with the sheet of shortcuts."""
    open_address(page, address.format(page="editor", lang="en"))
    page.get_by_role("checkbox", name="Select example 2").check()
    page.get_by_role("textbox", name="Someone asks, example 3").click()
    found = both_themes(page)
    page.get_by_role("button", name="? Shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += both_themes(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Example 1: ")).click()
    expect(page.get_by_role("heading", name="Example 1", exact=True)).to_be_visible()
    found += both_themes(page)
    assert not found, "\n\n".join(found)


def test_nor_has_the_list_of_jobs(page: Page, address: str) -> None:
    """Its lines are buttons with names of their own."""
    open_address(page, address.format(page="jobs", lang="en").removesuffix("&job=job-1"))
    expect(page.get_by_role("button", name="Open Weather")).to_be_attached()
    found = both_themes(page)
    assert not found, "\n\n".join(found)


def open_address(page: Page, address: str) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def both_themes(page: Page) -> list[str]:
    """The grave violations in light and in dark."""
    return [violation for theme in THEMES for violation in grave_violations(page, theme)]


def grave_violations(page: Page, theme: Theme) -> list[str]:
    """What axe-core calls serious or critical on the page in this theme, and where."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[theme])
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{theme}, {rule['id']}: {node['failureSummary']}\n{node['target']}\n{node['html'][:300]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
