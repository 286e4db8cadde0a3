"""`alike`: questions asked twice, found among 100,000 examples in English and Chinese."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks.figures import Table, seconds, spread
from benchmarks.texts import CHINESE, ENGLISH, SEED
from core.examples import Example, Message
from core.lenses.look_alikes import LookAlikes

SIZES, QUICK_SIZES = (10_000, 100_000), (1_000,)
ROUNDS, QUICK_ROUNDS = 3, 1
EDITS = 100
PLANTED = 0.02  # of the rows ask what another one asks; as many only look so
# Typed the same in pinyin.
_TYPED_ALIKE = {"已": "以", "做": "作", "的": "得", "其": "期", "像": "象", "客": "克"}

Pair = tuple[int, int]
_Edit = Callable[[random.Random, list[str]], list[str]]


@dataclass(slots=True)
class Planted:
    """Rows, and the pairs of them that ask the same, or nearly so but something else."""

    rows: list[tuple[int, Example]] = field(default_factory=list)
    same: set[Pair] = field(default_factory=set)
    other: set[Pair] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: seconds, megabytes, milliseconds an edit, and shares from 0 to 1."""

    building: float
    memory: float
    edit: float
    found: float
    wrong: float


def measure(*, quick: bool = False) -> Table:
    """Build the index, in a process of its own for each round, then change row after row."""
    sizes, rounds = (QUICK_SIZES, QUICK_ROUNDS) if quick else (SIZES, ROUNDS)
    figures = [
        (f"{language}, {size:,} examples", *_told(_measure(language, size, rounds)))
        for language in LANGUAGES
        for size in sizes
    ]
    return Table(
        title="Questions asked twice",
        about=(
            f"The look-alikes of made-up short examples. {PLANTED:.0%} of them ask what another "
            "one asks, with a typo, a polite word, other marks or without a small word; as many "
            "only look so, with another number, another name or a “not”. Building takes in all "
            "rows and tells the pairs; memory is what it adds to the process; wrongly found is "
            "what nobody planted, of all that was told."
        ),
        columns=("examples", "building", "memory", "one edit", "found", "wrongly found"),
        figures=tuple(figures),
    )


def _measure(language: str, size: int, rounds: int) -> list[Measured]:
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return pool.starmap(measure_once, [(language, size)] * rounds, chunksize=1)


def _told(rounds: list[Measured]) -> tuple[str, ...]:
    return (
        spread([each.building for each in rounds], "s"),
        spread([each.memory for each in rounds], "MB", 0),
        spread([each.edit for each in rounds], "ms"),
        f"{rounds[0].found:.1%}",
        f"{rounds[0].wrong:.1%}",
    )


def measure_once(language: str, size: int) -> Measured:
    """One round, in a process that has done nothing before."""
    planted = plant(language, size)
    lens, before = LookAlikes(), _resident()
    building = seconds(lambda: _build(lens, planted.rows))
    memory = _resident() - before
    told = {each.rows for each in lens.found()}
    edit = seconds(lambda: _edit(lens, planted.rows)) * 1_000 / EDITS
    missed, wrong = planted.same - told, told - planted.same
    return Measured(
        building, memory, edit, 1 - len(missed) / len(planted.same), len(wrong) / len(told)
    )


def _build(lens: LookAlikes, rows: list[tuple[int, Example]]) -> None:
    batches = iter(rows)
    while batch := list(islice(batches, 500)):  # as many as the app reads at once
        lens.put(batch)
    lens.found()


def _edit(lens: LookAlikes, rows: list[tuple[int, Example]]) -> None:
    """Another question in one row after the other, each time with all that there is to say."""
    for at in range(EDITS):
        lens.put([(rows[at * 7][0], rows[at * 7 + 3][1])])
        lens.found()


