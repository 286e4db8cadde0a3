"""What only looks like somebody's data: numbers and names that are kept for examples."""

from __future__ import annotations

import re

# Reserved by RFC 2606 and 6761, and what people write where a name of theirs belongs.
_DOMAINS = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|local|internal)$"
    r"|(?:^|\.)(?:example|domain|test|(?:your|my|some|company|our)-?(?:domain|company|site|shop|"
    r"store|brand|name|business|website|org)|yourcompany|acme|email|xx+|abc)\.[a-z.]{2,6}$",
    re.IGNORECASE,
)
# Of a firm rather than of a person: the European Commission names info@company.com as an example
# of what is not personal data ("What is personal data?").
_FIRM = (
    "info support help hello hi contact sales service services office admin team press media jobs "
    "careers hr legal privacy security abuse billing orders order returns refunds shipping mail "
    "feedback newsletter news marketing noreply no-reply donotreply do-not-reply postmaster root "
    "webmaster customerservice customer-service customercare care kefu enquiries inquiries git "
    "booking bookings reservations shop store notifications notification alerts"
)
_BOXES = frozenset(_FIRM.split())
_NOBODY = re.compile(
    r"(?:your|my|the|user|some|any)[._-]?(?:own[._-]?)?(?:name|email|mail|address|id)?|x{2,}|e?mail"
    r"|username|someone|somebody|nobody|first[._-]?(?:name)?[._-]last(?:name)?|name|you|foo|bar|test",
    re.IGNORECASE,
)
_PRETENDS = re.compile(
    r"example|sample|placeholder|dummy|fake|fictional|sandbox|test|e\.g\.|format|such as|template"
    r"|例如|比如|示例|样例|格式|形如|测试|虚构|占位",
    re.IGNORECASE,
)
# Published for trying out payments, by Stripe, Adyen, PayPal and Braintree.
_TRIED_OUT = (
    "4111111111111111 4242424242424242 4012888888881881 4000056655665556 5555555555554444 "
    "5105105105105100 2223003122003222 5200828282828210 378282246310005 371449635398431 "
    "6011111111111117 6011000990139424 30569309025904 38520000023237 3530111333300000 "
    "3566002020360505 6200000000000005"
)
_TEST_CARDS = frozenset(_TRIED_OUT.split())
_FICTION = re.compile(
    r"^1?[2-9]\d{2}55501\d{2}$"  # North America, for films
    r"|^(?:44|0)(?:7700900\d{3}|2079460\d{3}|1632960\d{3})$"  # Britain, by Ofcom
    r"|^(?:86)?13800138000$"  # where one tops up; every form in China shows it
)
_RUNS = ("0123456789012345678", "9876543210987654321")
_SHORTEST_RUN = 8
_NEAR = 48  # characters before and behind in which somebody says that it is only an example


def is_nobodys_address(box: str, domain: str) -> bool:
    """Whether an e-mail address belongs to no person: for examples, or of a whole firm."""
    is_kept = _DOMAINS.search(domain) is not None
    return is_kept or box.lower() in _BOXES or _NOBODY.fullmatch(box) is not None


def is_fiction(number: str) -> bool:
    """Whether a phone number, digits only, is one that is given to nobody."""
    return _FICTION.match(number) is not None or len(set(number[-8:])) == 1


def is_for_show(number: str, text: str, start: int, end: int) -> bool:
    """Whether digits stand in a text for any number; well-known ones where the text says so."""
    if len(set(number)) <= 2:
        return True
    is_known = number in _TEST_CARDS or _has_run(number)
    return is_known and says_example(text, start, end)


def says_example(text: str, start: int, end: int) -> bool:
    """Whether the text around says that something is only an example."""
    around = text[max(0, start - _NEAR) : start] + " " + text[end : end + _NEAR // 2]
    return _PRETENDS.search(around) is not None


def _has_run(number: str) -> bool:
    """Digits that count up or down."""
    parts = (number[at : at + _SHORTEST_RUN] for at in range(len(number) - _SHORTEST_RUN + 1))
    return any(part in run for part in parts for run in _RUNS)
