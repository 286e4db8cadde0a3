"""The numbers that checks go by where a person may want others: one list, with what each is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIMITS: Mapping[str, float] = MappingProxyType(
    {
        # The shape of the set.
        "same_reply_questions": 4,  # different questions from which on one reply fits all
        "same_reply_share": 0.01,  # of all examples that it answers
        "same_reply_words": 4,  # the shortest reply that is one, and not a label
        "odd_instructions_times": 4,  # as often as the odd ones are those that were meant
        "validation_from": 50,  # examples from which on some should be held out
        "validation_most": 0.3,  # of all examples that are held out
        "thin_rows": 10,  # examples below which a tag or a language is hardly learned
        "voice_distance": 1,  # from the voice, from which on an example sounds unlike it
        "thin_times": 10,  # as many examples has another one
    }
)
