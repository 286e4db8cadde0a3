"""core/sensitive: what is personal or secret is found where it stands, and nothing else."""

from __future__ import annotations

import json
import logging
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sensitive import (
    KINDS,
    PERSONAL_KINDS,
    SECRET_KINDS,
    find_sensitive,
    mask,
    may_be_sensitive,
    placeholder,
    without_sensitive,
)

PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAwJ2Zb8d7k3l1x9F0s2m4n6p8q0r2t4v6x8z0A1B2"
    "\nC3D4E5F6G7H8I9J0K1L2M3N4O5P6\nabc=\n-----END RSA PRIVATE KEY-----"
)
# A sentence with what stands in it between « and », and its kind.
HELD = [
    ("email", "Write to «anna.schmidt@gmail.com», please."),
    ("email", "我的邮箱是«zhang_wei88@163.com»，谢谢"),
    ("email", "mailto:«o'brien.j+tea@mail.company.co.uk»"),
    ("phone", "Call me at «(415) 823-2671» tomorrow."),
    ("phone", "My number is «212-736-5000»."),
    ("phone", "Ring me on «07911 123456»."),
    ("phone", "«+44 7911 123456», any time"),
    ("phone", "«+49 30 901820» is hers"),
    ("phone", "text «4158232671» when you are there"),
    ("phone", "我的手机号是«13912345670»，麻烦回电"),
    ("phone", "手机 «139 1234 5670»"),
    ("phone", "座机«010-62781234»找李老师"),
    ("phone", "«+86 138-2233-4455»"),
    ("phone", "到楼下打我«(86)13912345670»"),
    ("phone", "电话«１５０１２３４５６７８»，全角打的"),
    ("phone", "ring «0412 000 117» when you are there"),
    ("id", "身份证号«11010519491231002X»"),
    ("id", "«610113 19880923 2760»是我的身份证号"),
    ("id", "承租人身份证号：«33010619780815331X»；"),
    ("id", "My SSN is «536-90-4399»."),
    ("id", "Mi DNI es «54362315K»."),
    ("id", "NHS number «943 476 5919», born in May"),
    ("id", "PESEL «44051401359»"),
    ("id", "BSN «111222333», for the insurance"),
    ("id", "CPF «529.982.247-25»"),
    ("id", "주민등록번호 «900101-1234568»"),
    ("id", "Codice fiscale: «RSSMRA85T10A562S»"),
    ("id", "Steuer-ID «86095742719»"),
    ("id", "National Insurance number «AB 12 34 56 C»"),
    ("card", "card «4539 1488 0343 6467», exp 12/27"),
    ("card", "银行卡号«6226090000000048»"),
    ("card", "Amex «3714 496353 98431» is what I pay with"),
    ("card", "PAN=«6011450938172641»;EXP=1228"),
    ("account", "IBAN «DE89 3704 0044 0532 0130 00»"),
    ("address", "I live at «42 Maple Avenue»."),
    ("address", "Ship it to «1420 Oak Street, Apt 5B, Portland, OR 97205», please"),
    ("address", "deliver to «230 W 45th St, New York, NY 10036»"),
    ("address", "My billing address is «3 Chemin des Oliviers, 13100 Aix-en-Provence»."),
    ("address", "Send the samples to «Lindenstraße 14, 10969 Berlin»"),
    ("address", "Address: «12 Whitehorse Rd\nSheffield\nS10 2GJ»"),
    ("address", "pick it up at «88 Queensberry Street, Carlton VIC 3053» please"),
    ("address", "给外婆寄：«湖南省长沙县黄兴镇打卦岭村7组12号»"),
    ("address", "我搬家了：«上海市徐汇区漕溪北路595弄12号602»"),
    ("address", "«10 Rose Lane, Oxford OX1 4AB»"),
    ("address", "我家住在«上海市徐汇区漕溪北路595号3栋1202室»，晚上在家"),
    ("address", "请寄到«杭州市西湖区文三路478号»，谢谢"),
    ("address", "我住在«台北市信義區松仁路100號5樓502室»"),
    ("key", "key «sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78St90»."),
    ("key", "token: «ghp_aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5»"),
    ("key", "密钥是«AKIAZ7QXJ4M2N5RTLK3W»，别外传"),
    ("key", "«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»"),
    ("key", "AIza key: «AIzaSyD3k9Lm2Nq8Rt5Vw7Xz1Bc4Fg6Hj0Kp2Qs»"),
    ("key", "use «sk_live_4eC39HqLyjWDarjtT1zdp7dc» in production"),
    ("key", "«xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx»"),
    ("key", "api_key = \"«9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c»\""),
    ("key", "postgres://admin:«Tr0ub4dor3x»@db.acme.io:5432/tea"),
    ("key", "Bearer «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpM»"),
    ("key", "«https://hooks.slack.com/services/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»"),
    ("private_key", f"here it is:\n«{PEM}»\nbye"),
    ("password", "my password is «Tr0ub4dor&3»."),
    ("password", "密码是«Abc@12345»，别告诉别人"),
    ("password", "登录不了，密码：«VddDF@GZCnRUv»"),
    ("password", "DB_PASSWORD=«s3cr3tPa55»"),
    ("password", "password=«Abc123!x»,user=bob,plan=gold"),
    ("password", "at /login?password=«Abc123!x»&user=bob it says so"),
    ("password", "Password:«Abc123!x»<br>Username:bob"),
    ("password", "(password: «Abc123!x»); user|bob"),
    ("password", "my password is «aB3$x)9kQ2»."),
    ("password", "{'password':'«x1!abcd»','user':'bob'}"),
    ("password", '{"password":"«a1,b;c&d<e!»","user":"bob"}'),
    ("password", '{"password":"«Abc\\"123!x»","user":"bob"}'),
    ("password", '{"text":"password: «Abc123!x»\\nuser: bob"}'),
    ("password", '{"body":"{\\"password\\":\\"«Abc123!x»\\",\\"user\\":\\"bob\\"}"}'),
]  # fmt: skip
# What only looks like it.
NEAR_MISSES = [
    "Write to anna@example.com or [EMAIL], your.name@company.com works as well.",
    "support@ourshop.com answers within a day; so does 客服 kefu@ourshop.cn",
    "logo@2x.png, react@18.2.0, git@github.com:acme/shop.git, @anna on Instagram",
    "Call 555-0123 or (415) 555-0132, as they do in films.",
    "Our hotline is 1-800-736-5000; 客服热线 400-820-8820，800-820-8820",
    "10086、95588、12345都打得通",
    "手机号格式如13800138000，或者138****5678",
    "Your order number is 13912345678, your ticket 4158232671.",
    "订单号：13912345678901，运单号SF1234567890123，流水号2023111512345678",
    "第12345678901号展品，2026-11-23 10:30:00开展",
    "Prices: 12,500.00 and 1.299.000, 3.14159265358979, $4158232671",
    "Version 10.15.7.1234 of 2023.11.23, build 100-200-3000, ISBN 978-3-16-148410-0",
    "Colour #ff00aa1122, UUID 550e8400-e29b-41d4-a716-446655440000",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b, md5 9e107d9d372bb6826bd81d3542a419d6",
    "192.168.100.200 and https://shop.com/item/13912345678?ref=4539148803436467",
    "The test card is 4111 1111 1111 1111, for testing only.",
    "卡号 1234 5678 9012 3456 和 4539 1488 0343 6468 都不对",
    "ORDER ID: 4539148803436467",
    "身份证号110105194912310021，校验位不对；格式如123456789012345678",
    "NHS number 943 476 5910, where the last digit does not fit",
    "SSN 000-12-3456, 987-65-4321 and 219-09-9999 were never given to anybody.",
    "We are at 221 Baker Street today; 123 Main Street, Anytown, CA 12345 is nowhere.",
    "Chapter 3 Section 2 Street, 5 Big Drive",
    "上海南京东路100号的店今天开门，我们门店在上海市黄浦区南京东路100号2层",
    "会议在3号楼201室，11月23号，5号路口见，请选3号",
    "sk-your-key-here-xxxxxxxxxxxxxxxx, AKIAIOSFODNN7EXAMPLE",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "Set OPENAI_API_KEY=<your key here>, or password: ********, password: {{password}}",
    "password: at least 8 characters. Your password must have 10 letters. 密码至少需要8位数字",
    "A private key begins with -----BEGIN PRIVATE KEY----- and goes on for many lines.",
    "GPT-4o-mini-2024-07-18, llama-3.1-70b-instruct-q4_K_M, sk-learn-is-a-library-for-python",
    "https://user:password@host.com/path",
    "[phone] [email] 【电话】 【邮箱】 [ID number]",
    "",
]  # fmt: skip
FRAGMENTS = st.sampled_from(
    [said.replace("«", "").replace("»", "") for _, said in HELD]
    + NEAR_MISSES
    + [",", "\n", " ", "号", "1", "@", '"', "}", "{"]
)
TEXTS = st.lists(FRAGMENTS | st.text(max_size=12), max_size=6).map("".join)


