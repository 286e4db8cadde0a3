"""core/lenses/same_replies.py: one answer for many different questions."""

from __future__ import annotations

import pytest
from lens_builders import a_talk

from core.examples import Example, Message
from core.lenses.same_replies import CODE, SameReplies
from core.rules.checks import Checks

CANNED = "I am sorry, I cannot help you with that. Please write to our customer service."
GESPERRT = "抱歉，这个问题我没办法帮您处理，请联系人工客服。"
ASKED = ("How are you?", "Where is it?", "Can I pay later?", "Why is it red?", "Who are you?")
NAMES = ("Anna", "Ben", "Carla", "Dov", "Eve")
OWN = (
    "The parcel left us this morning and should be there by Friday.",
    "Yes, we take cards, and you can pay in two parts if you like.",
    "Red is what the clay turns to when it is fired for a second time.",
    "Simply send it back within a month, with or without the box.",
    "We are a small shop by the sea that has made cups since 1970.",
)


def a_lens(*examples: Example, **limits: float) -> SameReplies:
    """A lens over these examples, numbered from 1, by these limits in the place of ours."""
    lens = SameReplies(Checks(limits=tuple(limits.items())))
    lens.put([*enumerate(examples, 1)])
    return lens


def rows(lens: SameReplies) -> list[tuple[int, ...]]:
    """The rows of each reply that fits all."""
    return [found.rows for found in lens.found()]


def to_all(*replies: str) -> list[Example]:
    """A different question for each reply."""
    return [a_talk(ask, reply) for ask, reply in zip(ASKED, replies, strict=False)]


@pytest.mark.parametrize("reply", [CANNED, GESPERRT])
def test_a_reply_to_four_different_questions_fits_all(reply: str) -> None:
    """Three may be chance."""
    found = a_lens(*to_all(reply, reply, reply, reply), a_talk("Else?", OWN[0])).found()
    assert [(each.code, each.rows) for each in found] == [(CODE, (1, 2, 3, 4))]
    assert dict(found[0].params) == {"count": 4, "questions": 4}
    assert found[0].score == 4 / 5
    assert rows(a_lens(*to_all(reply, reply, reply))) == []
    assert rows(a_lens(*to_all(reply, reply, reply), same_reply_questions=3)) == [(1, 2, 3)]


def test_a_reply_that_differs_in_a_name_a_number_or_a_sign_is_the_same() -> None:
    """So are capitals and spaces."""
    varied = [CANNED.upper(), CANNED.replace(".", "!"), f"{CANNED} 24", f" {CANNED}\n", CANNED]
    assert rows(a_lens(*to_all(*varied))) == [(1, 2, 3, 4, 5)]
    long = " ".join([CANNED, *OWN[:2]])
    named = [f"Hello {name}! {long}" for name in NAMES]
    assert rows(a_lens(*to_all(*named))) == [(1, 2, 3, 4, 5)]


def test_replies_of_their_own_do_not_fit_all() -> None:
    """Nor do those that only begin and end in the same way."""
    assert rows(a_lens(*to_all(*OWN))) == []
    polite = [f"Thank you for writing! {reply} Have a nice day." for reply in OWN]
    assert rows(a_lens(*to_all(*polite))) == []


def test_copies_of_one_example_are_another_finding() -> None:
    """The same reply to the same question is no reply to many."""
    assert rows(a_lens(*[a_talk("How are you?", CANNED)] * 9)) == []
    same = [a_talk(ask, CANNED) for ask in ("Is it red?", "is it red", "IS IT RED!", "Is it  red")]
    assert rows(a_lens(*same)) == []


def test_one_question_in_other_words_wants_one_reply() -> None:
    """Half of the questions name a thing that no other one names."""
    about = ("Where is my parcel?", "Is the parcel sent?", "Parcel not here!", "When does it come?")
    others = [a_talk(ask, reply) for ask, reply in zip(ASKED, OWN, strict=True)]
    assert rows(a_lens(*(a_talk(ask, CANNED) for ask in about), *others)) == []
    chinese = ("快递到哪了？", "快递发出了吗？", "我的快递呢？", "什么时候到？")
    assert rows(a_lens(*(a_talk(ask, GESPERRT) for ask in chinese), *others)) == []


def test_what_everybody_asks_about_is_no_topic() -> None:
    """In a set that is all about tea, different questions about tea stay different ones."""
    tea = ("How hot is tea?", "Who grows tea?", "Is tea cheap?", "Where is tea from?")
    others = [a_talk(f"{ask} Tea!", reply) for ask, reply in zip(ASKED, OWN, strict=True)]
    lens = a_lens(*(a_talk(ask, CANNED) for ask in tea), *others)
    assert rows(lens) == [(1, 2, 3, 4)]


@pytest.mark.parametrize(
    "reply",
    [
        "Yes.",
        "positive",
        "退款",
        '{"intent": "refund", "sure": true, "urgent": false}',
        "```\nprint(1) or print(2) or print(3)\n```",
        "Of course! Could you please give me the number of your order?",
        "当然可以，请问您的订单号是多少呢？",
    ],
)
def test_labels_data_and_questions_may_repeat(reply: str) -> None:
    """They are the same by their nature."""
    assert rows(a_lens(*to_all(*[reply] * 5))) == []


def test_what_is_not_learned_does_not_count() -> None:
    """Nor does a reply that calls a tool, or one that nobody asked for."""
    ask = Message.of("user", "Why?")
    off = Example((ask, Message.of("assistant", CANNED, weight=0)))
    calling = Example((ask, Message.of("assistant", CANNED, tool_calls=("call",))))
    alone = Example((Message.of("assistant", CANNED),))
    assert rows(a_lens(*to_all(CANNED, CANNED, CANNED), off, calling, alone)) == []


def test_in_a_large_set_a_few_weigh_nothing() -> None:
    """One reply in a hundred is told, one in a thousand is not."""
    others = [
        a_talk(f"{chr(97 + n % 26)}{chr(97 + n // 26)} {ask}", f"{reply} {chr(97 + n % 26) * 9}")
        for n in range(180)
        for ask, reply in zip(ASKED, OWN, strict=True)
    ]
    lens = a_lens(*to_all(*[CANNED] * 4), *others, same_reply_share=0.2)
    assert (1, 2, 3, 4) not in rows(lens)
    assert (1, 2, 3, 4) in rows(a_lens(*to_all(*[CANNED] * 4), *others, same_reply_share=0.004))
