"""Bring in, take out: look before accepting, lose nothing, and export what was trained on."""

from __future__ import annotations

import hashlib
import json

import pytest
from streamlit.testing.v1 import AppTest
from visits import (
    ARTICLE,
    HOSTILE,
    drop,
    go,
    is_well,
    jsonl,
    keys,
    press,
    settle,
    start,
    type_into,
    visit,
    words,
    write,
)

from core.queries import Query
from core.storage import Store
from core.tasks import find_task
from core.words import LANGUAGES, say
from ui.routes import open_own_transit
from ui.state import GRID_QUERY

BROKEN = '{"messages": [oops'
CHAT = "Ann: Is my parcel here?\nShop: Nearly.\nIt is in Leeds.\nAnn: Thanks!\nShop: Welcome."


def begin(lang: str = "en") -> tuple[AppTest, str]:
    """An empty project, open where files are brought in."""
    app = press(visit("home", lang=lang), "start_import")
    return app, app.session_state["project"]


def paste(app: AppTest, text: str, number: int = 0) -> AppTest:
    """Write into the field for pasting."""
    return settle(write(app, f"paste_{number}", text))


def accept(app: AppTest) -> AppTest:
    """Add what is shown."""
    return settle(press(app, "accept"))


def test_a_paste_is_shown_before_it_is_added(store: Store) -> None:
    """The preview counts and names the broken line; nothing is stored yet."""
    app, project = begin()
    app = paste(app, jsonl(("Snow?", "Next door.")) + BROKEN + "\n")
    assert is_well(app)
    assert "An OpenAI chat file: 1 conversation" in words(app)
    assert "2 conversations, 1 reply will be learned, 1 dropped" in words(app)
    assert "Line 2: " in words(app)
    assert "Next door." in words(app)
    assert store.load_project(project).examples == 0


def test_an_accepted_paste_is_added_and_its_broken_line_kept(store: Store) -> None:
    """It can be undone where it was done, and the broken line is shown as it came."""
    app, project = begin()
    app = accept(paste(app, jsonl(("Snow?", "Next door.")) + BROKEN + "\n"))
    assert is_well(app)
    assert "Added 1 example." in words(app)
    assert store.load_project(project).examples == 1
    assert [line.raw.decode() for line in store.load_unreadable_lines(project)] == [BROKEN]
    assert BROKEN in words(app)
    app = settle(press(app, "undo_import"))
    assert is_well(app)
    assert store.load_project(project).examples == 0
    assert [area.value for area in app.text_area] == [""]


def test_after_an_import_one_can_bring_in_more(store: Store) -> None:
    """The ways in are there again, and the field for pasting is empty."""
    app, project = begin()
    app = press(accept(paste(app, jsonl(("Snow?", "Next door.")))), "import_more")
    assert [area.value for area in app.text_area] == [""]
    app = accept(paste(app, jsonl(("Rain?", "Here.")), number=1))
    assert store.load_project(project).examples == 2


def test_an_import_stands_on_the_page_after_a_reload(store: Store) -> None:
    """It belongs to the project, not to the visit that began it."""
    app, project = begin()
    accept(paste(app, jsonl(("Snow?", "Next door."))))
    app = visit("transfer", project)
    assert "Added 1 example." in words(app)
    app = press(app, "open_editor")
    assert [title.value for title in app.title] == [say("en", "editor.title")]
    assert "undo" in keys(app)
    assert "open_editor" not in keys(go(app, "transfer"))


def test_kept_lines_are_forgotten_when_one_says_so(store: Store) -> None:
    """Only then."""
    app, project = begin()
    app = accept(paste(app, BROKEN))
    assert is_well(app)
    app = press(app, "forget_unreadable")
    assert store.load_unreadable_lines(project) == []
    assert BROKEN not in words(app)


