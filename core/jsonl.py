"""JSONL files and examples: reading never fails, writing is the same to the byte every time."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from core.examples import Example
from core.findings import Finding
from core.lines import RawLine, read_lines
from core.rules.codes import find

# 65,536 tokens, the most a provider reads of one example, are well below 1 MB in any script.
LONG_LINE_BYTES = 1_000_000
DEEPEST = 100

_KEY_END = re.compile(rb'"[ \t\r\n]*:')
_NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file (or one item of an array): its example, or first why there is none.

    raw: the bytes as they stood, without line ending and byte order mark, so that what cannot
    be read is not lost.
    """

    number: int
    raw: bytes
    example: Example | None
    findings: tuple[Finding, ...]

    @property
    def is_row(self) -> bool:
        """Whether it is sound JSON, which the published check would count as an example."""
        told = {finding.code for finding in self.findings}
        return self.example is not None or bool(told & {"data_type", "missing_messages_list"})


@dataclass(frozen=True, slots=True)
class Value:
    """What JSON says before its shape is known; fault: nothing, and the first finding says why."""

    value: Any
    findings: tuple[Finding, ...]
    fault: bool = False


def read_jsonl(source: BinaryIO) -> Iterator[Line]:
    """Stream the lines of a file, from line 1; bad data becomes findings, never an error.

    Findings about the file as a whole (`utf16`, `json_array`, …) come once, with the first line
    they concern. Raises only what `source.read` raises.
    """
    return map(read_line, read_lines(source))


def read_line(line: RawLine) -> Line:
    """What one raw line says; bad data becomes findings, never an error."""
    example = _read_sound(line)
    if example is not None:
        return Line(line.number, line.raw, example, ())
    value = read_value(line)
    if value.fault:
        return Line(line.number, line.raw, None, value.findings)
    faults = [at_line(finding, line.number) for finding in check_chat(value.value)]
    example = None if faults else Example.from_json(value.value)
    return Line(line.number, line.raw, example, (*faults, *value.findings))


def _read_sound(line: RawLine) -> Example | None:
    """The example of a line with nothing odd about it, as nearly all are; None where there may be.

    It asks what `read_value` and `check_chat` ask, at half of what they cost.
    """
    raw = line.raw
    if line.codes or len(raw) > LONG_LINE_BYTES or b"\\u0000" in raw:
        return None
    try:
        value = _parse_fast(raw)
        return Example.from_json(value) if isinstance(value, dict) and value["messages"] else None
    except (RecursionError, KeyError, ValueError):
        return None


def read_value(line: RawLine) -> Value:
    """The JSON value in one raw line, whatever its shape; bad data becomes findings."""
    at = line.number
    findings = [find(code, line=at) for code in line.codes]
    if len(line.raw) > LONG_LINE_BYTES:
        findings.append(find("very_long_line", line=at, bytes=len(line.raw)))
    if not line.raw.strip():
        return Value(None, (find("blank_line", line=at), *findings), fault=True)
    if "beside_list" in line.codes:
        return Value(None, tuple(findings), fault=True)
    try:
        value, oddities = _parse(line)
    except _Unreadable as reason:
        return Value(None, (reason.finding, *findings), fault=True)
    return Value(value, (*oddities, *findings))


def at_line(finding: Finding, line: int) -> Finding:
    """The finding with the line it is about."""
    return replace(finding, place=replace(finding.place, line=line))


def write_jsonl(examples: Iterable[Example]) -> Iterator[bytes]:
    """Each example as one line of UTF-8 with its final newline."""
    return map(write_line, examples)


def write_line(example: Example) -> bytes:
    r"""The example as `json.dumps(row, ensure_ascii=False)` writes it, and a newline.

    A lone surrogate, which UTF-8 cannot hold, becomes its JSON escape `\udXXX`.
    """
    text = json.dumps(example.to_json(), ensure_ascii=False)
    return f"{text}\n".encode(errors="backslashreplace")


