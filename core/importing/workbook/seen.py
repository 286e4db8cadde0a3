"""What a person sees in a cell: a number or a date in the format that the sheet gives it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

CellValue: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | None

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
_DIGITS = re.compile(r"([^#0.,%?/@]*)([#0,]+)(?:\.([0#]+))?(%?)([^#0.,%?/@E]*)")
# Of a date: years, months, days, hours, minutes, seconds, half of the day; what else stands there.
_PART = re.compile(r"yyyy|yy|m{1,5}|d{1,4}|h{1,2}|s{1,2}|am/pm|a/p|上午/下午|.", re.IGNORECASE)
_SHORT_DATE, _SHORT_TIME = "yyyy-mm-dd", "hh:mm:ss"
# Formats that look different in each country; Excel keeps them under these names.
_LOCAL = {"mm-dd-yy": _SHORT_DATE, "m/d/yy h:mm": "yyyy-mm-dd hh:mm"}


def seen_text(value: CellValue, number_format: str) -> str:
    """The text that stands in a cell on the screen, as nearly as can be told; never raises."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    if isinstance(value, int | float):
        return _seen_number(value, number_format)
    if isinstance(value, timedelta):
        return str(value)
    return _seen_date(value, number_format)


def _seen_number(number: float, number_format: str) -> str:
    positive, *others = number_format.split(";")
    chosen, shown = positive, number
    if number < 0 and others:
        chosen, shown = others[0], -number  # the format writes the sign itself
    plain = _LITERAL.sub(lambda m: m[1] or m[2] or m[3] or "", chosen)
    form = _DIGITS.fullmatch(plain)
    if form is None:
        return _general(number)
    before, whole, fraction, percent, after = form.groups()
    places = len(fraction or "")
    text = f"{shown * (100 if percent else 1):{',' if ',' in whole else ''}.{places}f}"
    for _ in range((fraction or "").count("#")):
        text = text.removesuffix("0")
    return f"{before}{_padded(text, whole.count('0')).removesuffix('.')}{percent}{after}"


def _padded(text: str, digits: int) -> str:
    """With zeros in front, as 007 has."""
    sign = text[: text.startswith("-")]
    whole, point, fraction = text.removeprefix("-").partition(".")
    return f"{sign}{whole.zfill(digits)}{point}{fraction}"


def _general(number: float) -> str:
    """Without a format: all digits of a whole number, 15 of any other, as Excel keeps them."""
    if isinstance(number, int):
        return str(number)
    return f"{number:.15g}".replace("e", "E")


def _seen_date(moment: datetime | date | time, number_format: str) -> str:
    if not isinstance(moment, datetime):
        whole = moment if isinstance(moment, date) else date(1900, 1, 1)
        clock = moment if isinstance(moment, time) else time()
        if number_format == "General":
            number_format = _SHORT_TIME if isinstance(moment, time) else _SHORT_DATE
        moment = datetime.combine(whole, clock)
    form = _LOCAL.get(number_format, number_format).split(";")[0]
    if form == "General":
        form = f"{_SHORT_DATE} {_SHORT_TIME}"
    return _written(moment, form)


def _written(moment: datetime, form: str) -> str:
    """A date in the parts of its format; what stands between them is kept."""
    half = bool(re.search("am/pm|a/p|上午/下午", form, re.IGNORECASE))
    text, place, last = [], 0, ""
    for literal in _LITERAL.finditer(form):
        said, last = _written_parts(moment, form[place : literal.start()], half, last)
        text += [said, literal[1] or literal[2] or literal[3] or ""]
        place = literal.end()
    said, _ = _written_parts(moment, form[place:], half, last)
    return "".join([*text, said])


def _written_parts(moment: datetime, form: str, half: bool, last: str) -> tuple[str, str]:
    """The parts of a format without literals; `last` is the letter of the part before."""
    text = []
    parts = _PART.findall(form)
    for at, part in enumerate(parts):
        letter = part[0].lower()
        if letter == "m" and len(part) < 3:
            later = next((each[0].lower() for each in parts[at + 1 :] if each[0].isalpha()), "")
            letter = "minute" if last == "h" or later == "s" else "m"
        text.append(_part_of(moment, letter, part, half))
        last = letter if part[0].isalpha() else last
    return "".join(text), last


def _part_of(moment: datetime, letter: str, part: str, half: bool) -> str:
    hour = (moment.hour % 12 or 12) if half else moment.hour
    number = {"d": moment.day, "h": hour, "minute": moment.minute, "s": moment.second}
    named = {"m": ("%b", "%B"), "d": ("%a", "%A")}
    if letter == "y":
        return f"{moment.year:04}"[-len(part) :]
    if letter in named and len(part) > 2:
        return moment.strftime(named[letter][len(part) > 3])
    if letter in number or letter == "m":
        return f"{number.get(letter, moment.month):0{len(part)}}"
    if letter in "a上" and len(part) > 1:
        first, second = part.split("/")
        return first if moment.hour < 12 else second
    return part
