"""Tests of core.chinese: how Chinese is set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chinese import (
    close_joints,
    half_width_marks,
    has_han,
    scripts_in,
    simplified_parts,
    spaced_joints,
    traditional_parts,
)

FAULTS = (half_width_marks, close_joints, spaced_joints, simplified_parts, traditional_parts)


def corrected(text: str, faults) -> str:
    """The text with what is to stand in the place of each fault."""
    for start, end, instead in sorted(faults(text), reverse=True):
        text = text[:start] + instead + text[end:]
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("你好,世界!好的...再见.", "你好，世界！好的……再见。"),
        ("用Python,然后(见下文)再说", "用Python，然后（见下文）再说"),
        ("版本 3.5, 共1,000个", "版本 3.5, 共1,000个"),
        ("时间:10:30", "时间：10:30"),
        ("函数(abc)里", "函数（abc）里"),
        # What only looks like it.
        ("Hello, world (see above).", "Hello, world (see above)."),
        ("好的:) 谢谢:D", "好的:) 谢谢:D"),
        ("[链接](http://a.cn/中文)", "[链接](http://a.cn/中文)"),
        ("“Hello”, he said", "“Hello”, he said"),
        ("调用foo(x)函数", "调用foo(x)函数"),
        ("1.苹果 2.梨", "1.苹果 2.梨"),
        ("你好，世界！", "你好，世界！"),
    ],
)
def test_half_width_punctuation_is_found_where_it_leans_on_chinese(before, after):
    """Not that of English, of numbers, of code, or a smiley's."""
    assert corrected(before, half_width_marks) == after


def test_joints_are_found_both_ways():
    """With and without a space between Chinese and Latin."""
    assert corrected("用Python写3行", close_joints) == "用 Python 写 3 行"
    assert corrected("用 Python 写 3 行", spaced_joints) == "用Python写3行"


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("请问号码", (True, False)),
        ("請問號碼", (False, True)),
        ("請問号码", (True, True)),
        ("天下太平", (False, False)),
        ("皇后乾隆著", (False, False)),
        ("図書館の発表", (False, False)),
        ("hello", (False, False)),
    ],
)
def test_scripts_are_told_by_what_only_one_of_them_has(text, scripts):
    """后, 乾 and 著 are right in both; Japanese has some of each, and is neither."""
    assert scripts_in(text) == scripts


def test_only_a_run_with_a_wrong_character_is_converted():
    """There, all of it; elsewhere what is right in both stays."""
    assert corrected("以后我们发货。皇后", simplified_parts) == "以後我們發貨。皇后"
    assert corrected("後來，著名的乾隆", traditional_parts) == "后来，著名的乾隆"


@given(st.text(alphabet="我们發货后abc1 ,.!?():；，\n”", max_size=30) | st.text(max_size=30))
def test_what_is_corrected_stays_so(text):
    """Every fault lies within the text, and none is left after it was corrected."""
    for faults in FAULTS:
        spots = list(faults(text))
        assert all(0 <= start < end <= len(text) for start, end, _ in spots)
        after = corrected(text, faults)
        assert corrected(after, faults) == after
        assert has_han(text) or not spots
