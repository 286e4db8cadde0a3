"""Tests of core.searching: how a text stands in the index."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from core.examples import Example, Message
from core.searching import _ALONE, indexed_text, match_words

MARKS = st.text(
    st.sampled_from("，：；？！（）～…天气あ가A１e\u0301か\u3099😀\ud83d ½ﬁ."), max_size=12
)


def a_text(text: str) -> Example:
    """An example that says this."""
    return Example((Message.of("user", text),))


@given(MARKS | st.text(max_size=12))
@example("今天，武汉冷不冷？")
@example("ｅ\u0301…")
def test_each_character_that_is_a_word_stands_alone(text):
    """As Unicode's compatible form, with blanks around every Chinese character and sign."""
    sound = text.encode("utf-8", "ignore").decode()
    plain = text if text.isascii() else unicodedata.normalize("NFKC", sound)
    expected = plain if text.isascii() else _ALONE.sub(r" \g<0> ", plain)
    assert indexed_text(a_text(text)) == expected


def test_chinese_is_asked_for_as_a_phrase():
    """What is looked for is cut as what is said is."""
    assert match_words("天气") == '"天 气"'