def check_chat(value: Any) -> Iterator[Finding]:
    """Why a value is no object with a list of objects under "messages", as published."""
    if not isinstance(value, dict):
        yield find("data_type")
        return
    messages = value.get("messages")
    if not messages or not isinstance(messages, list):
        yield find("missing_messages_list")
        return
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            yield find("data_type", message=index)


class _Unreadable(Exception):
    """A line without a value, and the finding that says why; never leaves this file."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def _parse(line: RawLine) -> tuple[Any, list[Finding]]:
    """The value and what is odd about its text.

    The fast parser where it keeps everything; the careful one where it refuses (NaN, lone
    surrogates) or would lose something (a key that comes twice, digits of a huge number).
    """
    oddities: list[Finding] = []
    try:
        value = _parse_fast(line.raw)
        if value is None:
            value, oddities = _parse_carefully(line)
    except RecursionError:
        raise _Unreadable(find("deep_nesting", line=line.number)) from None
    except ValueError as error:
        raise _Unreadable(_explain(line, error)) from None
    if b"\\u0000" in line.raw and _NUL_ESCAPE.search(line.raw):
        oddities.append(find("nul_character", line=line.number))
    return value, oddities


def _parse_fast(raw: bytes) -> Any:
    """The value, or None where the careful parser has to look."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if _count_marks(value) == len(_KEY_END.findall(raw)) else None


def _count_marks(value: Any, depth: int = 0) -> int:
    """How many `":` the text of a value has at least: one a key.

    More of them in the text are a key that came twice, or a quotation mark and a colon inside a
    string; the careful parser tells. A number with a fraction counts as one too many, for it may
    have been an integer beyond 64 bits.
    """
    if depth > DEEPEST:
        raise RecursionError
    items: Iterable[Any] = ()
    marks = 0
    if isinstance(value, dict):
        items, marks = value.values(), len(value)
    elif isinstance(value, list):
        items = value
    elif isinstance(value, float):
        marks = 1
    for item in items:
        if not isinstance(item, str):  # nearly all are, and a call costs more than a look
            marks += _count_marks(item, depth + 1)
    return marks


def _parse_carefully(line: RawLine) -> tuple[Any, list[Finding]]:
    repeated: list[str] = []
    endless: list[str] = []

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.extend(k for k, n in Counter(key for key, _ in pairs).items() if n > 1)
        return found

    def read_float(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            endless.append(digits)
        return number

    value = json.loads(
        line.raw.decode(),
        object_pairs_hook=read_object,
        parse_float=read_float,
        parse_constant=read_float,
    )
    _count_marks(value)  # for its limit of depth
    oddities = []
    if repeated:
        keys = ", ".join(dict.fromkeys(repeated))
        oddities.append(find("duplicate_key", line=line.number, key=repeated[0], keys=keys))
    if endless:  # no JSON, and what we wrote of it would be none either
        raise _Unreadable(find("not_a_number", line=line.number, number=endless[0]))
    if _SURROGATE_ESCAPE.search(line.raw) and _has_surrogate(value):
        oddities.append(find("lone_surrogate", line=line.number))
    return value, oddities


def _has_surrogate(value: Any) -> bool:
    return bool(_SURROGATE.search(json.dumps(value, ensure_ascii=False)))


def _explain(line: RawLine, error: ValueError) -> Finding:
    """Why the careful parser failed, as the nearest code; columns count from 1."""
    at = line.number
    if b"\0" in line.raw:
        return find("nul_byte", line=at)
    cut_off = not line.ended and line.raw.lstrip()[:1] == b"{"
    if isinstance(error, UnicodeDecodeError):
        if cut_off and error.end == len(line.raw):
            return find("truncated_line", line=at)
        return find("invalid_utf8", line=at, column=error.start + 1)
    if cut_off:
        return find("truncated_line", line=at)
    column = error.pos + 1 if isinstance(error, json.JSONDecodeError) else 1
    return find("invalid_json", line=at, column=column)