@pytest.mark.parametrize(("kind", "said"), HELD)
def test_what_is_held_is_found_where_it_stands(kind: str, said: str) -> None:
    """To the very character, and as what it is."""
    before, _, rest = said.partition("«")
    held, _, behind = rest.partition("»")
    text = before + held + behind
    (span,) = find_sensitive(text)
    assert (text[span.start : span.end], span.kind) == (held, kind)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    """Numbers of orders, of versions and of firms, and what is kept for examples."""
    assert find_sensitive(text) == ()


@given(TEXTS)
def test_spans_lie_in_the_text_and_never_overlap(text: str) -> None:
    """In their order, each of a known kind; and no text makes a finder fail."""
    at = 0
    for span in find_sensitive(text):
        assert at <= span.start < span.end <= len(text)
        assert span.kind in KINDS
        at = span.end


@given(TEXTS, st.sampled_from([PERSONAL_KINDS, SECRET_KINDS, KINDS]))
def test_what_is_replaced_is_gone_and_stays_gone(text: str, kinds: tuple[str, ...]) -> None:
    """Nothing of these kinds is left, so a second time changes nothing."""
    once = without_sensitive(text, kinds)
    assert not [span for span in find_sensitive(once) if span.kind in kinds]
    assert without_sensitive(once, kinds) == once