def plant(language: str, size: int) -> Planted:
    """So many rows; in every run the same."""
    rng = random.Random(SEED)  # noqa: S311  # made-up text, not a secret
    spoken, planted = LANGUAGES[language], Planted()
    while len(planted.rows) < size:
        words = [*rng.choices(spoken.words, k=rng.randint(6, 16)), str(rng.randrange(10**6))]
        first = _add(planted, rng, spoken, words)
        if rng.random() < PLANTED:
            planted.same.add(
                (first, _add(planted, rng, spoken, rng.choice(spoken.same)(rng, words)))
            )
        if rng.random() < PLANTED:
            edited = rng.choice(spoken.other)(rng, words)
            planted.other.add((first, _add(planted, rng, spoken, edited)))
    return planted


def _add(planted: Planted, rng: random.Random, spoken: _Spoken, words: list[str]) -> int:
    reply = spoken.gap.join(rng.choices(spoken.words, k=rng.randint(30, 90)))
    said = (Message.of("user", spoken.gap.join(words) + spoken.ask), Message.of("assistant", reply))
    planted.rows.append((len(planted.rows), Example(said)))
    return len(planted.rows) - 1


def _with_typo(rng: random.Random, words: list[str]) -> list[str]:
    """Two letters of the longest word change places."""
    at = max(range(len(words) - 1), key=lambda at: len(words[at]))
    word, turn = words[at], rng.randrange(1, len(words[at]) - 2)
    typo = word[:turn] + word[turn + 1] + word[turn] + word[turn + 2 :]
    return [*words[:at], typo, *words[at + 1 :]]


def _with_sound_alike(rng: random.Random, words: list[str]) -> list[str]:
    """The first word that has one, with a character that sounds the same."""
    at = next((at for at, word in enumerate(words) if not _TYPED_ALIKE.keys().isdisjoint(word)), 0)
    return [
        *words[:at],
        "".join(_TYPED_ALIKE.get(char, char) for char in words[at]),
        *words[at + 1 :],
    ]


def _resident() -> float:
    """Megabytes of memory that this process has; Linux only."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4_096 / 1e6 if status.exists() else float("nan")


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A language: its words, what stands between them, and how its questions are edited."""

    words: list[str]
    gap: str
    ask: str
    same: tuple[_Edit, ...]
    other: tuple[_Edit, ...]


LANGUAGES: Mapping[str, _Spoken] = {
    "English": _Spoken(
        ENGLISH,
        " ",
        "?",
        (
            _with_typo,
            lambda _, words: ["Hi,", *words, "please"],
            lambda _, words: [word.capitalize() for word in words],
            lambda rng, words: _put(rng, words, "the"),
            lambda _, words: [*words[1:4], words[0], *words[4:]],
        ),
        (
            lambda _, words: [*words[:-1], str(int(words[-1]) + 1)],
            lambda rng, words: _put(rng, words, "not"),
            lambda rng, words: _replace(rng, words, ("porcelain", "Copenhagen", "umbrella")),
        ),
    ),
    "Chinese": _Spoken(
        CHINESE,
        "",
        "？",
        (
            lambda _, words: ["请问", *words, "呢"],
            lambda rng, words: _put(rng, words, "，"),
            lambda rng, words: _put(rng, words, "的"),
            lambda _, words: [*words[1:3], words[0], *words[3:]],
            _with_sound_alike,
        ),
        (
            lambda _, words: [*words[:-1], str(int(words[-1]) + 1)],
            lambda rng, words: _put(rng, words, "不"),
            lambda rng, words: _replace(rng, words, ("广州", "瓷器", "雨鞋")),
        ),
    ),
}


def _put(rng: random.Random, words: list[str], word: str) -> list[str]:
    at = rng.randrange(1, len(words) - 1)
    return [*words[:at], word, *words[at:]]


def _replace(rng: random.Random, words: list[str], others: tuple[str, ...]) -> list[str]:
    at = rng.randrange(len(words) - 1)
    return [*words[:at], rng.choice(others), *words[at + 1 :]]
