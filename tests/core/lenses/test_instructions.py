"""core/lenses/instructions.py and slips.py: instructions that are meant to be those of others."""

from __future__ import annotations

import pytest
from lens_builders import a_talk

from core.examples import Example
from core.lenses.base import Found
from core.lenses.instructions import CODE, Instructions, Odd
from core.lenses.slips import is_slip
from core.rules.checks import Checks

ENGLISH = "You are a friendly support agent. Answer in English, in at most three sentences."
CHINESE = "你是一家网店的客服。先说怎么办，再说为什么。语气亲切，称呼“您”，最多三句话。"
SLIP = ENGLISH.replace("friendly", "freindly")

SLIPS = [
    (ENGLISH, SLIP),
    (ENGLISH, ENGLISH[:-1]),
    (ENGLISH, ENGLISH.replace("a friendly", "friendly")),
    (ENGLISH, ENGLISH.replace("You are", "Your are")),
    (ENGLISH, ENGLISH.replace("are a", "are a a")),
    (ENGLISH, ENGLISH.replace("three", "thre")),
    (f"{ENGLISH} Don't joke.", f"{ENGLISH} Dont joke."),
    (ENGLISH, ENGLISH.replace(". ", ".\n\n")),
    (ENGLISH, ENGLISH.upper()),
    (ENGLISH, f"{ENGLISH} "),
    (CHINESE, CHINESE[:-1]),
    (CHINESE, CHINESE.replace("，", ",")),
    (CHINESE, CHINESE.replace("再说", "在说")),
    (CHINESE, CHINESE.replace("您", "你")),
    (CHINESE, CHINESE.replace("一家", "家")),
    (CHINESE, CHINESE.replace("为什么", "為什么")),
]
MEANT = [
    (ENGLISH, ENGLISH),
    (ENGLISH, ENGLISH.replace("English", "German")),
    (ENGLISH, ENGLISH.replace("three", "two")),
    (ENGLISH, ENGLISH.replace("three", "3")),
    (ENGLISH, ENGLISH.replace("three ", "")),
    (ENGLISH, ENGLISH.replace("friendly", "unfriendly")),
    (ENGLISH, ENGLISH.replace("support agent", "pirate")),
    (ENGLISH, f"{ENGLISH} Be brief."),
    (ENGLISH, ""),
    (CHINESE, CHINESE.replace("三句", "两句")),
    (CHINESE, CHINESE.replace("亲切", "严肃")),
    (CHINESE, f"{CHINESE}不要用表情。"),
    (CHINESE, ENGLISH),
]


def a_lens(*instructions: str | None, shared: str = "", times: float = 4) -> Instructions:
    """A lens over examples with these instructions of their own, numbered from 1."""
    lens = Instructions(Checks(limits=(("odd_instructions_times", times),)))
    lens.share(shared)
    lens.put([*enumerate(map(instructed, instructions), 1)])
    return lens


def instructed(text: str | None) -> Example:
    """An example with instructions of its own, or without any."""
    return a_talk("Why?", "Because.", system=text)


@pytest.mark.parametrize(("meant", "text"), SLIPS)
def test_a_slip_is_told_from_what_is_meant(meant: str, text: str) -> None:
    """A letter, a word more or less, a sign, spaces, capitals."""
    assert is_slip(text, meant)
    assert is_slip(meant, text)


@pytest.mark.parametrize(("meant", "text"), MEANT)
def test_what_says_something_else_is_no_slip(meant: str, text: str) -> None:
    """Another number, name, language or rule may well be meant; and the same is none."""
    assert not is_slip(text, meant)


def test_the_few_that_differ_by_a_slip_from_many_are_odd() -> None:
    """Four times as many say what is meant; among fewer nobody can tell."""
    lens = a_lens(*[ENGLISH] * 8, SLIP, ENGLISH[:-1], ENGLISH[:-1], "Be a pirate.")
    assert [*lens.odd()] == [
        Odd(ENGLISH[:-1], ENGLISH, False, (10, 11)),
        Odd(SLIP, ENGLISH, False, (9,)),
    ]
    assert lens.found() == (Found(CODE, (9, 10, 11), (("count", 3),)),)
    assert a_lens(*[ENGLISH] * 7, SLIP, SLIP).found() == ()
    assert a_lens(*[ENGLISH] * 4, SLIP, SLIP, times=2).found() != ()


def test_what_differs_from_the_shared_ones_is_odd_however_many_do() -> None:
    """They are what is meant; who inherits them has none of its own."""
    lens = a_lens(None, SLIP, SLIP, SLIP, shared=ENGLISH)
    assert [*lens.odd()] == [Odd(SLIP, ENGLISH, True, (2, 3, 4))]
    assert a_lens(None, ENGLISH, "Be a pirate.", shared=ENGLISH).odd() == ()
    assert a_lens(None, SLIP, shared=" ").odd() == ()


def test_each_odd_one_is_told_once() -> None:
    """Beside the shared instructions, though it is near to those of many others too."""
    lens = a_lens(*[ENGLISH] * 4, SLIP, shared=ENGLISH[:-1])
    assert [(odd.text, odd.meant) for odd in lens.odd()] == [
        (ENGLISH, ENGLISH[:-1]),
        (SLIP, ENGLISH[:-1]),
    ]


def test_other_shared_instructions_change_what_is_odd() -> None:
    """Without any example being edited."""
    lens = a_lens(None, SLIP)
    assert lens.found() == ()
    lens.share(ENGLISH)
    assert [found.rows for found in lens.found()] == [(2,)]
    lens.share("Be a pirate.")
    assert lens.found() == ()


def test_an_edit_makes_the_odd_ones_the_same() -> None:
    """And another one brings some back; so does a new usual one."""
    lens = a_lens(*[ENGLISH] * 4, SLIP)
    assert [found.rows for found in lens.found()] == [(5,)]
    lens.put([(5, instructed(ENGLISH))])
    assert lens.found() == ()
    lens.put([(1, instructed(ENGLISH.upper()))])
    assert [found.rows for found in lens.found()] == [(1,)]
    lens.drop([3, 4, 99])
    assert lens.found() == ()
    lens.put([(row, instructed(CHINESE)) for row in (3, 4, 6, 7)])
    lens.put([(8, instructed(CHINESE[:-1]))])
    assert [found.rows for found in lens.found()] == [(8,)]
