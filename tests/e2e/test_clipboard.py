"""What spreadsheets put on the clipboard becomes cells, and cells become what they read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, Route
from the_app import ROOT, a_browser_page

pytestmark = pytest.mark.browser

SHAPES = ROOT / "tests" / "data" / "clipboard"
CELLS = [
    ["Question", "Reply", "Note"],
    ["Will it rain?\nAsk for tomorrow too.", "Sunny,  with two spaces.", ""],
    ["今天冷不冷？", '她说："不冷"。\n第二行', '"Hello," she said'],
    ['"ready"', "", "Paws & claws <3"],
]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A blank page of a real browser beside our static files."""

    def serve(route: Route) -> None:
        name = re.sub(r"^http://tonesmith\.test/", "", route.request.url)
        if name:
            route.fulfill(path=ROOT / "static" / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    with a_browser_page() as page:
        page.route("http://tonesmith.test/**", serve)
        page.goto("http://tonesmith.test/")
        yield page


def read(page: Page, *, html: str = "", text: str = "") -> list[list[str]] | None:
    """`readTable` of a clipboard with these two."""
    return call(page, "readTable", {"html": html, "text": text})


def call(page: Page, name: str, given: Any) -> Any:
    """What a function of the module returns."""
    script = '([name, given]) => import("/clipboard.js").then((module) => module[name](given))'
    return page.evaluate(script, [name, given])


def shape(name: str) -> dict[str, str]:
    """The HTML and the text that a program puts on the clipboard for the same cells."""
    html, text = ((SHAPES / f"{name}.{kind}").read_bytes().decode() for kind in ("html", "txt"))
    return {"html": html, "text": text}


@pytest.mark.parametrize("program", ["excel", "sheets", "numbers", "wps"])
def test_every_spreadsheet_s_cells_are_read_as_they_were_written(page: Page, program: str) -> None:
    """Line breaks, double spaces, quotes, empty cells and Chinese arrive from all four."""
    assert read(page, **shape(program)) == CELLS


@pytest.mark.parametrize("program", ["excel", "sheets", "numbers", "wps"])
def test_the_html_alone_has_the_same_words(page: Page, program: str) -> None:
    """Layout of the source is folded and breaks are kept; only double spaces may be lost."""
    found = read(page, html=shape(program)["html"])
    assert found is not None
    assert [[re.sub(" +", " ", cell) for cell in row] for row in found] == [
        [re.sub(" +", " ", cell) for cell in row] for row in CELLS
    ]


@pytest.mark.parametrize("program", ["excel", "sheets", "numbers", "wps"])
def test_the_text_alone_is_read_as_excel_reads_it(page: Page, program: str) -> None:
    """Without a table nobody can know that a whole cell in quotes was meant with them."""
    found = read(page, text=shape(program)["text"])
    assert found == [*CELLS[:3], ["ready", *CELLS[3][1:]]]


def test_one_cell_of_google_sheets_loses_the_quotes_around_it(page: Page) -> None:
    """A single cell comes without a table, and its text in quotes."""
    assert read(page, **shape("sheets-one-cell")) == [[CELLS[1][0]]]


def test_text_that_does_not_quote_its_line_breaks_gives_way_to_the_table(page: Page) -> None:
    """The table knows that the break did not begin a row."""
    html = "<table><tr><td>a<br>b<td>c</table>"
    assert read(page, html=html, text="a\nb\tc\n") == [["a\nb", "c"]]


def test_two_cells_in_one_pair_of_quotes_stay_two(page: Page) -> None:
    """A quotation over two cells looks quoted in the text; the table tells them apart."""
    html = '<table><tr><td>"so<td>it was"</table>'
    assert read(page, html=html, text='"so\tit was"') == [['"so', 'it was"']]


def test_merged_cells_have_their_text_once(page: Page) -> None:
    """The text stands at the top left, and nothing where the cell only reaches."""
    html = (
        "<table><tr><td rowspan=2 colspan=2>big<td>1<tr><td>2<tr><td>3<td rowspan=9>4<td>5</table>"
    )
    assert read(page, html=html) == [["big", "", "1"], ["", "", "2"], ["3", "4", "5"]]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<td>one\n   two</td>", "one two"),
        ("<td>\n <p>one</p>\n <p>two</p>\n </td>", "one\ntwo"),
        ("<td><p>one</p><p><br></p><p>two</p></td>", "one\n\ntwo"),
        ("<td><div>one<br></div>two</td>", "one\ntwo"),
        ("<td><br></td>", ""),
        ("<td>&nbsp;</td>", ""),
        ("<td> <b>one</b> <i>two</i> </td>", "one two"),
        ("<td>one<br>\n    two<br><br>three</td>", "one\ntwo\n\nthree"),
        ("<td><style>td{}</style>one<script>two</script></td>", "one"),
    ],
)
def test_the_words_of_a_cell(page: Page, cell: str, words: str) -> None:
    """What a browser would show is what is read."""
    assert read(page, html=f"<table><tr>{cell}</tr></table>") == [[words]]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\tb\rc\td", [["a", "b"], ["c", "d"]]),
        ("a\tb\nc\td\te", [["a", "b", ""], ["c", "d", "e"]]),
        ('"a\r\n""b"""\tc', [['a\n"b"', "c"]]),
        ('5" disk\t"so" she said', [['5" disk', '"so" she said']]),
        ('""""\t""', [['"', ""]]),
        ("\ta\nb\t", [["", "a"], ["b", ""]]),
    ],
)
def test_tab_separated_text(page: Page, text: str, cells: list[list[str]]) -> None:
    """All kinds of line ends, quotes around a cell and inside one, rows of unequal length."""
    assert read(page, text=text) == cells


