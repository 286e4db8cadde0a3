"""Examples that ask the same: copies, leaks into validation, and replies that conflict.

Rows whose questions have the same words share one entry in an index of questions; pairs of rows
are told within an entry and between entries that are nearly the same.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest
from itertools import chain, product
from typing import NamedTuple

from rapidfuzz import fuzz

from core.examples import Example
from core.lenses.base import Found
from core.lenses.conflicts import REASONS, compare_replies, find_conflict
from core.lenses.plain_words import join_words, read_words
from core.lenses.questions import read_asked
from core.lenses.questions_alike import QuestionsAlike

NEAR_DUPLICATE = "near_duplicate_example"
LEAKED = "leaked_example"
CONFLICTING = "conflicting_replies"
REPEATED = "repeated_question"
CODES = (LEAKED, CONFLICTING, NEAR_DUPLICATE, REPEATED)

SAME_REPLY = 85.0  # of 100, from which on two replies are nearly the same
SAME_INSTRUCTIONS = 90.0
ALL_WITH_ALL = 8  # rows asking the same, of which each is compared with each
MOST = 200  # rows asking the same that are compared at all
_HEAD, _TAIL = 180, 60  # characters of a reply that are kept
_SAME_LENGTH = 0.05  # by which long replies may differ
_FEW_FOUND = 200  # pairs that are told anew; of more, all are put in order again
_FEW = 12  # characters by which any may


@dataclass(slots=True)
class _Row:
    """What is kept of an example. said: 16 bytes that copies share."""

    slot: int
    reply: bytes
    length: int
    instructions: str
    said: bytes
    held_out: bool


class LookAlikes:
    """The lens; see `core.lenses.base`."""

    def __init__(self) -> None:
        self._rows: dict[int, _Row] = {}
        self._slots: dict[bytes, int] = {}  # by a digest of the question's words
        self._digests: list[bytes] = []  # the reverse
        self._members: list[list[int]] = []  # the rows of a question, by its slot
        self._new: dict[int, str] = {}  # words of what is not in the index yet
        self._touched: set[int] = set()  # questions whose rows have changed
        self._free: list[int] = []  # slots that are to be given away again
        self._questions = QuestionsAlike()
        self._told: dict[int, dict[int, list[Found]]] = {}  # by two questions, the smaller first
        self._judged: frozenset[str] = frozenset()
        self._found: list[Found] = []  # what is told, in its order
        self._gone: list[Found] = []  # of that, what is told no more
        self._come: list[Found] = []  # what is told beside it

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        self.drop([row_id for row_id, _ in rows])
        for row_id, example in rows:
            self._put(row_id, example)

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        gone: defaultdict[int, set[int]] = defaultdict(set)
        for row_id in row_ids:
            row = self._rows.pop(row_id, None)
            if row is not None:
                gone[row.slot].add(row_id)
        for slot, ids in gone.items():
            self._members[slot] = [each for each in self._members[slot] if each not in ids]
            self._touched.add(slot)

    def found(self) -> Sequence[Found]:
        """Pairs of rows, the most suspicious first."""
        self._settle()
        if not self._judged:
            return self._found
        return [pair for pair in self._found if self.digest_of(pair) not in self._judged]

    def set_judged(self, digests: frozenset[str]) -> None:
        """Leave out pairs that a person has found to be fine, by `digest_of` them."""
        self._judged = digests

    @property
    def crowded(self) -> int:
        """How many rows ask what so many ask that they are compared with none."""
        return sum(len(rows) - MOST for rows in self._members if len(rows) > MOST)

    def digest_of(self, pair: Found) -> str:
        """What a pair is remembered by: another one as soon as either of the two says another."""
        there = [self._rows[each].said for each in pair.rows if each in self._rows]
        return _digest(b"".join(sorted(there))).hex()

    def compare(self, first: int, second: int) -> Found | None:
        """What there is to say about these two rows, whatever is judged; None where nothing is."""
        self._settle()
        one, other = self._rows.get(first), self._rows.get(second)
        if one is None or other is None:
            return None
        is_same = one.slot == other.slot
        share = 1.0 if is_same else self._questions.alike(one.slot).get(other.slot, 0.0)
        return self._look(first, second, share) if share else None

    def _put(self, row_id: int, example: Example) -> None:
        asked = read_asked(example)
        if not asked.question:
            return
        slot = self._slot_for(join_words(read_words(asked.question)))
        self._members[slot].append(row_id)
        self._rows[row_id] = _Row(
            slot,
            _write(_shorten(asked.reply)),
            len(asked.reply),
            sys.intern(_shorten(asked.instructions)),
            _digest_example(example),
            example.held_out,
        )
        self._touched.add(slot)

    def _slot_for(self, words: str) -> int:
        """The slot of a question, a new one where nobody has asked it yet."""
        digest = _digest(_write(words))
        slot = self._slots.get(digest)
        if slot is None:
            slot = self._new_slot()
            self._slots[digest], self._digests[slot], self._new[slot] = slot, digest, words
        return slot

    def _new_slot(self) -> int:
        if not self._free:
            self._digests.append(b"")
            self._members.append([])
            return len(self._digests) - 1
        return self._free.pop()

    def _settle(self) -> None:
        """Bring the index up to date, then what is told of the questions for which it matters."""
        if not self._touched:
            return
        empty = {slot for slot in self._touched if not self._members[slot]}
        new = {slot: words for slot, words in self._new.items() if slot not in empty}
        likes = self._questions.replace(empty - self._new.keys(), new)
        for slot in empty:
            del self._slots[self._digests[slot]]
        dirty = likes | self._touched
        for one, other in {pair for slot in dirty for pair in self._pairs_with(slot)}:
            self._tell_pair(one, other)
        self._free += empty
        self._new, self._touched = {}, set()
        self._put_in_order()

    def _put_in_order(self) -> None:
        """Bring what is told up to date; after one edit without a look at all of it."""
        if len(self._gone) + len(self._come) > _FEW_FOUND:
            told = chain.from_iterable(by.values() for by in self._told.values())
            self._found = sorted(chain.from_iterable(told), key=_suspicion)
        else:
            for pair in self._gone:
                del self._found[bisect_left(self._found, _suspicion(pair), key=_suspicion)]
            for pair in self._come:
                insort(self._found, pair, key=_suspicion)
        self._gone, self._come = [], []

    def _pairs_with(self, slot: int) -> Iterator[tuple[int, int]]:
        """The questions to be told with this one, itself among them, and those told by now."""
        yield slot, slot
        for other in self._questions.alike(slot):
            yield min(slot, other), max(slot, other)
        for other in self._told.get(slot, ()):
            yield slot, other

    def _tell_pair(self, one: int, other: int) -> None:
        """Say anew what there is to say about two questions, the smaller slot first."""
        found = self._compare(one, other)
        before = self._told.get(one, {}).pop(other, ())
        self._gone += before
        self._come += found
        if found:
            self._told.setdefault(one, {})[other] = found
        elif before and not self._told[one]:
            del self._told[one]

    def _compare(self, one: int, other: int) -> list[Found]:
        share = 1.0 if one == other else self._questions.alike(one).get(other, 0.0)
        if not share or (one == other and len(self._members[one]) < 2):
            return []
        pairs = (self._look(*ids, share) for ids in self._row_pairs(one, other))
        return [pair for pair in pairs if pair is not None]

    def _row_pairs(self, one: int, other: int) -> set[tuple[int, int]]:
        """Rows to compare: all with all where they are few, else with the first of either part."""
        here, there = (nsmallest(MOST, self._members[slot]) for slot in (one, other))
        if len(here) * len(there) > ALL_WITH_ALL**2:
            stars = chain(product(self._firsts(here), there), product(here, self._firsts(there)))
        else:
            stars = chain(product(here, there))
        return {(min(pair), max(pair)) for pair in stars if pair[0] != pair[1]}

    def _firsts(self, row_ids: Sequence[int]) -> Iterator[int]:
        """The first row that is held out, and the first that is not."""
        seen: set[bool] = set()
        for row_id in row_ids:
            if (part := self._rows[row_id].held_out) not in seen:
                seen.add(part)
                yield row_id

    def _look(self, first: int, second: int, share: float) -> Found | None:
        """What there is to say about two rows whose questions are the same to such a `share`."""
        one, other = self._rows[first], self._rows[second]
        crosses = one.held_out != other.held_out
        if one.said == other.said:
            return Found(LEAKED, (first, second), _facts(share, 100), 1.0) if crosses else None
        replies = _Replies.of(one, other)
        if replies.are_same and crosses:
            return Found(LEAKED, (first, second), _facts(share, replies.alike), 0.97 * share)
        if not _are_alike(one.instructions, other.instructions):
            return None
        if replies.are_same:
            score = share * replies.alike / 200
            return Found(NEAR_DUPLICATE, (first, second), _facts(share, replies.alike), score)
        facts = _facts(share, replies.alike)
        if replies.conflict:
            said = (*facts, ("reason", replies.conflict))
            return Found(CONFLICTING, (first, second), said, share * REASONS[replies.conflict])
        return Found(REPEATED, (first, second), facts, share * 0.3)


class _Replies(NamedTuple):
    """How two replies compare: alike from 0 to 100, and the reason why they conflict, if any."""

    alike: float
    conflict: str
    are_same: bool

    @classmethod
    def of(cls, one: _Row, other: _Row) -> _Replies:
        if one.reply == other.reply and one.length == other.length:
            return cls(100, "", True)
        texts = _read(one.reply), _read(other.reply)
        alike = compare_replies(*texts)
        conflict = find_conflict(*texts, alike)
        near = abs(one.length - other.length) <= max(_FEW, _SAME_LENGTH * one.length)
        return cls(alike, conflict, not conflict and near and alike >= SAME_REPLY)


def _suspicion(pair: Found) -> tuple[float, tuple[int, ...]]:
    return -pair.score, pair.rows


def _facts(share: float, replies: float) -> tuple[tuple[str, str | int], ...]:
    """In percent, how much the questions and the replies are alike."""
    return (("question", round(100 * share)), ("reply", round(replies)))


def _are_alike(one: str, other: str) -> bool:
    return one == other or fuzz.ratio(one, other) >= SAME_INSTRUCTIONS


def _shorten(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} … {text[-_TAIL:]}"


def _write(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _read(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _digest_example(example: Example) -> bytes:
    """What copies share: all that is said, and what it came with."""
    said = [message.pairs for message in (*example.messages, *example.rejected)]
    return _digest(_write(repr((said, example.extra))))
