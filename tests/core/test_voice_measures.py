"""Tests of core.voice.habits, core.voice.measures and core.voice.words: what a text tells."""

import pytest

from core.voice.habits import CHINESE, HABITS, LATIN
from core.voice.measures import count_sentences, measure_texts, tongue_of
from core.voice.words import Sayings, favourites


@pytest.mark.parametrize(
    ("tongue", "habit", "shows", "hides"),
    [
        (LATIN, "emoji", "Yes 🎉", "Yes: 50 % (fifty) 1:2"),
        (LATIN, "emoji", "Yes :-)", "http://a.b and 10:30"),
        (LATIN, "exclamation", "Yes!", "Yes."),
        (LATIN, "question", "Yes?", "Yes."),
        (LATIN, "shouting", "Yes!!", "Yes! No!"),
        (LATIN, "shouting", "THIS IS ALL WE HAVE.", "The BBC and NASA say so."),
        (LATIN, "list", "Step 1: Boil\nStep 2: Pour", "Step 1: Boil"),
        (CHINESE, "markdown", "【价格】十元。【时效】一天。", "【价格】十元。"),
        (LATIN, "small_start", "no, it is not", "No, it is not"),
        (LATIN, "list", "So:\n- a\n- b", "So - a - b"),
        (LATIN, "list", "1. a\n2. b", "1. a"),
        (LATIN, "markdown", "It is **so**", "2 ** 3 is 8"),
        (LATIN, "contraction", "we’re here", "we are here"),
        (LATIN, "contraction", "It's here", "Anna's tea"),
        (LATIN, "full_form", "It is here", "It's here"),
        (LATIN, "says_i", "I know", "i.e. this"),
        (LATIN, "says_i", "It's my tea", "mystery"),
        (LATIN, "says_we", "ask us", "in the US"),
        (LATIN, "says_you", "your tea", "yourself"),
        (LATIN, "greeting", "Hello Anna, yes.", "They say hello."),
        (LATIN, "greeting", "Thank you so much for reaching out!", "Thank you for the tea."),
        (LATIN, "sign_off", "Yes. Kind regards, Anna", "With kind regards we mean a lot to you"),
        (LATIN, "formal", "Kindly note", "a kind note"),
        (LATIN, "casual", "yeah, right", "a year"),
        (CHINESE, "says_wo", "我知道", "我们知道自我"),
        (CHINESE, "says_women", "我们知道", "我知道"),
        (CHINESE, "says_nin", "您好", "你好"),
        (CHINESE, "greeting", "亲爱的顾客，已发货", "已发货，您好"),
        (CHINESE, "sign_off", "已发货。祝您生活愉快！",
         "我们每天都说祝您生活愉快这样的话说了很多很多遍"),
        (CHINESE, "formal", "敬请谅解", "请谅解"),
        (CHINESE, "casual", "好哒，搞定啦！", "好的，已完成。"),
        (CHINESE, "half_width", "好的,发货", "好的，发货"),
        (CHINESE, "spaced", "用 App 下单", "用App下单"),
        (CHINESE, "close", "用App下单", "用 App 下单，9点到"),
        (CHINESE, "simplified", "发货", "發貨"),
        (CHINESE, "traditional", "發貨", "发货"),
    ],
)  # fmt: skip
def test_a_habit_is_told_from_what_looks_like_it(tongue, habit, shows, hides):
    """Each by an example, and one that is none."""
    assert HABITS[tongue][habit](shows)
    assert not HABITS[tongue][habit](hides)


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("Our tea is fine", LATIN), ("Our 龙井 is fine tea, and it comes from a lake", LATIN),
        ("我们的茶很好", CHINESE), ("用 Python 写 API 接口", CHINESE), ("?!…", ""), ("", ""),
    ],
)  # fmt: skip
def test_the_kind_of_writing_is_told(text, tongue):
    """A foreign name makes no text a foreign one."""
    assert tongue_of(text) == tongue


def test_lengths_are_counted_in_what_the_writing_is_made_of():
    """Words or characters a reply and a sentence; of several replies the mean."""
    latin = measure_texts(["One two three. Four!", "Don’t. 3.5 km"])
    assert latin is not None and latin.figures == {"length": 3.5, "sentence": 7 / 4}
    chinese = measure_texts(["我们已经发货。请留意！"])
    assert chinese is not None and chinese.figures == {"length": 9, "sentence": 4.5}


def test_a_line_without_a_stop_is_a_sentence():
    """Lists have no stops, and numbers have points."""
    assert count_sentences("- green tea\n- black tea\n\nIt is 3.5 km… Really?!") == 4


def test_code_quotations_and_data_are_nobodys_voice():
    """They are left out; where nothing else is said, there is nothing to tell."""
    assert measure_texts(['{"a": 1}', "[1]", "```\nwe!!\n```", "> we!", "https://we.are"]) is None
    measured = measure_texts(["It is `we!` here"])
    assert measured is not None and not measured.habits & {"says_we", "exclamation"}


def test_what_is_quoted_is_said_by_another():
    """It belongs to the length, and to no habit."""
    measured = measure_texts(["He wrote “We love it!!” to us and to them"])
    assert measured is not None and not measured.habits & {"shouting", "exclamation"}
    assert measured.figures == {"length": 10, "sentence": 5, "word": 28 / 10}


def test_what_has_no_letters_is_measured_where_there_is_one_voice():
    """A lone emoji is a reply as well."""
    assert measure_texts(["🫖"]) is None
    measured = measure_texts(["🫖"], CHINESE)
    assert measured is not None and "emoji" in measured.habits


def test_favourites_are_what_one_side_says_more_often():
    """Not what both say; in Chinese the longest run that always stands together."""
    replies, questions = Sayings(LATIN), Sayings(LATIN)
    for _ in range(30):
        replies.add("Lovely tea for you")
        questions.add("Any tea for you")
    assert favourites(replies, questions) == ("lovely",)
    replies, questions = Sayings(CHINESE), Sayings(CHINESE)
    for _ in range(30):
        replies.add("放心吧，茶好")
        questions.add("茶好吗")
    assert favourites(replies, questions) == ("放心",)
