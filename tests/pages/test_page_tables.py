"""Bring in and take out as a table: recognised, shown, changeable; nothing cut in silence."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from streamlit.testing.v1 import AppTest
from visits import ROOT, drop, go, is_well, jsonl, keys, press, settle, start, visit, words, write

from core.exporting import FILE_KINDS
from core.storage import Store
from core.transfer import export_to
from core.words import LANGUAGES, say

DATA = ROOT / "tests" / "data"
COLUMNS = ("system", "user", "assistant", "tags")


def uploaded(name: str, content: bytes, lang: str = "en") -> tuple[AppTest, str]:
    """A new project's page with this file chosen."""
    app = press(visit("home", lang=lang), "start_import")
    return drop(app, name, content), app.session_state["project"]


def accept(app: AppTest) -> AppTest:
    """Add what is shown."""
    return settle(press(app, "accept"))


def chosen(app: AppTest, *parts: str) -> list[object]:
    """What the selection boxes for these parts of the recipe say."""
    return [box_of(app, part).value for part in parts]


def box_of(app: AppTest, part: str) -> AppTest:
    """The selection box for a part of the recipe."""
    return next(box for box in app.selectbox if str(box.key).startswith(f"{part}_"))


def choose(app: AppTest, part: str, value: object) -> AppTest:
    """Say otherwise."""
    return settle(box_of(app, part).set_value(value).run())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_table_is_shown_in_both_languages(lang: str) -> None:
    """What it is, and which column holds what."""
    app, _ = uploaded("tea.csv", (DATA / "tea-gb18030.csv").read_bytes(), lang)
    assert is_well(app)
    assert say(lang, "transfer.table_is_csv") in words(app)
    user = say(lang, "transfer.column_user")
    assert say(lang, "transfer.read_column", role=user, name="用户") in words(app)


def test_a_spreadsheet_s_file_is_recognised_and_added(store: Store) -> None:
    """GB18030 and Chinese names need no choosing, and the column of tags becomes tags."""
    app, project = uploaded("tea.csv", (DATA / "tea-gb18030.csv").read_bytes())
    assert chosen(app, "encoding", "delimiter", *COLUMNS) == ["gb18030", ",", 0, 1, 2, 3]
    assert "新到的碧螺春，香得很。\n要不要先尝一杯？" in words(app)
    accept(app)
    assert store.load_project(project).examples == 3


def test_a_workbook_s_sheet_can_be_chosen(store: Store) -> None:
    """The one with questions and replies is the guess."""
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing here"])
    sheet = book.create_sheet("Talks")
    for row in (["Question", "Answer"], ["Free?", "Yes."], ["Open?", "Till nine."]):
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    app, project = uploaded("talks.xlsx", content.getvalue())
    assert is_well(app)
    assert "An Excel workbook: 2 conversations" in words(app)
    assert say("en", "transfer.read_sheet", name="Talks") in words(app)
    accept(app)
    assert store.load_project(project).examples == 2


def test_unreadable_rows_are_kept(store: Store) -> None:
    """What can be read is added; every other row is there as it stood, under its number."""
    app, project = uploaded("x.csv", (DATA / "damaged.csv").read_bytes())
    assert say("en", "transfer.remedy", do=say("en", "finding.long_row.do")) in words(app)
    app = accept(app)
    assert is_well(app)
    assert store.load_project(project).examples == 4
    kept = [(line.line, line.code) for line in store.load_unreadable_lines(project)]
    assert kept == [(5, "long_row"), (6, "broken_quotes"), (8, "unknown_characters")]


def test_notes_hide_no_unreadable_row() -> None:
    """However much else there is to say, what is not read is said, with its number."""
    names = "question,answer,x\n"
    content = f"{names}q,a,\n{names * 60},,elsewhere\nq,a,b,c\n"
    app, _ = uploaded("x.csv", content.encode())
    assert is_well(app)
    labels = [expander.label for expander in app.expander]
    assert say("en", "transfer.cannot_be_read", n=2) in labels
    assert say("en", "transfer.to_know", n=61) in labels
    assert say("en", "finding.nothing_in_columns.what") in words(app)


def test_columns_without_names_are_chosen(store: Store) -> None:
    """Nothing is offered to be added until it is known what is asked and what is answered."""
    app, project = uploaded("x.csv", b"1,how are you,fine\n2,bye,see you\n")
    assert say("en", "transfer.table_incomplete") in words(app)
    assert "accept" not in keys(app)
    accept(choose(choose(app, "user", 1), "assistant", 2))
    texts = [row.example.messages[1].text for row in store.iterate_rows(project)]
    assert texts == ["fine", "see you"]


def test_other_characters_can_be_chosen() -> None:
    """Another encoding changes what the preview reads."""
    app, _ = uploaded("x.csv", "user,assistant\nFree?,It’s café\n".encode("cp1252"))
    assert "It’s café" in words(app)
    app = choose(app, "encoding", "gb18030")
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
    app = settle(write(app, "paste_0", 'hello\t"hi\nthere"\nbye\tsee you\n'))
    accept(app)
    project = app.session_state["project"]
    texts = [row.example.messages[1].text for row in store.iterate_rows(project)]
    assert texts == ["hi\nthere", "see you"]


@pytest.mark.parametrize("kind", list(FILE_KINDS.values())[:-1], ids=lambda kind: kind.id)
def test_what_is_taken_out_can_be_brought_in(store: Store, tmp_path: Path, kind: object) -> None:
    """The template as any kind of file and back is the template."""
    app, first = start()
    app = settle(go(app, "transfer"))
    app = settle(app.segmented_control(key="export_kind").set_value(kind.id).run())
    assert is_well(app)
    export_to(tmp_path / "file", store, store.load_project(first), kind)
    app, second = uploaded(f"back.{kind.ending}", (tmp_path / "file").read_bytes())
    accept(app)
    both = []
    for number, project in enumerate((first, second)):
        path = tmp_path / str(number)
        export_to(path, store, store.load_project(project), FILE_KINDS["jsonl"])
        both.append(path.read_bytes())
    assert both[0] == both[1]


def test_what_a_row_cannot_hold_is_counted_and_named() -> None:
    """Longer conversations are left out of a CSV with a sentence, and stay in JSONL."""
    long = '{"messages": [' + ", ".join(
        f'{{"role": "{role}", "content": "x"}}' for role in ("user", "assistant") * 2
    ) + "]}\n"  # fmt: skip
    app = press(visit("home"), "start_import")
    app = settle(write(app, "paste_0", jsonl(("Snow?", "Next door.")) + long))
    app = accept(app)
    app = settle(app.segmented_control(key="export_kind").set_value("csv").run())
    assert say("en", "transfer.left_out_turns", n=1, kind="CSV") in words(app)
