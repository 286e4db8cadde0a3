"""Tests of core.jsonl and core.lines."""

import codecs
import json
import tracemalloc
from io import BytesIO

import pytest
from core_builders import MARV, WEATHER_JOKES, a_row, an_example, codes_of, jsonl, lines_of
from hypothesis import example, given
from hypothesis import strategies as st

from core.examples import Example
from core.findings import Severity
from core.jsonl import _read_sound, check_chat, read_jsonl, read_value, write_jsonl, write_line
from core.lines import CHUNK_BYTES, RawLine

TWO = jsonl(a_row(user="First?"), a_row(user="第二？"))
ROWS = [a_row(user="First?"), a_row(user="第二？")]

TEXT = st.text(st.characters(codec="utf-8"))  # no lone surrogates
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
MESSAGE = st.dictionaries(st.sampled_from(["role", "content", "name", "weight"]) | TEXT, JSON)
ROW = st.builds(
    lambda extra, messages: {**extra, "messages": messages},
    st.dictionaries(TEXT, JSON, max_size=2),
    st.lists(MESSAGE, min_size=1, max_size=4),
)


def rows_of(content: bytes) -> list[dict]:
    """What the examples of a file say."""
    return [line.example.to_json() for line in lines_of(content) if line.example]


def written(content: bytes) -> bytes:
    """The file that is written from what is read."""
    return b"".join(write_jsonl(line.example for line in lines_of(content) if line.example))


@pytest.mark.parametrize(("path", "size"), [(WEATHER_JOKES, 2545), (MARV, 782)])
def test_a_sound_file_is_written_back_byte_for_byte(path, size):
    """The article's file (2,545 bytes) and the official sample come back as they were."""
    content = path.read_bytes()
    assert len(content) == size
    assert written(content) == content
    assert codes_of(content) == []


@given(st.lists(ROW, min_size=1, max_size=4))
def test_every_row_survives(rows):
    """Whatever a row holds, it is read as `json` reads it and written as `json` writes it."""
    content = jsonl(*rows)
    assert written(content) == content
    assert [json.dumps(row) for row in rows_of(content)] == [json.dumps(row) for row in rows]
    assert [line.number for line in lines_of(content)] == list(range(1, len(rows) + 1))


@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace"))
)
@example(b"\r")
@example(b"[{")
@example(b'[{"messages":')
@example(b"{" * 5000)
@example(b'{"a":' + b"9" * 5000 + b"}\n")
def test_no_bytes_make_reading_fail(content):
    """Any bytes are read to their end, and every line without an example says why."""
    for line in lines_of(content):
        assert line.example or line.findings


@given(st.integers(0, len(TWO)), st.binary(min_size=1, max_size=3))
def test_damage_on_one_line_leaves_the_other_alone(position, damage):
    """Bytes pushed in anywhere never cost more examples than the lines they touch."""
    content = jsonl(a_row(user="Safe.")) + b"\n" + TWO[:position] + damage + TWO[position:]
    assert a_row(user="Safe.") in rows_of(content)


def test_lone_surrogates_are_named_and_written_back():
    """Half a character is kept, and written as the escape it came as."""
    content = b'{"messages": [{"role": "user", "content": "half \\ud83d"}]}\n'
    assert codes_of(content) == ["lone_surrogate"]
    assert written(content) == content


def test_a_whole_pair_of_surrogate_escapes_is_an_ordinary_character():
    """An emoji written as two escapes is no finding."""
    content = b'{"messages": [{"role": "user", "content": "\\ud83d\\ude00 \\\\ud83d"}]}\n'
    assert codes_of(content) == []
    assert rows_of(content)[0]["messages"][0]["content"] == "😀 \\ud83d"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b'{"a": 1, "messages": [{}], "a": 2}\n', ["duplicate_key"]),
        (b'{"messages": [{"role": "user", "role" \t: "system"}]}\n', ["duplicate_key"]),
        (b'{"messages": [{"role": "user", "r\\u006fle": "system"}]}\n', ["duplicate_key"]),
        (b'{"messages": [{"content": "say \\"a\\": 1, \\"a\\": 2"}]}\n', []),
        (b'{"messages": [{"content\\\\": "x", "weight": 0.5}]}\n', []),
    ],
)
def test_keys_that_come_twice_are_told_from_colons_in_text(content, codes):
    """Only true repetitions are found, however they are spelt; the last one counts."""
    assert codes_of(content) == codes
    assert rows_of(content) == [json.loads(content)]


