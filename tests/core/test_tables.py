"""Tests of core.tables: any table is read with nothing lost, and ours comes back as it was."""

from __future__ import annotations

import tracemalloc
from io import BytesIO, RawIOBase

import pytest
from core_builders import DATA, an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example
from core.exporting.csv import write_csv
from core.exporting.rows import why_no_row
from core.findings import Severity
from core.jsonl import Line
from core.table_format import TableFormat, guess_format
from core.tables import read_table

BOM = b"\xef\xbb\xbf"


def rows_of(content: bytes, table: TableFormat | None = None) -> list[Line]:
    """Every line read from a table, as guessed or as given."""
    return list(read_table(BytesIO(content), table or guess_format(BytesIO(content))))


def said_in(content: bytes) -> list[tuple[str, ...]]:
    """What each example of a table says, message by message."""
    lines = rows_of(content)
    return [tuple(m.text for m in line.example.messages) for line in lines if line.example]


def found_in(content: bytes) -> list[tuple[int | None, str]]:
    """Row and code of every finding."""
    return [(f.place.line, f.code) for line in rows_of(content) for f in line.findings]


def a_table(*rows: str) -> bytes:
    """Rows under the names of the columns."""
    return "".join(f"{row}\r\n" for row in ("user,assistant", *rows)).encode()


def written(*examples: Example) -> bytes:
    """The examples as a table."""
    file = BytesIO()
    write_csv(examples, file)
    return file.getvalue()


def test_a_chinese_table_from_a_spreadsheet_is_read():
    """GB18030, Chinese names, a line break in a cell, a blank system cell, a column of tags."""
    content = (DATA / "tea-gb18030.csv").read_bytes()
    assert said_in(content) == [
        ("你是一家小茶馆的掌柜，说话亲切。", "今天有什么好茶？",
         "新到的碧螺春，香得很。\n要不要先尝一杯？"),
        ("可以外带吗？", "可以的，给您装好。"),
        ("几点关门？", "晚上九点，“不急”，慢慢喝。"),
    ]  # fmt: skip
    tags = [line.example.tags for line in rows_of(content) if line.example]
    assert tags == [("茶",), ("外带",), ("时间",)]
    assert found_in(content) == []


def test_columns_that_nothing_is_read_from_are_named():
    """A column of notes is told once, with the header."""
    (finding,) = rows_of("问题,回答,备注\n几点？,九点。,急\n".encode())[0].findings
    assert (finding.code, dict(finding.params)) == ("unused_columns", {"columns": "备注"})


@pytest.mark.parametrize("name", ["shop-cp1252.csv", "shop-utf16.txt"])
def test_western_tables_are_read(name):
    """Semicolons in Windows-1252 and tabs in UTF-16 give the same conversations."""
    assert said_in((DATA / name).read_bytes()) == [
        ("Where is my order?", "On its way; it left us this morning."),
        ("Can I return it?", "Of course. Keep it 30 days,\nthen decide."),
        ("Do you gift-wrap?", "We do, and it’s free."),
    ]


def test_every_kind_of_damage_is_told_with_its_row():
    """A damaged file names each row, and reads all the others."""
    content = (DATA / "damaged.csv").read_bytes()
    assert found_in(content) == [
        (1, "unused_columns"), (3, "blank_rows"), (5, "long_row"), (6, "broken_quotes"),
        (7, "short_row"), (8, "unknown_characters"), (9, "nul_character"),
    ]  # fmt: skip
    assert [text[0] for text in said_in(content)] == ["你好", "少了", "有零\0字", "好的"]


def test_unreadable_rows_keep_their_bytes():
    """What no example could be made of is there as it stood, broken bytes included."""
    lost = [line.raw for line in rows_of((DATA / "damaged.csv").read_bytes())
            if any(f.severity is Severity.ERROR for f in line.findings)]  # fmt: skip
    broken = "坏".encode() + b"\xff" + "字,x,".encode()
    assert lost == ["多了,一个,逗号,在这里".encode(), '"没有收尾,引号'.encode(), broken]


def test_blank_rows_are_told_once_for_those_that_stand_together():
    """A thousand blank rows at the end of a spreadsheet are one finding that counts them."""
    lines = rows_of(a_table("a,b", *[" ,"] * 1000))
    assert [f.count for line in lines for f in line.findings] == [1000]


def test_a_table_of_names_only_says_so():
    """No rows is a finding, not an empty success."""
    assert found_in(a_table()) == [(1, "only_header")]
    assert rows_of(b"") == []


def test_names_that_stand_twice_are_told():
    """The first of two equal names is read; the other is named as unused."""
    content = b"user,assistant,User\r\na,b,c\r\n"
    assert found_in(content) == [(1, "duplicate_column"), (1, "unused_columns")]
    assert said_in(content) == [("a", "b")]


def test_a_quotation_mark_never_closed_spoils_its_own_row_only():
    """The rows after it are read, also when the mark swallows everything to the end."""
    assert said_in(a_table('"open,x', "c,d", "e,f")) == [("c", "d"), ("e", "f")]
    assert said_in(a_table('"open"more,x', '"c","d"')) == [("c", "d")]


def test_blank_cells_beyond_the_last_column_do_not_matter():
    """Spreadsheets leave them behind."""
    assert found_in(a_table("a,b,, ")) == []


