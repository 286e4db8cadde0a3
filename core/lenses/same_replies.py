"""One answer that fits all: the same or nearly the same reply to many different questions.

Replies that are much alike land in a common bucket, by the minima of `core.lenses.sketches`: those
that overlap by nine tenths in 98 of 100 cases, those that overlap by half in 8. Of a bucket with
many rows those are told that are like its middle, so that a common beginning makes no reply the
same. An edit touches the buckets of one row alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.examples import ASSISTANT, USER, Example
from core.lenses.base import Found
from core.lenses.plain_words import join_words, read_words, split_words, stem, turns_round
from core.lenses.sketches import MINIMA, Hashes, sketch
from core.rules.checks import NO_CHECKS, Checks

CODE = "one_reply_fits_all"
_READ = 2_000  # characters of a reply
_DEEP, _BUCKETS = 6, 5  # minima that replies in a bucket have in common; buckets a reply is in
_ALIKE = 0.7  # of the minima that a reply has in common with the middle one of its bucket
_SAMPLE = 50  # rows that stand for all of a crowd
_READ_OF_QUESTION = 300  # characters
_HALF = 0.5  # of the questions to one reply: what so many have in common is their topic
_ASKING = frozenset("怎什么哪何几谁为时候久有没")  # English ones turn a question round
_SPECIFIC = 3  # times as often as elsewhere a topic is asked about there
_STRUCTURED = ("{", "[", "<", "```")  # labels and data repeat themselves by their nature
_ASKS_BACK = ("?", "？")

# A Chinese character, or a word; numbers are left out: a price or a date makes no other reply.
_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff"
_WORD = re.compile(f"[{_CHINESE}]|[^\\W\\d_{_CHINESE}]+")


Rows = NDArray[np.int64]  # ids, in rising order


class _Kept(NamedTuple):
    """What is kept of a row: the telling words of the question, and the minima of the reply."""

    question: str
    minima: bytes


class SameReplies:
    """The rows by what is replied to their first question."""

    def __init__(self, checks: Checks = NO_CHECKS) -> None:
        self._many = max(2, checks.limit("same_reply_questions"))
        self._share = checks.limit("same_reply_share")
        self._shortest = checks.limit("same_reply_words")
        self._kept: dict[int, _Kept] = {}
        self._buckets: dict[bytes, int | set[int]] = {}  # nearly all hold one row: no set for these
        self._full: set[bytes] = set()  # buckets with many rows
        self._asked: Counter[str] = Counter()  # by topic, how many questions have it
        self._fewest = 0  # rows of a bucket from which on it was looked into
        self._crowds: list[set[int]] | None = None  # until such a bucket has others
        self._like_most: dict[bytes, Rows] = {}  # by bucket, those of its rows that are alike
        self._found: tuple[Found, ...] | None = None

    def put(self, rows: Sequence[tuple[int, Example]]) -> None:
        """Take in rows that are new, or that say something else by now."""
        self.drop([row_id for row_id, _ in rows])
        said: dict[int, tuple[str, str]] = {}
        for row_id, example in rows:
            asked, replied = _first_words(example)
            words = _WORD.findall(replied[:_READ].casefold())
            if words and _has_length(words, self._shortest):
                said[row_id] = (join_words(read_words(asked[:_READ_OF_QUESTION])), " ".join(words))
        sketches = sketch([reply for _, reply in said.values()])
        for (row_id, (question, _)), minima in zip(said.items(), sketches, strict=True):
            kept = self._kept[row_id] = _Kept(question, minima.tobytes())
            self._asked.update(_topics_of(question))
            for bucket in _buckets_of(kept):
                self._add(bucket, row_id)

    def drop(self, row_ids: Collection[int]) -> None:
        """Let go of rows; ids that are not known are fine."""
        self._found = None
        for row_id in row_ids:
            kept = self._kept.pop(row_id, None)
            if kept is not None:
                self._forget(kept.question)
                for bucket in _buckets_of(kept):
                    self._take(bucket, row_id)

    def found(self) -> Sequence[Found]:
        """Each such reply with its rows, the one with the most first."""
        if self._found is None:
            crowds = [rows for rows in self._current_crowds() if not self._is_one_topic(rows)]
            told = [found for found in map(self._tell, crowds) if self._is_enough(found)]
            self._found = tuple(sorted(told, key=lambda found: (-len(found.rows), found.rows)))
        return self._found

    def _add(self, bucket: bytes, row_id: int) -> None:
        here = self._buckets.get(bucket)
        if here is None:
            self._buckets[bucket] = row_id
            return
        rows = {here} if isinstance(here, int) else here
        rows.add(row_id)
        self._buckets[bucket] = rows
        self._note_change(bucket, len(rows))
        if len(rows) >= self._many:
            self._full.add(bucket)

    def _take(self, bucket: bytes, row_id: int) -> None:
        here = self._buckets[bucket]
        rows = set() if isinstance(here, int) else here
        self._note_change(bucket, len(rows))
        rows.discard(row_id)
        if not rows:
            del self._buckets[bucket]
        if len(rows) < self._many:
            self._full.discard(bucket)

    def _note_change(self, name: bytes, size: int) -> None:
        """A bucket with so many rows has others; small ones are in no crowd."""
        self._like_most.pop(name, None)
        if size >= self._fewest:
            self._crowds = None

    def _forget(self, question: str) -> None:
        for topic in _topics_of(question):
            self._asked[topic] -= 1
            if not self._asked[topic]:
                del self._asked[topic]

    def _current_crowds(self) -> list[set[int]]:
        """Rows with replies that are alike, as they are by now.

        Half of what is enough fills a bucket: where a name differs, no single one has them all.
        """
        fewest = ceil(self._share * len(self._kept) / 2)
        if self._crowds is None or fewest != self._fewest:
            self._fewest = fewest
            self._crowds = list(self._find_crowds())
        return self._crowds

    def _find_crowds(self) -> Iterator[set[int]]:
        """The rows of full buckets, joined where they share one."""
        full = [name for name in self._full if self._size(name) >= self._fewest]
        some = [rows for rows in map(self._alike, full) if len(rows)]
        for group in _joined(some):
            yield set(np.concatenate([some[at] for at in group]).tolist())

    def _size(self, name: bytes) -> int:
        here = self._buckets[name]
        return 1 if isinstance(here, int) else len(here)

    def _alike(self, name: bytes) -> Rows:
        """The rows of a bucket that are like most of it; kept until it has others."""
        known = self._like_most.get(name)
        if known is None:
            rows = np.sort(np.fromiter(self._rows_in(name), np.int64))
            minima = _minima_of([self._kept[row_id] for row_id in rows.tolist()])
            alike = (minima == _middle_of(minima[:_SAMPLE])).mean(axis=1) >= _ALIKE
            known = self._like_most[name] = rows[alike]
        return known

    def _rows_in(self, name: bytes) -> set[int]:
        here = self._buckets[name]
        return {here} if isinstance(here, int) else here

    def _is_one_topic(self, rows: set[int]) -> bool:
        """Whether half of the questions are about one thing that the others hardly ask about.

        Then they are one question in other words, and one reply is what they want.
        """
        some = sorted(rows)[:_SAMPLE]
        topics = Counter(
            topic for row_id in some for topic in _topics_of(self._kept[row_id].question)
        )
        others = len(self._kept) - len(rows)
        for topic, asked in topics.items():
            share = asked / len(some)
            elsewhere = max(self._asked[topic] - share * len(rows), 0)
            if share >= _HALF and share * (others + 1) >= _SPECIFIC * (elsewhere + 1):
                return True
        return False

    def _tell(self, rows: set[int]) -> Found:
        questions = len({self._kept[row_id].question for row_id in rows})
        params = (("count", len(rows)), ("questions", questions))
        return Found(CODE, tuple(sorted(rows)), params, len(rows) / len(self._kept))

    def _is_enough(self, found: Found) -> bool:
        """Whether it weighs in the set, and answers more than copies of a few questions."""
        questions = int(dict(found.params)["questions"])
        return found.score >= self._share and questions >= self._many


def _joined(some: Sequence[Rows]) -> Iterator[list[int]]:
    """Which of the sets of rows belong together, as each shares a row with another of them."""
    if not some:
        return
    which = np.repeat(np.arange(len(some)), [len(rows) for rows in some])
    rows = np.concatenate(some)
    order = np.argsort(rows, kind="stable")
    shared = np.flatnonzero(np.diff(rows[order]) == 0)
    links = {*zip(which[order[shared]].tolist(), which[order[shared + 1]].tolist(), strict=True)}
    group_of = {at: {at} for at in range(len(some))}
    for one, other in links:
        if group_of[one] is not group_of[other]:
            group_of[one] |= group_of[other]
            group_of.update(dict.fromkeys(group_of[other], group_of[one]))
    yield from map(sorted, {id(group): group for group in group_of.values()}.values())


def _minima_of(kept: Sequence[_Kept]) -> Hashes:
    joined = b"".join(each.minima for each in kept)
    return np.frombuffer(joined, np.uint32).reshape(len(kept), MINIMA)


def _middle_of(minima: Hashes) -> Hashes:
    """The row that has the most in common with all the others."""
    common = [int((minima == row).sum()) for row in minima]
    middle: Hashes = minima[int(np.argmax(common))]
    return middle


def _buckets_of(kept: _Kept) -> Iterator[bytes]:
    """The names of the buckets that a reply is in: which minima, and what they are."""
    size = 4 * _DEEP
    for nth in range(_BUCKETS):
        yield blake2b(
            kept.minima[nth * size : (nth + 1) * size], digest_size=8, salt=bytes([nth])
        ).digest()


def _first_words(example: Example) -> tuple[str, str]:
    """The first question and what is replied to it, "" where nothing of the kind is learned.

    A reply that asks back is none yet: every order begins with the same question for its number.
    """
    asked = ""
    for message in example.messages:
        if message.role == USER:
            asked = asked or message.text
        elif message.role == ASSISTANT and asked:
            said = message.text.strip()
            is_reply = message.weight != 0 and not message.tool_calls
            is_plain = not said.startswith(_STRUCTURED) and not said.endswith(_ASKS_BACK)
            return asked, said if is_reply and is_plain else ""
    return asked, ""


def _has_length(words: Sequence[str], least: float) -> bool:
    """Whether they are so many words; two Chinese characters are about one."""
    return len(words) >= 2 * least or len(words) - sum(map(_is_dense, words)) / 2 >= least


def _topics_of(question: str) -> set[str]:
    """What it may be about: its words, but for those that only ask."""
    return {
        stem(word)
        for word in split_words(question)
        if word[0].isalnum() and word not in _ASKING and not turns_round(word)
    }


def _is_dense(word: str) -> bool:
    return "\u3040" <= word < "\ua000"
