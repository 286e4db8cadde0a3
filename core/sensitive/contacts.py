"""E-mail addresses and phone numbers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.sensitive.made_up import is_fiction, is_for_show, is_nobodys_address
from core.sensitive.spans import EMAIL, PHONE, Span

# No kept library finds addresses in a text: those that are there judge one that stands alone.
_DOMAIN = re.compile(r"@((?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})(?![A-Za-z0-9-])")
_BOX = re.compile(r"[A-Za-z0-9._%+'-]{1,64}\Z")
_OF_A_PLACE = re.compile(r"(?:://[^\s/@]*|/)\Z")  # who signs in there, or a page
_ENDINGS = "png jpg jpeg gif svg webp js css html py json md txt pdf ico zip"
_FILES = frozenset(_ENDINGS.split())

# Beside digits, so that no part of a longer number, of an address on the web or of a sum is taken.
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.+/=#@$€£¥*-])(?:\+|\()?\d(?:[ .()-]{0,2}\d){6,16}(?![A-Za-z0-9_@]|[.,/:-]\d)"
)
_CHINESE = re.compile(
    r"(?:\(?\+?86\)?[ -]?)?1[3-9]\d(?:([ -]?)\d{4}\1\d{4})|\(?0\d{2,3}(?:\)[ -]?|[ -])\d{7,8}"
)
_AMERICAN = re.compile(r"(?:1[-. ])?\(?[2-9]\d{2}(?:\)[-. ]?|[-. ])[2-9]\d{2}[-. ]\d{4}")
_BRITISH = re.compile(r"\(?0\d{2,4}\)? \d{3,4} ?\d{3,4}")
_ASKS_FOR_CALL = re.compile(
    r"(?<![\[\w])(?:call|phone|tel|telephone|mobile|cell|whatsapp|wechat|text|ring|fax|reach|number|dial|sms)"
    r"\b[^\n]{0,28}$|(?<!【)(?:电话|手机|致电|联系|拨打|短信|座机|微信|号码)[^\n。]{0,10}$",
    re.IGNORECASE,
)
_OF_A_FIRM = re.compile(
    r"(?:hotline|helpline|customer service|客服|热线|总机)[^\n。.]{0,12}$", re.IGNORECASE
)
_NO_PHONE = re.compile(
    r"(?:order|invoice|tracking|ticket|parcel|serial|item|model|part|isbn|sku|case|account|version|"
    r"nhs|ssn|sin|bsn|pesel|passport|insurance|ref|reference|\bid|\bno|code)\b[^\n\w]{0,3}(?:(?:no|number|id|code|is|was)\b[^\n\w]{0,3}){0,2}$"
    r"|(?:订单|运单|快递|物流|单|编|批|型|流水|账|序列|货|条码|验证码)[号码]?[为是：:\s#]{0,3}$",
    re.IGNORECASE,
)
_SUM = re.compile(r"\s?(?:元|块|美元|公里|米|字|步|人|%)")
_SHORTEST = 10  # digits of a number with its area, but for some that nobody would know
_BEFORE = 40


def find_emails(text: str) -> Iterator[Span]:
    """Addresses of people; those of firms and those kept for examples are none."""
    if "@" not in text:
        return
    for found in _DOMAIN.finditer(text):
        box = _BOX.search(text, max(0, found.start() - 64), found.start())
        domain = found[1]
        if box is None or domain.rpartition(".")[2].lower() in _FILES:
            continue
        name = box[0].lstrip(".'-%+")
        start = found.start() - len(name)
        if not name or _OF_A_PLACE.search(text, max(0, start - 64), start):
            continue
        if not is_nobodys_address(name, domain):
            yield Span(start, found.end(), EMAIL)


def find_phones(text: str) -> Iterator[Span]:
    """Numbers that could ring at somebody's: valid where they belong, and written like a number."""
    for found in _DIGITS.finditer(text):
        start, end = found.span()
        said = found[0]
        if said.startswith("(") and ")" not in said:
            start, said = start + 1, said[1:]
        before = text[max(0, start - _BEFORE) : start]
        if _NO_PHONE.search(before) or _OF_A_FIRM.search(before) or _SUM.match(text, end):
            continue
        number = "".join(filter(str.isdigit, said))
        if is_fiction(number) or is_for_show(number, text, start, end):
            continue
        if any(_rings(said, region) for region in _regions(said, before)):
            yield Span(start, end, PHONE)


def _regions(said: str, before: str) -> tuple[str, ...]:
    """Where a number so written may belong; "" where it says so itself."""
    if said.startswith("+"):
        return ("",)
    if _CHINESE.fullmatch(said):
        return ("CN",)
    if _AMERICAN.fullmatch(said):
        return ("US",)
    known = ("GB",) if _BRITISH.fullmatch(said) else ()
    return (*known, *(_named_regions(said) if _ASKS_FOR_CALL.search(before) else ()))


def _named_regions(said: str) -> tuple[str, ...]:
    """The same for a number that the words before it call one, however it is written."""
    number = "".join(filter(str.isdigit, said))
    if number.startswith("0"):
        return ("CN", "GB", "DE", "FR", "AU", "JP", "NL") if len(number) >= _SHORTEST else ()
    return ("US",) if len(number) == 10 else ()


def _rings(said: str, region: str) -> bool:
    """Whether it is a person's number there, and not one that is free or for a firm."""
    import phonenumbers  # 20 ms that only texts with numbers in them are worth

    try:
        number = phonenumbers.parse(said, region or None)
    except phonenumbers.NumberParseException:
        return False
    kind = phonenumbers.number_type(number)
    personal = phonenumbers.PhoneNumberType
    return kind in {
        personal.MOBILE,
        personal.FIXED_LINE,
        personal.FIXED_LINE_OR_MOBILE,
        personal.PERSONAL_NUMBER,
        personal.VOIP,
        personal.PAGER,
    }
