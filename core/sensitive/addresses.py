"""Postal addresses in a text, English and Chinese: no kept library finds them.

A street alone is where a shop may be. It is somebody's address with a door of its own, a postal
code, or words around it that say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.sensitive.spans import ADDRESS, Span

_KINDS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq"
    "|Terrace|Way|Close|Crescent|Cres|Parkway|Pkwy|Highway|Hwy|Circle|Gardens|Grove|Row"
)
_NAME = r"(?![A-Z]{2,3}\b)[A-ZÀ-Þ][A-Za-zÀ-ÿ.'’-]{0,20}\b"
_ENGLISH = re.compile(
    r"(?<![A-Za-z0-9_.,$€£#/-])(?:P\.? ?O\.? Box \d{1,6}|\d{1,5}[A-Za-z]?(?: [NSEW]\.?)?"
    rf"(?: [A-Z][A-Za-z'’]{{1,20}}| \d{{1,3}}(?:st|nd|rd|th)){{1,3}} (?:{_KINDS})\b"
    r"(?:\.(?=[,\n]))?)"
    r"(?P<door>,? (?:Apt|Apartment|Unit|Flat|Suite|Ste|Room|Rm|#)\.? ?#?\w{1,6})?"
    rf"(?P<town>(?:(?:, |,?\n){_NAME}(?: {_NAME}){{0,2}}){{0,2}})"
    r"(?P<code>(?:,? |,?\n)(?:(?:[A-Z]{2},? )?\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"
    r"|(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT) \d{4}|[A-Z]{2} [A-Z]\d[A-Z] ?\d[A-Z]\d)\b)?"
)
# Those of the continent only with their postal code, which stands before the town.
_CONTINENTAL = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"[A-ZÄÖÜ][A-Za-zäöüß-]{1,24}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|laan"
    rf"|straat)\ \d{{1,4}}[A-Za-z]?"
    rf"|\d{{1,4}}(?: bis| ter)?,? (?:rue|avenue|boulevard|chemin|place|allée|impasse|quai|route"
    rf"|Rue|Avenue|Boulevard|Chemin|Place|Allée|Impasse|Quai|Route) [^\n,;]{{2,40}}"
    rf"|(?:Calle|Avenida|Plaza|Paseo|Via|Viale|Piazza|Corso) [^\n,;]{{2,30}},? \d{{1,4}}"
    rf"),?[ \n]\d{{4,5}}(?: [A-Z]{{2}})? {_NAME}"
)
_SOMEBODYS = re.compile(
    r"(?:\bI|\bwe|\bhe|\bshe|\bthey)(?:'m| am|'re| are| is)? (?:live|living|lives|moved|stay)"
    r"[^.\n]{0,20}$"
    r"|\baddress[^.\n]{0,20}$"
    r"|(?:ship|deliver|send|mail|post)\w*(?: (?:it|them|this|that|the \w+|my \w+))? to"
    r"[^.\n]{0,16}$",
    re.IGNORECASE,
)
# From the word for a street on; what stands before it is looked for backwards.
_CHINESE = re.compile(
    r"(?:路|街|道|巷|弄|胡同|村|里|小区|花园|苑)[东南西北中一二三四五六七八九十\d]{0,4}[段组期]?\d{1,5}[号號弄]"
    r"(?P<door>(?:[\u4e00-\u9fff]{0,8}?(?:\d{1,5}(?:[-—]\d{1,5}){0,2}|[A-Z])"
    r"(?:号楼|号院|号房|[栋幢座单楼层室户号樓棟號]元?)){0,5}\d{0,5})"
)
_DOOR = re.compile(r"[室户栋幢棟]|单元|号楼|号房|[号號]\d")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,30}\Z")
_LEAD = re.compile(
    r".*(?:住在|住址|家住|住|地址|寄到|寄往|寄至|寄|送到|送至|收货|收件|在|是|为|到|于|我|去)"
    r"(?=[\u4e00-\u9fff]{2})"
)
_LIVES_THERE = re.compile(
    r"(?:住|住址|地址|寄|寄到|寄往|寄至|送到|送至|收货|收件|取件)[在是为到给：:\s]{0,3}\Z"
    r"|(?:寄|给\w{1,6}寄|取件|搬家了?|收货|收件)[，：:,\s]{1,2}\Z"
)
_SHOPS = re.compile(r"(?:门店|店铺|店|公司|总部|办公|酒店|餐厅|展馆)[^，。\n]{0,6}\Z")
_CALLED = re.compile(
    r"Any(?:town|where|street|city)|Main (?:St|Street),? Any|Springfield, USA|Your City"
)
_BEFORE = 48


def find_western_addresses(text: str) -> Iterator[Span]:
    """Number, street and what makes it somebody's; on the continent in their order."""
    for found in _ENGLISH.finditer(text):
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        is_whole = found["door"] or found["code"]
        if (is_whole or _SOMEBODYS.search(before)) and not _CALLED.search(found[0]):
            yield Span(found.start(), _end(found), ADDRESS)
    for found in _CONTINENTAL.finditer(text):
        yield Span(*found.span(), ADDRESS)


def find_chinese_addresses(text: str) -> Iterator[Span]:
    """The same in Chinese, where the number stands behind."""
    for found in _CHINESE.finditer(text):
        start = _start(text, found.start())
        before = text[max(0, start - _BEFORE) : start]
        is_whole = _DOOR.search(found["door"]) is not None
        if (is_whole or _LIVES_THERE.search(before)) and not _SHOPS.search(before):
            yield Span(start, found.end(), ADDRESS)


def _start(text: str, street: int) -> int:
    """Where the place begins: behind the words of the sentence that lead to it."""
    place = _PLACE.search(text, max(0, street - 30), street)
    if place is None:
        return street
    lead = _LEAD.match(place[0])
    return place.start() + (lead.end() if lead else 0)


def _end(found: re.Match[str]) -> int:
    """Without a town that is only the next word of the sentence."""
    if found["code"]:
        return found.end()
    return found.end("door") if found["door"] else found.start("town")
