"""What has become of the examples since a job was trained on them."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from core.digests import digest_of
from core.examples import APPROVED, ASSISTANT, SYSTEM, USER, Example, Message
from core.jsonl import read_jsonl
from core.queries import TRAINING
from core.selection import ALL, Selection
from core.storage import Project, Store

ADDED, REMOVED, CHANGED = KINDS = ("added", "removed", "changed")


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One example then and now: `line` of the file, from 1, and `row_id` of the project.

    Without a line (and `before`) it came later; without a row (and `after`) it is gone. The shared
    instructions are left out on both sides.
    """

    line: int | None
    row_id: int | None
    before: Example | None
    after: Example | None

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        if self.before is None:
            return ADDED
        return REMOVED if self.after is None else CHANGED


@dataclass(frozen=True, slots=True)
class JobDiff:
    """What differs between the file of a job and the project now.

    same: how many examples are as they were, moved or not; rows: the others, in the order of the
    file, what came later last; row_of: the row that each line has become, where it is still there;
    prompt: the shared instructions then and now, None where they are the same.
    """

    same: int
    rows: tuple[RowDiff, ...] = ()
    row_of: dict[int, int] = field(default_factory=dict)
    prompt: tuple[str, str] | None = None

    def count(self, kind: str) -> int:
        """How many are of this one of `KINDS`."""
        return sum(row.kind == kind for row in self.rows)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs that a model would learn from."""
        return not self.rows and self.prompt is None


@dataclass(frozen=True, slots=True)
class _Side:
    """An example on one side, without the shared instructions: its number, and what it says."""

    key: int
    example: Example
    digest: bytes


def diff_job(store: Store, project: Project, snapshot: bytes) -> JobDiff:
    """The bytes a job was trained on beside the project as it stands.

    Which of its examples were trained on is not kept: all, or those that were approved. So both are
    looked at, and the closer one counts.
    """
    then = [
        (line.number, line.example)
        for line in read_jsonl(BytesIO(snapshot))
        if line.example is not None
    ]
    part = Selection(ALL, TRAINING).asks_for
    now = [(row.id, row.example) for row in store.iterate_rows(project.id, part=part)]
    found = diff_examples_of(then, now, project.system_prompt)
    approved = [(row_id, example) for row_id, example in now if example.review == APPROVED]
    if not approved or len(approved) == len(now):
        return found
    other = diff_examples_of(then, approved, project.system_prompt)
    return min(found, other, key=lambda diff: len(diff.rows))


def diff_examples_of(
    then: Sequence[tuple[int, Example]], now: Sequence[tuple[int, Example]], prompt: str
) -> JobDiff:
    """Numbered examples as they went out, beside rows that inherit `prompt` where they have none.

    An example is found again by what it says, wherever it stands; else by its questions, by its
    replies, and in the end by what it stands behind.
    """
    shared = _shared_system([example for _, example in then])
    before = [_side(key, example, {shared}) for key, example in then]
    after = [_side(key, example, {shared, prompt}) for key, example in now]
    matches = dict(_pair(before, after, lambda side: side.digest))
    same = len(matches)
    for key_of in (_questions, _replies, _place_among(before, after, dict(matches))):
        left = [side for side in before if side.key not in matches]
        taken = set(matches.values())
        right = [side for side in after if side.key not in taken]
        matches |= dict(_pair(left, right, key_of))
    inherits = any(example.system is None for _, example in now)
    changed = inherits and shared is not None and shared != prompt
    rows = tuple(_rows(before, after, matches))
    return JobDiff(same, rows, matches, (shared or "", prompt) if changed else None)


def _shared_system(examples: Sequence[Example]) -> str | None:
    """The instructions that all of them begin with, if they do."""
    said = Counter(example.system for example in examples)
    return next(iter(said)) if len(said) == 1 else None


def _side(key: int, example: Example, shared: set[str | None]) -> _Side:
    first = example.messages[:1]
    is_shared = any(first == (Message.of(SYSTEM, text),) for text in shared if text)
    alone = example.with_messages(example.messages[1:]) if is_shared else example
    return _Side(key, alone, digest_of(alone))


def _pair(
    before: Iterable[_Side], after: Iterable[_Side], key_of: Callable[[_Side], Hashable | None]
) -> Iterator[tuple[int, int]]:
    """Those that are alike by a key, the first with the first; None is like nothing."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for side in after:
        if (key := key_of(side)) is not None:
            waiting[key].append(side.key)
    for side in before:
        found = waiting.get(key_of(side)) if key_of(side) is not None else None
        if found:
            yield side.key, found.popleft()


def _questions(side: _Side) -> Hashable | None:
    return tuple(m.text for m in side.example.messages if m.role == USER) or None


def _replies(side: _Side) -> Hashable | None:
    return tuple(m.text for m in side.example.messages if m.role == ASSISTANT) or None


def _place_among(
    before: Sequence[_Side], after: Sequence[_Side], matches: dict[int, int]
) -> Callable[[_Side], Hashable | None]:
    """What each stands behind: the last example before it that is the same on both sides."""
    places: dict[int, tuple[int, int]] = {}
    rows = {row: line for line, row in matches.items()}
    for sides, known in ((before, {line: line for line in matches}), (after, rows)):
        last, count = 0, 0
        for side in sides:
            count += 1
            if side.key in known:
                last, count = known[side.key], 0
            places[id(side)] = last, count
    return lambda side: places[id(side)]


def _rows(
    before: Sequence[_Side], after: Sequence[_Side], matches: dict[int, int]
) -> Iterator[RowDiff]:
    today = {side.key: side for side in after}
    for side in before:
        row = today.get(matches.get(side.key, -1))
        if row is None:
            yield RowDiff(side.key, None, side.example, None)
        elif row.digest != side.digest:
            yield RowDiff(side.key, row.key, side.example, row.example)
    found = set(matches.values())
    for side in after:
        if side.key not in found:
            yield RowDiff(None, side.key, None, side.example)
