"""Raw lines out of whatever file it is: any line ending, UTF-16, or a JSON array of examples.

Memory holds one line (or one item of an array) at a time, however large the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import chain
from math import inf
from typing import BinaryIO

from core.encodings import KEEP_BYTES, UTF_8, as_utf8

CHUNK_BYTES = 65_536
LONGEST_BYTES = 16_000_000  # of a line or item that comes in; a longer one comes in pieces
BOM = codecs.BOM_UTF8
TOLD_ONCE = frozenset({"windows_line_endings"})  # of the codes of lines, however many have them

# An array whose first item is an object with "messages": `[` alone may be a damaged line, and
# an array of messages on one line is one wrong example, not many.
_ARRAY_HEAD = re.compile(rb"\s*\[\s*\{")
_MESSAGES_KEY = re.compile(rb'"messages"\s*:')
# Scalars, then a list of objects, and the names that such a list has within an example.
_INNER_LIST = re.compile(
    rb'\s*\{(?:\s*"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[-+.\w]+)\s*,)*\s*"([^"\\]*)"\s*:\s*\[\s*\{'
)
_OWN_LISTS = {"messages", "conversations", "conversation", "prompt", "completion", "chosen"} | {
    "rejected", "history", "tools", "contents", "preferred_output", "non_preferred_output",
    "annotations", "predictions",
}  # fmt: skip
_BRACKET = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line without its ending, or one item of an array, numbered as an editor shows it.

    ended: whether a line ending (or a closing bracket) followed; codes: findings about the file
    that are first seen here.
    """

    number: int
    raw: bytes
    ended: bool = True
    codes: tuple[str, ...] = ()


def read_lines(source: BinaryIO) -> Iterator[RawLine]:
    """Stream the lines of `source`, UTF-16 turned into UTF-8, byte order marks taken off."""
    codes: tuple[str, ...] = ()
    head, chunks = _peek(_read_chunks(source))
    if encoding := _wide_encoding(head):
        codes += ("utf16",)
        head, chunks = _peek(_as_utf8(chunks, encoding))
    if head.startswith(BOM):
        codes += ("byte_order_mark",)
        next(chunks)
        head = head.removeprefix(BOM)
        chunks = chain([head], chunks)
    if _is_array(head):
        yield from _first_with(_items(chunks, level=1), (*codes, "json_array"))
    else:
        yield from _first_with(_text_lines(chunks), codes)


def is_plain(head: bytes) -> bool:
    """Whether a file with this first chunk is UTF-8 with an example a line.

    Such a file can be cut behind any line feed, and its parts be read by `read_range`.
    """
    return not _wide_encoding(head) and not _is_array(head.removeprefix(BOM))


def find_cuts(source: BinaryIO, size: int, every: int) -> list[int]:
    """The beginning of a file of so many bytes, a line's end at about `every` so many, its end."""
    cuts = [0]
    while cuts[-1] + every < size:
        source.seek(cuts[-1] + every)
        while (piece := source.readline(LONGEST_BYTES)) and not piece.endswith(b"\n"):
            pass
        cuts.append(source.tell())
    return cuts if cuts[-1] >= size else [*cuts, size]


def read_range(source: BinaryIO, start: int, end: int) -> Iterator[RawLine]:
    """The lines of a plain file from one byte to another, numbered from 1; all in memory.

    What is told once a file (`TOLD_ONCE`) is told once a range.
    """
    source.seek(start)
    data = source.read(end - start)
    return _text_lines([data]) if start else read_lines(BytesIO(data))


def read_text(source: BinaryIO, encoding: str) -> Iterator[RawLine]:
    """The same, of text in a known encoding; what it does not know stays as broken bytes."""
    return _text_lines(_known_chunks(source, encoding), tells=False, longest=LONGEST_BYTES)


def read_items(source: BinaryIO, encoding: str) -> Iterator[RawLine]:
    """The items of a JSON list, or of a list within an object; else the values one by one."""
    head, chunks = _peek(_known_chunks(source, encoding))
    return _items(chunks, _level(head))


def _read_chunks(source: BinaryIO) -> Iterator[bytes]:
    return iter(partial(source.read, CHUNK_BYTES), b"")