def test_a_missing_cell_counts_as_blank():
    """The question is kept, the reply is empty, and the row is named."""
    content = a_table("only a question")
    assert found_in(content) == [(2, "short_row")]
    assert said_in(content) == [("only a question", "")]


def test_a_cell_of_ten_megabytes_is_read_and_told():
    """Nothing is cut."""
    long = "长" * 3_500_000
    content = a_table(f'"{long}",b', "c,d")
    assert [len(said[0]) for said in said_in(content)] == [3_500_000, 1]
    assert found_in(content) == [(2, "very_long_line")]


def test_chosen_columns_are_obeyed():
    """What a person chooses goes before what was recognised."""
    content = b"user,assistant,better\r\na,b,c\r\n"
    table = guess_format(BytesIO(content)).with_columns(1, 0, 2)
    examples = [line.example for line in rows_of(content, table) if line.example]
    assert examples == [an_example(system="b", user="a", assistant="c")]


@pytest.mark.parametrize("start", list("=+-@\t\r\n\0＝＋－＠"))
def test_a_formula_is_defused_and_comes_back(start):
    """No cell begins as a formula does; the apostrophe is taken off again, and no other."""
    examples = [an_example(user=f"{more}{start}1+1", assistant="'tis") for more in ("", "'", "''")]
    content = written(*examples)
    assert f"'{start}1+1" in content.decode()
    assert f",{start}" not in content.decode()
    assert f'"{start}' not in content.decode().replace('""', "")
    assert [line.example for line in rows_of(content)[1:]] == examples


def test_an_apostrophe_in_a_table_that_is_not_ours_is_kept():
    """Only what we put there is taken away."""
    assert said_in(b"Question;Answer\r\n'-5;'=x\r\n") == [("'-5", "'=x")]


def test_a_written_table_is_made_for_spreadsheets():
    """A byte order mark, our names, CR LF."""
    content = written(an_example(system=None, user='say "hi"', assistant="a\nb"))
    assert content == BOM + b'system,user,assistant\r\n,"say ""hi""","a\nb"\r\n'


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMULA = st.text(st.sampled_from("'=+-@\t\r\n\0＝ \"a,;"), max_size=5)
CELL = TEXT | FORMULA
SINGLE_TURN = st.builds(
    lambda system, user, assistant: an_example(system=system, user=user, assistant=assistant),
    st.none() | CELL.filter(str.strip), CELL, CELL.filter(str.strip),
)  # fmt: skip


@given(st.lists(SINGLE_TURN, max_size=6))
def test_what_is_written_is_read_back_the_same(examples):
    """Export, then import, is the identity for one question and one reply of any text."""
    lines = rows_of(written(*examples))
    assert [line.example for line in lines if line.example] == examples


@given(st.binary(max_size=200) | st.text(st.sampled_from('",;\t\r\n ab问')).map(str.encode))
def test_any_bytes_are_read(content):
    """Nothing raises, and every row is an example, a finding, or the header."""
    table = guess_format(BytesIO(content))
    for line in rows_of(content, table):
        header = table.has_header and line.raw
        assert line.example is not None or line.findings or header


TOOL_CALLS = {"role": "assistant", "content": "a", "tool_calls": []}
SYSTEM = {"role": "system", "content": "s"}
USER, REPLY = {"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        (of_messages(USER, REPLY), ""),
        (of_messages({"content": "u", "role": "user"}, REPLY), ""),
        (of_messages(USER, REPLY, USER, REPLY), "turns"),
        (of_messages(USER, {**REPLY, "weight": 0}), "extras"),
        (of_messages({**USER, "name": "Ann"}, REPLY), "extras"),
        (of_messages(USER, TOOL_CALLS), "extras"),
        (of_messages(USER, {**REPLY, "role": "model"}), "extras"),
        (of_messages(USER, {**REPLY, "content": None}), "extras"),
        (Example(an_example().messages, (("tools", ()),)), "extras"),
        (of_messages(USER), "unfinished"),
        (of_messages(REPLY, USER), "unfinished"),
        (of_messages(SYSTEM, SYSTEM, USER, REPLY), "turns"),
        (an_example(user="", assistant="", system=None), "text"),
        (an_example(system=" "), "text"),
        (an_example(user="\ud83d"), "text"),
    ],
)  # fmt: skip
def test_a_row_says_what_it_cannot_hold(example, reason):
    """Whatever would be cut or changed is refused with its reason."""
    assert why_no_row(example) == reason
    if reason:
        with pytest.raises(ValueError, match=reason):
            written(example)


def test_reading_takes_no_more_memory_for_more_rows():
    """Memory does not grow with the file."""

    class Endless(RawIOBase):
        """A table of 3 MB that is never whole in memory."""

        left = 3_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            row = ("你好," + "您好" * 40 + "\r\n").encode() * (len(buffer) // 249)
            self.left -= len(row)
            buffer[: len(row)] = row
            return len(row) if self.left > 0 else 0

    table = guess_format(BytesIO(a_table("a,b")))
    tracemalloc.start()
    count = sum(line.example is not None for line in read_table(Endless(), table))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 11_000
    assert peak < 1_000_000


def test_the_source_stays_open():
    """Who opened the file closes it."""
    source = BytesIO(a_table("a,b"))
    table = guess_format(source)
    assert len(list(read_table(source, table))) == 2
    assert not source.closed
