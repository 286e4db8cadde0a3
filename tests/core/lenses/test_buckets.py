"""core/lenses/buckets.py and questions_alike.py: what is compared depends on the texts alone."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lenses.buckets import BESIDE, Buckets, unique_pairs
from core.lenses.questions_alike import QuestionsAlike
from core.lenses.sketches import BANDS, LONGEST, key_bands, sketch

WORDS = ("order", "kettle", "arrived", "broken", "yesterday", "colour", "wrong", "box", "lid")


def a_crowd(count: int) -> list[str]:
    """Questions that are nearly the same, more of them than stand beside each other."""
    rng = random.Random(7)  # noqa: S311  # made-up text, not a secret
    long = [word for word in WORDS for _ in range(3)]
    return [" ".join([*rng.sample(WORDS, 2), *long, *rng.sample(WORDS, 2)]) for _ in range(count)]


CROWD = [*dict.fromkeys(a_crowd(60))]


def told(index: QuestionsAlike, texts: dict[int, str]) -> dict[str, dict[str, float]]:
    """By text, what it is like and how much."""
    return {
        text: {texts[other]: share for other, share in index.alike(slot).items()}
        for slot, text in texts.items()
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sets(st.integers(0, len(CROWD) - 1), min_size=1, max_size=50), max_size=6))
def test_in_a_crowd_too_the_same_texts_are_alike_whatever_came_before(
    turns: list[set[int]],
) -> None:
    """Each turn puts what is not there and drops what is."""
    index, texts, slot = QuestionsAlike(), dict[int, str](), 0
    for turn in turns:
        gone = [slot for slot, text in texts.items() if CROWD.index(text) in turn]
        there = {texts.pop(each) for each in gone}
        fresh = [CROWD[at] for at in sorted(turn) if CROWD[at] not in there]
        new = dict(enumerate(fresh, slot))
        slot += len(new)
        index.replace(gone, new)
        texts |= new
    anew = QuestionsAlike()
    numbered = dict(enumerate(texts.values()))
    anew.replace([], numbered)
    assert told(anew, numbered) == told(index, texts)


def test_a_crowd_costs_no_square_of_pairs() -> None:
    """With one key for all, each is compared with those beside it."""
    count, buckets = 5_000, Buckets()
    slots = list(range(count))
    buckets.set_keys(slots, np.ones((BANDS, count), np.uint32), np.arange(count, dtype=np.uint32))
    buckets.rebuild(slots)
    assert len(buckets.pairs()) == sum(range(count - BESIDE, count))


def test_pairs_are_told_once() -> None:
    """Whichever stands first."""
    pairs = unique_pairs(np.array([[3, 1], [1, 3], [2, 9], [1, 3]]))
    assert pairs.tolist() == [[1, 3], [2, 9]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("can i return a kettle that i have used", "can i return a ketle that i have used"),
        ("酒店楼顶有没有游泳池开到几点", "酒店的楼顶有没有游泳池开到几点"),
        ("x", "x"),
        ("a" * LONGEST * 3, "a" * LONGEST * 4),
        ("\ud83d", "\ud83d"),
    ],
)
def test_texts_that_are_alike_share_a_band(one: str, other: str) -> None:
    """Short or long, Chinese or English, whole or with half a character."""
    keys = key_bands(sketch([one, "something else altogether", other]))
    assert (keys[:, 0] == keys[:, 2]).any()
    assert not (keys[:, 0] == keys[:, 1]).any()


def test_the_minima_agree_as_often_as_the_shingles_overlap() -> None:
    """What MinHash promises, within what 120 of them can tell."""
    rng = random.Random(5)  # noqa: S311  # as above
    letters = "abcdefghijklmnopqrstuvwxyz"
    off = []
    for _ in range(60):
        one = "".join(rng.choices(letters, k=300))
        other = one[: rng.randrange(40, 300)] + "".join(rng.choices(letters, k=80))
        sets = [{f"{t}\0\0"[at : at + 3] for at in range(len(t))} for t in (one, other)]
        share = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        minima = sketch([one, other])
        off.append(float((minima[0] == minima[1]).mean()) - share)
    assert abs(np.mean(off)) < 0.02
    assert np.std(off) < 0.07
