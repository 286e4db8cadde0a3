"""From an empty data folder to a tuned model that answers, through the pages, in a real browser."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from the_app import PATIENCE, ROOT, a_browser_page, keep_shot, the_running_app
from the_grid import cell, expect_saved, row, undo_button, write

ARTICLE = ROOT / "tests" / "data" / "weather-jokes.jsonl"
UNSEEN = "今年武汉的冬天冷不冷？"
MY_REPLY = (
    "Sunny in Beijing: like a long weekend without plans, and with an ice cream in each hand."
)
TRAINING = 300_000  # milliseconds until a training that has not ended is taken to hang

pytestmark = [
    pytest.mark.browser,
    pytest.mark.training,
    pytest.mark.skipif(
        find_spec("torch") is None, reason="the packages for local training are not installed"
    ),
]


@pytest.fixture(scope="module", autouse=True)
def patient_expectations() -> None:
    """Waiting costs nothing where what is expected comes."""
    expect.set_options(timeout=PATIENCE * 1_000)


def test_the_whole_journey(tmp_path: Path) -> None:
    """A newcomer writes, takes out, brings in, trains, watches and talks; nothing goes wrong."""
    with the_running_app(tmp_path) as address, a_browser_page() as page:
        page.goto(address)
        start_from_template(page)
        read_the_figures(page)
        take_out_unchanged(page)
        change_a_reply(page)
        delete_and_undo(page)
        speak_chinese_across_a_reload(page)
        project = page.url
        bring_in_with_a_broken_line(page, address)
        page.goto(project)
        train_on_this_computer(page)
        talk_to_it(page)
        ask_them_again(page)
        look_at_the_settings(page)
        told = (tmp_path / "app.log").read_text()
        assert "Traceback" not in told, told


def keyed(page: Page, key: str) -> Locator:
    """The element that the app gave this key."""
    return page.locator(f".st-key-{key}")


def press(page: Page, key: str) -> None:
    """Press the button with this key."""
    keyed(page, key).get_by_role("button").first.click()


def open_page(page: Page, name: str, title: str) -> None:
    """Choose a page in the menu and wait for its title."""
    page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def look(page: Page, name: str) -> None:
    """Keep a picture, and see that nothing on the page speaks of a failure."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    said = page.locator("body").inner_text()
    for failure in ("Traceback", "Something went wrong", "出了点问题"):
        assert failure not in said, f"{name}: {said}"
    keep_shot(page, name)


def start_from_template(page: Page) -> None:
    """Home teaches, and one press makes a finished project."""
    expect(keyed(page, "start_weather_jokes")).to_be_visible()
    look(page, "01-home-empty")
    press(page, "start_weather_jokes")
    expect(page.get_by_text("10 examples · no errors")).to_be_visible()


def read_the_figures(page: Page) -> None:
    """Billed tokens in the headline, the published checker's in the details, by model."""
    figures = page.locator(".ts-figures")
    expect(figures).to_contain_text("491")
    expect(figures).to_contain_text("$0.0147 – $0.0156")
    details = page.get_by_text("How this is counted")
    details.click()
    facts = page.locator(".ts-facts")
    expect(facts).to_contain_text("521")
    look(page, "02-editor")
    choose_price(page, "gpt-3.5-turbo")
    expect(figures).to_contain_text("681")
    expect(facts).to_contain_text("701")
    choose_price(page, "gpt-4o-mini")
    expect(figures).to_contain_text("491")


def choose_price(page: Page, model: str) -> None:
    """Choose a model under "Price it for"."""
    page.locator('[class*="st-key-priced_for_"]').get_by_role("combobox").fill(model)
    page.get_by_role("option", name=f"{model} · OpenAI", exact=True).click()


def take_out_unchanged(page: Page) -> None:
    """The template comes out as the article's own file, with its fingerprint beside it."""
    open_page(page, "Bring in, take out", "Bring in, take out")
    expected = ARTICLE.read_bytes()
    expect(page.get_by_text(hashlib.sha256(expected).hexdigest())).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_bytes() == expected
    look(page, "03-transfer")


def change_a_reply(page: Page) -> None:
    """Typing into a cell changes what is kept, the tokens and the cost."""
    open_page(page, "Write", "Write your examples")
    figures = page.locator(".ts-figures b")
    expect(figures.first).to_have_text("491")
    cost = figures.nth(1).inner_text()
    expect(cell(page, 1)).to_have_value(re.compile("今天北京的天气晴朗"))
    write(page, 1, MY_REPLY)
    expect(figures.first).not_to_have_text("491")
    page.keyboard.press("Tab")
    expect_saved(page)
    expect(cell(page, 1)).to_have_value(MY_REPLY)
    expect(figures.nth(1)).not_to_have_text(cost)
    look(page, "04-editor-changed")