def test_the_repeated_key_is_named():
    """The finding says which key, and where."""
    content = TWO + b'{"messages": [{"role": "user", "role": "system"}]}\n'
    (finding,) = lines_of(content)[2].findings
    assert dict(finding.params) == {"keys": "role"}
    assert (finding.place.line, finding.place.key) == (3, "role")


@pytest.mark.parametrize(
    "head", ['{"tools": [], "messages"', '{"id": {"a": [1]}, "note": "\\"}", "messages"']
)
@pytest.mark.parametrize("indent", ["", "\n  "])
def test_an_array_is_known_wherever_its_messages_stand(head, indent):
    """Brackets and quotation marks before "messages" do not hide what the file is."""
    item = head + ': [{"role": "user", "content": "Hi"}]}'
    content = f"[{indent}{item},{indent}{item}\n]".encode()
    found = lines_of(content)
    assert [line.example.turns[0].text for line in found if line.example] == ["Hi", "Hi"]
    assert codes_of(content) == ["json_array"]


def test_huge_integers_keep_their_digits():
    """A number beyond 64 bits is not rounded."""
    content = jsonl({"messages": [{"id": 123456789012345678901234567890}], "n": -(2**63) - 1})
    assert written(content) == content


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_errors(number):
    """What is no number in JSON is named, and kept as it came: written out it would be refused."""
    (line,) = lines_of(f'{{"messages": [{{"weight": {number}}}]}}\n'.encode())
    (finding,) = line.findings
    assert (finding.code, dict(finding.params)["number"]) == ("not_a_number", number)
    assert line.example is None
    assert number.encode() in line.raw


def test_zero_characters_are_told_from_zero_bytes():
    """An escaped zero is a warning about readable text, a raw one makes the line unreadable."""
    escaped = b'{"messages": [{"content": "a\\u0000b \\\\u0000"}]}\n'
    assert codes_of(escaped) == ["nul_character"]
    assert written(escaped) == escaped
    assert codes_of(b'{"messages": [{"content": "\\\\u0000"}]}\n') == []
    (line,) = lines_of(b'{"messages": [{"content": "a\0b"}]}\n')
    assert [f.code for f in line.findings] == ["nul_byte"]
    assert line.example is None
    assert line.raw == b'{"messages": [{"content": "a\0b"}]}'


def test_blank_lines_are_findings_of_their_own():
    """A blank line is no example; the lines after it keep their numbers."""
    lines = lines_of(b"\n" + TWO.replace(b"\n", b"\n  \n", 1))
    assert [(line.number, line.findings[0].code) for line in lines if line.findings] == [
        (1, "blank_line"),
        (3, "blank_line"),
    ]
    assert [line.number for line in lines if line.example] == [2, 4]


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_foreign_line_endings_are_said_once(ending):
    """CR LF and CR end lines too; the file is told about it once."""
    content = TWO.replace(b"\n", ending) * 50
    assert rows_of(content) == ROWS * 50
    assert codes_of(content) == ["windows_line_endings"]
    assert lines_of(content)[-1].number == 100


def test_a_byte_order_mark_is_taken_off():
    """The mark is a warning, and in the middle (joined files) it is one too."""
    assert codes_of(codecs.BOM_UTF8 + TWO) == ["byte_order_mark"]
    twice = lines_of((codecs.BOM_UTF8 + TWO) * 2)
    assert [line.number for line in twice if line.findings] == [1, 3]
    assert rows_of((codecs.BOM_UTF8 + TWO) * 2) == ROWS * 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named_and_read(encoding):
    """A file saved as UTF-16 is recognised with and without its mark; its examples are read."""
    content = (TWO * 1000).decode().encode(encoding)
    assert len(content) > 2 * CHUNK_BYTES
    assert codes_of(content) == ["utf16"]
    assert rows_of(content) == ROWS * 1000


def test_utf16_cut_within_a_character_is_read_up_to_there():
    """An odd byte at the end costs nothing before it."""
    content = TWO.decode().encode("utf-16") + b"\n"
    assert rows_of(content) == ROWS


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_an_array_of_examples_is_one_finding_and_its_items_are_read(indent, mark):
    """A JSON array is read item by item, pretty-printed or not, across chunks."""
    rows = [a_row(user=f'[{{"{n}\\', assistant="]}" + '"' * n) for n in range(800)]
    content = mark + json.dumps(rows, indent=indent, ensure_ascii=False).encode()
    assert len(content) > 2 * CHUNK_BYTES
    assert rows_of(content) == rows
    assert codes_of(content) == ["byte_order_mark"] * bool(mark) + ["json_array"]


