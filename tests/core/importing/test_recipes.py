"""Tests of core.importing: a file tells how it is to be read, and a person can change it."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_builders import IMPORTS, content_of, found_in, lines_by, read_all, recipe_for, said_in

from core.importing import KINDS, SHAPE_IDS, guess_recipe

CHAT = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}
TALK = {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}
SAID = [("user", "q"), ("assistant", "a")]


def as_json(value: object, **how: int) -> str:
    """A value as a file has it."""
    return json.dumps(value, ensure_ascii=False, **how)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.jsonl", as_json(CHAT), "jsonl"),
        ("x.json", as_json(CHAT) + "\n" + as_json(CHAT), "jsonl"),
        ("x.json", as_json([CHAT, CHAT]), "json"),
        ("x.json", as_json([CHAT], indent=2), "json"),
        ("x.jsonl", as_json([CHAT], indent=2), "json"),
        ("x.json", as_json(CHAT, indent=2), "json"),
        ("x.json", as_json({"data": [CHAT, CHAT]}), "json"),
        ("x.jsonl", as_json({"question": "q", "answer": "a", "sources": [{"n": 1}]}), "jsonl"),
        ("x.json", as_json(CHAT, indent=2) + "\n" + as_json(CHAT, indent=2), "json"),
        ("x.jsonl", '["a"]\n["b"]\n', "jsonl"),
        ("x.jsonl", "broken\n" + as_json(CHAT), "jsonl"),
        ("pasted", "broken\n" + as_json(CHAT), "jsonl"),
        ("pasted", as_json(CHAT), "jsonl"),
        ("pasted", "[\n" + as_json(CHAT) + ",\n" + as_json(CHAT) + "]", "json"),
        ("pasted", "question\tanswer\nq\ta\n", "csv"),
        ("pasted", "Ann: q\nBob: a\n", "transcript"),
        ("pasted", "[10:32, 5/3/2024] Ann: q\n[10:33, 5/3/2024] Bob: a\n", "transcript"),
        ("pasted", "Dear all, it rains.", "transcript"),
        ("x.txt", "问题,回答\n几点？,九点。\n", "csv"),
        ("x.csv", '{"a": 1}', "csv"),
        ("x.xlsx", "question,answer\nq,a\n", "csv"),
        ("x.parquet", as_json(CHAT), "jsonl"),
        ("x", "%PDF-1.7 …", "foreign"),
        ("x.csv", "<!DOCTYPE html><html>", "foreign"),
        ("x.jsonl", "", "jsonl"),
    ],
)
def test_the_kind_is_told_by_what_stands_there(name, content, kind):
    """Names mislead: a list in .jsonl, lines in .json, text in .xlsx."""
    assert recipe_for(content.encode(), name).kind == kind


@pytest.mark.parametrize(
    "content",
    [
        as_json([TALK, TALK]),
        as_json([TALK, TALK], indent=4),
        as_json(TALK, indent=1) + "\n\n" + as_json(TALK, indent=1),
        as_json(TALK) + "\n" + as_json(TALK) + "\n",
        as_json({"version": 1, "data": [TALK, TALK]}, indent=1),
        as_json({"meta": "x", "examples": [TALK, TALK]}, indent=1),
        as_json({"data": [TALK, TALK]}),
        as_json({"version": 1, "train": [TALK, TALK]}) + "\n",
    ],
)
def test_json_is_cut_however_it_is_written(content):
    """A list, values over many lines, values one a line, a list within an object."""
    assert said_in(read_all(content, "x.json")) == [SAID, SAID]


def test_an_object_with_one_conversation_is_one_example():
    """Its own list is not taken for a list of examples."""
    assert said_in(read_all(as_json(TALK, indent=1), "x.json")) == [SAID]
    assert said_in(read_all(as_json(CHAT, indent=1), "x.json")) == [SAID]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.json"])
def test_json_is_read_in_the_encodings_of_its_country(encoding, name):
    """GB18030 and UTF-16 besides UTF-8, and the recipe says which."""
    said = {"messages": [{"role": "user", "content": "明前茶什么时候到？"}]}
    content = as_json(said) if name == "x.jsonl" else as_json([said, said], indent=1)
    lines = read_all(content.encode(encoding), name)
    assert said_in(lines)[0] == [("user", "明前茶什么时候到？")]
    assert not found_in(lines)


def test_a_broken_byte_does_not_make_json_windows_text():
    """It would be read as a letter, and nobody would know."""
    content = as_json(CHAT).encode() + b'\n{"messages": "\xff"}\n'
    recipe = recipe_for(content, "x.jsonl")
    assert recipe.encoding == "utf-8"
    assert found_in(lines_by(content, recipe)) == {"invalid_utf8": 1}


def test_what_is_given_is_not_guessed():
    """Kind, shape, encoding, delimiter and header as the person says."""
    content = "你;好\n您;好\n".encode()
    given = guess_recipe(
        BytesIO(content), "x.jsonl", kind="csv", encoding="gb18030", delimiter=",", has_header=True
    )
    assert (given.kind, given.encoding, given.table.delimiter) == ("csv", "gb18030", ",")
    assert given.table.has_header
    assert guess_recipe(BytesIO(content), "x.csv", shape="alpaca").shape == "alpaca"


def test_a_recipe_can_be_changed_and_kept():
    """Columns, shape and assistant; it is hashable, so that what was read by it can be kept."""
    recipe = recipe_for(b"prompt,completion,extra\nq,a,b\n", "x.csv")
    changed = recipe.with_columns(None, 0, 2)
    assert said_in(lines_by(b"prompt,completion,extra\nq,a,b\n", changed)) == [
        [("user", "q"), ("assistant", "b")]
    ]
    assert recipe.with_shape("prompt_completion").shape == "prompt_completion"
    assert len({recipe, changed, recipe_for(b"prompt,completion,extra\nq,a,b\n", "x.csv")}) == 2


def test_tables_of_a_shape_are_read_as_that_shape():
    """Columns named as Alpaca's or a preference's keys, or holding messages as JSON."""
    alpaca = "instruction,input,output,lang\nTranslate,hello,你好,zh\n"
    assert said_in(read_all(alpaca, "x.csv")) == [
        [("user", "Translate\nhello"), ("assistant", "你好")]
    ]
    cell = as_json(CHAT["messages"]).replace('"', '""')
    assert said_in(read_all(f'id,messages\n1,"{cell}"\n', "x.csv")) == [SAID]


def test_json_that_the_model_shall_say_stays_text():
    """Only columns that hold messages are read as JSON."""
    lines = read_all('prompt\tcompletion\nGive me JSON\t[{"a": 1}]\n', "x.tsv")
    assert said_in(lines) == [[("user", "Give me JSON"), ("assistant", '[{"a": 1}]')]]


def test_flat_objects_are_read_by_the_names_of_their_keys():
    """Numbers as they are written, missing values as blank, tags from a list or a text."""
    lines = read_all(
        as_json({"question": "q", "answer": 5, "tags": ["a", "b"]})
        + "\n" + as_json({"question": "q", "category": "x"})
        + "\n" + as_json({"question": "q", "answer": {"deep": 1}})
        + "\n" + as_json({"note": "no question"}),
        "x.jsonl",
    )  # fmt: skip
    assert said_in(lines)[0] == [("user", "q"), ("assistant", "5")]
    assert said_in(lines)[1] == [("user", "q"), ("assistant", "")]
    assert lines[0].example.tags == ("a", "b")
    assert found_in(lines) == {"unused_columns": 3, "nothing_in_columns": 1}


def test_a_title_above_the_names_is_no_example():
    """Rows above the header are told, and the header is found below them."""
    lines = read_all("FAQ of 2024,\n,\nquestion,answer\nq,a\nquestion,answer\nq,a\n", "x.csv")
    assert said_in(lines) == [SAID, SAID]
    assert found_in(lines) == {"above_header": 1, "blank_rows": 1, "repeated_header": 1}
    alpaca = read_all("Our data\nsep=,\ninstruction,input,output\nq,,a\n", "x.csv")
    assert said_in(alpaca) == [SAID]
    assert found_in(alpaca) == {"above_header": 2}


def test_a_foreign_file_says_so():
    """One finding, and no pretence."""
    lines = read_all(content_of("old-excel.xls"), "x.xls")
    assert [finding.code for line in lines for finding in line.findings] == ["foreign_file"]


NAMES = st.sampled_from(
    ["x.csv", "x.tsv", "x.json", "x.jsonl", "x.xlsx", "x.parquet", "x.txt", "x"]
)
PIECES = st.sampled_from(
    ["[", "]", "{", "}", '"', ":", ",", "\n", "\r\n", "\t", "问：", "Ann: ", "答：", "messages",
     "conversations", "from", "human", "[10:32] ", "---", "\0", "user,assistant", "é", "😀"]
)  # fmt: skip
ANYTHING = st.binary(max_size=120) | st.lists(PIECES, max_size=25).map(
    lambda p: "".join(p).encode()
)


TEXTS = st.lists(PIECES, max_size=25).map("".join)


def check_accounted(content: bytes, name: str) -> None:
    """Whatever is no example says why, or is the one row that names the columns."""
    recipe = recipe_for(content, name)
    assert recipe.kind in {*KINDS, "foreign"}
    assert recipe.shape in SHAPE_IDS
    lines = lines_by(content, recipe)
    silent = [line for line in lines if line.example is None and not line.findings]
    assert len(silent) <= recipe.table.has_header


@given(content=st.binary(max_size=120) | TEXTS.map(str.encode), name=NAMES)
def test_any_bytes_are_guessed_and_read(content, name):
    """Nothing raises, and nothing is passed over in silence."""
    check_accounted(content, name)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_file_cut_off_or_spoilt_anywhere_is_read(data):
    """Wherever a download stopped, and whichever byte changed on the way."""
    name = data.draw(st.sampled_from(sorted(path.name for path in IMPORTS.iterdir())))
    content = content_of(name)
    spoilt = bytearray(content)
    spoilt[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    check_accounted(content[: data.draw(st.integers(0, len(content)))], name)
    check_accounted(bytes(spoilt), name)


@pytest.mark.parametrize("name", ["openai-chat.jsonl", "sharegpt.json", "alpaca.json"])
def test_half_a_file_gives_half_of_the_examples(name):
    """What stands before the cut is not lost."""
    content = content_of(name)
    whole, half = read_all(content, name), read_all(content[: len(content) // 2], name)
    assert 0 < len(said_in(half)) < len(said_in(whole))
    assert said_in(half) == said_in(whole)[: len(said_in(half))]
    assert found_in(half)["truncated_line"] == 1
