"""Whatever people, files and places to train say is text: no page runs it, loads it or links it.

The same hostile text stands in every cell, name, tag, note, rule and message, in a file's and a
sheet's name, and in all that a place to train tells; a real browser then opens every page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from a_clipboard import put_on_clipboard
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect
from the_app import PATIENCE, App, a_started_app, a_tab, open_store
from the_grid import cell

from core.brand.values import BrandRule
from core.editing import change_checks, facts_in, recheck
from core.examples import Example, Message
from core.jobs import Connection, FineTuningJob, JobEvent, Metric, TrainingRequest
from core.storage import Project, Put, Store, UnreadableLine
from core.words import LANGUAGES
from ui.frame import HOME, MENU

sys.path.append(str(Path(__file__).resolve().parents[1] / "core"))
from a_place import APlace, a_place

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE * 1_000)

MARK = "h0st1le"  # stands in every piece, so that it can be told from what is ours
ELSEWHERE = "evil.test"  # nobody's; whatever asks for it gives itself away
PIECES = (
    f"<script>window.hit='{MARK}'</script>",
    f"</script><script>window.hit='{MARK}'</script>",
    f"</style></textarea></title><img src='http://{ELSEWHERE}/{MARK}.png' onerror=window.hit=1>",
    f'"><svg/onload="window.hit=1" class=\'{MARK}\'>',
    f"<iframe srcdoc='<script>parent.hit=1</script>'></iframe><style>@import "
    f"'http://{ELSEWHERE}/{MARK}.css'</style>",
    f"[{MARK}](javascript:window.hit=1) [{MARK}](http://{ELSEWHERE}/) <http://{ELSEWHERE}/{MARK}>",
    f"![{MARK}](http://{ELSEWHERE}/md.png) [{MARK}]: http://{ELSEWHERE}/ref",
    f"$\\href{{javascript:window.hit=1}}{{{MARK}}}$ :material/home: :red[{MARK}] {{{{7*7}}}}",
    f'=HYPERLINK("http://{ELSEWHERE}/{MARK}";"x") @SUM(1) +cmd|\' /C calc\'!A0',
    f"\u202e{MARK}\u2066 \u200f\u200b{{braces}} {{0}} %s &lt;b&gt; &#x3C;img onerror=hit=1&#x3E;",
    f"<a href='javascript:window.hit=1' onmouseover='window.hit=1'>{MARK}</a><math><mi//xlink:href="
    "'data:x,<script>window.hit=1</script>'>",
)
HOSTILE = " ".join(PIECES)
LONG = HOSTILE + MARK * 2_000
SHEET = f"<img src=x onerror=hit=1>{MARK[:5]}"  # 31 characters are the most that Excel has
PAGES = {name: "" if path == HOME else Path(path).stem for name, path, _ in MENU}
JOB = "hostile-job"

# Everything in the page and in the shadow of its components: what would run, load or lead away.
FOUND = """elsewhere => {
  const found = [];
  const look = root => {
    for (const each of root.querySelectorAll('*')) {
      for (const {name, value} of each.attributes) {
        if (name.startsWith('on')) found.push(`${each.tagName} ${name}`);
        if (/^\\s*javascript:/i.test(value)) found.push(`${each.tagName} ${name}=${value}`);
        if (['src', 'href', 'srcset', 'action', 'srcdoc', 'xlink:href'].includes(name)
            && value.includes(elsewhere)) found.push(`${each.tagName} ${name}=${value}`);
      }
      if (each.tagName === 'SCRIPT' && each.textContent.includes('hit=')) found.push('SCRIPT');
      if (each.shadowRoot) look(each.shadowRoot);
    }
  };
  look(document);
  return found;
}"""


@pytest.fixture(scope="module")
def place() -> Iterator[APlace]:
    """A place to train that puts the same into all it says."""
    with a_place() as place:
        place.models = [{"id": piece} for piece in PIECES]
        job = place.add_job(
            model=HOSTILE,
            status="running",
            training_file=HOSTILE,
            hyperparameters={HOSTILE: HOSTILE},
        )
        for piece in PIECES:
            place.add_event(job["id"], piece)
            place.add_event(job["id"], piece, level=HOSTILE, type=HOSTILE, data={HOSTILE: HOSTILE})
        place.checkpoints[job["id"]] = [
            {"id": HOSTILE, "step_number": 3, "created_at": 1_790_000_009,
             "fine_tuned_model_checkpoint": HOSTILE, "metrics": {HOSTILE: HOSTILE}}
        ]  # fmt: skip
        yield place


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, place: APlace) -> Iterator[App]:
    """The running app over a data folder in which everything is hostile."""
    home = tmp_path_factory.mktemp("home")
    with open_store(home) as store:
        project = a_hostile_project(store)
        a_hostile_place(store, place, project)
        a_hostile_end(store, project)
    with a_started_app(home) as app:
        yield app


def a_hostile_project(store: Store) -> Project:
    """A project in which whatever a person can write is hostile."""
    project = store.create_project(HOSTILE, system_prompt=HOSTILE, priced_for="openai:gpt-4o-mini")
    rule = BrandRule("never", PIECES[0]), BrandRule("prefer", PIECES[1], PIECES[2])
    project = change_checks(store, project, lambda checks: replace(checks, brand=rule))
    facts = facts_in(project)
    chats = [*((piece, piece) for piece in PIECES), (HOSTILE, HOSTILE), (LONG, LONG)]
    examples = [Example((Message.of("user", a), Message.of("assistant", b))) for a, b in chats]
    roles = (Message.of("user", HOSTILE), Message.of(HOSTILE, HOSTILE),
             Message.of("assistant", HOSTILE).with_value(HOSTILE, HOSTILE))  # fmt: skip
    examples += [Example(roles, extra=((HOSTILE, HOSTILE),)), examples[0]]
    marked = [one.with_tags([HOSTILE]).with_note(HOSTILE) for one in examples]
    broken = UnreadableLine(HOSTILE, 1, "invalid_json", HOSTILE.encode())
    puts = [Put(one, facts(one)) for one in marked]
    store.apply_change(project.id, "import", puts, params={"source": HOSTILE, "examples": 1},
                       unreadable=[broken])  # fmt: skip
    store.save_version(project.id, HOSTILE)
    recheck(store, project)
    return store.load_project(project.id)


def a_hostile_place(store: Store, place: APlace, project: Project) -> None:
    """A place with a hostile name, and a job there that goes on."""
    there = Connection("server-hostile", "openai_compatible", HOSTILE[:60], place.base_url)
    store.save_connection(there)
    store.save_connection(replace(there, id="server-gone", profile_id=PIECES[0], name=PIECES[4]))
    store.save_job(a_job(store, project, JOB, there.id, "running", provider_job_id="ftjob-1"))


def a_hostile_end(store: Store, project: Project) -> None:
    """Jobs that ended, one well and one badly, at a place that is there and at one that is not."""
    failed = a_job(store, project, "failed", "this_computer", "failed",
                   error_code=HOSTILE, error_message=HOSTILE)  # fmt: skip
    made = a_job(store, project, "made", "openai", "succeeded", fine_tuned_model=HOSTILE)
    gone = a_job(store, project, "gone", "server-gone", HOSTILE, fine_tuned_model=HOSTILE)
    for job in (failed, made, gone):
        store.save_job(job)
        store.save_events(job.id, [JobEvent("e1", job.created_at, "info", HOSTILE)])
        store.save_metrics(job.id, [Metric(1, 0.5), Metric(2, 0.4)])


def a_job(
    store: Store, project: Project, job_id: str, place: str, status: str, **more: str
) -> FineTuningJob:
    """A job of which everything that can be text is hostile."""
    snapshot = store.save_snapshot([HOSTILE.encode()], 1)
    return FineTuningJob(
        job_id, project.id, place, status, TrainingRequest(HOSTILE, suffix=HOSTILE),
        datetime.now(UTC), snapshot_sha256=snapshot.sha256, training_file_id=HOSTILE,
        hyperparameters={"n_epochs": HOSTILE, HOSTILE: HOSTILE}, **more,  # type: ignore[arg-type]
    )  # fmt: skip


class Watch:
    """What a page does that it should not: where it asks, what it says, what it runs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        page.route(lambda url: not is_ours(url), lambda route: route.abort())
        page.context.on("request", self._note)
        page.on("dialog", lambda dialog: (self.asked.append(dialog.message), dialog.dismiss()))

    def _note(self, request: object) -> None:
        url = str(request.url)  # type: ignore[attr-defined]
        if not is_ours(url):
            self.asked.append(url)

    def assert_nothing(self) -> None:
        """Nothing of it has happened, and nothing stands there that would make it happen."""
        assert self.page.evaluate("window.hit ?? null") is None
        assert self.page.evaluate(FOUND, ELSEWHERE) == []
        assert self.asked == []


