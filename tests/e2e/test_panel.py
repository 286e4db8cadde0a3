"""The conversation panel: bubbles written in, turns added, removed and moved, tools as forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from the_app import App, a_started_app, a_tab, keep_shot
from the_grid import cell, expect_saved, row, tokens, write
from the_panel import (
    a_call,
    a_chat,
    a_project_of,
    bubble,
    expect_open,
    expect_panel_saved,
    expect_texts,
    field,
    instructions,
    kept_kinds,
    kept_messages,
    kept_texts,
    learning,
    open_panel,
    panel,
    press,
    turn_of,
    wait_until_kept,
)

pytestmark = pytest.mark.browser

PARCEL = a_chat("Where is it?", "It left Leeds.", "And when is it here?", "Tomorrow.")
PROMPT = "You are warm and brief."
EVERYTHING = [
    {"role": "user", "content": "Will it rain?", "name": "ann"},
    {"role": "assistant", "content": None, "tool_calls": [a_call('{"city": Wuhan}')]},
    {"role": "tool", "tool_call_id": "call_1", "content": '{"rain": false}'},
    {"role": "assistant", "content": "Not today. ", "weight": 0},
    {"role": "user", "content": [{"type": "text", "text": "And this?" * 30}]},
    {"role": "assistant", "content": ""},
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab."""
    with a_tab(browser) as page:
        yield page


@pytest.fixture
def project(app: App, page: Page) -> str:
    """A project of one conversation of four turns, open in the panel."""
    project = a_project_of(app.home, PARCEL, prompt=PROMPT)
    open_panel(page, app.address, project)
    return project


def test_the_cursor_goes_to_the_opened_panel(page: Page, project: str) -> None:
    """Who opens a conversation at the keyboard is in it."""
    expect(panel(page)).to_be_focused()


