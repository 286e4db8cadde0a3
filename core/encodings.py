"""Which encoding a text file is in, and reading it so that not even broken bytes are lost."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from core.east_asian import EAST_ASIAN, guess_east_asian

UTF_8 = "utf-8"
GB18030 = "gb18030"
WINDOWS_1252 = "cp1252"
ENCODINGS = (UTF_8, GB18030, "utf-16-le", "utf-16-be", WINDOWS_1252, *EAST_ASIAN)

SAMPLE_BYTES = 262_144
LONGEST_LINE = 8_000_000  # characters, so that no file without line breaks is held whole

# Bytes that an encoding does not know become U+DC00 + byte. No sound text has such characters
# (they are halves of a pair), so they mark what is broken and give the bytes back on the way out.
KEEP_BYTES = "tonesmith-keep-bytes"
BROKEN = re.compile("[\udc00-\udcff]")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    ("\ufeff".encode(GB18030), GB18030),
)
# What English, European and Chinese texts are made of.
_USUAL = re.compile("[\t\n\r -~\u00a0-\u05ff\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# How GB 2312 writes one character, and how GB18030 writes what GB 2312 lacks.
_CHINESE = re.compile(rb"[\xa1-\xfe]{2}|(?:[\x81-\xfe][0-9]){2}")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")


def _keep_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        broken = error.object[error.start : error.end]
        return "".join(chr(0xDC00 + byte) for byte in broken), error.end
    if isinstance(error, UnicodeEncodeError):
        kept = error.object[error.start : error.end]
        if BROKEN.sub("", kept) == "":
            return bytes(ord(char) - 0xDC00 for char in kept), error.end
    raise error


codecs.register_error(KEEP_BYTES, _keep_bytes)


def read_text_lines(source: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines of a file with their endings as they are, without a byte order mark.

    `source` stays open. What the encoding does not know is kept, see `BROKEN`. A line of more than
    `LONGEST_LINE` characters comes in pieces.
    """
    text = TextIOWrapper(source, encoding, errors=KEEP_BYTES, newline="")
    try:
        if first := text.readline(LONGEST_LINE).removeprefix("\ufeff"):
            yield first
        while line := text.readline(LONGEST_LINE):
            yield line
    finally:
        text.detach()


def read_beginning(source: BinaryIO, encoding: str, most: int) -> str:
    """The first lines of a file, whole ones if there are any, of no more than so many bytes.

    `source` is read from its start, and left there.
    """
    source.seek(0)
    head = source.read(most)
    source.seek(0)
    text = codecs.getincrementaldecoder(encoding)(KEEP_BYTES).decode(head, len(head) < most)
    text = text.removeprefix("\ufeff")
    whole = max(text.rfind("\n"), text.rfind("\r")) + 1
    return text[:whole] if whole and len(head) == most else text


def as_utf8(text: str) -> bytes:
    """Text as UTF-8, with broken bytes as they stood in the file."""
    return text.encode(UTF_8, KEEP_BYTES)


def guess_encoding(source: BinaryIO) -> str:
    """The likeliest of `ENCODINGS`, from the first part of a file that tells; reads ahead.

    A byte order mark decides; then UTF-16, told by its zero bytes; then UTF-8, if more of it is
    sound than broken; then Big5, Shift-JIS or EUC-KR, if it is evidently one of them; then
    GB18030, if its foreign bytes stand in pairs as Chinese does.
    """
    head = source.read(SAMPLE_BYTES)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    if wide := _guess_wide(head):
        return wide
    while head.isascii() and (more := source.read(SAMPLE_BYTES)):
        head = more
    if _is_utf8(head):
        return UTF_8
    if other := guess_east_asian(head):
        return other
    foreign, chinese = len(_HIGH_BYTE.findall(head)), 2 * len(_CHINESE.findall(head))
    return GB18030 if 2 * chinese >= foreign else WINDOWS_1252


def _is_utf8(head: bytes) -> bool:
    """Much more of it is sound than broken; or more, where GB18030 would be broken as well."""
    text = head.decode(UTF_8, KEEP_BYTES)
    broken = len(BROKEN.findall(text))
    sound = sum(not char.isascii() for char in text) - broken
    if sound >= 4 * broken:
        return True
    return sound >= broken and bool(BROKEN.search(head.decode(GB18030, KEEP_BYTES)))


def _guess_wide(head: bytes) -> str:
    """UTF-16 without a byte order mark, or "": zero bytes, and nearly all of it usual text."""
    if b"\0" not in head:
        return ""
    shares = {encoding: _share_usual(head, encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] > 0.9 else ""


def _share_usual(head: bytes, encoding: str) -> float:
    text = head.decode(encoding, "replace")
    return len(_USUAL.findall(text)) / len(text)
