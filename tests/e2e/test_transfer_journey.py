"""Bringing in and taking out in a real browser: files that stream, work that goes on meanwhile."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from the_app import ROOT, App, keep_shot, open_store
from the_grid import a_project, an_example

from core.examples import Example
from core.jsonl import write_line

FILES = ROOT / "tests" / "data" / "imports"

pytestmark = pytest.mark.browser


@pytest.fixture
def project(app: App) -> str:
    """A project of its own, empty."""
    return a_project(app.home)


def open_transfer(page: Page, app: App, project: str, lang: str = "en") -> None:
    """Open the page and wait until files can be dropped."""
    page.goto(f"{app.address}/transfer?lang={lang}&project={project}")
    expect(page.locator(".drop")).to_be_visible()


def choose(page: Page, file: Path) -> None:
    """Choose a file, as in the system's own dialog."""
    with page.expect_file_chooser() as chooser:
        page.locator(".drop .choose").click()
    chooser.value.set_files(file)


def add(page: Page, count: int) -> None:
    """Accept what is shown, and wait until it is there."""
    page.get_by_role("button", name=f"Add {count:,} example").click()
    expect(page.get_by_text(f"Added {count:,} example")).to_be_visible()


def tally(page: Page) -> Locator:
    """The count of what would be learned, in the card of what came in."""
    return page.locator(".st-key-card_preview .ts-tally")


def kept(app: App, project: str) -> list[Example]:
    """The examples that the database has."""
    with open_store(app.home) as store:
        return [row.example for row in store.iterate_rows(project)]


def said(example: Example) -> list[tuple[str | None, str]]:
    """Who says what."""
    return [(message.role, message.text) for message in example.messages]


def spoken(sharegpt: str) -> list[list[str]]:
    """What is said in each conversation of a ShareGPT file."""
    return [[turn["value"] for turn in each["conversations"]] for each in json.loads(sharegpt)]


def test_a_spreadsheet_from_excel_in_gb18030(page: Page, app: App, project: str) -> None:
    """Characters, columns and tags need no choosing, and the page speaks Chinese about them."""
    open_transfer(page, app, project, lang="zh")
    choose(page, FILES / "excel-gb18030.csv")
    expect(tally(page)).to_have_text("3 段对话，将学习 3 条回复，舍弃 0 段")
    expect(page.get_by_text("GB18030（GBK）")).to_be_visible()
    keep_shot(page, "transfer-excel")
    page.get_by_role("button", name="加入 3 条示例").click()
    expect(page.get_by_text("已加入 3 条示例。")).to_be_visible()
    first, second, _ = kept(app, project)
    assert said(first) == [
        ("user", "明前茶什么时候到？"), ("assistant", "清明前三天，\n\n到了我给您打电话。")
    ]  # fmt: skip
    assert first.tags == ("茶",)
    assert second.messages[0].text == '有没有"大红袍"？'


def test_a_sharegpt_file_comes_in_and_goes_out(page: Page, app: App, project: str) -> None:
    """Recognised and counted; taken out in the same shape, it says the same."""
    open_transfer(page, app, project)
    choose(page, FILES / "sharegpt.json")
    expect(tally(page)).to_have_text("3 conversations, 4 replies will be learned, 0 dropped")
    expect(page.get_by_text("A ShareGPT file: 3 conversations")).to_be_visible()
    add(page, 3)
    assert len(kept(app, project)) == 3
    page.get_by_role("radio", name="ShareGPT").click()
    link = page.get_by_role("link", name="Download")
    expect(page.get_by_text("Weather.json", exact=True)).to_be_visible()
    with page.expect_download() as download:
        link.click()
    came, out = (FILES / "sharegpt.json").read_text(), download.value.path().read_text()
    assert spoken(out) == spoken(came)


