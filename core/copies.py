"""Rows that say the same, or nearly: which of them could go, and how they stood when found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from core.examples import REVIEWS, Example
from core.lenses.base import Found
from core.lenses.look_alikes import NEAR_DUPLICATE, LookAlikes
from core.queries import DUPLICATE, Query
from core.storage import Project, Reckoning, Store
from core.storage.content import hash_content, write_content
from core.tasks import Advance, telling, unwatched


def find_copies(
    store: Store, project: Project, reckoning: Reckoning, advance: Advance = unwatched
) -> dict[int, bytes]:
    """The rows that say the same as a better one, which is not among them, and how each stood.

    Better is what is further in review, then what has a note or tags, then what comes first.
    """
    alike = store.find_rows(project.id, Query(code=DUPLICATE), reckoning)
    stood: dict[int, bytes] = {}
    best: dict[bytes, tuple[tuple[int, bool], int]] = {}
    for row in telling(store.iterate_found(project.id, alike), advance):
        stood[row.id] = hash_row(row.example)
        says, worth = hash_content(row.example), _worth(row.example)
        if says not in best or worth > best[says][0]:
            best[says] = (worth, row.id)
    kept = {row_id for _, row_id in best.values()}
    return {row_id: each for row_id, each in stood.items() if row_id not in kept}


def find_spares(
    store: Store,
    project: Project,
    pairs: Sequence[tuple[int, ...]],
    advance: Advance = unwatched,
) -> dict[int, bytes]:
    """Of rows that were found to be nearly the same, all but one of each pair, and how they stood.

    The better ones stay, as in `find_copies`; a row goes only where one that stays is its pair,
    and where both are nearly the same as they stand now: they may have been rewritten since.
    """
    lens = LookAlikes()
    met: list[tuple[tuple[int, bool], int, bytes]] = []
    rows = store.iterate_found(project.id, sorted({row_id for pair in pairs for row_id in pair}))
    for row in telling(rows, advance):
        lens.put([(row.id, row.example)])
        met.append((_worth(row.example), row.id, hash_row(row.example)))
    beside: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        if (found := lens.compare(one, other)) and found.code == NEAR_DUPLICATE:
            beside[one].add(other)
            beside[other].add(one)
    kept: set[int] = set()
    stood: dict[int, bytes] = {}
    for _, row_id, hashed in sorted(met, key=lambda each: each[0], reverse=True):
        if beside[row_id].isdisjoint(kept):
            kept.add(row_id)
        else:
            stood[row_id] = hashed
    return stood


def still_holds(store: Store, project: Project, pair: Found) -> bool:
    """Whether two rows, as they stand now, are the kind of pair as which they were found."""
    lens = LookAlikes()
    lens.put([(row.id, row.example) for row in store.iterate_found(project.id, pair.rows)])
    one, other = pair.rows
    found = lens.compare(one, other)
    return found is not None and found.code == pair.code


def hash_row(example: Example) -> bytes:
    """16 bytes that tell all that is stored of an example: its review, note and tags as well."""
    return sha256(write_content(example).encode("utf-8", "surrogatepass")).digest()[:16]


def _worth(example: Example) -> tuple[int, bool]:
    """What people have put into an example; the greater, the more."""
    return REVIEWS.index(example.review), bool(example.note or example.tags)
