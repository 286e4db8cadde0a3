"""Numbers by which people and their money are known: valid by their check digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from core.sensitive.made_up import is_for_show, says_example
from core.sensitive.spans import ACCOUNT, CARD, ID, Span

# Beside letters and digits it would be a part of something longer; Chinese has no spaces.
_NOTHING_BEFORE, _NOTHING_BEHIND = r"(?<![A-Za-z0-9_.+/=#-])", r"(?![A-Za-z0-9_/=]|[.-]\d)"


@dataclass(frozen=True, slots=True)
class _Number:
    """How a number is written, who checks it, and a word that must stand before it, if one must."""

    kind: str
    written: re.Pattern[str]
    checker: str = ""
    named: re.Pattern[str] | None = None


def _number(written: str, checker: str = "", named: str = "", kind: str = ID) -> _Number:
    whole = re.compile(f"{_NOTHING_BEFORE}(?:{written}){_NOTHING_BEHIND}")
    return _Number(kind, whole, checker, re.compile(named, re.IGNORECASE) if named else None)


# Those without a checker have no check digit; only the word before them tells what they are.
_NUMBERS = (
    _number(r"[1-9]\d{5} ?(?:19|20)\d{2}[01]\d[0-3]\d ?\d{3}[\dXx]", "core.sensitive.chinese_id"),
    _number(r"\d{3}-\d{2}-\d{4}", "stdnum.us.ssn"),
    _number(r"\d{3} ?\d{2} ?\d{4}", "stdnum.us.ssn", r"\bSSN\b|social security"),
    _number(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?", "stdnum.iban",
            kind=ACCOUNT),
    _number(r"[12] ?\d{2} ?[01]\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", "stdnum.fr.nir"),
    _number(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", "stdnum.it.codicefiscale"),
    _number(r"\d{3}\.\d{3}\.\d{3}-\d{2}", "stdnum.br.cpf"),
    _number(r"\d{6}-[1-8]\d{6}", "stdnum.kr.rrn"),
    _number(r"[2-9]\d{3} ?\d{4} ?\d{4}", "stdnum.in_.aadhaar", r"aadhaar|\bUIDAI\b"),
    _number(r"\d{2} ?\d{3} ?\d{3} ?\d{3}", "stdnum.de.idnr", r"steuer|\bIdNr|tax id"),
    _number(r"\d{8}-?[A-Z]|[XYZ]-?\d{7}-?[A-Z]", "stdnum.es.nif", r"\b(?:DNI|NIE|NIF)\b"),
    _number(r"\d{3} ?\d{3} ?\d{4}", "stdnum.gb.nhs", r"\bNHS\b"),
    _number(r"\d{11}", "stdnum.pl.pesel", r"\bPESEL\b"),
    _number(r"\d{3}[ -]?\d{3}[ -]?\d{3}", "stdnum.ca.sin", r"\bSIN\b|social insurance"),
    _number(r"\d{9}", "stdnum.nl.bsn", r"\bBSN\b|burgerservice"),
    _number(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: \d{2}){3} ?[A-D]", "",
            r"national insurance|\bNINO\b|\bNI number"),
)  # fmt: skip
# Unlike other numbers a card's may stand behind "PAN="; then it must not be part of an address.
_CARD = re.compile(
    rf"(?<![A-Za-z0-9_.+/#-])(?:\d{{4}}([ -])\d{{4}}\1\d{{4}}(?:\1\d{{4}})?(?:\1\d{{1,4}})?"
    rf"|\d{{4}}([ -])\d{{6}}\2\d{{4,5}}|\d{{13,19}}){_NOTHING_BEHIND}"
)
# Who issues cards that begin so, and of how many digits; from ISO/IEC 7812 and the brands.
_BRANDS = (
    (range(4, 5), (13, 16, 19)),  # Visa
    (range(51, 56), (16,)),  # Mastercard
    (range(2221, 2721), (16,)),
    (range(34, 35), (15,)),  # American Express
    (range(37, 38), (15,)),
    (range(62, 63), (16, 17, 18, 19)),  # UnionPay
    (range(6011, 6012), (16,)),  # Discover
    (range(644, 660), (16,)),
    (range(3528, 3590), (16,)),  # JCB
    (range(300, 306), (14,)),  # Diners Club
    (range(36, 37), (14,)),
    (range(38, 40), (14,)),
)
_ORDERS = re.compile(
    r"(?:order|invoice|tracking|ticket|parcel|serial|isbn|imei|sku|transaction|ref|reference|\bid)\b"
    r"[^\n\w]{0,3}(?:(?:no|number|id|code|is|was)\b[^\n\w]{0,3}){0,2}$"
    r"|(?:订单|运单|快递|物流|单|编|批|流水|序列|条码)[号码]?[为是：:\s#]{0,3}$",
    re.IGNORECASE,
)
_IN_AN_ADDRESS = re.compile(r"[?&][\w.-]*=\Z|/\S*\Z")
_BEFORE = 40


def find_ids(text: str) -> Iterator[Span]:
    """Numbers of people and of their bank accounts."""
    for number in _NUMBERS:
        if number.named is not None and not number.named.search(text):
            continue
        for found in number.written.finditer(text):
            if _is_known(number, found, text):
                yield Span(*found.span(), number.kind)


def find_cards(text: str) -> Iterator[Span]:
    """Numbers of cards: of a brand, and right by their last digit."""
    for found in _CARD.finditer(text):
        number = re.sub("[ -]", "", found[0])
        if not _is_of_a_brand(number) or not _checker("stdnum.luhn")(number):
            continue
        if _IN_AN_ADDRESS.search(text, max(0, found.start() - _BEFORE), found.start()):
            continue
        is_bare = number == found[0]
        if is_bare and _ORDERS.search(text, max(0, found.start() - _BEFORE), found.start()):
            continue
        if not is_for_show(number, text, *found.span()):
            yield Span(*found.span(), CARD)


def _is_known(number: _Number, found: re.Match[str], text: str) -> bool:
    start, end = found.span()
    if number.named and not number.named.search(text, max(0, start - _BEFORE), start):
        return False
    if number.checker and not _checker(number.checker)(found[0].replace(" ", "")):
        return False
    if number.kind == ACCOUNT:
        return not says_example(text, start, end)
    plain = "".join(filter(str.isalnum, found[0]))
    return not is_for_show(plain, text, start, end)


def _is_of_a_brand(number: str) -> bool:
    return any(
        len(number) in lengths and int(number[: len(str(starts.start))]) in starts
        for starts, lengths in _BRANDS
    )


@cache
def _checker(module: str) -> Callable[[str], bool]:
    """The validator of python-stdnum: read when the first number of the kind turns up."""
    valid: Callable[[str], bool] = import_module(module).is_valid
    return valid