@given(TEXTS, TEXTS)
def test_a_text_is_looked_at_wherever_it_stands(held: str, other: str) -> None:
    """The gate that is asked about several texts at once passes none over."""
    if find_sensitive(held):
        assert may_be_sensitive(f"{other}\n{held}\n{other}")


def test_a_long_list_is_replaced_whole() -> None:
    """However many there are."""
    text = "打13912345670，" * 1_000
    assert without_sensitive(text, PERSONAL_KINDS) == "打【电话】，" * 1_000


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Mail anna.k@gmail.com!", "Mail [email]!"),
        ("打13912345670给我", "打【电话】给我"),
        ('{"at": 13912345670, "to": "bob.k@gmail.com"}', '{"at": "[phone]", "to": "[email]"}'),
        ("[13912345670, 1]", '["[phone]", 1]'),
        (
            '{"username":"bob","password":"Abc123!x","remember":true,"city":"Rome"}',
            '{"username":"bob","password":"[password]","remember":true,"city":"Rome"}',
        ),
        (
            '{"password":"Abc123!x","log":"password=Abc123!x,user=bob"}',
            '{"password":"[password]","log":"password=[password],user=bob"}',
        ),
    ],
)  # fmt: skip
def test_a_placeholder_is_in_the_language_of_the_text(text: str, after: str) -> None:
    """And what was JSON is JSON still."""
    assert without_sensitive(text, KINDS) == after
    if text.startswith(("{", "[")):
        json.loads(after)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('{"at": -13912345670, "to": "bob.k@gmail.com"}', '{"at": -13912345670, "to": "[email]"}'),
        ('{"bob.k@gmail.com": 1, "ann.k@gmail.com": 2}', '{"bob.k@gmail.com": 1, "[email]": 2}'),
    ],
)
def test_what_would_break_json_or_take_a_name_from_it_stays(text: str, after: str) -> None:
    """The rest is replaced all the same."""
    assert without_sensitive(text, KINDS) == after


SAID = st.text(st.sampled_from("Abc123!x\"'\\,;&<{}[]| \n"), max_size=24)


@given(SAID, SAID, st.integers(0, 2))
def test_json_keeps_its_names_whatever_the_password(secret: str, said: str, depth: int) -> None:
    """Also where it stands in JSON that is a text of JSON."""
    value: object = {"password": secret, "said": f"password: {said}", "city": "Rome"}
    for _ in range(depth):
        value = {"body": json.dumps(value), "last": True}
    after = json.loads(without_sensitive(json.dumps(value), SECRET_KINDS))
    assert list(after) == list(value)
    assert list(after.values())[-1] == list(value.values())[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_placeholder_that_is_nothing_itself(kind: str) -> None:
    """In both languages."""
    for text in ("Call me.", "打给我。"):
        assert find_sensitive(f"{text} {placeholder(kind, text)} {text}") == ()


@pytest.mark.parametrize(("kind", "said"), HELD)
def test_a_mask_gives_little_away(kind: str, said: str) -> None:
    """At most four characters of it, or of an address three."""
    held = said.partition("«")[2].partition("»")[0]
    masked = mask(held, kind)
    assert "•••" in masked
    assert len(masked.replace("•", "")) <= 6
    assert masked != held


def test_an_address_is_masked_but_for_its_first_letter_and_its_end() -> None:
    """So that one knows it again."""
    assert mask("anna.k@gmail.com", "email") == "a•••@•••.com"
    assert mask("4539 1488 0343 6467", "card") == "•••6467"


def test_the_library_of_secrets_leaves_the_program_as_it_was() -> None:
    """Reading it turns the capture of warnings on for the whole program; that is taken back."""
    shown = warnings.showwarning
    find_sensitive("key ghp_aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5")
    assert warnings.showwarning is shown
    assert not logging.getLogger("py.warnings").handlers
