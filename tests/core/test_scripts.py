"""core/scripts.py: the script an example is written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Example, Message
from core.scripts import SCRIPTS, script_of


def an_example(user: str, assistant: str = "", system: str = "") -> Example:
    """A question and a reply under instructions."""
    said = [Message.of("user", user), Message.of("assistant", assistant)]
    return Example((Message.of("system", system), *said))


@pytest.mark.parametrize(
    ("user", "assistant", "script"),
    [
        ("Is it cold?", "Yes.", "latin"),
        ("Ist es kühl?", "Fürchterlich, ça va", "latin"),
        ("今天冷不冷？", "冷，记得带 iPhone 出门", "chinese"),
        ("今日は寒いですか", "はい、寒いです。", "japanese"),
        ("今日は東京大学入学試験合格発表", "です", "japanese"),
        ("오늘 추워요?", "네.", "korean"),
        ("Сегодня холодно?", "Да.", "cyrillic"),
        ("هل الجو بارد؟", "نعم", "arabic"),
        ("วันนี้หนาวไหม", "ใช่", "thai"),
        ("How do I say cold?", "It is 冷, as in 今天很冷.", "mixed"),
        ("שלום", "שלום", "other"),
        ("123 !?", "😀", ""),
        ("", "", ""),
    ],
)
def test_the_script_of_what_is_said(user, assistant, script):
    """A brand name makes no text a mixed one; what has no letters has no script."""
    assert script_of(an_example(user, assistant)) == script


def test_instructions_do_not_count():
    """They are often in another language than what is taught."""
    assert script_of(an_example("Cold?", "Yes.", system="你是一个很长很长的天气助理")) == "latin"


@given(st.text())
def test_every_text_has_one_or_none(text):
    """Whatever is written."""
    assert script_of(an_example(text)) in {*SCRIPTS, ""}
