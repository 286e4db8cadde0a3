"""Bring in and take out as a table: recognised, shown, changeable; nothing cut in silence."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from visits import ROOT, go, is_well, jsonl, keys, press, start, visit, words, write

from core.storage import Store
from core.transfer import FILE_KINDS, export_file
from core.words import LANGUAGES, say

DATA = ROOT / "tests" / "data"


def uploaded(name: str, content: bytes, lang: str = "en") -> tuple[AppTest, str]:
    """A new project's page with this file chosen."""
    app = press(visit("home", lang=lang), "start_import")
    project = app.session_state["project"]
    return app.file_uploader(key="upload_0").upload(name, content, "text/csv").run(), project


def chosen(app: AppTest) -> list[object]:
    """What every selection box about the table says."""
    return [box.value for box in app.selectbox]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_table_is_shown_in_both_languages(lang: str) -> None:
    """The row and the column that is not read are named."""
    app, _ = uploaded("tea.csv", (DATA / "tea-gb18030.csv").read_bytes(), lang)
    assert is_well(app)
    unused = say(lang, "finding.unused_columns.what", columns="标签")
    assert say(lang, "transfer.row", n=1, sentence=unused) in words(app)


def test_a_spreadsheet_s_file_is_recognised_and_added(store: Store) -> None:
    """GB18030 and Chinese names need no choosing."""
    app, project = uploaded("tea.csv", (DATA / "tea-gb18030.csv").read_bytes())
    assert chosen(app) == ["gb18030", ",", 0, 1, 2]
    assert "新到的碧螺春，香得很。\n要不要先尝一杯？" in words(app)
    press(app, "accept")
    assert store.load_project(project).examples == 3


def test_unreadable_rows_are_kept(store: Store) -> None:
    """What can be read is added; every other row is there as it stood, under its number."""
    app, project = uploaded("x.csv", (DATA / "damaged.csv").read_bytes())
    app = press(app, "accept")
    assert is_well(app)
    assert store.load_project(project).examples == 4
    kept = [(line.line, line.code) for line in store.load_unreadable_lines(project)]
    assert kept == [(5, "long_row"), (6, "broken_quotes"), (8, "unknown_characters")]


def test_columns_without_names_are_chosen(store: Store) -> None:
    """Nothing is offered to be added until it is known what is asked and what is answered."""
    app, project = uploaded("x.csv", b"1,how are you,fine\n2,bye,see you\n")
    assert say("en", "transfer.table_incomplete") in words(app)
    assert "accept" not in keys(app)
    app = app.selectbox[3].set_value(1).run()
    app = app.selectbox[4].set_value(2).run()
    app = press(app, "accept")
    texts = [row.example.messages[1].text for row in store.iterate_rows(project)]
    assert texts == ["fine", "see you"]


def test_other_characters_can_be_chosen() -> None:
    """Another encoding changes what the preview reads."""
    app, _ = uploaded("x.csv", "user,assistant\nFree?,It’s café\n".encode("cp1252"))
    assert "It’s café" in words(app)
    app = app.selectbox[0].set_value("gb18030").run()
    assert is_well(app)
    assert "It’s café" not in words(app)


@pytest.mark.parametrize("content", [b"", b"\0", b"PK\x03\x04\x00\xff", b'"', b"user,assistant",
                                     (DATA / "damaged.csv").read_bytes()])  # fmt: skip
def test_a_file_that_is_no_table_is_no_fault(content: bytes) -> None:
    """Whatever is called a table, the page stays."""
    assert is_well(uploaded("x.csv", content)[0])


def test_cells_of_a_spreadsheet_can_be_pasted(store: Store) -> None:
    """Pasted cells come with tabs between them, and line breaks in quotation marks."""
    app = press(visit("home"), "start_import")
    app = write(app, "paste_0", 'hello\t"hi\nthere"\nbye\tsee you\n')
    app = press(app, "accept")
    project = app.session_state["project"]
    texts = [row.example.messages[1].text for row in store.iterate_rows(project)]
    assert texts == ["hi\nthere", "see you"]


def test_the_table_taken_out_can_be_brought_in(store: Store) -> None:
    """The template as CSV and back is the template."""
    app, first = start()
    app = go(app, "transfer").segmented_control(key="export_kind").set_value("csv").run()
    assert is_well(app)
    file = export_file(store, store.load_project(first), FILE_KINDS["csv"])
    app, second = uploaded("back.csv", file.content)
    press(app, "accept")
    jsonl_of = [export_file(store, store.load_project(each), FILE_KINDS["jsonl"]).content
                for each in (first, second)]  # fmt: skip
    assert jsonl_of[0] == jsonl_of[1]


def test_what_a_row_cannot_hold_is_counted_and_named() -> None:
    """Longer conversations are left out of a CSV with a sentence, and stay in JSONL."""
    long = '{"messages": [' + ", ".join(
        f'{{"role": "{role}", "content": "x"}}' for role in ("user", "assistant") * 2
    ) + "]}\n"  # fmt: skip
    app = press(visit("home"), "start_import")
    app = press(write(app, "paste_0", jsonl(("Snow?", "Next door.")) + long), "accept")
    app = app.segmented_control(key="export_kind").set_value("csv").run()
    assert say("en", "transfer.left_out_turns", n=1) in words(app)
