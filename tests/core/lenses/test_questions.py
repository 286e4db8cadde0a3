"""core/lenses/questions.py: the same question in other words, and what only looks so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lens_builders import a_talk

from core.examples import Example, Message
from core.lenses.plain_words import join_words, read_words, split_words
from core.lenses.questions import NEAR, likeness, read_asked

SAME = [
    ("Can I return a kettle?", "Can I return a ketle?"),
    ("How long does delivery take to Germany?", "How long does the delivery to Germany take?"),
    ("Do you ship to Canada?", "Hi! do you ship to canada, please"),
    ("I can't log in", "I cannot log in"),
    ("Which papers do I need to rent a car?", "Which papers do I need for renting a car?"),
    ("What's your refund policy?", "What is your refund policy"),
    ("今年武汉的冬天冷不冷？", "请问今年武汉冬天冷不冷呢?"),
    ("我想在次购买这本书", "我想再次购买这本书"),
    ("德国多久能送到", "多久能送到德国"),
    ("怎么退货？", "请问如何退货"),
    ("咖啡機的保修", "咖啡机的保修"),
    ("ＡＢＣ 怎么用", "ABC怎么用？"),
]
OTHER = [
    ("What is the weather in Berlin today?", "What is the weather in Rome today?"),
    ("Where is my order 1234?", "Where is my order 1235?"),
    ("Can I return it?", "Can't I return it?"),
    ("Do you sell maps?", "Do you sell mats?"),
    ("flights from London to Paris", "flights from Paris to London"),
    ("Is it open on Sunday?", "Is it open on Monday?"),
    ("Where is my order?", "When is my order?"),
    ("今年武汉的冬天冷不冷？", "今年北京的冬天冷不冷？"),
    ("北京明天的天气怎么样", "南京明天的天气怎么样"),
    ("怎么退货", "怎么换货"),
    ("你们周末营业吗", "你们周末不营业吗"),
    ("三两是多少克", "八两是多少克"),
    ("从北京到上海的票", "从上海到北京的票"),
]


def alike(one: str, other: str) -> float:
    """How much two questions are the same."""
    return likeness(read_words(one), read_words(other))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_leave_a_question_the_same(one: str, other: str) -> None:
    """A typo, a polite word, marks, another form of a word or another order."""
    assert alike(one, other) >= 1 - NEAR


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_name_number_or_not_makes_another_question(one: str, other: str) -> None:
    """However much the rest is the same."""
    assert alike(one, other) == 0


@given(st.text(), st.text())
def test_any_two_texts_are_compared_alike_from_either_side(one: str, other: str) -> None:
    """Nothing raises, a text is the same as itself, and no share is out of its range."""
    assert alike(one, one) == 1 or not one.strip()
    assert alike(one, other) == 0 or 1 - NEAR <= alike(one, other) <= 1


@given(st.text())
def test_words_come_back_from_the_text_they_were_joined_to(text: str) -> None:
    """None of them has a blank in it, and a text that says something has some."""
    words = read_words(text)
    assert split_words(join_words(words)) == words
    assert bool(words) == bool(text.strip())


def test_the_question_is_all_that_was_asked_before_the_last_reply() -> None:
    """Earlier replies belong to neither, and what tools answered belongs to the question."""
    said = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello!"), ("user", "Rain?")]
    talk = [*said, ("tool", "no rain"), ("assistant", "No.")]
    asked = read_asked(Example(tuple(Message.of(role, text) for role, text in talk)))
    assert tuple(asked) == ("Hi\nRain?\nno rain", "No.", "Be kind.")


def test_a_reply_that_is_not_learned_is_no_reply() -> None:
    """With weight 0 it teaches nothing that could conflict."""
    off = Message.of("assistant", "Never.", weight=0)
    example = a_talk("Rain?", "No.")
    assert read_asked(example.with_messages((*example.messages, off))).reply == "No."


def test_where_nobody_asks_the_reply_is_compared() -> None:
    """So that copies of it are found too."""
    only = Example((Message.of("assistant", "Once upon a time"),))
    assert read_asked(only).question == "Once upon a time"
