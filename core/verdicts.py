"""What becomes of a dataset at a place to train: a verdict, and the reasons for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.blocking import FOREIGN_BESIDE
from core.demands import DEMANDS
from core.learned import Tally
from core.providers.terms import Terms

# Codes beside those of the findings about one example; they have words of their own.
TOO_FEW = "too_few_examples"
TOO_MANY = "too_many_examples"
TOO_LARGE = "file_too_large"
LEFT_OUT = "left_out"  # longer than the place takes
CUT_OFF = "cut_off"  # longer than the base model reads
ALL_LEARNED = "all_learned"  # not only the replies
WEIGHT_IGNORED = "weight_ignored"
KEY_IGNORED = "key_ignored"
BESIDE_IGNORED = "beside_ignored"
MARK_ASKED = "mark_asked"
OWN_CODES = (
    *(TOO_FEW, TOO_MANY, TOO_LARGE, LEFT_OUT, CUT_OFF),
    *(ALL_LEARNED, WEIGHT_IGNORED, KEY_IGNORED, BESIDE_IGNORED, MARK_ASKED, FOREIGN_BESIDE),
    *DEMANDS,
)


class Effect(StrEnum):
    """What a place would do, the worst first."""

    REFUSED = "refused"  # the file with it
    DROPPED = "dropped"  # the example
    CUT = "cut"  # the end of the example
    ADDED = "added"  # more is learned than anybody meant
    IGNORED = "ignored"  # what the example says beside its words
    ASKED = "asked"  # nothing: it asks for something else, and takes this too


class Verdict(StrEnum):
    """What would become of the dataset."""

    READY = "ready"
    LOSSES = "losses"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a place would do.

    what: the key it is about, if one; number: the limit it is about, if one; examples: how many it
    is about, 0 where it is about the whole; rows: the first of them, by the numbers of their lines.
    """

    effect: Effect
    code: str
    what: str = ""
    number: int = 0
    examples: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """How it stands with a dataset at one place, the reasons worst first.

    tally: what is learned there, of what is read; tokens: of the replies that are learned from.
    """

    terms: Terms
    reasons: tuple[Reason, ...]
    tally: Tally
    tokens: int
    file_bytes: int

    @property
    def verdict(self) -> Verdict:
        """The whole story in a word."""
        effects = {reason.effect for reason in self.reasons}
        if Effect.REFUSED in effects:
            return Verdict.REFUSED
        return Verdict.LOSSES if effects - {Effect.ASKED} else Verdict.READY
