"""How many more examples are worth writing: a rule of thumb, and what it rests on.

A place to train takes so many and no fewer. OpenAI's guide "Fine-tuning best practices" sees clear
improvements with 50 to 100 well-made examples, and expects about as much again whenever their
number doubles. Hence `gain`: each example brings less than the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import Literal, TypeAlias

from core.rules.dataset import GOOD_EXAMPLES

Stage: TypeAlias = Literal["needed", "good", "double"]

_FIRST = 10  # examples that bring as much as the first doubling after them


@dataclass(frozen=True, slots=True)
class Goal:
    """The next number of examples at which a difference is to be expected, and why there.

    needed: the fewest that can be trained on; good: where it usually shows; double: as many again.
    """

    stage: Stage
    examples: int


def next_goal(examples: int, needed: int) -> Goal:
    """Where to go from so many examples to learn from."""
    if examples < needed:
        return Goal("needed", needed)
    if examples < GOOD_EXAMPLES:
        return Goal("good", GOOD_EXAMPLES)
    return Goal("double", 2 * examples)


def gain(examples: int) -> float:
    """What so many examples bring, in doublings; a picture of the rule, not a measurement."""
    return log2(1 + examples / _FIRST)