@pytest.mark.parametrize(
    "clipboard",
    [
        {"text": "Dear Ms. Wu,\n\nit rains.\n"},
        {"text": '"Quoted," she said.'},
        {"text": "if rain:\n\tstay()\nelse:\n\tgo()"},
        {"text": "\tstay()\n\tsleep()"},
        {"text": ""},
        {"text": "1.\tFirst\n2.\tSecond", "html": "<ol><li>First</li><li>Second</li></ol>"},
        {"text": "a\tb", "html": "<p>Look at this:</p><table><tr><td>a<td>b</table>"},
    ],
)
def test_prose_is_left_to_one_cell(page: Page, clipboard: dict[str, str]) -> None:
    """Paragraphs, code, a list and a document with a table in it are not ranges of cells."""
    assert read(page, **clipboard) is None


TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \t\n\"'<>&，。雨=\u00a0"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"),
    ),
    max_size=12,
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), min_size=1, max_size=4)
)
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(cells=TABLES)
def test_what_is_written_is_read_again(page: Page, cells: list[list[str]]) -> None:
    """No cell is changed by a copy and a paste, whatever stands in it."""
    assert read(page, **call(page, "writeTable", cells)) == cells


@many
@given(cells=TABLES.filter(lambda rows: len(rows[0]) > 1 and any(row[0] for row in rows)))
def test_the_written_text_alone_is_read_again(page: Page, cells: list[list[str]]) -> None:
    """A program that hands on only the text hands on the cells."""
    assert read(page, text=call(page, "writeTable", cells)["text"]) == cells


@many
@given(cells=TABLES)
def test_the_written_html_alone_keeps_breaks_and_shape(page: Page, cells: list[list[str]]) -> None:
    """A program that takes only the HTML gets every cell with its words and lines."""
    found = read(page, html=call(page, "writeTable", cells)["html"])
    assert found is not None
    assert [[words(cell) for cell in row] for row in found] == [
        [words(cell) for cell in row] for row in cells
    ]


def words(cell: str) -> list[str]:
    """The words of a cell, without the spaces that HTML may fold."""
    return cell.split()


@many
@given(html=st.text(max_size=60), text=st.text(max_size=60))
def test_anything_may_be_on_the_clipboard(page: Page, html: str, text: str) -> None:
    """Rows of one length, or nothing; never a failure."""
    html, text = (each.encode("utf-16", "replace").decode("utf-16") for each in (html, text))
    found = read(page, html=html, text=text)
    assert found is None or len({len(row) for row in found}) == 1
