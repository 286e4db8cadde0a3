"""core/lenses/conflicts.py: replies that a person should judge, and such as may both stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lenses.conflicts import REASONS, compare_replies, find_conflict
from core.lenses.measures import read_measures

CONFLICTING = [
    ("refusal", "Light that whispers.", "I'm sorry, but I can't help with that."),
    ("refusal", "懂得轻声说话的光。", "抱歉，这个我帮不了你。"),
    ("refusal", "从前有盏灯，怕黑。", "我不会讲故事。"),
    ("refusal", "Once upon a time …", "I don't tell stories."),
    ("yes_no", "有，是深绿色。", "只有黑色和藏青，没有绿色。"),
    ("yes_no", "Yes, within 30 days.", "No, never."),
    ("yes_no", "It does, in a deep green.", "I'm afraid it comes in black only."),
    ("yes_no", "Of course!", "We don't, sadly."),
    ("yes_no", "可以，三十天内都行。", "不行，拆封后不退。"),
    ("yes_no", "有，在九楼。", "没有，只有健身房。"),
    ("yes_no", "Dogs may swim here.", "Dogs must never enter the water."),
    ("yes_no", "宠物可以入园。", "宠物不得入园。"),
    ("opposite", "We are open all Sunday.", "Sundays we rest, the shop is closed."),
    ("opposite", "退货运费我们承担。", "退货运费由顾客承担。"),
    ("opposite", "The shop is open on Sundays.", "The shop is not open on Sundays."),
    ("numbers", "Two to three working days.", "It usually takes around two weeks."),
    ("numbers", "It costs $12.", "Shipping is $15, always."),
    ("numbers", "书面提前一个月。", "要提前三个月通知。"),
    ("language", "It is open until six in the evening.", "开到晚上六点。"),
    ("format", '{"city": "Rome"}', "The city is Rome."),
    ("structure", "We ship on Friday.", "# Plan\n\n- ship on Friday\n- tell the shops"),
    ("tone", "Dear customer, we regret the delay.", "Hey, oops, that was us!! 😅"),
    ("tone", "尊敬的顾客，您的订单已发出。", "哈哈，已经寄出去啦～"),
]
HARMLESS = [
    ("It takes two weeks.", "It takes 14 days."),
    ("No problem, we'll replace it.", "Yes, we'll replace it."),
    ("No worries, it is on its way.", "Certainly, it is on its way."),
    ("没问题，马上换。", "可以，马上换。"),
    ("I'm so sorry! A new one is on its way.", "A new one leaves today."),
    ("I can't wait to see it.", "Show me."),
    ("Unfortunately we do not ship there.", "I'm sorry, we can't ship there."),
    ("Light that whispers.", "The evening, on a switch."),
    ("一天三次，饭后服用。", "每天三次，饭后吃。"),
]


@pytest.mark.parametrize(("reason", "one", "other"), CONFLICTING)
def test_a_conflict_is_told_by_its_reason_from_either_side(
    reason: str, one: str, other: str
) -> None:
    """Whichever of the two comes first."""
    alike = compare_replies(one, other)
    assert find_conflict(one, other, alike) == reason
    assert find_conflict(other, one, alike) == reason


@pytest.mark.parametrize(("one", "other"), HARMLESS)
def test_what_only_sounds_like_a_conflict_is_none(one: str, other: str) -> None:
    """Politeness, the same in other units, or simply another good reply."""
    assert find_conflict(one, other, compare_replies(one, other)) == ""


@given(st.text(), st.text())
def test_any_two_replies_can_be_judged(one: str, other: str) -> None:
    """Nothing raises, and a reply never conflicts with itself."""
    assert find_conflict(one, other, compare_replies(one, other)) in {"", *REASONS}
    assert find_conflict(one, one, 100) == ""


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("Two to three working days.", {"time": {2_880, 4_320}}),
        ("三到五天", {"time": {4_320, 7_200}}),
        ("一百二十块", {"yuan": {120}}),
        ("$1,250.50", {"dollar": {1_250.5}}),
        ("4,50 €", {"euro": {4.5}}),
        ("part 3", {"": {3}}),
        ("version v2.0 of mp3", {}),
    ],
)
def test_numbers_are_read_with_what_they_count(text: str, measures: dict[str, set[float]]) -> None:
    """In figures, in words, in Chinese, and both ends of a range."""
    assert read_measures(text) == measures
