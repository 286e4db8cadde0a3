"""Tests of core.words and of the two languages."""

import re
from string import Formatter

import pytest
from core_builders import a_row, an_example, of_messages

from core.rules import check_example
from core.words import LANGUAGES, load_words, nearest_language, say, say_finding

ENGLISH, CHINESE = (load_words(language) for language in LANGUAGES)
SINGULAR = "_one"  # English alone has words for exactly one


def placeholders(sentence: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_say_the_same_things():
    """Every key stands in both, but for the English words for one."""
    singular = {key for key in ENGLISH if key.endswith(SINGULAR)}
    assert {key.removesuffix(SINGULAR) for key in singular} <= set(ENGLISH)
    assert set(ENGLISH) - singular == {key for key in CHINESE if not key.endswith(SINGULAR)}


def test_both_languages_fill_in_the_same_facts():
    """A sentence has the same placeholders in both languages."""
    both = sorted(set(ENGLISH) & set(CHINESE))
    assert [k for k in both if placeholders(ENGLISH[k]) != placeholders(CHINESE[k])] == []


def test_the_words_for_one_need_no_other_facts():
    """What is said about one thing is filled by what fills the plural, or says which one it is."""
    for key in (key for key in ENGLISH if key.endswith(SINGULAR)):
        plural = ENGLISH[key.removesuffix(SINGULAR)]
        assert placeholders(ENGLISH[key]) <= placeholders(plural) | {"n", "which"}, key


def test_chinese_is_punctuated_in_chinese():
    """No half-width comma or stop leans on a Chinese character."""
    leaning = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]")
    assert [key for key in sorted(CHINESE) if leaning.search(CHINESE[key])] == []


def test_a_sentence_is_filled():
    """Parameters take the place of their names in braces."""
    assert "“x”" in say("en", "error.unknown_model", model="x")
    assert "“x”" in say("zh", "error.unknown_model", model="x")


def test_an_unknown_sentence_is_an_error():
    """A key nobody wrote is noticed."""
    with pytest.raises(KeyError):
        say("en", "no.such.key")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh-CN", "zh"), ("zh_CN.UTF-8", "zh"), ("zh", "zh"), ("ZH-Hant", "zh"), ("en_GB", "en"),
     ("C.UTF-8", "en"), ("zho", "en"), ("de", "en"), ("", "en"), (None, "en")],
)  # fmt: skip
def test_the_nearest_language_is_found(tag, language):
    """Tags of browsers and of terminals are understood; English stands in for the rest."""
    assert nearest_language(tag) == language


def test_a_reply_is_called_a_reply():
    """A finding about a reply says so where there are words for it."""
    empty = {role: check_example(an_example(**{role: ""}))[0] for role in ("user", "assistant")}
    assert say_finding("en", empty["user"], "what") == "This message has no text."
    assert say_finding("en", empty["assistant"], "what") == "This reply is empty."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_fills_its_sentences(language):
    """What rules give as facts is all that their sentences ask for."""
    odd = of_messages({"content": " x", "mood": 1}, {"role": "user"}, {"role": "user"})
    for finding in (*check_example(odd), *check_example(of_messages(*a_row()["messages"], {}))):
        for part in ("title", "what", "why", "do"):
            assert "{" not in say_finding(language, finding, part)