def test_items_of_an_array_have_the_line_they_begin_on():
    """A person finds the item in an editor."""
    content = b'[\n\n {"messages": [{}]},\n {"messages":\n [{}]}, {"messages": [{}]}\n]\n'
    assert [line.number for line in lines_of(content)] == [3, 4, 5]


def test_a_broken_item_spoils_no_other_and_nothing_is_dropped():
    """What cannot be read of an array is kept as it was, also what stands between its items."""
    content = b'[{"messages": [{"a": 1}]}, {"bad": tru}, "stray", {"messages": [{"b": 2}]}] tail'
    lines = lines_of(content)
    assert [line.raw for line in lines if not line.example] == [
        b'{"bad": tru}',
        b'"stray"',
        b"tail",
    ]
    assert rows_of(content) == [{"messages": [{"a": 1}]}, {"messages": [{"b": 2}]}]


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (b"{", [(1, b"{")]),
        (b"]", [(1, b"]")]),
        (b"\n[1]\n{ }\n", [(2, b"[1]"), (3, b"{ }")]),
        (b" \n,\n", []),
    ],
)
def test_what_follows_the_end_of_an_array_is_kept_as_lines(after, kept):
    """Stray brackets behind the list, or more lines, are there as they stand in the file."""
    lines = lines_of(b'[{"messages":[]}]' + after)
    assert [(line.number, line.raw) for line in lines[1:]] == kept


def test_a_stray_brace_in_an_array_is_kept():
    """It closes nothing, and the items after it are read."""
    first, stray, second = lines_of(b'[{"messages":[1]}}, {"messages":[2]}]')
    assert (first.raw, stray.raw, second.raw) == (
        b'{"messages":[1]}', b"}", b'{"messages":[2]}')  # fmt: skip


def test_an_array_that_stops_in_the_middle_keeps_what_there_is():
    """A cut-off array gives its whole items, and the rest as a truncated line."""
    content = json.dumps(ROWS, indent=1).encode()[:-20]
    assert rows_of(content) == ROWS[:1]
    assert codes_of(content) == ["json_array", "truncated_line"]


@pytest.mark.parametrize("row", [[], [1, 2], ["text"], [{"role": "user", "content": "Hi"}]])
def test_a_line_that_is_an_array_is_one_wrong_line(row):
    """Only an array of examples is read as a file of its own kind."""
    assert codes_of(jsonl(row, *ROWS)) == ["data_type"]
    assert rows_of(jsonl(row, *ROWS)) == ROWS


@pytest.mark.parametrize("cut", [5, 30, len(TWO) - 3])
def test_a_cut_off_last_line_is_truncated(cut):
    """A last line that neither ends nor parses was cut off; what is there is kept."""
    line = lines_of(TWO[:cut])[-1]
    assert [finding.code for finding in line.findings] == ["truncated_line"]
    assert TWO[:cut].endswith(line.raw)


def test_a_line_cut_within_a_chinese_character_is_truncated_too():
    """Half a character at the very end is a cut, not a wrong encoding."""
    assert codes_of(b'{"messages": [{"content": "' + "天".encode()[:2]) == ["truncated_line"]


def test_a_sound_last_line_needs_no_line_ending():
    """A missing final newline is nobody's problem."""
    assert codes_of(TWO.rstrip(b"\n")) == []
    assert written(TWO.rstrip(b"\n")) == TWO


def test_other_encodings_are_named_with_the_place():
    """Bytes that are not UTF-8 are an error of their line, with the first odd byte."""
    content = TWO + jsonl(a_row(user="天气")).decode().encode("gbk") + TWO
    (line,) = [line for line in lines_of(content) if line.findings]
    (finding,) = line.findings
    assert (line.number, finding.code) == (3, "invalid_utf8")
    assert line.raw[: dict(finding.params)["column"] - 1].isascii()
    assert len(rows_of(content)) == 4


def test_invalid_json_is_named_with_the_place():
    """The finding carries line and column, and the text is kept."""
    (line,) = lines_of(b'{"messages": [}\n')
    (finding,) = line.findings
    assert (finding.code, finding.place.line, dict(finding.params)) == (
        "invalid_json",
        1,
        {"column": 15},
    )
    assert line.raw == b'{"messages": [}'


