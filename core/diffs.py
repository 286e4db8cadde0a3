"""What differs between two texts, in pieces a person can read: words, and Chinese by characters."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

SAME: Literal["same"] = "same"
REMOVED: Literal["removed"] = "removed"
INSERTED: Literal["inserted"] = "inserted"

MOST_EDITS = 400  # words; a text with more is compared by lines, for time grows with the square
LONGEST = 10_000  # words (or lines) compared one by one, both texts together
FEW = 40  # characters that are not worth leaving out
LONGEST_TEXT = 100_000  # characters; longer ones are compared by lines at once

# Scripts without spaces between words: Thai to Myanmar, Khmer, Chinese and Japanese.
_NO_SPACES = (
    "\u0e00-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them, which `\w` does not take for letters.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"
# A line break, other blanks, a word, or one character with all that is drawn into it.
_WORD = re.compile(
    rf"\n|[^\S\n]+|(?:(?![{_NO_SPACES}])[\w{_MARKS}])+"
    rf"|.(?:[{_MARKS}\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*",
    re.DOTALL,
)

PieceKind: TypeAlias = Literal["same", "removed", "inserted"]
Pair: TypeAlias = tuple[int, int]
_T = TypeVar("_T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came; `left_out` characters after it are not shown."""

    kind: PieceKind
    text: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What went, what came in its place, and what stayed behind it."""

    removed: str
    inserted: str
    same: str

    @property
    def size(self) -> int:
        return max(len(self.removed), len(self.inserted))


def diff_text(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order.

    Without the inserted pieces they are `before`, without the removed ones `after`. Texts too long
    or too different to be compared by words are compared by lines, and in the end as a whole.
    """
    chunks = _fold(_compare(before, after))
    pieces = (
        Piece(kind, text)
        for chunk in chunks
        for kind, text in (
            (REMOVED, chunk.removed),
            (INSERTED, chunk.inserted),
            (SAME, chunk.same),
        )
    )
    return tuple(piece for piece in pieces if piece.text)


def shorten(pieces: Sequence[Piece], *, around: int = 120, most: int = 1_500) -> tuple[Piece, ...]:
    """The pieces to be shown: of what stayed `around` characters beside a change, else `most`."""
    last = len(pieces) - 1
    short: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind != SAME:
            short.append(_cut(piece, most))
        elif last == 0:
            short.append(_cut(piece, 2 * around))
        else:
            short += _cut_middle(piece, around if place else 0, around if place < last else 0)
    return tuple(short)


def pair_up(before: Sequence[_T], after: Sequence[_T]) -> list[Pair]:
    """The places of the most items that both have in the same order.

    Where it would take too long to find those, only of the items that both begin and end with.
    """
    pairs = _find_pairs(before, after)
    return _frame(before, after, []) if pairs is None else pairs


def _find_pairs(before: Sequence[_T], after: Sequence[_T]) -> list[Pair] | None:
    """All pairs; None where that is too much.

    The greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
    """
    start, end = _shared_ends(before, after)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    trail = _walk(old, new) if len(old) + len(new) <= LONGEST else None
    if trail is None:
        return None
    middle = [(start + i, start + j) for i, j in _pairs_on(trail, len(old), len(new))]
    return _frame(before, after, middle[::-1])


def _frame(before: Sequence[_T], after: Sequence[_T], middle: list[Pair]) -> list[Pair]:
    """The pairs in the middle between those at both ends."""
    start, end = _shared_ends(before, after)
    last = [(len(before) - n, len(after) - n) for n in range(end, 0, -1)]
    return [*((n, n) for n in range(start)), *middle, *last]


def _shared_ends(before: Sequence[_T], after: Sequence[_T]) -> Pair:
    """How many items both begin with, and with how many of the others both end."""
    start = _count_shared(before, after)
    return start, _count_shared(before[start:][::-1], after[start:][::-1])


def _count_shared(before: Sequence[_T], after: Sequence[_T]) -> int:
    """How many items both begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    shortest = min(len(before), len(after))
    return next((n for n, (old, new) in pairs if old != new), shortest)


def _walk(before: Sequence[_T], after: Sequence[_T]) -> list[dict[int, int]] | None:
    """For 0, 1, 2 … edits, how far into `before` each diagonal got; None beyond `MOST_EDITS`."""
    reach = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(MOST_EDITS + 1):
        trail.append(reach.copy())
        for diagonal in range(-edits, edits + 1, 2):
            came_from = _came_from(reach, diagonal, edits)
            x = reach[came_from] + (came_from < diagonal)
            while x < len(before) and 0 <= x - diagonal < len(after):
                if before[x] != after[x - diagonal]:
                    break
                x += 1
            reach[diagonal] = x
            if x >= len(before) and x - diagonal >= len(after):
                return trail
    return None


def _came_from(reach: dict[int, int], diagonal: int, edits: int) -> int:
    """The neighbour one edit earlier: below after a removal, above after an insertion."""
    inserted = diagonal == -edits or (
        diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1]
    )
    return diagonal + 1 if inserted else diagonal - 1


def _pairs_on(trail: list[dict[int, int]], x: int, y: int) -> Iterator[Pair]:
    """The pairs on the way that was found, from its end at (x, y) backwards."""
    for edits in reversed(range(len(trail))):
        came_from = _came_from(trail[edits], x - y, edits)
        before_x = trail[edits][came_from]
        before_y = before_x - came_from
        while x > before_x and y > before_y:
            x, y = x - 1, y - 1
            yield x, y
        x, y = before_x, before_y


def _compare(before: str, after: str) -> Iterable[_Chunk]:
    if max(len(before), len(after)) <= LONGEST_TEXT:
        old, new = _WORD.findall(before), _WORD.findall(after)
        if (pairs := _find_pairs(old, new)) is not None:
            return _chunks(old, new, pairs)
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return _chunks(old, new, pair_up(old, new))


def _chunks(before: list[str], after: list[str], pairs: list[Pair]) -> Iterator[_Chunk]:
    removed = inserted = ""
    start = x = y = 0  # where the stretch that stayed begins, and how far both have been read
    for i, j in [*pairs, (len(before), len(after))]:
        if i > x or j > y:
            yield _Chunk(removed, inserted, "".join(before[start:x]))
            removed, inserted, start = "".join(before[x:i]), "".join(after[y:j]), i
        x, y = i + 1, j + 1
    yield _Chunk(removed, inserted, "".join(before[start:]))


def _fold(chunks: Iterable[_Chunk]) -> list[_Chunk]:
    """Two changes become one where so little stayed between them that it only disturbs reading.

    As in the semantic clean-up of diff-match-patch: no longer than either change beside it.
    """
    folded: list[_Chunk] = []
    for chunk in chunks:
        if folded and _is_thin(folded[-1], chunk):
            last = folded.pop()
            chunk = _Chunk(
                last.removed + last.same + chunk.removed,
                last.inserted + last.same + chunk.inserted,
                chunk.same,
            )
        folded.append(chunk)
    return folded


def _is_thin(left: _Chunk, right: _Chunk) -> bool:
    return "\n" not in left.same and len(left.same) <= min(left.size, right.size)


def _cut(piece: Piece, most: int) -> Piece:
    left_out = len(piece.text) - most
    return piece if left_out <= FEW else Piece(piece.kind, piece.text[:most], left_out)


def _cut_middle(piece: Piece, head: int, tail: int) -> list[Piece]:
    left_out = len(piece.text) - head - tail
    if left_out <= FEW:
        return [piece]
    behind = [Piece(piece.kind, piece.text[-tail:])] if tail else []
    return [Piece(piece.kind, piece.text[:head], left_out), *behind]
