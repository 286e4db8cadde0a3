"""Times as chat programs print them, in English and Chinese, before or behind a name."""

from __future__ import annotations

import re

LONGEST = 80  # of a line that is nothing but a time, with the dashes around it

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?|星期[一二三四五六日天]|周[一二三四五六日])"
_DATE = rf"""(?:
    \d{{4}}[-/.年]\s?\d{{1,2}}[-/.月]\s?\d{{1,2}}日? | \d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}
    | \d{{1,2}}月\d{{1,2}}日 | \d{{1,2}}[-/]\d{{1,2}}(?=[ ,])
    | {_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})? | \d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?
    | [Tt]oday | [Yy]esterday | 今天 | 昨天 | 前天 | {_WEEKDAY}
)"""
_CLOCK = r"""(?:
    (?:上午|下午|凌晨|早上|中午|晚上)?\s?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,3})?)?(?:\s?[AaPp]\.?[Mm]\.?)?
)(?![\d:])"""
_MOMENT = rf"""(?:
    (?:{_WEEKDAY},?\s)?{_DATE}(?:,?\s{_WEEKDAY})?(?:[T,，]?\s*(?:at\s)?{_CLOCK})?
    | {_CLOCK}(?:,?\s*{_DATE})?
)"""

# A time, with the brackets that may stand around it.
STAMP = rf"(?:[\[(（【]\s*{_MOMENT}\s*[\])）】]|{_MOMENT})"
_DAY = re.compile(_DATE, re.VERBOSE)
_ALONE = re.compile(rf"(?:APP\s)?[-—–=·\s]*{STAMP}[-—–=·\s]*", re.VERBOSE)


def is_stamp(line: str) -> bool:
    """Whether a line is nothing but a time."""
    return len(line) <= LONGEST and bool(_ALONE.fullmatch(line))


def day_in(stamp: str) -> str:
    """The day that a time names, as it is written there, or ""."""
    found = _DAY.search(stamp)
    return found.group() if found else ""
