"""What a set of examples is made of: how many there are of each tag, language, length and kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.examples import ASSISTANT, USER, Example
from core.lenses.base import Found
from core.lenses.lengths import count_words, step_of
from core.lenses.question_kinds import kind_of_question
from core.rules.checks import NO_CHECKS, Checks
from core.scripts import MIXED, OTHER, script_of

TAG, SCRIPT, LENGTH, KIND = ASPECTS = ("tag", "script", "length", "kind")
UNTAGGED = ""

_UNSURE = {"", MIXED, OTHER}  # of an example in one of these nobody can say that it is a stray
_TAGGED = 0.8  # of all examples: where fewer have a tag, tags do not sort the whole set
_SORTED = 2  # groups, from which something can be out of balance

Value: TypeAlias = str | int  # a tag, one of `SCRIPTS`, a step of `lengths`, one of `KINDS`
Trait: TypeAlias = tuple[str, Value, bool]  # aspect, value, whether it is held out


@dataclass(frozen=True, slots=True)
class Share:
    """How many examples have a value, among those to learn from and those for validation."""

    value: Value
    training: int
    validation: int

    @property
    def rows(self) -> int:
        """All of them."""
        return self.training + self.validation


class Shape:
    """The rows by what they are; an edit moves one row between the sets it belongs to."""

    def __init__(self, checks: Checks = NO_CHECKS) -> None:
        self._checks = checks
        self._traits: dict[int, tuple[Trait, ...]] = {}
        self._alike: dict[tuple[Trait, ...], tuple[Trait, ...]] = {}  # each is kept once
        self._rows: defaultdict[Trait, set[int]] = defaultdict(set)
        self._held_out: set[int] = set()
        self._found: tuple[Found, ...] | None = None

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        self.drop([row_id for row_id, _ in rows])
        for row_id, example in rows:
            traits = tuple(dict.fromkeys(_traits_of(example)))
            self._traits[row_id] = self._alike.setdefault(traits, traits)
            for trait in traits:
                self._rows[trait].add(row_id)
            if example.held_out:
                self._held_out.add(row_id)

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        self._found = None
        for row_id in row_ids:
            self._held_out.discard(row_id)
            for trait in self._traits.pop(row_id, ()):
                self._rows[trait].discard(row_id)
                if not self._rows[trait]:
                    del self._rows[trait]

    @property
    def validation(self) -> int:
        """How many examples are held out for validation."""
        return len(self._held_out)

    @property
    def training(self) -> int:
        """How many examples are there to learn from."""
        return len(self._traits) - len(self._held_out)

    def shares(self, aspect: str) -> list[Share]:
        """What there is of one of `ASPECTS`: lengths from the shortest, else the most first.

        An example counts for each of its tags, and for each length that a reply of it has.
        """
        counts: dict[Value, list[int]] = {}
        for (named, value, held_out), rows in list(self._rows.items()):
            if named == aspect:
                counts.setdefault(value, [0, 0])[held_out] += len(rows)
        found = [Share(value, *both) for value, both in counts.items()]
        if aspect == LENGTH:
            return sorted(found, key=lambda share: share.value)
        return sorted(found, key=lambda share: (-share.rows, str(share.value)))

    def rows_with(self, aspect: str, value: Value) -> list[int]:
        """The rows that have this value, in the order of their ids."""
        return sorted(
            self._rows.get((aspect, value, False), set())
            | self._rows.get((aspect, value, True), set())
        )

    def found(self) -> Sequence[Found]:
        """What is out of balance, where that matters; see docs/rules.md."""
        if self._found is None:
            self._found = (*self._odd_validation(), *self._thin_tags(), *self._thin_languages())
        return self._found

    def _odd_validation(self) -> Iterator[Found]:
        """None or much is held out, or something that is taught is not tested."""
        held, rows = self.validation, len(self._traits)
        few = held == 0 and rows >= self._checks.limit("validation_from")
        if few or held > self._checks.limit("validation_most") * rows:
            told = (("held_out", held), ("examples", rows), ("percent", _percent(held, rows)))
            yield Found("validation_share", (), told)
        untested = [*self._untested(TAG), *self._untested(SCRIPT)]
        if held and untested:
            yield Found("validation_gap", (), (("count", len(untested)),))

    def _untested(self, aspect: str) -> Iterator[Share]:
        """Values that validation lacks, though by its size at least one was to be expected."""
        for share in self.shares(aspect):
            due = share.training * self.validation >= self.training
            is_told = share.value != UNTAGGED and share.training >= self._checks.limit("thin_rows")
            if is_told and due and not share.validation:
                yield share

    def _thin_tags(self) -> Iterator[Found]:
        """Where tags sort the whole set, each has enough examples to be learned."""
        shares = self.shares(TAG)
        tagged = [share for share in shares if share.value != UNTAGGED]
        untagged = sum(share.rows for share in shares) - sum(share.rows for share in tagged)
        sorts = len(self._traits) - untagged >= _TAGGED * len(self._traits)
        if sorts and len(tagged) >= _SORTED:
            yield from self._thin("unbalanced_tags", TAG, tagged)

    def _thin_languages(self) -> Iterator[Found]:
        """A language that hardly occurs is too little to be learned, or went astray."""
        sure = [share for share in self.shares(SCRIPT) if share.value not in _UNSURE]
        yield from self._thin("unbalanced_languages", SCRIPT, sure)

    def _thin(self, code: str, aspect: str, shares: Sequence[Share]) -> Iterator[Found]:
        most = max((share.rows for share in shares), default=0)
        thin = [share for share in shares if self._is_thin(share.rows, most)]
        if thin:
            rows = {row_id for share in thin for row_id in self.rows_with(aspect, share.value)}
            yield Found(code, tuple(sorted(rows)), (("count", len(thin)), ("examples", len(rows))))

    def _is_thin(self, rows: int, most: int) -> bool:
        few = rows < self._checks.limit("thin_rows")
        return few and rows * self._checks.limit("thin_times") <= most


def _traits_of(example: Example) -> Iterator[Trait]:
    held = example.held_out
    for tag in example.tags or (UNTAGGED,):
        yield TAG, tag, held
    yield SCRIPT, script_of(example), held
    asks = next((message.text for message in example.messages if message.role == USER), "")
    yield KIND, kind_of_question(asks), held
    for message in example.messages:
        if (
            message.role == ASSISTANT
            and message.weight != 0
            and (words := count_words(message.text))
        ):
            yield LENGTH, step_of(words), held


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
