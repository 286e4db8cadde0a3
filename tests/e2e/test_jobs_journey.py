"""Jobs as a person watches them: curves that grow in place, lost connections, ends on any page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from a_place import APlace, a_place
from playwright.sync_api import Browser, Locator, Page, expect
from the_app import PATIENCE, App, a_started_app, a_tab, keep_shot, open_store
from the_grid import RAIN, a_project, cell, open_table

from core.jobs import Connection, FineTuningJob, TrainingRequest

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE * 1_000)
DOWN = (503, {"error": {"message": "Back in a moment.", "type": "server_error", "code": None}})


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train, listening, that wants no key."""
    with a_place() as place:
        yield place


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An app of its own for every test: the jobs of one are none of the next."""
    with a_started_app(tmp_path) as app:
        yield app


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A fresh tab, which has never been anywhere."""
    with a_tab(browser) as page:
        yield page


def a_job(app: App, place: APlace, number: int = 1, **values: Any) -> str:
    """A job that is running at the place, as we keep it; its id there."""
    there = place.add_job(status="running", **values)["id"]
    with open_store(app.home) as store:
        store.save_connection(Connection("mine", "openai_compatible", "Studio", place.base_url))
        request = TrainingRequest("gpt-4o-mini", suffix=f"voice {number}")
        job = FineTuningJob(f"job-{number}", None, "mine", "queued", request, datetime.now(UTC))
        store.save_job(replace(job, provider_job_id=there, hyperparameters={"n_epochs": 10}))
    return str(there)


def learn(place: APlace, job_id: str, steps: range, total: int = 100) -> None:
    """Let a job tell of these steps."""
    for step in steps:
        data = {"step": step, "total_steps": total, "train_loss": 3 / step}
        held = {"valid_loss": 2 / step + 0.4} if step % 5 == 0 else {}
        place.add_event(job_id, f"Step {step}", type="metrics", data={**data, **held})


def open_job(page: Page, app: App, number: int = 1) -> None:
    """Open one job by its address."""
    page.goto(f"{app.address}/jobs?lang=en&job=job-{number}")
    expect(page.get_by_role("heading", name=f"voice {number}")).to_be_visible()


def picture(page: Page) -> Locator:
    """What the curve is drawn on."""
    return page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first


def share(page: Page) -> Locator:
    """The figures at the top."""
    return page.locator(".ts-figures")


def test_the_curve_grows_in_place(app: App, place: APlace, tab: Page) -> None:
    """New points come into the picture that stands there: it is never taken away and put back."""
    job = a_job(app, place)
    learn(place, job, range(1, 21))
    open_job(tab, app)
    expect(share(tab)).to_contain_text("20%")
    expect(picture(tab)).to_be_visible()
    picture(tab).evaluate("drawn => { drawn.dataset.mark = 'mine' }")
    before = picture(tab).evaluate(DRAWN)
    for upto in (40, 60):
        learn(place, job, range(upto - 19, upto + 1))
        expect(share(tab)).to_contain_text(f"{upto}%")
    expect(picture(tab)).to_have_attribute("data-mark", "mine")
    assert picture(tab).evaluate(DRAWN) != before
    expect(tab.get_by_text("It is getting better at examples it has not seen.")).to_be_visible()
    keep_shot(tab, "job-running")


# What a picture shows, whichever way it is drawn.
DRAWN = "drawn => drawn.toDataURL ? drawn.toDataURL() : drawn.outerHTML"


def test_a_lost_connection_and_a_reload_leave_all_in_place(
    app: App, place: APlace, tab: Page
) -> None:
    """A calm line says that there is no news; what is known stays, and the news come by itself."""
    job = a_job(app, place)
    learn(place, job, range(1, 31))
    open_job(tab, app)
    expect(share(tab)).to_contain_text("30%")
    place.fault(f"GET /v1/fine_tuning/jobs/{job}", *[DOWN] * 2)
    expect(tab.get_by_text("No news from Studio")).to_be_visible()
    expect(share(tab)).to_contain_text("30%")
    expect(picture(tab)).to_be_visible()
    tab.reload()
    expect(share(tab)).to_contain_text("30%")
    learn(place, job, range(31, 51))
    expect(share(tab)).to_contain_text("50%")
    expect(tab.get_by_text("No news from Studio")).to_have_count(0)
    with open_store(app.home) as store:
        events = store.load_events("job-1")
    assert [event.message for event in events] == [f"Step {n}" for n in range(1, 51)]


def test_a_restart_of_the_app_changes_nothing(app: App, place: APlace, tab: Page) -> None:
    """The tab finds the app again, and with it the job as it has become."""
    job = a_job(app, place)
    learn(place, job, range(1, 11))
    open_job(tab, app)
    expect(share(tab)).to_contain_text("10%")
    app.kill()
    learn(place, job, range(11, 71))
    app.start()
    expect(share(tab)).to_contain_text("70%")


def test_ten_jobs_at_once_stay_right(app: App, place: APlace, tab: Page) -> None:
    """Each line says how far its own job is, and an end is seen where it happens."""
    jobs = [a_job(app, place, number) for number in range(1, 11)]
    for number, job in enumerate(jobs, 1):
        learn(place, job, range(1, number * 5 + 1))
    tab.goto(f"{app.address}/jobs?lang=en")
    lines = tab.locator("[class*=st-key-line_job_]")
    expect(lines).to_have_count(10)
    for number in range(1, 11):
        bar = tab.locator(f".st-key-line_job_job-{number} .ts-way > i")
        expect(bar).to_have_attribute("style", f"--share:{number * 5}%")
    place.jobs[jobs[3]]["status"] = "succeeded"
    expect(tab.locator(".st-key-line_job_job-4 .ts-chip")).to_have_text("Done")
    expect(tab.locator(".ts-way")).to_have_count(9)
    keep_shot(tab, "jobs-ten")


def test_a_line_opens_its_job_from_the_keyboard(app: App, place: APlace, tab: Page) -> None:
    """A line is one button, named as the job is; the way back leads to the list."""
    a_job(app, place)
    tab.goto(f"{app.address}/jobs?lang=en")
    line = tab.get_by_role("button", name="Open voice 1")
    line.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="voice 1")).to_be_visible()
    tab.get_by_role("button", name="All jobs").click()
    expect(line).to_be_attached()


def test_an_end_is_told_on_another_page_without_disturbing_it(
    app: App, place: APlace, tab: Page
) -> None:
    """A toast and the tab's title; whoever types goes on typing in the same cell."""
    job = a_job(app, place)
    project = a_project(app.home, RAIN)
    open_table(tab, app.address, project)
    field = cell(tab, 1, "assistant")
    field.click()
    tab.keyboard.press("End")
    tab.keyboard.type(" And")
    place.jobs[job]["status"] = "succeeded"
    toast = tab.locator(".st-key-ended_toast")
    expect(toast).to_contain_text("voice 1 is trained.")
    expect(field).to_be_focused()
    tab.keyboard.type(" mine.")
    expect(field).to_have_value(f"{RAIN[1]} And mine.")
    tab.wait_for_function("() => document.title.startsWith('✓ Done')")
    keep_shot(tab, "job-ended")
    toast.get_by_role("button", name="Look").click()
    expect(tab.get_by_role("heading", name="voice 1")).to_be_visible()
    expect(toast).to_have_count(0)
    tab.wait_for_function("() => document.title.startsWith('Jobs')")
