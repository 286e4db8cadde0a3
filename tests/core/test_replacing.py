"""core/replacing.py: what is replaced and what is not, and that no pattern takes for ever."""

from __future__ import annotations

import re
from typing import Any

import pytest
from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.examples import Example, Message
from core.replacing import WHERE, Replacement, Replacing

CALL = {"id": "tea", "type": "function", "function": {"name": "tea", "arguments": '{"t": "tea"}'}}
letters = st.text("abAB. \n天气ß", max_size=12)


def replaced(text: str, find: str, by: str = "·", **more: Any) -> str:
    """The text with everything replaced."""
    return Replacing(Replacement(find, by, **more)).in_text(text)


def refusal(find: str, by: str = "", text: str = "", **more: Any) -> tuple[str, Any]:
    """Why a pattern is refused, and where it cannot be read."""
    with pytest.raises(BadInput) as refused:
        replaced(text, find, by, is_pattern=True, **more)
    return refused.value.code, refused.value.params.get("place")


@pytest.mark.parametrize(
    ("find", "text", "after", "more"),
    [
        ("tea", "Tea, tea and steam", "·, · and s·m", {}),
        ("tea", "Tea, tea and steam", "Tea, · and s·m", {"match_case": True}),
        ("tea", "Tea, tea and steam", "·, · and steam", {"whole_words": True}),
        ("C++", "C++, c++ and C", "·, · and C", {}),
        ("C++", "Is C++ it?", "Is · it?", {"whole_words": True}),
        ("can", "can't can", "can't ·", {"whole_words": True}),
        ("天气", "今天天气好", "今天·好", {"whole_words": True}),
        ("tea", "喝tea吧", "喝·吧", {"whole_words": True}),
        (".", "a.b", "a·b", {}),
        (r"\d+", "10 or 200", "· or ·", {"is_pattern": True}),
        ("^", "a\nb", "·a\nb", {"is_pattern": True}),
        ("a|b", "abc", "··c", {"is_pattern": True}),
        ("a|b", "a abc b", "· abc ·", {"is_pattern": True, "whole_words": True}),
        ("straße", "STRASSE Straße", "STRASSE ·", {}),
        (r"\(?0\d{2}\)?", "(020) 030", "· ·", {"is_pattern": True}),
        ("[(?1]x", "(x 1x x", "· · x", {"is_pattern": True}),
        (r"\(?R?\)", "(R) R)", "· ·", {"is_pattern": True}),
    ],
)
def test_what_is_found(find: str, text: str, after: str, more: dict[str, Any]) -> None:
    """By its case or not, as a whole word or not, as it stands or as a pattern."""
    assert replaced(text, find, **more) == after


def test_groups_of_a_pattern_are_put_in() -> None:
    """By number and by name; what is no pattern is put in as it stands."""
    assert replaced("5 euros", r"(\d+) euros", r"€\1", is_pattern=True) == "€5"
    assert replaced("5 euros", r"(?P<n>\d+) euros", r"€\g<n>", is_pattern=True) == "€5"
    assert replaced("5 euros", "euros", r"\1 \g<n> \\ $1") == r"5 \1 \g<n> \\ $1"


@given(text=letters, find=letters.filter(bool), by=letters)
def test_what_is_no_pattern_is_replaced_as_python_does(text: str, find: str, by: str) -> None:
    """Where case matters: character by character."""
    assert replaced(text, find, by, match_case=True) == text.replace(find, by)


@given(text=letters, find=letters.filter(bool), by=letters)
def test_what_is_found_is_counted(text: str, find: str, by: str) -> None:
    """Each place once."""
    replacing = Replacing(Replacement(find, by, match_case=True))
    replacing.in_text(text)
    assert replacing.found == text.count(find)


def said(*where: str) -> Example:
    """A conversation in which everything says tea, after it was replaced in the words of some."""
    example = of_messages(
        {"role": "system", "content": "tea"},
        {"role": "user", "content": "tea", "name": "tea"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "tea", "tool_call_id": "tea"},
        {"role": "assistant", "content": "tea"},
        {"role": "user", "content": [{"type": "text", "text": "tea"}, {"type": "tea"}]},
        {"role": "tea", "content": "tea"},
    )  # fmt: skip
    return Replacing(Replacement("tea", "·", where=where))(example)


def test_only_what_people_wrote_is_replaced() -> None:
    """No role, no name, no tool's call or answer; text beside a picture is."""
    before, after = (said(*where).to_json()["messages"] for where in ((), WHERE))
    expected = [dict(message) for message in before]
    for at in (0, 1, 4):
        expected[at]["content"] = "·"
    expected[5]["content"][0]["text"] = "·"
    assert after == expected


@pytest.mark.parametrize(("where", "at"), [("system", [0]), ("user", [1, 5]), ("assistant", [4])])
def test_it_is_replaced_where_it_is_asked_for(where: str, at: list[int]) -> None:
    """In the instructions, the questions or the replies, of every turn."""
    changed = [
        place
        for place, (one, other) in enumerate(
            zip(said().messages, said(where).messages, strict=True)
        )
        if one != other
    ]
    assert changed == at


