"""Tests of core.brand.tables: rules in from a spreadsheet, and out to one."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.brand.starters import STARTERS
from core.brand.tables import BrandFile, read_brand_csv, write_brand_csv
from core.brand.values import BrandRule, write_rule
from core.errors import BadInput


def read(text: str, encoding: str = "utf-8") -> BrandFile:
    """What a file with this text gives."""
    return read_brand_csv(BytesIO(text.encode(encoding)))


def test_what_we_write_we_read():
    """Also what a spreadsheet would take for a formula, quotes and line breaks."""
    rules = (
        *(rule for each in STARTERS.values() for rule in each),
        write_rule("avoid", "=1+1"), write_rule("ending", "-x"), write_rule("must", "'quoted'"),
        write_rule("avoid", 'a "b", c\nd', "e", match_case=True), write_rule("words", "90"),
    )  # fmt: skip
    assert read_brand_csv(BytesIO(write_brand_csv(rules))) == BrandFile(rules, ())


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("cheap\nugly\n", [BrandRule("avoid", "cheap"), BrandRule("avoid", "ugly")]),
        ("e-mail;email\n", [BrandRule("prefer", "e-mail", "email")]),
        ("Word,Instead\ncheap,\nugly,plain\n",
         [BrandRule("avoid", "cheap"), BrandRule("prefer", "ugly", "plain")]),
        ("Type,Phrase\nMust say,Cheers\nregex,\\d+\n",
         [BrandRule("must", "Cheers"), BrandRule("pattern", r"\d+")]),
        ("类型,词,改为\n禁用,亲,\n写法,帐号,账号\n中文,全角,\n",
         [BrandRule("avoid", "亲"), BrandRule("prefer", "帐号", "账号"),
          BrandRule("style", "full_width")]),
    ],
)  # fmt: skip
def test_a_marketers_own_list_is_understood(text, rules):
    """With or without names of columns, in either language, cut as spreadsheets cut."""
    assert read(text).rules == tuple(rules)
    assert read(text, "gb18030").rules == tuple(rules)


def test_what_is_no_rule_is_listed():
    """By its row, as it stands there, with the reason."""
    found = read("kind,text,instead\nnever,cheap,\nshout,loud,\nprefer,x,\nregex,(a,\n")
    assert found.rules == (BrandRule("avoid", "cheap"),)
    assert [(row.number, row.text, row.problem.code) for row in found.unread] == [
        (3, "shout,loud,", "brand_kind"),
        (4, "prefer,x,", "brand_no_instead"),
        (5, "regex,(a,", "bad_pattern"),
    ]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_no_file_is_too_odd(content):
    """Every row is a rule or is listed; nothing raises."""
    found = read_brand_csv(BytesIO(content))
    assert all(isinstance(row.problem, BadInput) for row in found.unread)
    assert len(set(found.rules)) == len(found.rules)
