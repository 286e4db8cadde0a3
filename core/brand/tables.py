"""Brand rules as a CSV that a marketer keeps in a spreadsheet: read forgivingly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from core.brand.patterns import check_pattern
from core.brand.values import (
    AVOID,
    CHARACTERS,
    CLOSE,
    ENDING,
    FULL_WIDTH,
    MOST,
    MUST,
    NAME,
    OPENING,
    PATTERN,
    PREFER,
    SIMPLIFIED,
    SPACED,
    STYLE,
    TRADITIONAL,
    WORDS,
    BrandRule,
    write_rule,
)  # fmt: skip
from core.csv_rows import Row, read_rows
from core.encodings import read_text_lines
from core.errors import BadInput
from core.formulas import guard, unguard
from core.table_format import guess_format

COLUMNS = ("kind", "text", "instead", "match_case")
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind", "type", "rule", "类型", "规则", "种类"),
    "text": ("text", "word", "phrase", "term", "find", "wrong", "avoid", "词", "内容", "文字",
             "原词"),
    "instead": ("instead", "replacement", "replace", "replace with", "preferred", "prefer", "right",
                "use", "改为", "替换", "替换为", "推荐", "正确"),
    "match_case": ("match_case", "match case", "case", "case sensitive", "区分大小写", "大小写"),
}  # fmt: skip
_KINDS: Mapping[str, tuple[str, ...]] = {
    AVOID: ("never", "banned", "forbidden", "do not use", "禁用", "不用", "避免", "禁用词"),
    PREFER: ("preferred", "spelling", "replace", "写法", "推荐", "统一写法", "替换"),
    NAME: ("product", "product name", "brand", "名称", "产品名", "品牌名"),
    OPENING: ("banned opening", "start", "begin", "开头", "禁用开头"),
    MUST: ("must say", "always", "required", "必须", "必说"),
    ENDING: ("end", "must end with", "ends with", "结尾", "必须结尾"),
    CHARACTERS: ("max characters", "maximum characters", "最多字符", "字数", "最多字数"),
    WORDS: ("max words", "maximum words", "length", "最多词数", "词数"),
    PATTERN: ("regex", "regular expression", "正则", "正则表达式"),
    STYLE: ("chinese", "中文", "排版", "中文排版"),
}
_STYLES: Mapping[str, tuple[str, ...]] = {
    FULL_WIDTH: ("full-width", "full width", "全角", "全角标点"),
    SPACED: ("spaces", "中西文空格", "加空格"),
    CLOSE: ("no spaces", "不加空格"),
    SIMPLIFIED: ("简体", "简体字"),
    TRADITIONAL: ("繁体", "繁體", "繁体字"),
}
_YES = {"yes", "y", "true", "1", "x", "✓", "是"}


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that became no rule: its number from 1, what it says, and why."""

    number: int
    text: str
    problem: BadInput


@dataclass(frozen=True, slots=True)
class BrandFile:
    """What a CSV gave."""

    rules: tuple[BrandRule, ...]
    unread: tuple[Unread, ...]


def read_brand_csv(file: BinaryIO) -> BrandFile:
    """The rules in a CSV of any usual encoding and delimiter; what is no rule is listed.

    Columns by their names. Without any, one column is what is avoided, two are a spelling and the
    wanted one, and more are as we write them.
    """
    table = guess_format(file)
    file.seek(0)
    lines = read_text_lines(file, table.encoding)
    rows = [row for row in read_rows(lines, table.delimiter) if not row.is_blank]
    columns = _columns_of(rows[0].cells) if rows else {}
    if columns:
        rows = rows[1:]
    else:
        columns = _columns_without_names(max((len(row.cells) for row in rows), default=0))
    return _read(rows, columns)


def _read(rows: Sequence[Row], columns: Mapping[str, int]) -> BrandFile:
    rules: dict[BrandRule, None] = {}
    unread: list[Unread] = []
    for row in rows:
        try:
            if len(rules) >= MOST:
                raise BadInput("brand_too_many", most=MOST)
            rules[_rule_of(row, columns)] = None
        except BadInput as problem:
            unread.append(Unread(row.number, row.text.strip(), problem))
    return BrandFile(tuple(rules), tuple(unread))


def _columns_of(cells: Sequence[str]) -> dict[str, int]:
    """Where each column stands, by the names in the first row; none where "text" is not there."""
    names = [cell.strip().lower() for cell in cells]
    found = {
        column: names.index(name)
        for column, known in _HEADERS.items()
        for name in reversed(known)
        if name in names
    }
    return found if "text" in found and len(set(found.values())) == len(found) else {}


def _columns_without_names(width: int) -> dict[str, int]:
    names = {1: ("text",), 2: ("text", "instead")}.get(width, COLUMNS)
    return {name: at for at, name in enumerate(names)}


def _rule_of(row: Row, columns: Mapping[str, int]) -> BrandRule:
    """The rule that a row is.

    Raises:
        BadInput: `broken_quotes`, or as `write_rule` and `check_pattern` do.
    """
    if row.fault:
        raise BadInput("brand_quotes")

    def cell(column: str) -> str:
        at = columns.get(column, len(row.cells))
        return unguard(row.cells[at].strip()) if at < len(row.cells) else ""

    text, instead, said = cell("text"), cell("instead"), cell("kind")
    kind = _meant(said, _KINDS) if said else (PREFER if instead else AVOID)
    if kind == STYLE:
        text = _meant(text, _STYLES)
    rule = write_rule(kind, text, instead, match_case=cell("match_case").lower() in _YES)
    if rule.kind == PATTERN:
        check_pattern(rule)
    return rule


def _meant(said: str, known: Mapping[str, tuple[str, ...]]) -> str:
    folded = said.strip().lower()
    return next((name for name, others in known.items() if folded in (name, *others)), folded)


def write_brand_csv(rules: Iterable[BrandRule]) -> bytes:
    """The rules as spreadsheets take them: UTF-8 with a byte order mark, formulas defused."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(map(guard, cells) for cells in _cells(rules))
    return text.getvalue().encode("utf-8-sig", "surrogatepass")


def _cells(rules: Iterable[BrandRule]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        yield rule.kind, rule.text, rule.instead, "yes" if rule.match_case else ""
