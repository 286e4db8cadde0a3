"""Tests of core.encodings: the right characters, and not one byte lost."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encodings import ENCODINGS, SAMPLE_BYTES, as_utf8, guess_encoding, read_text_lines

CHINESE = [
    "用户,助手\r\n你好,您好！\r\n",
    "怎么退货？\t七天之内都可以退。\n",
    "一,二\n",
    "問題,答覆\n",
]
ENGLISH = ["user,assistant\r\nHi,Hello.\r\n", "Is it “free”?,It’s free — really.\n", "café,thé\n"]
MARKED = ["utf-8-sig", "utf-16"]


def guess(content: bytes) -> str:
    """The encoding that a file with this content seems to have."""
    return guess_encoding(BytesIO(content))


@pytest.mark.parametrize("text", [*CHINESE, *ENGLISH])
@pytest.mark.parametrize("encoding", [*ENCODINGS[:4], *MARKED])
def test_short_texts_are_recognised(text, encoding):
    """One row is enough, in Chinese and in English, with and without a byte order mark."""
    content = text.encode(encoding)
    assert "".join(read_text_lines(BytesIO(content), guess(content))) == text


@pytest.mark.parametrize("text", ENGLISH)
def test_western_windows_text_is_recognised(text):
    """Curly quotes and accents as Excel saves them in the West."""
    content = text.encode("cp1252")
    assert content.decode(guess(content)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("damage", [b"\xff", b"\0", b"\xe4\xbd"])
def test_damage_does_not_change_the_guess(encoding, damage):
    """A few broken bytes, also at the very end, leave the rest readable."""
    content = (CHINESE[0] * 3).encode(encoding)
    assert guess(content + damage) == encoding
    assert guess(content[:-3]) == encoding


@pytest.mark.parametrize("text", CHINESE)
def test_one_damaged_row_is_still_utf_8(text):
    """A single broken byte among a few words does not make them GB18030."""
    assert guess(text.encode() + b"\xff") == "utf-8"


def test_the_first_foreign_byte_may_come_late():
    """A long English beginning does not hide the Chinese after it."""
    plain = b"question,answer\n" * (SAMPLE_BYTES // 8)
    assert guess(plain + CHINESE[0].encode("gb18030")) == "gb18030"
    assert guess(plain) == "utf-8"


EAST_ASIAN = [
    ("cp950", "問題,答覆\n怎麼退貨？,七天之內都可以退。\n"),
    ("cp950", "客服,您好"),
    ("cp932", "質問,回答\nいつ開きますか？,九時です。\n"),
    ("cp932", "ありがとうございます"),
    ("cp949", "질문,답변\n몇 시에 열어요?,아홉 시에 엽니다.\n"),
    ("cp949", "주차할 수 있나요? 네, 뒤에 있습니다."),
]


@pytest.mark.parametrize(("encoding", "text"), EAST_ASIAN)
@pytest.mark.parametrize("times", [1, 50])
def test_text_of_the_neighbours_is_recognised(encoding, text, times):
    """Traditional Chinese, Japanese and Korean as their Windows saves them, and as GB18030."""
    assert guess((text * times).encode(encoding)) == encoding
    assert guess((text * times).encode("gb18030")) == "gb18030" or encoding == "cp949"


@pytest.mark.parametrize("text", ["Äpfel, Öl, Ärger: 20 °C bis 30 °C\n", "«Ça», ©A, ±B", "ÅTGÄRD"])
def test_western_signs_are_not_taken_for_big5(text):
    """A degree before its C looks like a pair, but stands alone."""
    assert guess(text.encode("cp1252")) == "cp1252"


CHINESE_WORDS = [
    "问题",
    "回答",
    "你好",
    "您好",
    "的",
    "好",
    "是",
    "茶",
    "今天",
    "大红袍",
    "客服",
    "，",
]


@given(st.lists(st.sampled_from(CHINESE_WORDS), min_size=1, max_size=40))
def test_chinese_stays_chinese(words):
    """Whatever few words it is, GB18030 is not taken for its neighbours' encodings."""
    assert guess("".join(words).encode("gb18030")) == "gb18030"


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "gb18030"]))
def test_broken_bytes_come_back(content, encoding):
    """What the encoding does not know is kept, byte for byte."""
    lines = "".join(read_text_lines(BytesIO(content), encoding))
    if encoding == "utf-8":
        assert as_utf8(lines) == content.removeprefix(b"\xef\xbb\xbf")
    else:
        assert lines.encode(encoding, "tonesmith-keep-bytes") == content


@given(st.binary(max_size=60), st.sampled_from(ENCODINGS))
def test_no_bytes_are_too_strange(content, encoding):
    """Any bytes can be guessed and read as any encoding."""
    assert guess(content) in ENCODINGS
    assert as_utf8("".join(read_text_lines(BytesIO(content), encoding))) is not None
