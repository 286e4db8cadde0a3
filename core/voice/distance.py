"""How far an example is from a voice, and by what: one figure, and the reasons for it.

Each trait gives how strange it is, where 1 is as strange as on its own is worth a look:

- A measure (length of a reply, of its sentences, of its words) by its modified z-score on a
  logarithmic scale, 0.6745 · (x - median) / MAD, divided by 3.5: Iglewicz and Hoaglin, "How to
  Detect and Handle Outliers" (ASQC 1993), who recommend both the score and this limit. Lengths are
  skewed, so their logarithms are compared. Where most values are the same the MAD says nothing, so
  the scale is no less than 0.3, and lengths within a factor of about 2.9 never stand out (0.15 and
  1.7 for words). Of the measures, which tell nearly the same, the strangest counts.
- A habit (emoji, a greeting, "we") by how seldom what the example does is done: the part of the
  examples that do it, estimated as (k + ½) / (n + 1) by Krichevsky and Trofimov ("The Performance
  of Universal Encoding", IEEE Trans. Inf. Theory 27, 1981), and its logarithm divided by that of
  1 / 36: what none of eighteen examples did is beyond the limit. A weight says how much a habit
  tells.

The distance is the root of the sum of squares (Euclid's) of those strangenesses that are at least
0.7: below that everybody differs in something. An example that the voice was learned from is
compared with the others only (the jackknife). A readability formula would say no more than the
lengths of sentences and words that it is made of, and there is none for Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, log
from typing import Final

from core.examples import APPROVED, Example
from core.voice.habits import CHINESE, HABITS
from core.voice.measures import LENGTH, SENTENCE, WORD, Measured, measure_example
from core.voice.values import Spread, Tongue, Voice

ENOUGH = 10  # examples to learn from
MORE, LESS = "more", "less"
_Z = 3.5  # the modified z-score from which Iglewicz and Hoaglin call a value an outlier
_SELDOM = log(36)
_MILD = 0.7
# Of a logarithm, where all values are nearly the same.
LEAST_SCALES: Final = {LENGTH: 0.3, SENTENCE: 0.3, WORD: 0.15}
# What doing it (more) or not doing it (less) tells of a voice; 1 where nothing is said here. What
# depends on what is asked tells less, and of two habits that exclude each other one tells.
WEIGHTS: Final = {
    ("exclamation", MORE): 0.9, ("exclamation", LESS): 0.8, ("shouting", LESS): 0.0,
    ("emoji", LESS): 0.8, ("small_start", LESS): 0.8,
    ("question", MORE): 0.6, ("question", LESS): 0.6,
    ("list", MORE): 0.8, ("list", LESS): 0.8, ("markdown", LESS): 0.8,
    ("greeting", MORE): 0.9, ("sign_off", MORE): 0.7,
    ("contraction", LESS): 0.7, ("full_form", MORE): 0.7, ("full_form", LESS): 0.0,
    ("says_i", LESS): 0.6, ("says_we", LESS): 0.6,
    ("says_you", MORE): 0.6, ("says_you", LESS): 0.6,
    ("says_wo", LESS): 0.6, ("says_women", LESS): 0.6,
    ("says_ni", LESS): 0.0, ("says_nin", LESS): 0.8,
    ("formal", LESS): 0.5, ("casual", LESS): 0.5,
    ("half_width", LESS): 0.0, ("spaced", LESS): 0.0, ("close", LESS): 0.0,
    ("simplified", LESS): 0.0, ("traditional", LESS): 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One trait that an example differs in, and whether it has more or less of it.

    trait: of `HABITS` or `MEASURES`; "length_zh" and "sentence_zh" are counted in characters;
    strangeness: see above; value, usual: the figure and the median of a measure, or how many of
    `examples` do as this one does, of a habit.
    """

    trait: str
    way: str
    strangeness: float
    value: int
    usual: int

    @property
    def code(self) -> str:
        """Its name in the locales, such as "emoji_more"."""
        return f"{self.trait}_{self.way}"


@dataclass(frozen=True, slots=True)
class Distance:
    """How far an example is from the voice, 0 or more, and why, the strangest first.

    examples: how many it was compared with.
    """

    far: float
    reasons: tuple[Reason, ...]
    examples: int


def distance_of(example: Example, voice: Voice) -> Distance | None:
    """How far it is; None where it says nothing in words, or in none that the voice knows."""
    only = voice.tongues[0].name if len(voice.tongues) == 1 else ""
    measured = measure_example(example, only)
    tongue = voice.tongue(measured.tongue) if measured else None
    if measured is None or tongue is None:
        return None
    taught = voice.from_all or example.review == APPROVED
    return measured_distance(measured, tongue, taught=taught)


def measured_distance(measured: Measured, tongue: Tongue, *, taught: bool = False) -> Distance:
    """The same for what was measured; `taught`: the tongue was learned from it, too."""
    measures = sorted(_by_measure(measured, tongue), key=_strangeness)[-1:]
    every = [*_by_habit(measured, tongue, taught), *measures]
    strange = (reason for reason in every if reason.strangeness >= _MILD)
    reasons = sorted(strange, key=_strangeness, reverse=True)
    far = hypot(*(reason.strangeness for reason in reasons))
    return Distance(far, tuple(reasons), tongue.examples - taught)


def _strangeness(reason: Reason) -> float:
    return reason.strangeness


def _by_habit(measured: Measured, tongue: Tongue, taught: bool) -> Iterator[Reason]:
    counts = dict(tongue.habits)
    others = tongue.examples - taught
    if others < 1:
        return
    for habit in HABITS[measured.tongue]:
        way = MORE if habit in measured.habits else LESS
        doing = counts.get(habit, 0)
        alike = (doing if way == MORE else tongue.examples - doing) - taught
        alike = min(max(alike, 0), others)
        strange = WEIGHTS.get((habit, way), 1.0) * -log((alike + 0.5) / (others + 1)) / _SELDOM
        yield Reason(habit, way, strange, alike, others - alike)


def _by_measure(measured: Measured, tongue: Tongue) -> Iterator[Reason]:
    for name, value in measured.figures.items():
        spread = tongue.spread(name)
        if spread is not None:
            z = z_score(value, spread)
            way = MORE if z > 0 else LESS
            trait = f"{name}_zh" if tongue.name == CHINESE else name
            yield Reason(trait, way, abs(z) / _Z, round(value), round(spread.median))


def z_score(value: float, spread: Spread) -> float:
    """The modified z-score of a figure, on a logarithmic scale."""
    return (log(1 + value) - log(1 + spread.median)) / max(
        spread.scale, LEAST_SCALES.get(spread.name, 0.3)
    )
