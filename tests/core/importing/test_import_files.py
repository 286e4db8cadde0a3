"""Tests of core.importing on files as other tools write them, and as they are when damaged."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest
from import_builders import (
    DATA,
    IMPORTS,
    content_of,
    found_in,
    lines_by,
    read_all,
    recipe_for,
    said_in,
)

from core.findings import Severity
from core.importing import COLUMNS_SHAPE
from core.transfer import is_unreadable


class Expected(NamedTuple):
    """What a file is, how many examples and unreadable lines it has, and what is found in it."""

    kind: str
    shape: str
    examples: int
    unreadable: int
    found: dict[str, int]


def of(kind: str, shape: str, examples: int, unreadable: int = 0, **found: int) -> Expected:
    """One row of the table below."""
    return Expected(kind, shape, examples, unreadable, found)


# fmt: off
FILES = {
    "openai-chat.jsonl": of("jsonl", "chat", 4),
    "openai-legacy.jsonl": of("jsonl", "prompt_completion", 3),
    "openai-preference.jsonl": of("jsonl", "preference", 2),
    "sharegpt.json": of("json", "sharegpt", 3),
    "sharegpt-tools.jsonl": of("jsonl", "sharegpt", 3),
    "alpaca.json": of("json", "alpaca", 4),
    "kiln-huggingface.jsonl": of("jsonl", "sharegpt", 2),
    "wrapped.json": of("json", "sharegpt", 2, beside_list=2),
    "excel-gb18030.csv": of("csv", "columns", 3, unused_columns=1),
    "excel-unicode.txt": of("csv", "columns", 3),
    "google-sheets.csv": of("csv", "columns", 3, unused_columns=1),
    "notion.csv": of("csv", "columns", 2, 1, unused_columns=1, nothing_in_columns=1),
    "numbers.csv": of("csv", "columns", 2, above_header=1, unused_columns=1, blank_rows=1),
    "excel.xlsx": of("xlsx", "columns", 7, unused_columns=1),
    "wps.xlsx": of("xlsx", "columns", 5, other_sheets=1, merged_cells=5, above_header=1,
                   blank_rows=1),
    "hf-messages.parquet": of("parquet", "chat", 3),
    "hf-flat.parquet": of("parquet", "columns", 2, 1, unused_columns=1, nothing_in_columns=1),
    "whatsapp-android.txt": of("transcript", "chat", 2, chat_notice=3),
    "whatsapp-ios.txt": of("transcript", "chat", 1, chat_notice=2),
    "wechat.txt": of("transcript", "chat", 1, chat_notice=1),
    "qq.txt": of("transcript", "chat", 2, 1, no_speaker=1),
    "slack.txt": of("transcript", "chat", 1),
    "teams-chat.txt": of("transcript", "chat", 1),
    "teams.vtt": of("transcript", "chat", 1),
    "zoom-chat.txt": of("transcript", "chat", 1),
    "faq.txt": of("transcript", "chat", 4, 1, no_speaker=1),
    # damaged, or not what their names say
    "openai-chat-damaged.jsonl": of("jsonl", "chat", 3, 6, blank_line=1, nul_byte=1,
                                    missing_messages_list=1, duplicate_key=1, data_type=1,
                                    invalid_utf8=1, invalid_json=1, truncated_line=1),
    "openai-legacy-damaged.jsonl": of("jsonl", "prompt_completion", 3, 5, wrong_shape=2,
                                      invalid_json=2, truncated_line=1),
    "openai-preference-damaged.jsonl": of("jsonl", "preference", 2, 3, wrong_shape=3,
                                          blank_line=1),
    "sharegpt-damaged.json": of("json", "sharegpt", 7, 3, data_type=1, wrong_shape=1,
                                truncated_line=1),
    "sharegpt-mixed.jsonl": of("jsonl", "sharegpt", 3, 3, wrong_shape=2, nul_byte=1,
                               blank_line=1),
    "alpaca-damaged.json": of("json", "alpaca", 4, 7, wrong_shape=4, not_a_number=1,
                              invalid_json=1, truncated_line=1),
    "llama-factory-dpo.json": of("json", "preference", 4, 1, wrong_shape=1),
    "label-studio-min.json": of("json", "columns", 3, unused_columns=3),
    "excel-gb18030-mixed.csv": of("csv", "columns", 3, 3, unknown_characters=3, short_row=1),
    "excel-semicolon.csv": of("csv", "columns", 1, 1, unused_columns=1, long_row=1),
    "google-sheets-damaged.csv": of("csv", "columns", 6, 3, broken_quotes=2, blank_rows=3,
                                    long_row=1, short_row=1, repeated_header=1, nul_character=1),
    "hf-messages.csv": of("csv", "chat", 1, 3, missing_messages_list=3),
    "broken-pipe.tsv": of("csv", "preference", 1, 2, wrong_shape=2),
    "old-excel.xls": of("foreign", "chat", 0, 1, foreign_file=1),
    "saved-page.xls": of("foreign", "chat", 0, 1, foreign_file=1),
    "renamed.xlsx": of("csv", "columns", 2),
    "excel-damaged.xlsx": of("xlsx", "columns", 5, 5, other_sheets=1, merged_cells=2,
                             hidden_rows=1, formula_cell=1, error_cell=4, blank_rows=2,
                             beside_table=1),
    "excel-cut.xlsx": of("xlsx", "chat", 0, 1, damaged_file=1),
    "excel-half-sheet.xlsx": of("xlsx", "columns", 3, 1, damaged_file=1),
    "hf-cut.parquet": of("parquet", "chat", 0, 1, damaged_file=1),
    "hf-sharegpt-damaged.parquet": of("parquet", "sharegpt", 3, 2, wrong_shape=2),
    "wechat-damaged.txt": of("transcript", "chat", 1, 2, no_speaker=1, unknown_characters=1,
                             chat_notice=2),
    "plain-damaged.txt": of("transcript", "chat", 1, nul_character=1, chat_notice=1),
    "one-voice.txt": of("transcript", "chat", 1),
}
# fmt: on
BY_HAND = {"label-studio.json"}  # nobody could guess which key of an annotation is the reply


@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_what_it_is_expected_to(name):
    """Kind, shape, examples, unreadable lines and findings are those of the table."""
    content = content_of(name)
    recipe = recipe_for(content, name)
    lines = lines_by(content, recipe)
    assert Expected(
        recipe.kind,
        recipe.shape,
        sum(line.example is not None for line in lines),
        sum(map(is_unreadable, lines)),
        dict(found_in(lines)),
    ) == Expected(*FILES[name])


def test_the_table_has_every_file():
    """No file lies there unread."""
    assert {path.name for path in IMPORTS.iterdir()} == {*FILES, *BY_HAND, "README.md"}


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_no_example_says_why(name):
    """Each line is an example, says something, or is the row that names the columns."""
    lines = read_all(content_of(name), name)
    silent = [line for line in lines if line.example is None and not line.findings]
    names_columns = recipe_for(content_of(name), name).table.has_header
    assert len(silent) <= names_columns
    for line in lines:
        told = [f.severity for f in line.findings]
        assert line.example is None or Severity.ERROR not in told or "data_type" in told


TEXTS = [name for name, expected in FILES.items() if expected.kind in ("jsonl", "csv")]


@pytest.mark.parametrize("name", TEXTS)
def test_no_line_of_a_text_is_lost(name):
    """All that a line says stands in what is kept of it, whether it can be read or not."""
    content, recipe = content_of(name), recipe_for(content_of(name), name)
    kept = b"\n".join(line.raw for line in lines_by(content, recipe))
    text = content.decode(recipe.encoding, "replace").lstrip("\ufeff")
    for line in re.split("[\r\n]+", text):
        if line.strip(" ,;\t\r\n") and "\ufffd" not in line:
            assert line.strip().encode() in kept


def test_an_odd_example_is_brought_in_for_a_person_to_mend():
    """Two questions in a row, a strange speaker, a turn too many: nothing of it is cut."""
    said = said_in(read_all(content_of("sharegpt-damaged.json"), "x.json"))
    assert said[1] == [("user", "one"), ("user", "two"), ("assistant", "answer")]
    assert said[2][-1] == ("user", "left alone")
    assert said[3][0] == ("narrator", "Once upon a time")
    assert said[5] == [("user", 5), ("assistant", None)]


def test_a_chinese_spreadsheet_is_read_as_it_looks():
    """GB18030, quotation marks and line breaks in cells, a rare character, several tags."""
    lines = read_all(content_of("excel-gb18030.csv"), "x.csv")
    assert said_in(lines) == [
        [("user", "明前茶什么时候到？"), ("assistant", "清明前三天，\n\n到了我给您打电话。")],
        [("user", '有没有"大红袍"？'), ("assistant", "有，一百八一两。")],
        [("user", "𠮷祥茶馆是你们吗？"), ("assistant", "是的，老字号。")],
    ]
    assert [line.example.tags for line in lines if line.example] == [("茶",), ("茶", "价格"), ()]


def test_a_row_in_another_encoding_is_kept_as_it_stood():
    """The UTF-8 row among those in GB18030 can be downloaded and read."""
    lines = read_all(content_of("excel-gb18030-mixed.csv"), "x.csv")
    lost = [line.raw for line in lines if is_unreadable(line)]
    assert "周末开吗？,开的。".encode() in lost


def test_tools_of_sharegpt_become_tools():
    """A call, its result and the offered tools as OpenAI writes them, with instructions first."""
    example = next(line.example for line in read_all(content_of("sharegpt-tools.jsonl")))
    assert [message.role for message in example.messages] == [
        "system", "user", "assistant", "tool", "assistant",
    ]  # fmt: skip
    call, result = example.to_json()["messages"][2:4]
    assert call["content"] is None
    assert call["tool_calls"][0]["function"] == {
        "name": "get_weather", "arguments": '{"location": "济南"}',
    }  # fmt: skip
    assert result["tool_call_id"] == call["tool_calls"][0]["id"]
    assert example.to_json()["tools"][0]["function"]["name"] == "get_weather"


def test_any_key_of_an_annotation_can_be_chosen_by_hand():
    """Keys within keys are offered by their path, and read where they are chosen."""
    content = content_of("label-studio.json")
    recipe = recipe_for(content, "label-studio.json")
    assert (recipe.shape, recipe.is_complete) == (COLUMNS_SHAPE, False)
    reply = recipe.table.names.index("annotations.0.result.0.value.text")
    lines = lines_by(content, recipe.with_columns(None, recipe.table.columns[1], reply))
    assert said_in(lines)[:2] == [
        [("user", "Do you ship to Malta?"), ("assistant", "We do, in four days.")],
        [("user", "可以开发票吗？"), ("assistant", "可以，下单时填抬头。\n电子发票当天发。")],
    ]
    assert said_in(lines)[2][1] == ("assistant", "")


def test_keys_that_nothing_is_read_from_are_told_where_they_first_stand():
    """Also those that only a later object has."""
    lines = read_all(content_of("label-studio-min.json"), "x.json")
    told = [dict(f.params)["columns"] for line in lines for f in line.findings]
    assert told == ["id, annotator, lead_time", "reply.text", "score"]


def test_the_files_of_before_are_read_as_before():
    """Chat files and tables that could be read without a recipe give the same examples."""
    assert len(said_in(read_all((DATA / "weather-jokes.jsonl").read_bytes(), "x.jsonl"))) == 10
    assert len(said_in(read_all((DATA / "tea-gb18030.csv").read_bytes(), "x.csv"))) == 3
    assert Counter(found_in(read_all((DATA / "damaged.csv").read_bytes(), "x.csv"))) == {
        "unused_columns": 1, "blank_rows": 2, "long_row": 1, "broken_quotes": 1, "short_row": 1,
        "unknown_characters": 1, "nul_character": 1,
    }  # fmt: skip
