"""Would a dataset be taken at each place we know, what would be lost there, what would be learned.

All places are held to the same bytes, the ones that would go out, in one pass over them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from core.blocking import look_at, refusals
from core.examples import ASSISTANT, Example, Json
from core.findings import Severity
from core.jsonl import Line, read_line, write_line
from core.learned import (
    REFUSED,
    UNREADABLE,
    Counting,
    Outcome,
    ignored_keys,
    is_learned,
    outcome_of,
    passes_over,
)
from core.lines import RawLine
from core.measuring import Measure, learned_tokens, measure, measure_replies
from core.providers.terms import Terms
from core.queries import TRAINING
from core.selection import Selection, iterate_named
from core.storage import Project, Store
from core.tasks import Advance, unwatched
from core.tokens import counter_for
from core.verdicts import (
    ALL_LEARNED,
    BESIDE_IGNORED,
    CUT_OFF,
    KEY_IGNORED,
    LEFT_OUT,
    MARK_ASKED,
    TOO_FEW,
    TOO_LARGE,
    TOO_MANY,
    WEIGHT_IGNORED,
    Effect,
    Readiness,
    Reason,
)

FIRST_ROWS = 3  # of each reason, for the person to go to
TOLD = 500  # lines between two words about progress
TO_TRAIN_ON = Selection(part=TRAINING)
_MARK = "byte_order_mark"

Note: TypeAlias = tuple[Effect, str, str]  # effect, code, what


def check_project(
    store: Store,
    project: Project,
    places: Sequence[Terms],
    selection: Selection = TO_TRAIN_ON,
    advance: Advance = unwatched,
) -> tuple[Readiness, ...]:
    """How it stands with what a project would send; `advance` is told the examples gone through.

    Raises:
        Stopped: by `advance`.
    """
    return check_lines(project_lines(store, project, selection), places, advance)


def project_lines(store: Store, project: Project, selection: Selection) -> Iterator[Line]:
    """What would go out, read back from its bytes; a line is numbered by the id of its row."""
    for row_id, example in iterate_named(store, project, selection):
        if not selection.leaves_out(example):
            yield read_line(RawLine(row_id, write_line(example)[:-1]))


def check_lines(
    lines: Iterable[Line], places: Sequence[Terms], advance: Advance = unwatched
) -> tuple[Readiness, ...]:
    """How it stands with a file at each place, given as its lines in their order."""
    watches = [_Watch(terms) for terms in places]
    limits = [terms.token_limit for terms in places if terms.token_limit is not None]
    shortest = min(limits) if limits else None
    number = 0
    for number, line in enumerate(lines, 1):
        seen = _Seen(line, number == 1, shortest)
        for watch in watches:
            watch.see(seen)
        if number % TOLD == 0:
            advance(TOLD)
    advance(number % TOLD)
    return tuple(watch.readiness() for watch in watches)


class _Seen:
    """One line, with all that several places ask of it found out once.

    errors: codes of what is wrong with the line itself; keys: what its messages say beside role and
    content, a weight only where it is a reply's and not 1; is_weighed: whether any weight is given.
    """

    def __init__(self, line: Line, is_first: bool, shortest: int | None) -> None:
        self.number, self.size, self.is_first = line.number, len(line.raw) + 1, is_first
        self.example = line.example or Example()
        self.is_example = line.example is not None
        self.look = look_at(self.example)
        self.errors = {f.code for f in line.findings if f.severity is Severity.ERROR}
        self.is_marked = any(finding.code == _MARK for finding in line.findings)
        self.keys = set(_keys_of(self.example))
        self.is_weighed = any(each.weight is not None for each in self.example.messages)
        # A token is a byte or more: a line that weighs less than a limit is not longer than it.
        self._is_short = shortest is None or self.size <= shortest
        self._measures: dict[str, Measure] = {}
        self._outcomes: dict[tuple[bool, frozenset[str], int | None], Outcome] = {}
        self._tokens: dict[tuple[str, frozenset[str], int | None], int] = {}

    def measured(self, encoding: str) -> Measure:
        """Its tokens in an encoding."""
        if encoding not in self._measures:
            count = measure_replies if self._is_short else measure
            self._measures[encoding] = count(self.example, counter_for(encoding))
        return self._measures[encoding]

    def outcome(self, is_refused: bool, ignored: frozenset[str], read: int | None) -> Outcome:
        """What is learned of it at a place; most places agree."""
        key = is_refused, ignored & self.keys, read
        if key not in self._outcomes:
            self._outcomes[key] = outcome_of(
                self.example, refused=is_refused, ignored=key[1], read=read
            )
        return self._outcomes[key]

    def learned_tokens(self, terms: Terms, ignored: frozenset[str], read: int | None) -> int:
        """How many tokens of its replies are learned at a place that reads so many messages."""
        limit = None if read is None else terms.token_limit
        key = terms.encoding, ignored & self.keys, limit
        if key not in self._tokens:
            messages = self.example.messages[:read]
            learned = (at for at, each in enumerate(messages) if is_learned(each, key[1]))
            self._tokens[key] = learned_tokens(self.measured(terms.encoding), learned, limit)
        return self._tokens[key]


def _keys_of(example: Example) -> Iterator[str]:
    for message in example.messages:
        for key, value in message.pairs:
            is_plain = key == "weight" and (_is_one(value) or message.role != ASSISTANT)
            means_nothing = value is None or is_plain
            if key not in {"role", "content"} and not means_nothing:
                yield key


def _is_one(weight: Json) -> bool:
    """Whether a weight says what none would say; true is none, though Python takes it for 1."""
    return weight == 1 and not isinstance(weight, bool)


class _Watch:
    """What one place makes of the lines that it is shown."""

    def __init__(self, terms: Terms) -> None:
        self._terms, self._dialect = terms, terms.dialect
        self._ignored = ignored_keys(terms.dialect)
        self._counting = Counting(terms.dialect)
        self._examples = self._bytes = self._tokens = 0
        self._is_marked = False
        self._counts: Counter[Note] = Counter()
        self._rows: dict[Note, list[int]] = {}

    def see(self, seen: _Seen) -> None:
        """One more line of the file."""
        self._bytes += seen.size
        refused = set(self._refusals(seen))
        for code in refused:
            self._note(seen, Effect.REFUSED, code)
        if seen.is_example:
            self._examples += 1
            self._see_keys(seen)
            self._learn(seen, bool(refused))
        elif refused:
            self._counting.drop(UNREADABLE)

    def _refusals(self, seen: _Seen) -> Iterator[str]:
        yield from seen.errors
        if seen.is_marked:
            self._is_marked |= seen.is_first
            if not seen.is_first or self._dialect.byte_order_mark == "refused":
                yield _MARK
        if seen.is_example:
            yield from refusals(seen.look, self._dialect)

    def _see_keys(self, seen: _Seen) -> None:
        dialect = self._dialect
        for key in seen.keys:
            if passes_over(dialect, key):
                code = WEIGHT_IGNORED if key == "weight" else KEY_IGNORED
                self._note(seen, Effect.IGNORED, code, key)
        if seen.is_weighed and dialect.weight_teaches_all:
            self._note(seen, Effect.ADDED, ALL_LEARNED)
        if dialect.spare_uses:
            for key in seen.look.beside - dialect.uses:
                self._note(seen, Effect.IGNORED, BESIDE_IGNORED, key)

    def _learn(self, seen: _Seen, is_refused: bool) -> None:
        """Count what is learned of an example, as far as it is read."""
        measured, limit = seen.measured(self._terms.encoding), self._terms.token_limit
        read: int | None = None
        if limit is not None and measured.tokens > limit:
            read = self._shorten(seen, measured.begun_before(limit))
        outcome = seen.outcome(is_refused, self._ignored, read)
        self._counting.add(outcome)
        if outcome.replies:
            self._tokens += seen.learned_tokens(self._terms, self._ignored, read)

    def _shorten(self, seen: _Seen, begun: int) -> int:
        """How many messages are read of an example that is too long, if `begun` were begun."""
        if self._dialect.too_long == "dropped":
            self._note(seen, Effect.DROPPED, LEFT_OUT)
            return 0
        self._note(seen, Effect.CUT, CUT_OFF)
        return begun

    def _note(self, seen: _Seen, effect: Effect, code: str, what: str = "") -> None:
        note = effect, code, what
        self._counts[note] += 1
        rows = self._rows.setdefault(note, [])
        if len(rows) < FIRST_ROWS:
            rows.append(seen.number)

    def readiness(self) -> Readiness:
        """How it stands, now that all was seen."""
        noted = (self._reason(note, count) for note, count in self._counts.items())
        order = list(Effect)
        reasons = sorted(
            [*noted, *self._of_the_whole()],
            key=lambda each: (order.index(each.effect), -each.examples, each.code, each.what),
        )
        tally = self._counting.tally
        return Readiness(self._terms, tuple(reasons), tally, self._tokens, self._bytes)

    def _reason(self, note: Note, count: int) -> Reason:
        effect, code, what = note
        number = (self._terms.token_limit or 0) if code in {CUT_OFF, LEFT_OUT} else 0
        return Reason(effect, code, what, number, count, tuple(self._rows[note]))

    def _of_the_whole(self) -> Iterator[Reason]:
        terms = self._terms
        if self._examples < terms.min_examples:
            yield Reason(Effect.REFUSED, TOO_FEW, number=terms.min_examples)
        if terms.max_examples is not None and self._examples > terms.max_examples:
            yield Reason(Effect.REFUSED, TOO_MANY, number=terms.max_examples)
        if terms.max_file_bytes is not None and self._bytes > terms.max_file_bytes:
            yield Reason(Effect.REFUSED, TOO_LARGE, number=terms.max_file_bytes)
        tally = self._counting.tally
        if self._examples and not tally.replies and REFUSED not in tally.reasons:
            yield Reason(Effect.REFUSED, "nothing_to_learn")
        if terms.dialect.byte_order_mark == "asked" and not self._is_marked:
            yield Reason(Effect.ASKED, MARK_ASKED)
