"""Instructions that differ by a slip from those of many others, in a few examples alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from core.examples import Example
from core.lenses.base import Found
from core.lenses.slips import is_slip
from core.rules.checks import NO_CHECKS, Checks

CODE = "odd_instructions"
_MODELS = 20  # instructions with the most rows, to which others are held


@dataclass(frozen=True, slots=True)
class Odd:
    """Instructions that some `rows` have, though `meant` are those of many others.

    is_shared: they are the ones that examples without their own inherit.
    """

    text: str
    meant: str
    is_shared: bool
    rows: tuple[int, ...]


class Instructions:
    """The rows by the instructions of their own."""

    def __init__(self, checks: Checks = NO_CHECKS) -> None:
        self._times = checks.limit("odd_instructions_times")
        self._shared = ""
        self._text: dict[int, str] = {}
        self._rows: defaultdict[str, set[int]] = defaultdict(set)
        self._usual: set[str] = set()  # in enough rows to be what others mean
        self._new: set[str] = set()  # not yet held to any
        self._slips: dict[str, set[str]] = {}  # from which of the many, which differ by a slip
        self._odd: tuple[Odd, ...] | None = None

    def share(self, text: str) -> None:
        """The instructions of the project, which examples without their own inherit."""
        if text != self._shared:
            self._shared = text
            self._odd = None

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        self.drop([row_id for row_id, _ in rows])
        for row_id, example in rows:
            text = example.system or ""
            if text.strip():
                self._text[row_id] = text
                self._add(text, row_id)

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        self._odd = None
        for row_id in row_ids:
            text = self._text.pop(row_id, None)
            if text is not None:
                self._take(text, row_id)

    def found(self) -> Sequence[Found]:
        """All odd ones that mean the same instructions together."""
        meant: dict[str, list[Odd]] = {}
        for odd in self.odd():
            meant.setdefault(odd.meant, []).append(odd)
        return tuple(
            Found(CODE, tuple(sorted(row for odd in some for row in odd.rows)),
                  (("count", sum(len(odd.rows) for odd in some)),))
            for some in meant.values()
        )  # fmt: skip

    def odd(self) -> Sequence[Odd]:
        """Each of the odd ones once, beside the instructions that are most likely meant."""
        if self._odd is None:
            self._compare()
            self._odd = tuple(self._find_odd())
        return self._odd

    def _add(self, text: str, row_id: int) -> None:
        if text not in self._rows:
            self._new.add(text)
        self._rows[text].add(row_id)
        if len(self._rows[text]) >= self._times:
            self._usual.add(text)

    def _take(self, text: str, row_id: int) -> None:
        self._rows[text].discard(row_id)
        if len(self._rows[text]) < self._times:
            self._usual.discard(text)
        if not self._rows[text]:
            del self._rows[text]
            self._new.discard(text)
            for slips in self._slips.values():
                slips.discard(text)

    def _models(self) -> list[str]:
        """What others are held to: the shared ones first, then those with the most rows."""
        usual = sorted(self._usual, key=lambda text: (-len(self._rows[text]), text))
        shared = [self._shared] if self._shared.strip() else []
        return list(dict.fromkeys([*shared, *usual[:_MODELS]]))

    def _compare(self) -> None:
        """Hold what is new to each of them, and all to one that is new among them."""
        models = self._models()
        self._slips = {
            model: self._slips[model] | _slips_of(model, self._new)
            if model in self._slips
            else _slips_of(model, self._rows)
            for model in models
        }
        self._new.clear()

    def _find_odd(self) -> Iterator[Odd]:
        told: set[str] = set()
        for model, slips in self._slips.items():
            is_shared = model == self._shared
            candidates = slips - told - {self._shared}
            for text in sorted(candidates, key=lambda text: (-len(self._rows[text]), text)):
                rows = self._rows[text]
                if is_shared or len(self._rows[model]) >= self._times * len(rows):
                    told.add(text)
                    yield Odd(text, model, is_shared, tuple(sorted(rows)))


def _slips_of(model: str, texts: Collection[str]) -> set[str]:
    return {text for text in texts if is_slip(text, model)}