@pytest.mark.parametrize("share", [True, False])
def test_shared_instructions_are_offered_and_obeyed(store: Store, share: bool) -> None:
    """Each example keeps its own unless the person makes them everybody's."""
    app, project = begin()
    pasted = jsonl(("Snow?", "Next door."), ("Rain?", "Here."), system="You know the weather.")
    app = paste(app, pasted)
    assert "You know the weather." in words(app)
    app = app.checkbox(key="share_system").set_value(share).run()
    accept(app)
    kept = store.load_project(project).system_prompt
    assert kept == ("You know the weather." if share else "")
    own = {row.example.system for row in store.iterate_rows(project)}
    assert own == ({None} if share else {"You know the weather."})


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"PK\x03\x04\x00", b"[]", b"{}",
                                     b"null", HOSTILE.encode(), b'{"messages": 3}', b"PAR1PAR1",
                                     b"%PDF-1.7", b"\0" * 5000])  # fmt: skip
def test_a_file_that_is_no_dataset_gets_a_sentence(content: bytes) -> None:
    """Whatever is uploaded, the page says what it is, and stays."""
    app, _ = begin()
    app = drop(app, "data.jsonl", content)
    assert is_well(app)
    assert "another" in keys(app)


def test_an_uploaded_file_is_added(store: Store) -> None:
    """The article's own file, brought in and shared, comes out again byte for byte."""
    app, project = begin()
    app = drop(app, "weather.jsonl", ARTICLE.read_bytes())
    assert "10 conversations, 10 replies will be learned, 0 dropped" in words(app)
    app = accept(app.checkbox(key="share_system").set_value(True).run())
    assert is_well(app)
    assert store.load_project(project).examples == 10
    assert hashlib.sha256(ARTICLE.read_bytes()).hexdigest() in words(app)


def test_a_file_is_kept_through_a_reload() -> None:
    """Its ticket stands in the address; once it is put away, nothing is left of it."""
    app, project = begin()
    app = drop(app, "weather.jsonl", ARTICLE.read_bytes())
    ticket = str(app.query_params["file"])
    again = visit("transfer", project, file=ticket)
    assert "accept" in keys(again)
    assert "weather\\.jsonl" in words(again)
    again = press(again, "another")
    assert "accept" not in keys(again)
    assert "accept" not in keys(visit("transfer", project, file=ticket))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_transcript_is_asked_whose_words_to_learn(store: Store, lang: str) -> None:
    """Who speaks second is the guess; another choice turns the conversation round."""
    app, project = begin(lang)
    app = paste(app, CHAT)
    assert say(lang, "transfer.is_transcript") in words(app)
    (who,) = [each for each in app.segmented_control if "assistant" in str(each.key)]
    assert (who.options, who.value) == (["Ann", "Shop"], "Shop")
    app = settle(who.set_value("Ann").run())
    app = settle(app.segmented_control(key=who.key).set_value("Shop").run())
    accept(app)
    (row,) = store.iterate_rows(project)
    said = [(message.role, message.text) for message in row.example.messages]
    assert said[1] == ("assistant", "Nearly.\nIt is in Leeds.")
    assert [role for role, _ in said] == ["user", "assistant"] * 2


def test_another_shape_can_be_chosen(store: Store) -> None:
    """What was guessed is only a guess: read as columns, the same objects are asked for theirs."""
    app, _ = begin()
    value = {"instruction": "Say hi.", "input": "", "output": "Hi!"}
    app = drop(app, "alpaca.json", json.dumps([value]).encode())
    assert say("en", "transfer.is_alpaca") in words(app)
    (shape,) = [box for box in app.selectbox if str(box.key).startswith("shape")]
    app = settle(app.selectbox(key=shape.key).set_value("columns").run())
    assert is_well(app)
    assert "A list of JSON objects" in words(app)


def test_the_export_of_the_template_is_the_article_s_file() -> None:
    """2,545 bytes, with their fingerprint and what is learned of them beside it."""
    app, _ = start()
    app = settle(go(app, "transfer"))
    told = words(app)
    assert hashlib.sha256(ARTICLE.read_bytes()).hexdigest() in told
    assert "2,545 bytes" in told
    assert "10 conversations, 10 replies will be learned, 0 dropped" in told


