"""core/lenses/question_kinds.py, lengths.py and enough.py: the measures that the pictures show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lenses.enough import Goal, gain, next_goal
from core.lenses.lengths import STEPS, bounds_of, count_words, step_of
from core.lenses.question_kinds import KINDS, kind_of_question

ASKED = {
    "how": (
        "How do I wash it?", "how to reset my password", "So, how can I pay?",
        "I was wondering how to reset my password.", "忘记用优惠券了，怎么办？", "请问怎麼退貨？",
        "告诉我怎么做", "如何开发票",
    ),
    "what": (
        "Which is better, tea or coffee?", "What's the capital of France?",
        "At what temperature does water boil?", "Who painted it?", "今天北京的天气怎么样？",
        "这是什么？", "哪个杯子最好", "重庆的天气如何？",
    ),
    "why": (
        "Why is it red?", "How come?", "为什么价格比昨天贵了？", "怎么还没发货！", "凭什么不退？",
    ),
    "when_where": (
        "Where is my parcel?", "If I order today, when does it arrive?", "What time do you open?",
        "Do you know where my parcel is?", "什么时候能退款到账？", "我的快递到哪儿了？", "几点开门",
    ),
    "how_much": (
        "How much is it?", "How many legs does a spider have?", "多少钱", "要等多久？", "几天能到",
    ),
    "yes_no": (
        "Do you ship to Norway?", "can i return this", "Can you deliver on Sunday?",
        "Isn't it red?", "可以开发票吗？", "今年武汉的冬天冷不冷?", "能不能今天就发货？",
    ),
    "request": (
        "Please delete my account.", "Can you write a poem?", "I want a refund.",
        "Write a poem about rain", "Translate this into French: hello", "能不能帮我查一下订单",
        "我想退货", "推荐一本书", "请取消订单。",
    ),
    "complaint": (
        "My cup arrived broken. What can I do?", "Your website does not work.",
        "What a terrible service!", "I was charged twice.", "收到的杯子碎了。", "一直没人理我。",
    ),
    "greeting": ("Hi!", "Hello there", "thanks so much", "你好", "在吗？", "谢谢你！"),
    "question": ("Wie kann ich das machen?", "これは何ですか？", "Rome?"),
    "untold": (
        "When I press start nothing happens.", "The button is grey.", "用户登录", "", " ", "123",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, t) for kind, some in ASKED.items() for t in some]
)
def test_a_question_has_a_kind(kind: str, text: str) -> None:
    """By how it begins, or by its words."""
    assert kind_of_question(text) == kind


def test_there_are_examples_of_every_kind() -> None:
    """No rule stands there that nobody tried."""
    assert set(ASKED) == set(KINDS)


@given(st.text() | st.text("how whatcan you?！吗 怎么 什么, .。’'\ud83d\n"))
def test_any_text_has_a_kind(text: str) -> None:
    """Whatever somebody writes."""
    assert kind_of_question(text) in KINDS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Two words.", 2),
        ("天气很好。", 4),
        ("Café – don't", 2),
        ("我用 iPhone 15", 4),
        ("…", 0),
    ],
)  # fmt: skip
def test_words_are_counted_and_in_chinese_characters(text: str, words: int) -> None:
    """Signs are none."""
    assert count_words(text) == words


@given(st.integers(1, 2_000))
def test_a_length_lies_within_its_step(words: int) -> None:
    """The steps have neither a gap nor an overlap."""
    first, last = bounds_of(step_of(words))
    assert first <= words <= (last or words)
    assert (last is None) is (words > STEPS[-1])


def test_the_next_goal_is_what_is_needed_then_what_is_good_then_twice_as_many() -> None:
    """By the place to train, then by the guide."""
    assert next_goal(0, needed=10) == Goal("needed", 10)
    assert next_goal(9, needed=10) == Goal("needed", 10)
    assert next_goal(10, needed=10) == Goal("good", 50)
    assert next_goal(50, needed=10) == Goal("double", 100)
    assert next_goal(80, needed=10) == Goal("double", 160)


@given(st.integers(0, 100_000))
def test_each_example_brings_less_than_the_one_before(examples: int) -> None:
    """But never nothing."""
    before, now, after = map(gain, range(examples, examples + 3))
    assert now - before > after - now > 0