def _known_chunks(source: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The text as UTF-8, without a byte order mark."""
    chunks = _read_chunks(source)
    if encoding != UTF_8:
        chunks = _as_utf8(chunks, encoding)
    yield next(chunks, b"").removeprefix(BOM)
    yield from chunks


def _level(head: bytes) -> int:
    """How many brackets stand around each item."""
    if head.lstrip()[:1] == b"[":
        return 1
    inner = _INNER_LIST.match(head)
    return 2 if inner and inner.group(1).decode("utf-8", "replace") not in _OWN_LISTS else 0


def _is_array(head: bytes) -> bool:
    """Whether the first item of an array has "messages" among its own keys, wherever it stands."""
    if not _ARRAY_HEAD.match(head):
        return False
    depth, quoted = 0, False
    for token in _BRACKET.finditer(head):
        mark = token.group()
        if mark == b'"':
            if not quoted and depth == 2 and _MESSAGES_KEY.match(head, token.start()):
                return True
            quoted = not quoted
        elif not quoted and mark in (b"{", b"["):
            depth += 1
        elif not quoted and mark in (b"}", b"]"):
            depth -= 1
            if depth < 2:
                return False
    return False


def _peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first chunk, and all of them."""
    head = next(chunks, b"")
    return head, chain([head], chunks)


def _first_with(lines: Iterator[RawLine], codes: tuple[str, ...]) -> Iterator[RawLine]:
    """Say what concerns the whole file once, at its first line."""
    for line in lines:
        yield RawLine(line.number, line.raw, line.ended, codes + line.codes)
        break
    yield from lines


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 by its byte order mark, or by a NUL beside each of the first two characters."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = [byte == 0 for byte in head[:4]]
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else None


def _as_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    # A broken character makes its own line unreadable, not the file.
    decoder = codecs.getincrementaldecoder(encoding)(KEEP_BYTES)
    for chunk in chunks:
        yield as_utf8(decoder.decode(chunk))
    yield as_utf8(decoder.decode(b"", final=True))


def _text_lines(
    chunks: Iterable[bytes], tells: bool = True, longest: float = inf
) -> Iterator[RawLine]:
    """Lines ended by LF, CR LF or CR, as Python's text files and the published check read them.

    tells: whether to say once that they do not end in LF alone.
    """
    number = 0
    told = not tells
    for body, ended in _split(chunks, longest):
        if b"\r" not in body and not body.startswith(BOM):  # nearly all
            number += 1
            yield RawLine(number, body, ended)
            continue
        returns = b"\r" in body
        pieces = (body[:-1] if body.endswith(b"\r") else body).split(b"\r")
        for index, piece in enumerate(pieces):
            number += 1
            codes: tuple[str, ...] = ("byte_order_mark",) if piece.startswith(BOM) else ()
            if returns and not told:
                codes += ("windows_line_endings",)
                told = True
            closed = ended or body.endswith(b"\r") or index < len(pieces) - 1
            yield RawLine(number, piece.removeprefix(BOM), closed, codes)


def _split(chunks: Iterable[bytes], longest: float) -> Iterator[tuple[bytes, bool]]:
    """Cut at LF; each part with whether an LF followed. Linear also for one endless line."""
    begun: list[bytes] = []
    size = 0
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            yield b"".join((*begun, part)), True
            begun, size = [], 0
        begun.append(rest)
        size += len(rest)
        if size > longest:
            yield b"".join(begun), False
            begun, size = [], 0
    if last := b"".join(begun):
        yield last, False


def _items(chunks: Iterable[bytes], level: int) -> Iterator[RawLine]:
    """Cut JSON into the values that stand within so many brackets, counted outside strings.

    An item broken inside its own brackets spoils no other (unless a quotation mark is missing);
    what stands between the items beside commas, or after a list, is kept as lines of its own.
    """
    beside = ("beside_list",) if level > 1 else ()
    depth, quoted, number = 0, False, 1
    kept = bytearray()  # grows in place: an item may span many chunks
    whole = _whole_escapes(chunks)
    for chunk in whole:
        done = 0
        for token in _BRACKET.finditer(chunk):
            mark = token.group()
            quoted ^= mark == b'"'
            if quoted or mark[:1] in b'"\\':
                continue
            if level == depth == 1 and mark == b"}":
                continue  # closes nothing: it is a part of what stands there
            opens = mark in b"{["
            before, depth = depth, max(0, depth + (1 if opens else -1))
            if min(before, depth) > level:
                continue  # a bracket within an item
            outer = min(before, depth) < level  # what stands around the items belongs to none
            edge = token.start() if opens or outer else token.end()
            kept += chunk[done:edge]
            between = opens or outer
            yield from _item(bytes(kept), number, codes=beside if between else ())
            number += kept.count(b"\n")
            kept.clear()
            done = token.end() if outer else edge
            if level == 1 and depth == 0:
                yield from _after_list(chain([chunk[done:]], whole), number)
                return
        kept += chunk[done:]
        if len(kept) > LONGEST_BYTES:
            yield from _item(bytes(kept), number, ended=False)
            number += kept.count(b"\n")
            kept.clear()
    yield from _item(bytes(kept), number, ended=False)


def _after_list(chunks: Iterable[bytes], number: int) -> Iterator[RawLine]:
    """What follows the closing bracket of a list, which ought to be nothing, line by line."""
    for line, (piece, ended) in enumerate(_split(chunks, LONGEST_BYTES), number):
        yield from _item(piece, line, ended)


def _item(
    piece: bytes, number: int, ended: bool = True, codes: tuple[str, ...] = ()
) -> Iterator[RawLine]:
    begun = piece.lstrip(b" \t\r\n,")
    if raw := begun.rstrip(b" \t\r\n,"):
        yield RawLine(number + piece[: len(piece) - len(begun)].count(b"\n"), raw, ended, codes)


def _whole_escapes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, with no chunk ending between a backslash and what it escapes."""
    held = b""
    for chunk in chunks:
        joined = held + chunk
        slashes = len(joined) - len(joined.rstrip(b"\\"))
        held = b"\\" if slashes % 2 else b""
        yield joined.removesuffix(held)
    yield held
