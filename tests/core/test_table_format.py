"""Tests of core.table_format and core.column_names: a table tells how it is to be read."""

from __future__ import annotations

from io import BytesIO

import pytest

from core.column_names import role_of
from core.table_format import TableFormat, guess_format, is_table, letter


def guess(text: str) -> TableFormat:
    """The format of a table in UTF-8."""
    return guess_format(BytesIO(text.encode()))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("system,user,assistant", (0, 1, 2, None)), ("Prompt,Completion", (None, 0, 1, None)),
        (" ANSWER , Question ", (None, 1, 0, None)), ("系统,用户,助手", (0, 1, 2, None)),
        ("设定,提问,回复", (0, 1, 2, None)), ("id,问题,回答,标签", (None, 1, 2, 3)),
        ("system_prompt,input,response", (0, 1, 2, None)),
        ("Instructions,Someone asks,You answer,Tags", (0, 1, 2, 3)),
        ("output,input", (None, 1, 0, None)), ("reply,notes", (None, None, 0, None)),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names(header, columns):
    """English and Chinese names, in any order, case and spacing."""
    table = guess(f"{header}\nx,y,z,w\n")
    assert table.has_header
    assert table.columns == columns


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_what_cuts_rows_alike(delimiter):
    """Commas and semicolons in sentences do not mislead."""
    rows = [f'"So; is it {n}, or{"," * n} not?"{delimiter}"No; {";" * n}it is."' for n in range(9)]
    text = "\n".join(rows)
    assert guess(text).delimiter == delimiter
    assert guess(f"question{delimiter}answer\n{text}").delimiter == delimiter


def test_semicolons_win_over_commas_of_sentences():
    """As spreadsheets write tables in countries with a decimal comma."""
    assert guess("Wo, bitte?;Dort, links.\nWann, bitte?;Um acht, abends.\n").delimiter == ";"


def test_without_names_two_columns_are_question_and_reply():
    """More than two are for the person to choose; their letters name them."""
    two, three = guess("hello,hi\nbye,see you\n"), guess("1,hello,hi\n2,bye,see you\n")
    assert (two.has_header, two.columns, two.is_complete) == (False, (None, 0, 1, None), True)
    assert (three.columns, three.is_complete) == ((None, None, None, None), False)
    assert three.names == ("A", "B", "C")
    assert three.with_columns(None, 1, 2).is_complete
    assert three.with_columns(None, 1, 1).is_complete is False
    assert three.with_columns(None, 1, 2, 1).is_complete is False


def test_what_is_given_is_not_guessed():
    """A person's choice of characters, delimiter and header stands."""
    content = BytesIO("用户;助手\n你;好\n".encode())
    table = guess_format(content, encoding="gb18030", delimiter=",", has_header=True)
    assert (table.encoding, table.delimiter, table.has_header) == ("gb18030", ",", True)
    assert table.width == 1


def test_the_first_row_that_says_something_names_the_columns():
    """Blank rows above the names do not matter."""
    assert guess("\n,,\nuser,assistant\na,b\n").first_row == ("user", "assistant")


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_have_letters_as_in_a_spreadsheet(index, name):
    """A to Z, then AA."""
    assert letter(index) == name


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x.csv", "", True), ("x.TSV", "{}", True), ("x.jsonl", "user,assistant\n", False),
        ("x.txt", '{"messages": []}\n', False), ("x.txt", "[\n", False),
        ("x.txt", "问题,回答\n你,好\n", True), ("pasted", "hello\thi\nbye\tciao\n", True),
        ("pasted", "Hello, you.\nGood bye, you.\n", False), ("pasted", "one line", False),
        ("pasted", "", False),
    ],
)  # fmt: skip
def test_a_table_is_told_from_other_text(name, text, expected):
    """By its name, else by names of columns or by tabs; prose with commas is no table."""
    assert is_table(BytesIO(text.encode()), name) is expected


@pytest.mark.parametrize("name", ["", "notes", "备注", "users of x", "id"])
def test_other_names_are_not_guessed(name):
    """A column that might hold anything is left to the person."""
    assert role_of(name) is None
