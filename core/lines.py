"""Raw lines out of whatever file it is: any line ending, UTF-16, or a JSON array of examples.

Memory holds one line (or one item of an array) at a time, however large the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO

CHUNK_BYTES = 65_536
BOM = codecs.BOM_UTF8

# An array whose first item is an object with "messages": `[` alone may be a damaged line, and
# an array of messages on one line is one wrong example, not many.
_ARRAY_HEAD = re.compile(rb"\s*\[\s*\{")
_MESSAGES_KEY = re.compile(rb'"messages"\s*:')
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
    head, chunks = _peek(iter(partial(source.read, CHUNK_BYTES), b""))
    if encoding := _wide_encoding(head):
        codes += ("utf16",)
        head, chunks = _peek(_as_utf8(chunks, encoding))
    if head.startswith(BOM):
        codes += ("byte_order_mark",)
        next(chunks)
        head = head.removeprefix(BOM)
        chunks = chain([head], chunks)
    if _is_array(head):
        yield from _first_with(_array_items(chunks), (*codes, "json_array"))
    else:
        yield from _first_with(_text_lines(chunks), codes)


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
    # "surrogatepass": a broken character makes its own line unreadable, not the file.
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")


def _text_lines(chunks: Iterable[bytes]) -> Iterator[RawLine]:
    """Lines ended by LF, CR LF or CR, as Python's text files and the published check read them."""
    number = 0
    told = False
    for body, ended in _split(chunks):
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


def _split(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Cut at LF; each part with whether an LF followed. Linear also for one endless line."""
    begun: list[bytes] = []
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            yield b"".join((*begun, part)), True
            begun = []
        begun.append(rest)
    if last := b"".join(begun):
        yield last, False


def _array_items(chunks: Iterable[bytes]) -> Iterator[RawLine]:
    """Cut an array into its items by counting brackets outside strings.

    An item broken inside its own brackets spoils no other (unless a quotation mark is missing);
    what stands between the items beside commas is kept as lines of its own.
    """
    depth, quoted, number = 0, False, 1
    kept = bytearray()  # grows in place: an item may span many chunks
    for chunk in _whole_escapes(chunks):
        done = 0
        for token in _BRACKET.finditer(chunk):
            mark = token.group()
            quoted ^= mark == b'"'
            if quoted or mark[:1] in b'"\\':
                continue
            opens = mark in b"{["
            before, depth = depth, max(0, depth + (1 if opens else -1))
            if min(before, depth) > 1:
                continue  # a bracket within an item
            outer = min(before, depth) == 0  # the array's own brackets belong to no item
            edge = token.start() if opens or outer else token.end()
            kept += chunk[done:edge]
            yield from _item(bytes(kept), number)
            number += kept.count(b"\n")
            kept.clear()
            done = token.end() if outer else edge
        kept += chunk[done:]
    yield from _item(bytes(kept), number, ended=False)


def _item(piece: bytes, number: int, ended: bool = True) -> Iterator[RawLine]:
    begun = piece.lstrip(b" \t\r\n,")
    if raw := begun.rstrip(b" \t\r\n,"):
        yield RawLine(number + piece[: len(piece) - len(begun)].count(b"\n"), raw, ended)


def _whole_escapes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, with no chunk ending between a backslash and what it escapes."""
    held = b""
    for chunk in chunks:
        joined = held + chunk
        slashes = len(joined) - len(joined.rstrip(b"\\"))
        held = b"\\" if slashes % 2 else b""
        yield joined.removesuffix(held)
    yield held