@pytest.mark.parametrize("text", [b"[" * 3000 + b"]" * 3000, b'{"a":' * 200 + b"1" + b"}" * 200])
def test_endless_brackets_are_refused_quietly(text):
    """Nesting that would break a parser is a finding."""
    assert codes_of(text + b"\n") == ["deep_nesting"]


def test_a_line_of_ten_megabytes_is_read_and_named():
    """An enormous line is an example with a warning."""
    content = jsonl(a_row(user="x" * 10_000_000))
    (line,) = lines_of(content)
    assert line.example is not None
    (finding,) = line.findings
    assert (finding.code, dict(finding.params)) == ("very_long_line", {"bytes": len(content) - 1})


@pytest.mark.parametrize("value", ["text", 1, None, True, []])
def test_a_row_that_is_no_object_is_data_type(value):
    """A line whose JSON is sound but no object is a row without an example."""
    (line,) = lines_of(jsonl(value))
    assert [finding.code for finding in line.findings] == ["data_type"]
    assert line.is_row


@pytest.mark.parametrize(
    "row", [{}, {"messages": None}, {"messages": []}, {"messages": "Hi"}, {"messages": {"role": 1}}]
)
def test_a_row_without_a_list_of_messages_says_so(row):
    """Absent, empty or of another kind: there are no messages."""
    (line,) = lines_of(jsonl(row))
    assert [finding.code for finding in line.findings] == ["missing_messages_list"]
    assert line.is_row


def test_messages_that_are_no_objects_are_pointed_at():
    """Each such message is a finding with its place."""
    (line,) = lines_of(jsonl({"messages": ["Hi", {"role": "user"}, 3]}))
    assert [finding.place.message for finding in line.findings] == [0, 2]
    assert {finding.code for finding in line.findings} == {"data_type"}


def test_unreadable_and_blank_lines_are_no_rows():
    """Only sound JSON counts as an example."""
    assert [line.is_row for line in lines_of(b"\n{oops}\n" + TWO)] == [False, False, True, True]


def test_the_reason_comes_first():
    """Where there is no example, the first finding says why, whatever else is to say."""
    for content in (codecs.BOM_UTF8 + b"{oops}\r\n", codecs.BOM_UTF8 + b"\r\n", b"[1]\r\n"):
        first = lines_of(content)[0].findings[0]
        assert first.code in {"invalid_json", "blank_line", "data_type"}


def test_reading_streams():
    """Memory does not grow with the file."""

    class Endless:
        """A file of 5 MB that is never whole in memory."""

        left = 5_000_000

        def read(self, size: int) -> bytes:
            line = jsonl(a_row())
            self.left -= size
            return line * (size // len(line)) if self.left > 0 else b""

    tracemalloc.start()
    count = sum(line.example is not None for line in read_jsonl(Endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 20_000
    assert peak < 1_000_000


def test_the_source_stays_open():
    """Who opened the file closes it."""
    source = BytesIO(TWO)
    assert len(list(read_jsonl(source))) == 2
    assert not source.closed


def test_findings_about_files_have_the_worst_meaning_right():
    """What a provider would refuse is an error, what it takes is less."""
    severities = {f.code: f.severity for line in lines_of(b"{\n\n") for f in line.findings}
    assert severities == {"invalid_json": Severity.ERROR, "blank_line": Severity.WARNING}


@given(st.text(st.characters(categories=["Cs", "L"])))
def test_writing_never_fails(text):
    """Any text can be written, also halves of characters, and is UTF-8."""
    line = write_line(an_example(user=text))
    assert line.endswith(b"\n")
    assert Example.from_json(json.loads(line.decode())).system == an_example().system


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["role", "content", "messages", '":']), inner, max_size=3
            )
        ),
        max_leaves=12,
    ),
    st.binary(max_size=2),
)
def test_the_short_way_through_a_sound_line_says_the_same(value, damage):
    """What is read at half the cost is what the long way reads, and it takes no odd line."""
    row = {"messages": [{"role": "user", "content": value}], "more": value}
    for said in (value, row, {"messages": value}):
        line = RawLine(7, json.dumps(said).encode() + damage)
        sound = _read_sound(line)
        if sound is not None:
            read = read_value(line)
            assert read.findings == ()
            assert not list(check_chat(read.value))
            assert sound == Example.from_json(read.value)
