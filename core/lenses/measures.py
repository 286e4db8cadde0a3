"""What a text counts: its numbers by what they are numbers of, in figures or in words."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: number for number, word in enumerate(_ONES.split())} | {
    word: 10 * tens for tens, word in enumerate(_TENS.split(), 3)
}
_DIGITS = {char: at for at, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}

# By unit, its size in the smallest of its kind, so that a fortnight and 14 days are the same.
_UNITS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("minute", "min", "分钟"), ("time", 1)),
    **dict.fromkeys(("hour", "hr", "小时", "钟头"), ("time", 60)),
    **dict.fromkeys(("day", "天", "日", "工作日"), ("time", 1_440)),
    **dict.fromkeys(("week", "周", "星期", "礼拜"), ("time", 10_080)),
    **dict.fromkeys(("month", "个月", "月"), ("time", 43_200)),
    **dict.fromkeys(("year", "年"), ("time", 525_600)),
    **dict.fromkeys(("dollar", "$", "usd", "美元"), ("dollar", 1)),
    **dict.fromkeys(("euro", "€", "eur", "欧元"), ("euro", 1)),
    **dict.fromkeys(("pound", "£", "gbp", "英镑"), ("pound", 1)),
    **dict.fromkeys(("yuan", "¥", "rmb", "cny", "元", "块"), ("yuan", 1)),
    **dict.fromkeys(("percent", "%", "per cent"), ("percent", 1)),
    **dict.fromkeys(("gram", "g", "克"), ("weight", 1)),
    **dict.fromkeys(("kilogram", "kilo", "kg", "公斤", "千克"), ("weight", 1_000)),
    **dict.fromkeys(("centimetre", "centimeter", "cm", "厘米"), ("length", 1)),
    **dict.fromkeys(("metre", "meter", "m", "米"), ("length", 100)),
    **dict.fromkeys(("kilometre", "kilometer", "km", "公里", "千米"), ("length", 100_000)),
    **dict.fromkeys(("pm", "am", "o'clock", "点", "时"), ("clock", 1)),
}
_KNOWN = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NUMBER = (
    rf"[0-9][0-9,]*(?:\.[0-9]+)?|(?:{'|'.join((*NUMBER_WORDS, 'half'))})\b"
    "|[零〇一二两三四五六七八九十百千万半]+"
)
_DECIMAL_COMMA = re.compile(r",(?=[0-9]{1,2}$)")  # 4,50 as most of Europe writes it
_MEASURE = re.compile(
    rf"(?P<sign>[$€£¥])?\s?(?<![a-z0-9.])(?P<low>{_NUMBER})"
    rf"(?:\s?(?:to|or|and|-|–|~|至|到)\s?(?P<high>{_NUMBER}))?"
    rf"(?:\s?-?(?:(?:more|working|business|full|calendar|个)\s?)?"
    rf"(?P<unit>{_KNOWN}|[a-z]+|[\u4e00-\u9fff])s?(?![a-z]))?",
)


def read_measures(text: str) -> dict[str, frozenset[float]]:
    """The numbers of a text by what they count, "" where nothing tells.

    Units of time, weight and length are numbers of one kind; of a range both ends are told.
    """
    found: defaultdict[str, set[float]] = defaultdict(set)
    for match in _MEASURE.finditer(unicodedata.normalize("NFKC", text).casefold()):
        unit = match["sign"] or match["unit"] or ""
        kind, size = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"), (unit, 1.0))
        for number in (match["low"], match["high"]):
            if number:
                found[kind].add(read_number(number) * size)
    return {kind: frozenset(numbers) for kind, numbers in found.items()}


def read_number(text: str) -> float:
    """A number in figures, an English word or Chinese characters."""
    if text[0].isascii() and text[0].isdigit():
        return float(_DECIMAL_COMMA.sub(".", text).replace(",", ""))
    if text in {"half", "半"}:
        return 0.5
    return float(NUMBER_WORDS[text]) if text in NUMBER_WORDS else _read_chinese(text)


def _read_chinese(text: str) -> float:
    total, digit = 0.0, 0.0
    for char in text:
        if char in _PLACES:
            total += (digit or 1.0) * _PLACES[char]
            digit = 0.0
        else:
            digit = digit * 10 + _DIGITS.get(char, 0.5)
    return total + digit