def test_examples_with_errors_can_be_left_out() -> None:
    """The file shrinks by what is left out, and says by how much."""
    app, _ = start()
    app = settle(go(type_into(app, 1, "assistant", ""), "transfer"))
    whole = words(app)
    app = settle(app.segmented_control(key="export_choice").set_value("ready").run())
    assert is_well(app)
    assert words(app) != whole
    assert say("en", "transfer.left_out_errors", n=1) in words(app)
    lines = ARTICLE.read_bytes().splitlines(keepends=True)[1:]
    assert hashlib.sha256(b"".join(lines)).hexdigest() in words(app)


def test_an_edit_makes_the_file_anew() -> None:
    """What is offered is always what the project holds."""
    app, _ = start()
    before = words(settle(go(app, "transfer")))
    app = settle(go(type_into(go(app, "editor"), 1, "assistant", "Sunny."), "transfer"))
    lines = [line for line in before.splitlines() if len(line.strip()) > 100]
    assert words(app).splitlines() != lines
    assert hashlib.sha256(ARTICLE.read_bytes()).hexdigest() not in words(app)


def test_some_are_held_back_and_taken_out_on_their_own(store: Store) -> None:
    """A split is one step that can be undone; both files together hold every example."""
    app, project = start()
    app = settle(go(app, "transfer"))
    assert "export_part" not in {each.key for each in app.segmented_control}
    app.session_state["split"] = True  # the card is open
    app = settle(app.run())
    app = settle(app.select_slider(key="split_share").set_value(20).run())
    app = settle(press(app, "split_do"))
    assert is_well(app)
    held = [row.example.held_out for row in store.iterate_rows(project)]
    assert sum(held) == 2
    app = settle(app.segmented_control(key="export_part").set_value("both").run())
    assert "training\\.jsonl" in words(app)
    assert "validation\\.jsonl" in words(app)
    assert "8 conversations, 8 replies" in words(app)
    app = press(app, "undo")
    assert not any(row.example.held_out for row in store.iterate_rows(project))


def test_what_was_found_can_be_taken_out() -> None:
    """As long as the table is narrowed to it."""
    app, _ = start()
    app.session_state[GRID_QUERY] = Query(text="北京")
    app = settle(go(app, "transfer"))
    app = settle(app.segmented_control(key="export_choice").set_value("found").run())
    assert is_well(app)
    assert "1 conversation, 1 reply will be learned, 0 dropped" in words(app)


def test_nothing_to_take_out_leads_to_writing() -> None:
    """An empty project has no file yet."""
    app, _ = begin()
    assert say("en", "transfer.out_empty") in words(app)
    app = press(app, "go_write")
    assert [title.value for title in app.title] == [say("en", "editor.title")]


def test_a_preview_belongs_to_its_project() -> None:
    """What was about to be added to one project is not offered to another."""
    app, _ = begin()
    app = paste(app, jsonl(("Snow?", "Next door.")))
    assert "accept" in keys(app)
    app = press(app.switch_page("streamlit_app.py").run(), "start_import")
    assert "accept" not in keys(app)


def test_a_project_is_saved_and_opened_as_a_file(store: Store) -> None:
    """On Home it becomes a project of its own, with the same examples."""
    app, project = start()
    app = settle(go(app, "transfer"))
    app = settle(press(app, "save_project"))
    assert is_well(app)
    assert say("en", "transfer.project_holds", n=10, size="")[:20] in words(app)
    task = find_task(f"save_project_{project}")
    assert task is not None
    assert task.result is not None
    file = open_own_transit().find_out(task.result.ticket)
    assert file is not None
    assert file.name == "Weather jokes (中文).tonesmith"
    app = drop(visit("home"), file.name, file.path.read_bytes(), key="open_project")
    assert [title.value for title in app.title] == [say("en", "editor.title")]
    opened = app.session_state["project"]
    assert opened != project
    both = [[row.example for row in store.iterate_rows(each)] for each in (project, opened)]
    assert both[0] == both[1]


def test_another_file_is_no_project() -> None:
    """It is refused with a sentence, and Home stays what it is."""
    app = drop(visit("home"), "weather.tonesmith", ARTICLE.read_bytes(), key="open_project")
    assert is_well(app)
    assert [error.value for error in app.error] == [say("en", "error.project_file_foreign")]
