"""Which examples are held out for validation: a share of them, of every tag alike, by a seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TypeAlias

from core.editing import facts_in
from core.examples import Example
from core.storage import Amend, Change, Project, Store
from core.tasks import Advance, unwatched

SPLIT = "split"  # the kind of Change
TOLD = 500  # rows between two words about progress
FINEST = 1_000  # shares are taken in steps of a thousandth

Key: TypeAlias = tuple[int, tuple[str, ...]]  # a row's id and tags


def split(keys: Sequence[Key], share: float, seed: int) -> frozenset[int]:
    """The rows to hold out: of all, and of those with the same tags, `share` of them.

    That is within less than one row of the share in each such group, and within half a row of it
    in all. The same keys, share and seed give the same rows.
    """
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row_id, tags in keys:
        groups[tuple(sorted(tags))].append(row_id)
    random = Random(seed)  # noqa: S311  # a lot is drawn, no secret made
    lots = [random.sample(groups[tags], len(groups[tags])) for tags in sorted(groups)]
    random.shuffle(lots)
    drawn = [row_id for lot in lots for row_id in lot]
    # Of a line of rows each n-th is taken, so that every stretch of it, a group, has its part.
    part = Fraction(share).limit_denominator(FINEST)
    ends = [(place * part + Fraction(1, 2)).__floor__() for place in range(len(drawn) + 1)]
    taken = zip(drawn, ends, ends[1:], strict=False)
    return frozenset(row_id for row_id, before, after in taken if after > before)


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """What a split would do. `by_tag`: how many rows and how many held out, "" where none is.

    moves: the rows that are not yet where they are to be, and whether each is to be held out.
    """

    share: float
    seed: int
    rows: int
    held_out: int
    by_tag: tuple[tuple[str, int, int], ...]
    moves: tuple[tuple[int, bool], ...]


def plan_split(
    store: Store,
    project: Project,
    share: float,
    seed: int,
    *,
    by_tag: bool = True,
    advance: Advance = unwatched,
) -> SplitPlan:
    """Look what a split would do; `advance` is told rows, in all those of the project."""
    now: dict[int, bool] = {}
    keys: list[Key] = []
    for row in store.iterate_rows(project.id):
        now[row.id] = row.example.held_out
        keys.append((row.id, row.example.tags))
        if len(keys) % TOLD == 0:
            advance(TOLD)
    advance(len(keys) % TOLD)
    grouped = keys if by_tag else [(row_id, ()) for row_id, _ in keys]
    chosen = split(grouped, share, seed)
    moves = tuple(
        (row_id, not held) for row_id, held in now.items() if held is not (row_id in chosen)
    )
    return SplitPlan(share, seed, len(keys), len(chosen), _by_tag(keys, chosen), moves)


def apply_split(
    store: Store,
    project: Project,
    plan: SplitPlan,
    key: str | None = None,
    advance: Advance = unwatched,
) -> Change | None:
    """Do it as one Change, once under a `key`; None where all stands as planned.

    `advance` is told rows, in all the moves of the plan.

    Raises:
        NotFound: `example_gone`: a row of the plan was deleted meanwhile.
        Stopped: `advance` did. In either case nothing is done.
    """
    facts = facts_in(project)

    def edits() -> Iterator[Amend]:
        for number, (row_id, held_out) in enumerate(plan.moves, 1):
            yield Amend(row_id, _moving(held_out), facts)
            if number % TOLD == 0:
                advance(TOLD)
        advance(len(plan.moves) % TOLD)

    params = {"share": round(100 * plan.share), "seed": plan.seed, "held_out": plan.held_out}
    return store.apply_change(project.id, SPLIT, edits(), params=params, key=key, once=True)


def _moving(held_out: bool) -> Callable[[Example], Example]:
    return lambda now: now.with_held_out(held_out)


def _by_tag(keys: Sequence[Key], chosen: frozenset[int]) -> tuple[tuple[str, int, int], ...]:
    rows: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for row_id, tags in keys:
        for tag in tags or ("",):
            rows[tag] += 1
            held[tag] += row_id in chosen
    return tuple((tag, rows[tag], held[tag]) for tag in sorted(rows))