def test_a_bubble_is_written_in_place(app: App, page: Page, project: str) -> None:
    """Tokens follow while the cursor stays; one visit is one change, and it can be undone."""
    before = tokens(page, 1).inner_text()
    bubble(page, 2).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(" It should be with you tomorrow,", delay=60)
    expect(tokens(page, 1)).not_to_have_text(before)
    expect(bubble(page, 2)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("before noon.", delay=60)
    expect_panel_saved(page)
    said = "It left Leeds. It should be with you tomorrow,\nbefore noon."
    assert kept_texts(app.home, project)[1] == said
    kinds = kept_kinds(app.home, project)
    assert kinds.count("edit") == 1
    page.locator('button[name="undo"]').click()
    expect_texts(page, *(message["content"] for message in PARCEL))
    assert kept_messages(app.home, project) == PARCEL


def test_escape_takes_back_first_and_closes_then(app: App, page: Page, project: str) -> None:
    """The bubble is as it was; the next Escape closes and leads back into the row."""
    bubble(page, 4).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Never.")
    page.keyboard.press("Escape")
    expect(bubble(page, 4)).to_have_value("Tomorrow.")
    expect_panel_saved(page)
    assert kept_messages(app.home, project) == PARCEL
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(cell(page, 1)).to_be_focused()


def test_a_new_turn_is_written_at_once(app: App, page: Page, project: str) -> None:
    """The cursor is in it before the server has answered, and no key is lost."""
    panel(page).get_by_role("button", name="+ Add a question").click()
    page.keyboard.type("Thank you!")
    panel(page).get_by_role("button", name="+ Add an answer").click()
    page.keyboard.type("With pleasure.")
    expect_panel_saved(page)
    said = [message["content"] for message in PARCEL]
    assert kept_texts(app.home, project) == [*said, "Thank you!", "With pleasure."]
    expect_texts(page, *said, "Thank you!", "With pleasure.")


def test_turns_are_moved_and_removed_and_brought_back(app: App, page: Page, project: str) -> None:
    """Each is one change, shown at once and offered to be undone."""
    first, second, third, fourth = (message["content"] for message in PARCEL)
    press(page, 3, "Move up")
    expect_texts(page, first, third, second, fourth)
    press(page, 1, "Remove this turn")
    expect_texts(page, third, second, fourth)
    expect_panel_saved(page)
    assert kept_texts(app.home, project) == [third, second, fourth]
    expect(page.get_by_text("Removed a turn.")).to_be_visible()
    page.locator(".st-key-undo button").first.click()
    expect_texts(page, first, third, second, fourth)
    assert kept_texts(app.home, project) == [first, third, second, fourth]


def test_turns_are_moved_from_the_keyboard(page: Page, project: str) -> None:
    """The cursor stays on the button, so that one can go on; the ends are ends."""
    up = turn_of(page, 2).get_by_role("button", name="Move up")
    up.focus()
    page.keyboard.press("Enter")
    expect(bubble(page, 1)).to_have_value("It left Leeds.")
    expect(turn_of(page, 1).get_by_role("button", name="Move up")).to_be_disabled()
    expect(turn_of(page, 4).get_by_role("button", name="Move down")).to_be_disabled()


def test_a_reply_that_is_not_learned_from_says_so(app: App, page: Page, project: str) -> None:
    """Off is weight 0; on again leaves no trace where there was no weight before."""
    expect(learning(page, 2)).to_be_checked()
    learning(page, 2).click()
    expect(learning(page, 2)).not_to_be_checked()
    expect(turn_of(page, 2)).to_contain_text("Not learned from")
    expect_panel_saved(page)
    assert kept_messages(app.home, project)[1] == {**PARCEL[1], "weight": 0}
    press(page, 2, "What does this mean?")
    expect(turn_of(page, 2)).to_contain_text("does not learn to say it")
    learning(page, 2).click()
    expect_panel_saved(page)
    assert kept_messages(app.home, project) == PARCEL


def test_a_weight_that_the_file_gave_stays_a_weight(app: App, page: Page) -> None:
    """On again is 1 where a weight stood before."""
    question, reply = a_chat("Again?", "Again.")
    project = a_project_of(app.home, [question, {**reply, "weight": 0}])
    open_panel(page, app.address, project)
    expect(learning(page, 2)).not_to_be_checked()
    learning(page, 2).click()
    expect(learning(page, 2)).to_be_checked()
    expect_panel_saved(page)
    assert kept_messages(app.home, project)[1]["weight"] == 1


def test_instructions_of_its_own_come_and_go(app: App, page: Page, project: str) -> None:
    """The shared ones shine through until the first letter, and again when they are wanted."""
    expect(instructions(page)).to_have_attribute("placeholder", PROMPT)
    instructions(page).click()
    page.keyboard.type("Joke.")
    bubble(page, 1, "user").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Where?")
    expect_panel_saved(page)
    assert kept_messages(app.home, project)[:2] == [
        {"role": "system", "content": "Joke."},
        {"role": "user", "content": "Where?"},
    ]
    panel(page).get_by_role("button", name="Use the shared instructions again").click()
    expect(instructions(page)).to_have_value("")
    expect_panel_saved(page)
    assert kept_texts(app.home, project)[0] == "Where?"


def test_a_speaker_may_have_a_name(app: App, page: Page, project: str) -> None:
    """It stands beside the role, and is a key only while there is one."""
    press(page, 1, "Name and tools")
    page.keyboard.type("ann")
    expect(turn_of(page, 1)).to_contain_text("Someone asks · ann")
    expect_panel_saved(page)
    assert kept_messages(app.home, project)[0] == {**PARCEL[0], "name": "ann"}
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    expect(turn_of(page, 1)).not_to_contain_text("ann")
    expect_panel_saved(page)
    assert kept_messages(app.home, project) == PARCEL


def test_a_tool_call_is_a_form_with_checked_json(app: App, page: Page) -> None:
    """A slip is named by line and column while one types, and what is typed is kept."""
    said = a_chat("Will it rain?", "")
    said[1].update(content=None, tool_calls=[a_call()])
    project = a_project_of(app.home, said)
    open_panel(page, app.address, project)
    expect(field(page, "Function")).to_have_value("get_weather")
    field(page, "Arguments").fill('{"city": "Wuhan"\n"day": 1}')
    expect(panel(page).get_by_text("Line 2, column 1: a comma is missing.")).to_be_visible()
    expect(field(page, "Arguments")).to_have_attribute("aria-invalid", "true")
    expect_panel_saved(page)
    function = kept_messages(app.home, project)[1]["tool_calls"][0]["function"]
    assert function["arguments"] == '{"city": "Wuhan"\n"day": 1}'
    field(page, "Arguments").fill('{"city": "Wuhan", "day": 1}')
    expect(field(page, "Arguments")).to_have_attribute("aria-invalid", "false")
    expect(panel(page).get_by_text("a comma is missing")).to_have_count(0)


def test_tools_are_called_and_answer(app: App, page: Page, project: str) -> None:
    """A call is added and named, its answer finds it by itself; without it both are as before."""
    press(page, 4, "Name and tools")
    panel(page).get_by_role("button", name="+ Call a tool").click()
    page.keyboard.type("track")
    panel(page).get_by_role("button", name="+ Add a tool’s answer").click()
    page.keyboard.type("On its way")
    expect_panel_saved(page)
    *_, calling, answer = kept_messages(app.home, project)
    [call] = calling["tool_calls"]
    assert call["function"] == {"name": "track", "arguments": "{}"}
    assert answer == {"role": "tool", "tool_call_id": call["id"], "content": "On its way"}
    press(page, 5, "Remove this turn")
    press(page, 4, "Remove this tool call")
    expect_panel_saved(page)
    assert kept_messages(app.home, project) == PARCEL


def test_another_call_can_be_answered(app: App, page: Page) -> None:
    """The ids are chosen from the calls above, never typed."""
    said = a_chat("Will it rain?", "")
    said[1].update(content=None, tool_calls=[a_call(), a_call(id="call_2")])
    said.append({"role": "tool", "tool_call_id": "gone", "content": '{"rain": fals}'})
    project = a_project_of(app.home, said)
    open_panel(page, app.address, project)
    expect(turn_of(page, 3)).to_contain_text("Line 1, column 10: a value is missing")
    choice = turn_of(page, 3).get_by_role("combobox", name="Answers the call")
    expect(choice).to_contain_text("gone (not called above)")
    choice.select_option("call_2")
    expect_panel_saved(page)
    assert kept_messages(app.home, project)[2]["tool_call_id"] == "call_2"
    expect(choice).not_to_contain_text("gone")


def test_what_is_no_text_is_shown_and_kept(app: App, page: Page) -> None:
    """Parts and odd calls are read, not typed over; what is beside them is edited."""
    odd = {"id": "a", "type": "function", "function": {"name": "f", "arguments": {"x": 1}}}
    said = [
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}]},
        {"role": "assistant", "content": "A cat.", "tool_calls": [odd]},
    ]
    project = a_project_of(app.home, said)
    open_panel(page, app.address, project)
    expect(turn_of(page, 1)).to_contain_text('"What is this?"')
    expect(turn_of(page, 1)).to_contain_text("This message holds more than text")
    expect(bubble(page, 1, "user")).to_have_count(0)
    expect(turn_of(page, 2)).to_contain_text("kept exactly as they are")
    bubble(page, 2).fill("A dog.")
    expect_panel_saved(page)
    assert kept_messages(app.home, project) == [said[0], {**said[1], "content": "A dog."}]