def delete_and_undo(page: Page) -> None:
    """A deleted row is offered back, and comes back to its place."""
    second = cell(page, 2).input_value()
    row(page, 2).get_by_role("button", name="Open the conversation").click()
    expect(page.get_by_role("heading", name="Example 2", exact=True)).to_be_visible()
    look(page, "05-editor-open-example")
    row(page, 2).get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("9 examples · 1 thing to fix")).to_be_visible()
    expect(cell(page, 2)).not_to_have_value(second)
    expect(undo_button(page)).to_have_text("Undo: deleted an example")
    look(page, "06-editor-undo-offer")
    undo_button(page).click()
    expect(page.get_by_text("10 examples · no errors")).to_be_visible()
    expect(cell(page, 2)).to_have_value(second)


def speak_chinese_across_a_reload(page: Page) -> None:
    """The switch speaks at once, and a reload keeps the language, the project and the edit."""
    switch = keyed(page, "menu_language")
    switch.get_by_text("中文").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("示例")
    page.reload()
    expect(title).to_contain_text("示例")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Weather jokes (中文)")
    expect(page.locator('textarea[data-column="assistant"]').first).to_have_value(MY_REPLY)
    look(page, "07-editor-zh")
    switch.get_by_text("English").click()
    expect(title).to_have_text("Write your examples")


def bring_in_with_a_broken_line(page: Page, address: str) -> None:
    """A pasted broken line is named by its number and kept; the sound ones are added."""
    page.goto(address)
    press(page, "start_import")
    said = [{"role": "user", "content": "Snow?"}, {"role": "assistant", "content": "Next door."}]
    sound = json.dumps({"messages": said})
    page.get_by_role("tab", name="Paste").click()
    field = page.locator('[class*="st-key-paste_"] textarea')
    field.fill(f'{sound}\n{{"messages": [oops\n{sound}\n')
    field.press("ControlOrMeta+Enter")
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("3 conversations, 2 replies will be learned, 1 dropped")
    expect(main).to_contain_text("1 that cannot be read")
    look(page, "08-import-preview")
    press(page, "accept")
    expect(main).to_contain_text("Added 2 examples.")
    expect(main).to_contain_text("1 line kept that could not be read")
    look(page, "09-imported")


def train_on_this_computer(page: Page) -> None:
    """Everything automatic: one press, then progress, a curve and a story, until it is done."""
    expect(page.get_by_text("10 examples · no errors")).to_be_visible()
    open_page(page, "Train", "Train a model on your examples")
    expect(keyed(page, "start").get_by_role("button")).to_be_enabled()
    look(page, "10-train")
    press(page, "start")
    expect(page.get_by_role("button", name="All jobs")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Learning, pass \d+ of 50"))).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    look(page, "11-job-running")
    expect(keyed(page, "compare")).to_be_visible(timeout=TRAINING)
    story = page.locator(".ts-story")
    expect(story).to_contain_text("All done.")
    expect(story).to_contain_text("Your own model is ready")
    expect(page.locator(".ts-figures")).to_contain_text("100%")
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    look(page, "12-job-done")


def talk_to_it(page: Page) -> None:
    """The question it never saw is offered; its real reply stands beside what its base is."""
    press(page, "compare")
    expect(page.get_by_role("heading", name="Talk to it")).to_be_visible()
    expect(page.get_by_text("A tiny model (2.6 million parameters)")).to_be_visible()
    offer = keyed(page, "ask_unseen_0").get_by_role("button")
    expect(offer).to_have_text(UNSEEN)
    offer.click()
    replies = page.locator(".ts-bubble.assistant")
    expect(replies).to_have_count(1)
    expect(page.get_by_text("tiny-scratch knows nothing before it is trained")).to_be_visible()
    expect(replies.last).to_have_text(re.compile(r"[^\s…]"))
    look(page, "13-compare")


def ask_them_again(page: Page) -> None:
    """At least nine of the ten trained questions are answered word for word."""
    press(page, "recall")
    score = page.get_by_text(re.compile(r"\d+ of 10 answered word for word"))
    expect(score).to_be_visible()
    found = re.search(r"(\d+) of 10", score.inner_text())
    assert found
    assert int(found[1]) >= 9
    look(page, "14-recall")


def leave_a_key_by_tab(page: Page) -> None:
    """A key typed and left with the Tab key is taken, and the field is empty again."""
    field = keyed(page, "settings_key_openai").locator("input")
    field.fill("sk-not-a-real-key")
    field.press("Tab")
    expect(page.get_by_text("A key is set. It is never shown.")).to_be_visible()
    expect(field).to_have_value("")


def look_at_the_settings(page: Page) -> None:
    """The trainer that was started is shown as running, and the jobs and projects are listed."""
    open_page(page, "Settings", "Settings")
    expect(page.get_by_text("Running.")).to_be_visible()
    leave_a_key_by_tab(page)
    look(page, "15-settings")
    open_page(page, "Jobs", "Training jobs")
    expect(page.locator(".ts-chip").first).to_have_text("Done")
    look(page, "16-jobs")
    open_page(page, "Projects", "Teach a model your voice")
    look(page, "17-home")