def test_a_pasted_transcript(page: Page, app: App, project: str) -> None:
    """One says whose words to learn, and sees the conversation turn round."""
    open_transfer(page, app, project)
    page.get_by_role("tab", name="Paste").click()
    page.get_by_label("Paste a chat").fill(
        "[10:32, 5/3/2024] Ann: hi, is my parcel there?\n[10:33, 5/3/2024] Shop: Nearly.\n"
        "It is in Leeds.\n[10:35, 5/3/2024] Ann: thanks\n[10:36, 5/3/2024] Shop: Welcome!\n"
    )
    page.get_by_role("button", name="Look at it").click()
    expect(tally(page)).to_have_text("1 conversation, 2 replies will be learned, 0 dropped")
    expect(page.locator(".ts-glimpse .assistant").first).to_have_text("Nearly.\nIt is in Leeds.")
    page.get_by_role("radio", name="Ann").click()
    expect(page.locator(".ts-glimpse .assistant").first).to_have_text("hi, is my parcel there?")
    page.get_by_role("radio", name="Shop").click()
    expect(page.locator(".ts-glimpse .user").first).to_have_text("hi, is my parcel there?")
    keep_shot(page, "transfer-transcript")
    add(page, 1)
    (example,) = kept(app, project)
    assert said(example) == [
        ("user", "hi, is my parcel there?"), ("assistant", "Nearly.\nIt is in Leeds."),
        ("user", "thanks"), ("assistant", "Welcome!"),
    ]  # fmt: skip


@contextmanager
def a_busy_database(app: App) -> Iterator[None]:
    """Somebody else writes for as long as the block lasts, so that an import has to wait."""
    with closing(sqlite3.connect(app.home / "tonesmith.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_an_import_goes_on_through_a_reload_until_it_is_stopped(
    page: Page, app: App, project: str, tmp_path: Path
) -> None:
    """Stopped, nothing of it is there, and the file can still be added."""
    file = tmp_path / "some.jsonl"
    file.write_bytes(b"".join(write_line(an_example(f"Day {n}?", "Fine.")) for n in range(60)))
    open_transfer(page, app, project)
    choose(page, file)
    adding = page.get_by_role("button", name="Add 60 examples")
    expect(adding).to_be_visible()
    with a_busy_database(app):
        adding.click()
        expect(page.get_by_text("Adding the examples · 0%")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Adding the examples · 0%")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Stopping")).to_be_disabled()
    expect(page.get_by_text("Stopped, as you asked. Nothing was changed.")).to_be_visible()
    assert kept(app, project) == []
    page.get_by_role("button", name="All right").click()
    add(page, 60)
    assert len(kept(app, project)) == 60


def test_a_file_dropped_anywhere_comes_in(page: Page, app: App, project: str) -> None:
    """Let go beside the place for it, it does not take the page away."""
    open_transfer(page, app, project)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["user,assistant\\nHi,Hello\\n"], "tea.csv"));
          for (const name of ["dragover", "drop"]) {
            const how = { dataTransfer: data, bubbles: true, cancelable: true };
            document.querySelector("h1").dispatchEvent(new DragEvent(name, how));
          }
        }"""
    )
    expect(tally(page)).to_have_text("1 conversation, 1 reply will be learned, 0 dropped")


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(507, "disk_full", "no room"), (403, "refused", "Reload the page"), (502, "", "broke before")],
)
def test_a_refusal_is_told(
    page: Page, app: App, project: str, status: int, code: str, words: str
) -> None:
    """With what to do about it, and the place for files is there to try again."""
    open_transfer(page, app, project)
    answer = json.dumps({"code": code}) if code else "<h1>Bad Gateway</h1>"
    page.route("**/files/*", lambda route: route.fulfill(status=status, body=answer))
    try:
        choose(page, FILES / "excel-gb18030.csv")
        expect(page.locator(".drop [role=alert]")).to_contain_text(words)
        expect(page.locator(".drop .choose")).to_be_visible()
    finally:
        page.unroute("**/files/*")
    choose(page, FILES / "excel-gb18030.csv")
    expect(tally(page)).to_be_visible()


def test_a_project_travels_as_a_file(page: Page, app: App) -> None:
    """Saved on one page, opened on Home as a project of its own."""
    project = a_project(app.home, ("Will it rain?", "Only on your parade."))
    open_transfer(page, app, project)
    page.get_by_text("The whole project as one file").click()
    page.get_by_role("button", name="Save the project").click()
    box = page.locator(".st-key-project_file")
    with page.expect_download() as download:
        box.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Weather.tonesmith"
    page.goto(f"{app.address}/?lang=en")
    page.get_by_text("Open a saved project").click()
    choose(page, download.value.path())
    expect(page.get_by_role("heading", name="Write your examples")).to_be_visible()
    expect(page.get_by_text("Opened “Weather”")).to_be_visible()
    opened = page.url.partition("project=")[2].partition("&")[0]
    assert opened != project
    assert kept(app, opened) == kept(app, project)