def test_the_worse_reply_of_a_preference_is_a_reply() -> None:
    """It goes out beside the better one, so it is not left behind."""
    worse = Example(an_example().messages, rejected=(Message.of("assistant", "Tea."),))
    replacing = Replacing(Replacement("tea", "Coffee", where=("assistant",)))
    assert replacing(worse).rejected == (Message.of("assistant", "Coffee."),)


def test_nothing_found_is_the_very_same_text() -> None:
    """So that nothing is stored anew."""
    example = said()
    assert Replacing(Replacement("coffee"))(example) == example


@pytest.mark.parametrize(
    ("find", "place"),
    [("(", 1), ("a)", 2), ("[", 1), ("*", 1), ("a**", 3), ("(?P<x>a)(?P=y)", 12), ("\\", 1),
     ("[z-a]", 5), ("a{9999999999999}", 3), ("(?<", 3), ("", 1)],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_a_pattern_that_cannot_be_read_says_where(find: str, place: int, whole: bool) -> None:
    """From 1, in what was typed."""
    assert refusal(find, whole_words=whole) == ("bad_pattern", place)


@pytest.mark.parametrize(
    "find",
    ["(?R)", "(?1)(a)", "(?P<q>(?&q)a)", "(a(?-1))", r"\\(?R)", "[[](?R)", "[]](?R)", r"[\]](?R)",
     r"[\[](?R)", "(?x)# [\n(?R)# ]", "(?#[)(?R)(?#])", "(?V1)[[a]b](?R)"],
)  # fmt: skip
def test_a_pattern_that_calls_itself_is_refused(find: str) -> None:
    """It would take memory without end."""
    code, place = refusal(find)
    assert code == "bad_pattern"
    assert find[place - 1 :].startswith("(?")


@pytest.mark.parametrize("by", [r"\2", r"\g<n>", "\\", r"\x", r"\g<"])
@pytest.mark.parametrize("text", ["", "cat"])
def test_a_group_that_is_not_there_is_refused(by: str, text: str) -> None:
    """Before anything is looked for, whether or not it would be found."""
    assert refusal("(c)at", by, text) == ("bad_replacement", None)


def test_a_group_is_missed_at_the_first_match_at_the_latest() -> None:
    """A comment at the end hides what the check would add to the pattern."""
    assert refusal("(?x)cat # a comment", r"\2", "cat") == ("bad_replacement", None)


@pytest.mark.parametrize(
    ("find", "text"),
    [
        ("(a|aa)+$", "a" * 60 + "!"),
        ("((a{1,1000}){1,1000}){1,1000}b", "a" * 3_000),
        ("(?:" * 22 + "a" + ")+" * 22, ""),  # reading it would take all memory
        ("(" * 5_000 + ")" * 5_000, ""),
        ("a" * 1_001, ""),
        ("(?:[])]" * 30 + ")+" * 30, ""),
    ],
)
def test_a_pattern_that_would_take_for_ever_is_refused(find: str, text: str) -> None:
    """As soon as it has taken too long, or when it is read."""
    assert refusal(find, text=text) == ("pattern_too_slow", None)


def test_a_pattern_that_is_slow_with_every_text_is_refused() -> None:
    """Ten thousand texts take no longer for it than is allowed for all of them."""
    replacing = Replacing(Replacement("(a|aa)+$", is_pattern=True))
    text = next(t for n in range(10, 60) if is_slow(t := "a" * n + "!"))
    example = of_messages({"role": "user", "content": text})
    with pytest.raises(BadInput, match="pattern_too_slow"):
        for _ in range(10_000):
            replacing(example)


def is_slow(text: str) -> bool:
    """Whether a look through this text takes longer than many of them may, and is not cut off."""
    replacing = Replacing(Replacement("(a|aa)+$", is_pattern=True))
    replacing.in_text(text)
    return replacing._spent > 0.01


def test_what_looks_catastrophic_and_is_not_is_done() -> None:
    """The library finds a way through many of them."""
    assert replaced("a" * 40 + "!", "(a+)+$", is_pattern=True) == "a" * 40 + "!"
    assert replaced("aab", "(?:" * 9 + "a" + ")+" * 9, is_pattern=True) == "·b"


@given(find=st.text("()[]{}|\\?+*.^$aP<>=!:-,1 ", max_size=20), by=st.text("\\g<1>a", max_size=5))
def test_whatever_is_typed_is_read_or_refused(find: str, by: str) -> None:
    """Never a fault of ours."""
    try:
        after = replaced("aab (a)", find, by, is_pattern=True)
    except BadInput as refused:
        assert refused.code in {"bad_pattern", "bad_replacement", "pattern_too_slow"}
        assert re.fullmatch(r"[1-9]\d*", str(refused.params.get("place", 1)))
    else:
        assert isinstance(after, str)