def is_ours(url: str) -> bool:
    """Whether it leads to the app, or nowhere at all."""
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Watch]:
    """One tab for all tests, as loading Streamlit anew takes its time."""
    with a_tab(browser) as page:
        yield Watch(page)


@pytest.fixture
def watch(watched: Watch) -> Watch:
    """The tab, with nothing seen yet."""
    watched.asked.clear()
    return watched


def open_page(watch: Watch, app: App, name: str, language: str, job: str = JOB) -> None:
    """Open a page of the hostile project, and everything on it that is closed."""
    with open_store(app.home) as store:
        project = store.load_projects()[0].id
    page = watch.page
    page.goto(f"{app.address}/{PAGES[name]}?lang={language}&project={project}&job={job}")
    wait_until_drawn(page)
    page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(e => e.click())")
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until the page has said all it has to say."""
    expect(page.get_by_role("main").locator("h1, h2, h3").first).to_be_visible()
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def test_the_watch_sees_what_it_is_there_for(watch: Watch) -> None:
    """A page that does run, load and link such text is caught at all of it."""
    watch.page.goto("about:blank")
    watch.page.set_content(f"<div>{PIECES[2]}{PIECES[10]}</div><script>window.hit = 1</script>")
    watch.page.wait_for_function("window.hit === 1")
    assert watch.asked == [f"http://{ELSEWHERE}/{MARK}.png"]
    assert len(watch.page.evaluate(FOUND, ELSEWHERE)) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_takes_text_for_anything_else(
    watch: Watch, app: App, name: str, language: str
) -> None:
    """It is shown, and that is all: no script, no picture, no link, no request to anywhere."""
    open_page(watch, app, name, language)
    assert MARK in (watch.page.locator("body").text_content() or "")
    watch.assert_nothing()


@pytest.mark.parametrize("job", ["failed", "made", "gone"])
def test_no_end_of_a_job_does(watch: Watch, app: App, job: str) -> None:
    """With an error, with a model, at a place that nobody knows any more."""
    for name in ("jobs", "compare"):
        open_page(watch, app, name, "en", job)
        watch.assert_nothing()


def test_no_conversation_does(watch: Watch, app: App) -> None:
    """Opened beside the table, as it is to be read and to be edited; also the next one."""
    open_page(watch, app, "editor", "en")
    for number in (1, 3, 6):
        name = re.compile(f"^Example {number}: ")
        watch.page.get_by_role("button", name=name).click()
        heading = watch.page.get_by_role("heading", name=f"Example {number}", exact=True)
        expect(heading).to_be_visible()
        watch.assert_nothing()
        watch.page.keyboard.press("Escape")
        expect(heading).to_have_count(0)


def test_no_place_does_when_it_is_chosen(watch: Watch, app: App) -> None:
    """Its name beside the others, its models to choose from, its jobs."""
    open_page(watch, app, "train", "en")
    place = watch.page.locator('[class*="st-key-train_place"]').get_by_text(MARK).first
    place.click()
    wait_until_drawn(watch.page)
    watch.assert_nothing()


def test_no_file_does(watch: Watch, app: App) -> None:
    """A workbook whose name, sheets, heads and cells are hostile, looked at and brought in."""
    open_page(watch, app, "transfer", "en")
    with watch.page.expect_file_chooser() as chooser:
        watch.page.locator(".drop .choose").click()
    name, kind = f"<img src=x onerror=hit=1>{MARK}.xlsx", "application/octet-stream"
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": a_workbook()})
    expect(watch.page.locator("body")).to_contain_text(SHEET)
    wait_until_drawn(watch.page)
    watch.assert_nothing()
    watch.page.get_by_role("button", name=re.compile("^Add [0-9]+ example")).click()
    expect(watch.page.get_by_text(re.compile("^Added [0-9]+ example")).first).to_be_visible()
    watch.assert_nothing()


def test_no_paste_does(watch: Watch, app: App) -> None:
    """Cells copied as HTML, pasted into the table: their text is taken, and none of their parts."""
    open_page(watch, app, "editor", "en")
    html = "".join(f"<tr><td>{piece}</td><td>{MARK}</td></tr>" for piece in PIECES)
    put_on_clipboard(watch.page, html=f"<table>{html}</table>", text="\n".join(PIECES))
    cell(watch.page, 1, "system").click()
    watch.page.keyboard.press("ControlOrMeta+v")
    expect(cell(watch.page, 1, "user")).to_have_value(MARK)
    wait_until_drawn(watch.page)
    watch.assert_nothing()


def a_workbook() -> bytes:
    """Two sheets with hostile names, heads and cells."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = SHEET
    for sheet in (first, book.create_sheet(SHEET[::-1].replace(">", "<"))):
        sheet.append(["question", "answer", PIECES[2]])
        for piece in PIECES:
            sheet.append([f" {piece}", f" {piece}", piece.lstrip("=")])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
