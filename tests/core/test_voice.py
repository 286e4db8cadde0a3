"""Tests of core.voice, core.voice.card and core.rules.voice: kept, told, held against examples."""

import pytest
from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.examples import APPROVED
from core.rules import Checks, check_example
from core.voice.card import CODES, card_of
from core.voice.habits import CHINESE, HABITS, LATIN
from core.voice.values import Spread, Tongue, Voice
from core.words import LANGUAGES, has_words, say_finding


def a_tongue(name: str = LATIN, examples: int = 24, length: float = 20, **habits: int) -> Tongue:
    """A voice of short, plain replies, or one with these habits in so many of its examples."""
    counts = tuple((habit, habits.get(habit, 0)) for habit in HABITS[name])
    lengths = Spread("length", length, 0.2, length * 0.8, length * 1.2)
    return Tongue(name, examples, counts, (lengths, Spread("sentence", 10, 0.2, 8, 12)), ("tea",))


def a_voice(*tongues: Tongue) -> Voice:
    """A voice learned from approved examples."""
    return Voice(tongues or (a_tongue(),), 24, False, "2026-11-23T03:00:00+00:00")


def told(reply: str, voice: Voice, **more: object) -> list[str]:
    """Why this reply sounds unlike the voice."""
    example = an_example(assistant=reply)
    found = check_example(example, Checks(voice=voice, **more))
    return [each.detail for each in found if each.code == "off_voice"]


@given(st.recursive(st.none() | st.text(max_size=5) | st.floats(), st.lists, max_leaves=5))
def test_a_foreign_voice_is_none(value):
    """Whatever a file holds in its place."""
    assert Voice.from_json(value) is None
    assert Voice.from_json({**a_voice().to_json(), "tongues": [value]}) is None


def test_a_voice_survives_being_stored():
    """As the same, with the same hash."""
    voice = a_voice(a_tongue(), a_tongue(CHINESE, says_nin=20))
    again = Voice.from_json(voice.to_json())
    assert (again, hash(again)) == (voice, hash(voice))


@pytest.mark.parametrize(
    ("tongue", "said"),
    [
        (a_tongue(says_we=22, contraction=20), ["short", "plain", "says_we", "shortens"]),
        (a_tongue(emoji=20, exclamation=20), ["warm", "emoji_often", "exclaims"]),
        (a_tongue(length=200, formal=12, full_form=9, greeting=20, sign_off=20),
         ["long", "formal", "in_full", "greets", "takes_leave"]),
        (a_tongue(length=60, casual=9, list=8, emoji=4),
         ["middling", "casual", "lists"]),
        (a_tongue(emoji=7), ["emoji_at_times"]),
        (a_tongue(CHINESE, says_nin=23, spaced=6, simplified=24),
         ["short", "says_nin", "full_width", "spaced", "simplified"]),
        (a_tongue(CHINESE, simplified=20, traditional=9, half_width=9, close=9),
         ["both_scripts", "half_width", "close"]),
    ],
)  # fmt: skip
def test_a_card_says_how_somebody_writes(tongue, said):
    """In a few words, all of which the locales have."""
    ((_, codes),) = card_of(a_voice(tongue))
    assert set(said) <= set(codes) <= set(CODES)


@pytest.mark.parametrize(
    "habit",
    ["emoji", "exclamation", "half_width", "spaced", "close", "simplified", "traditional"],
)
def test_what_a_few_examples_do_is_no_habit(habit):
    """One or two of nineteen are told neither as done nor as never done."""
    ((_, done),) = card_of(a_voice(a_tongue(CHINESE, 19)))
    for examples in (1, 2, 4):
        ((_, codes),) = card_of(a_voice(a_tongue(CHINESE, 19, **{habit: examples})))
        assert set(codes) <= set(done)
    ((_, often),) = card_of(a_voice(a_tongue(CHINESE, 19, **{habit: 19})))
    assert set(often) != set(done)


def test_writing_in_full_is_a_habit_from_a_quarter_on():
    """Two of twenty-four say little."""
    ((_, few),) = card_of(a_voice(a_tongue(full_form=2)))
    ((_, some),) = card_of(a_voice(a_tongue(full_form=6)))
    assert ("in_full" in few, "in_full" in some) == (False, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_a_card_has_words(language):
    """In both languages."""
    assert [code for code in CODES if not has_words(language, f"quality.voice_card_{code}")] == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("We have put your tea on its way to you, and it will be there by Friday at noon.", []),
        ("We have put your tea on its way 🎉 to you, and it will be there by Friday.",
         ["emoji_more"]),
        ("Kindly note that we have put your tea on its way, furthermore it will be there.",
         ["formal_more"]),
        ("**We** have put your tea on its way to you, and it will be there by Friday.",
         ["markdown_more"]),
        ("We have put your tea on its way. " * 20, ["length_more"]),
        ('{"tea": "on its way"}', []),
        ("1, 2, 3", ["length_less"]),
        ("🫖", ["length_less"]),
        ("我们已经发货了", []),  # nothing is known of how they write Chinese
    ],
)  # fmt: skip
def test_what_sounds_unlike_the_voice_is_told_by_its_reason(reply, why):
    """And what sounds alike is left alone; JSON and other languages have no voice to compare."""
    assert told(reply, a_voice(a_tongue(says_we=20, full_form=12))) == why


def test_what_is_missing_is_told_as_well():
    """A polite you that all others have, a greeting that begins all others."""
    polite = a_voice(a_tongue(CHINESE, examples=60, says_nin=60, greeting=60, simplified=60))
    assert told("你好，你的茶已经发出，预计周五送到你那里，请留意。", polite) == ["says_ni_more"]
    assert told("您的茶已经发出，预计周五送到，请您留意查收包裹。", polite) == ["greeting_less"]


def test_the_finding_stands_at_the_last_reply():
    """With the facts for its sentence, in both languages."""
    example = of_messages(
        {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "We have put your tea on its way to you all 🎉"},
    )  # fmt: skip
    found = check_example(example, Checks(voice=a_voice(a_tongue(says_we=20))))
    (finding,) = [each for each in found if each.code == "off_voice"]
    assert finding.place.message == 2
    told = [say_finding(language, finding, "what") for language in LANGUAGES]
    assert "none of the 24 others do" in told[0]
    assert "24" in told[1]


def test_an_approved_example_is_compared_with_the_others():
    """The one that does it is not counted among those that do."""
    voice = a_voice(a_tongue(emoji=1, says_we=20))
    reply = "We have put your tea on its way to you, and it will be there 🎉"
    checks = Checks(voice=voice)
    taught = an_example(assistant=reply).with_review(APPROVED)
    assert told(reply, voice) == []
    assert "off_voice" in {finding.code for finding in check_example(taught, checks)}


def test_the_line_can_be_moved():
    """By the project's own number."""
    reply = "We have put your tea on its way 🎉 to you, and it will be there."
    voice = a_voice(a_tongue(says_we=20))
    assert told(reply, voice, limits=(("voice_distance", 5.0),)) == []
    assert told(reply, voice, limits=(("voice_distance", 0.0),)) == ["emoji_more"]


@given(st.text(max_size=80) | st.text(alphabet="我您你Ia ,.!?—\n-*1", max_size=80))
def test_no_reply_makes_the_voice_raise(reply):
    """Whatever is said, it is said in a way."""
    assert len(told(reply, a_voice(a_tongue(), a_tongue(CHINESE)))) <= 1