def test_findings_stand_at_their_turn_with_the_fix(app: App, page: Page) -> None:
    """Also where inherited instructions come before the example's own messages."""
    project = a_project_of(app.home, a_chat("Really?", " Yes. "), prompt=PROMPT)
    open_panel(page, app.address, project)
    note = turn_of(page, 2).locator(".note.advice")
    expect(note).to_contain_text("begins or ends with spaces")
    note.get_by_role("button", name="Fix").click()
    expect(note).to_have_count(0)
    expect(bubble(page, 2)).to_have_value("Yes.")
    assert kept_texts(app.home, project) == ["Really?", "Yes."]


def test_the_neighbours_come_without_losing_the_place(app: App, page: Page) -> None:
    """Alt and an arrow go through what the table is narrowed to; filter and cursor stay."""
    chats = [a_chat(f"Question {n}?", "" if n % 2 else f"Answer {n}.") for n in range(1, 7)]
    project = a_project_of(app.home, *chats)
    page.goto(f"{app.address}/editor?lang=en&project={project}")
    page.locator(".st-key-show_missing_content button").click()
    expect(page.locator("tr[data-id]")).to_have_count(3)
    row(page, 1).locator("button.open").click()
    expect_open(page, 1)
    bubble(page, 2).click()
    page.keyboard.type("Mended.")
    page.keyboard.press("Alt+ArrowDown")
    expect_open(page, 3)
    expect(bubble(page, 2)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect_open(page, 5)
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowUp")
    expect_open(page, 3)
    page.keyboard.press("Alt+ArrowUp")  # the first one is mended, and still where it was
    expect_panel_saved(page)
    expect_open(page, 1)
    expect(page.locator("tr[data-id]")).to_have_count(3)
    assert kept_texts(app.home, project)[1] == "Mended."


def test_the_neighbours_leave_the_table_where_it_is(app: App, page: Page) -> None:
    """Its page and its scroll stay, also where the neighbour stands on another page."""
    project = a_project_of(app.home, *(a_chat(f"{n}?", f"{n}.") for n in range(1, 53)))
    page.goto(f"{app.address}/editor?lang=en&project={project}")
    page.get_by_role("button", name="Next page").click()
    expect(cell(page, 51)).to_be_visible()
    row(page, 1).locator("button.open").click()
    expect_open(page, 51)
    bubble(page, 2).click()
    top = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    page.keyboard.press("Alt+ArrowUp")
    expect_open(page, 50)
    expect(bubble(page, 2)).to_be_focused()
    expect(page.locator("tr[data-id]")).to_have_count(2)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == top


def test_the_buttons_keep_the_cursor(app: App, page: Page) -> None:
    """At the end, it goes to the other one, not nowhere."""
    project = a_project_of(app.home, a_chat("One?", "One."), a_chat("Two?", "Two."))
    open_panel(page, app.address, project)
    ahead = panel(page).get_by_role("button", name="Next example")
    ahead.focus()
    page.keyboard.press("Enter")
    expect_open(page, 2)
    expect(ahead).to_be_disabled()
    expect(panel(page).get_by_role("button", name="Previous example")).to_be_focused()
    panel(page).get_by_role("button", name="Close").click()
    expect(cell(page, 2)).to_be_focused()


def test_nothing_is_sent_while_an_input_method_composes(app: App, page: Page, project: str) -> None:
    """Half a word in Pinyin is nobody's; the finished one is kept, and Escape is the method's."""
    bubble(page, 2).click()
    page.keyboard.press("ControlOrMeta+a")
    wire = page.context.new_cdp_session(page)
    wire.send("Input.imeSetComposition", {"text": "wuhan", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(700)  # longer than the pause after which it would be sent
    assert kept_messages(app.home, project) == PARCEL
    wire.send("Input.insertText", {"text": "武汉"})
    expect_panel_saved(page)
    assert kept_texts(app.home, project)[1] == "武汉"
    expect(bubble(page, 2)).to_have_attribute("lang", "zh")


def test_table_and_panel_show_each_other_s_text(app: App, page: Page, project: str) -> None:
    """They are two views of one example."""
    write(page, 1, "Where is my parcel?", "user")
    expect_saved(page)
    expect(bubble(page, 1, "user")).to_have_value("Where is my parcel?")
    bubble(page, 1, "user").fill("Where is my cup?")
    expect(cell(page, 1, "user")).to_have_value("Where is my cup?")


def test_two_tabs_in_different_turns_both_keep_their_text(
    app: App, browser: Browser, page: Page, project: str
) -> None:
    """An edit is of one turn, not of the conversation as it was loaded."""
    with a_tab(browser) as other:
        open_panel(other, app.address, project)
        bubble(other, 2).fill("From the other tab.")
        bubble(page, 4).fill("From this tab.")
        for tab in (page, other):
            expect_panel_saved(tab)
    first, _, third, _ = (message["content"] for message in PARCEL)
    expected = [first, "From the other tab.", third, "From this tab."]
    assert kept_texts(app.home, project) == expected


def test_two_tabs_in_one_turn_are_told(
    app: App, browser: Browser, page: Page, project: str
) -> None:
    """The second sees both texts, and decides."""
    with a_tab(browser) as other:
        open_panel(other, app.address, project)
        bubble(other, 2).fill("Theirs.")
        expect_panel_saved(other)
    bubble(page, 2).fill("Mine.")
    notice = panel(page).get_by_role("alert")
    expect(notice).to_contain_text("Theirs.")
    assert kept_texts(app.home, project)[1] == "Theirs."
    notice.get_by_role("button", name="Use mine").click()
    expect_panel_saved(page)
    expect(notice).to_have_count(0)
    assert kept_texts(app.home, project)[1] == "Mine."


def test_a_turn_that_is_gone_gives_its_text_back(
    app: App, browser: Browser, page: Page, project: str
) -> None:
    """What was typed into it can become an example of its own."""
    with a_tab(browser) as other:
        open_panel(other, app.address, project)
        press(other, 4, "Remove this turn")
        expect_panel_saved(other)
    bubble(page, 4).fill("Typed too late.")
    notice = panel(page).get_by_role("alert")
    expect(notice).to_contain_text("Typed too late.")
    expect_texts(page, *(message["content"] for message in PARCEL[:3]))
    notice.get_by_role("button", name="Add it as a new example").click()
    expect(row(page, 2)).to_be_visible()
    assert kept_texts(app.home, project, 2) == ["", "Typed too late."]


def test_what_a_killed_server_did_not_get_is_sent_again(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Typing goes on without it; a new server gets it all, and the panel stays open."""
    with a_started_app(tmp_path_factory.mktemp("killed")) as app, a_tab(browser) as page:
        project = a_project_of(app.home, PARCEL)
        open_panel(page, app.address, project)
        bubble(page, 2).fill("Saved.")
        expect_panel_saved(page)
        app.kill()
        bubble(page, 4).fill("Not yet saved.")
        panel(page).get_by_role("button", name="+ Add a question").click()
        page.keyboard.type("Nor this.")
        expect(panel(page).locator('.saved[data-state="unsaved"]')).to_be_visible()
        said = ["Where is it?", "Saved.", "And when is it here?"]
        assert kept_texts(app.home, project) == [*said, "Tomorrow."]
        app.start()
        expect_panel_saved(page)
        bubble(page, 5, "user").press_sequentially(" Now it is.")
        wait_until_kept(app.home, project, [*said, "Not yet saved.", "Nor this. Now it is."])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everybody_can_read_and_work_it(
    app: App, browser: Browser, width: int, theme: Literal["light", "dark"], lang: str
) -> None:
    """Names, roles and contrast are sound, and nothing is wider than the page."""
    project = a_project_of(app.home, EVERYTHING, prompt=PROMPT)
    size: ViewportSize = {"width": width, "height": 900}
    with a_tab(browser, viewport=size, color_scheme=theme, has_touch=width < 700) as page:
        page.goto(f"{app.address}/editor?lang={lang}&project={project}")
        row(page, 1).locator("button.open").click()
        expect(panel(page)).to_be_focused()
        for button in panel(page).locator('button[name="more"], button[name="why"]').all():
            button.click()
        keep_shot(page, f"panel-{lang}-{theme}-{width}")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
        grave = [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found.response["violations"]
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
            if "section" in str(node["target"])
        ]
        assert not grave, "\n".join(grave)
        room = panel(page).evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert room[0] <= room[1]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
