"""A voice in words: "short, warm, no emoji, says we", as codes for the locales to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from core.voice.habits import CHINESE
from core.voice.measures import LENGTH
from core.voice.values import Tongue, Voice

# Shares of the examples: hardly ever, enough to be told, and as a rule. Between the first two it
# is what single examples do, and nothing is said.
NEVER, SOME, OFTEN = 0.05, 0.25, 0.5
_LENGTHS = {CHINESE: (50, 160)}  # characters a reply up to which it is short, and of middle length
_WORDS = (30, 90)
_WARM = ("emoji", "exclamation", "casual", "greeting")
_PERSONS = ("says_i", "says_we", "says_wo", "says_women", "says_nin", "says_ni")

CODES: Final = (
    "short", "middling", "long", "formal", "casual", "warm", "plain",
    "no_emoji", "emoji_often", "emoji_at_times", "exclaims", "never_exclaims", *_PERSONS,
    "shortens", "in_full", "greets", "takes_leave", "lists", "lays_out",
    "full_width", "half_width", "spaced", "close", "simplified", "traditional", "both_scripts",
)  # fmt: skip


def card_of(voice: Voice) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """For each kind of writing its name and its `CODES`, what tells most first."""
    return tuple((tongue.name, tuple(_codes_of(tongue))) for tongue in voice.tongues)


def _codes_of(tongue: Tongue) -> Iterator[str]:
    yield _length_of(tongue)
    yield _mood_of(tongue)
    yield from _emoji_of(tongue)
    yield from (person for person in _PERSONS if tongue.share(person) >= OFTEN)
    yield from _habits_of(tongue)
    if tongue.name == CHINESE:
        yield from _setting_of(tongue)


def _length_of(tongue: Tongue) -> str:
    short, middling = _LENGTHS.get(tongue.name, _WORDS)
    spread = tongue.spread(LENGTH)
    usual = spread.median if spread else 0.0
    return "short" if usual < short else "middling" if usual < middling else "long"


def _mood_of(tongue: Tongue) -> str:
    """Formal or casual by their words; warm, where a reader is greeted or cheered."""
    if tongue.share("formal") >= SOME and tongue.share("formal") > tongue.share("casual"):
        return "formal"
    if tongue.share("casual") >= SOME:
        return "casual"
    return "warm" if sum(tongue.share(habit) for habit in _WARM) >= OFTEN else "plain"


def _emoji_of(tongue: Tongue) -> Iterator[str]:
    share = tongue.share("emoji")
    if share <= NEVER:
        yield "no_emoji"
    elif share >= SOME:
        yield "emoji_often" if share >= OFTEN else "emoji_at_times"
    if tongue.share("exclamation") >= OFTEN:
        yield "exclaims"
    elif tongue.share("exclamation") <= NEVER:
        yield "never_exclaims"


def _habits_of(tongue: Tongue) -> Iterator[str]:
    if tongue.share("contraction") >= OFTEN:
        yield "shortens"
    elif tongue.share("contraction") <= NEVER and tongue.share("full_form") >= SOME:
        yield "in_full"
    yield from _present(tongue, {"greeting": "greets", "sign_off": "takes_leave"}, OFTEN)
    yield from _present(tongue, {"list": "lists", "markdown": "lays_out"}, SOME)


def _present(tongue: Tongue, codes: dict[str, str], least: float) -> Iterator[str]:
    yield from (code for habit, code in codes.items() if tongue.share(habit) >= least)


def _setting_of(tongue: Tongue) -> Iterator[str]:
    """How Chinese is set."""
    if tongue.share("half_width") <= NEVER:
        yield "full_width"
    elif tongue.share("half_width") >= SOME:
        yield "half_width"
    if max(tongue.share("spaced"), tongue.share("close")) >= SOME:
        yield "spaced" if tongue.share("spaced") > tongue.share("close") else "close"
    scripts: Sequence[str] = [
        script for script in ("simplified", "traditional") if tongue.share(script) >= SOME
    ]
    yield from scripts if len(scripts) < 2 else ["both_scripts"]
