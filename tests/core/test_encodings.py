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


def test_the_first_foreign_byte_may_come_late():
    """A long English beginning does not hide the Chinese after it."""
    plain = b"question,answer\n" * (SAMPLE_BYTES // 8)
    assert guess(plain + CHINESE[0].encode("gb18030")) == "gb18030"
    assert guess(plain) == "utf-8"


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
