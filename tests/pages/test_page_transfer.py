"""Bring in, take out: look before accepting, lose nothing, and export what was trained on."""

from __future__ import annotations

import hashlib

import pytest
from streamlit.testing.v1 import AppTest
from visits import (
    ARTICLE,
    HOSTILE,
    go,
    is_well,
    jsonl,
    keys,
    press,
    start,
    type_into,
    visit,
    words,
    write,
)

from core.storage import Store
from core.words import say

BROKEN = '{"messages": [oops'


def begin() -> tuple[AppTest, str]:
    """An empty project, open where files are brought in."""
    app = press(visit("home"), "start_import")
    return app, app.session_state["project"]


def test_a_paste_is_shown_before_it_is_added(store: Store) -> None:
    """The preview counts and names the broken line; nothing is stored yet."""
    app, project = begin()
    app = write(app, "paste_0", jsonl(("Snow?", "Next door.")) + BROKEN + "\n")
    assert is_well(app)
    assert "**1 example**, 1 line could not be read" in words(app)
    assert "Line 2: " in words(app)
    assert "Next door." in words(app)
    assert store.load_project(project).examples == 0


def test_an_accepted_paste_is_added_and_its_broken_line_kept(store: Store) -> None:
    """The field is empty again, the example is there, and the broken line is shown as it came."""
    app, project = begin()
    app = write(app, "paste_0", jsonl(("Snow?", "Next door.")) + BROKEN + "\n")
    app = press(app, "accept")
    assert is_well(app)
    assert "Added 1 example." in words(app)
    assert store.load_project(project).examples == 1
    assert [line.raw.decode() for line in store.load_unreadable_lines(project)] == [BROKEN]
    assert BROKEN in words(app)
    assert [area.value for area in app.text_area] == [""]
    app = press(app, "undo")
    assert store.load_project(project).examples == 0


def test_kept_lines_are_forgotten_when_one_says_so(store: Store) -> None:
    """Only then."""
    app, project = begin()
    app = press(write(app, "paste_0", BROKEN), "accept")
    assert is_well(app)
    app = press(app, "forget_unreadable")
    assert store.load_unreadable_lines(project) == []
    assert BROKEN not in words(app)


@pytest.mark.parametrize("share", [True, False])
def test_shared_instructions_are_offered_and_obeyed(store: Store, share: bool) -> None:
    """Each example keeps its own unless the person makes them everybody's."""
    app, project = begin()
    pasted = jsonl(("Snow?", "Next door."), ("Rain?", "Here."), system="You know the weather.")
    app = write(app, "paste_0", pasted)
    assert "You know the weather." in words(app)
    app = app.checkbox(key="share_system").set_value(share).run()
    press(app, "accept")
    kept = store.load_project(project).system_prompt
    assert kept == ("You know the weather." if share else "")
    own = {row.example.system for row in store.iterate_rows(project)}
    assert own == ({None} if share else {"You know the weather."})


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"PK\x03\x04\x00", b"[]", b"{}",
                                     b"null", HOSTILE.encode(), b'{"messages": 3}'])  # fmt: skip
def test_a_file_that_is_no_dataset_gets_a_sentence(content: bytes) -> None:
    """Whatever is uploaded, the page says what it is, and stays."""
    app, _ = begin()
    app = app.file_uploader(key="upload_0").upload("data.jsonl", content, "text/plain").run()
    assert is_well(app)


def test_an_uploaded_file_is_added(store: Store) -> None:
    """The article's own file, brought in and shared, comes out again byte for byte."""
    app, project = begin()
    app = app.file_uploader(key="upload_0").upload(
        "weather.jsonl", ARTICLE.read_bytes(), "application/jsonl"
    )
    app = app.run()
    app = press(app.checkbox(key="share_system").set_value(True).run(), "accept")
    assert is_well(app)
    assert store.load_project(project).examples == 10
    assert hashlib.sha256(ARTICLE.read_bytes()).hexdigest() in words(app)


def test_the_export_of_the_template_is_the_article_s_file() -> None:
    """2,545 bytes, with their fingerprint beside them."""
    app, _ = start()
    app = go(app, "transfer")
    told = words(app)
    assert hashlib.sha256(ARTICLE.read_bytes()).hexdigest() in told
    assert "2,545 bytes" in told


def test_examples_with_errors_can_be_left_out() -> None:
    """The file shrinks by what is left out, and says by how much."""
    app, _ = start()
    app = go(type_into(app, 1, "assistant", ""), "transfer")
    whole = words(app)
    app = app.segmented_control(key="export_choice").set_value("ready").run()
    assert is_well(app)
    assert words(app) != whole
    lines = ARTICLE.read_bytes().splitlines(keepends=True)[1:]
    assert hashlib.sha256(b"".join(lines)).hexdigest() in words(app)


def test_nothing_to_take_out_leads_to_writing() -> None:
    """An empty project has no file yet."""
    app, _ = begin()
    assert say("en", "transfer.out_empty") in words(app)
    app = press(app, "go_write")
    assert [title.value for title in app.title] == [say("en", "editor.title")]


def test_a_preview_belongs_to_its_project() -> None:
    """What was about to be added to one project is not offered to another."""
    app, _ = begin()
    app = write(app, "paste_0", jsonl(("Snow?", "Next door.")))
    assert "accept" in keys(app)
    app = press(app.switch_page("streamlit_app.py").run(), "start_import")
    assert "accept" not in keys(app)
