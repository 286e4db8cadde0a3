"""Many rows changed as one Change: first looked at, then done, and taken back in one step.

Only a batch of examples is in memory at a time, however many rows there are; ids are held whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from core.dialects import Dialect
from core.editing import facts_in
from core.examples import APPROVED, REVIEWS, SYSTEM, Example
from core.fixes import FIXES, UNSEEN, apply_fix, can_fix
from core.queries import DUPLICATE, Query
from core.replacing import Replacement, Replacing
from core.reviews import Edit, as_rewritten, rewriting
from core.rules import check_example_once
from core.storage import Amend, Change, Project, Reckoning, Remove, Store
from core.storage.content import hash_content, write_content
from core.tasks import Advance, unwatched

SAMPLES = 3  # rows shown before and after
STEP = 500  # rows between two words about progress
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done to rows, by the kind of Change that it becomes.

    edit: makes the edit for one pass over the rows; None takes them out. prompt: what becomes of
    the instructions that all share, None where nothing does.
    """

    kind: str
    params: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[], Edit] | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A row before and after; None where it is taken out."""

    row_id: int
    before: Example
    after: Example | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do: to how many of the `rows` that are there, and to the first of them.

    reopened: approved examples that would be drafts again; found: how many places a replacement
    would replace in the rows; prompt: the shared instructions before and after, if they change.
    """

    rows: int
    changed: int
    reopened: int = 0
    found: int = 0
    samples: tuple[Sample, ...] = ()
    prompt: tuple[str, str] | None = None


def deleting() -> Act:
    """Take the rows out."""
    return Act("delete")


def deleting_copies() -> Act:
    """Take out rows that say the same as an earlier one, as `find_copies` found them."""
    return Act("delete_duplicates")


def tagging(tag: str, *, on: bool) -> Act:
    """Put a tag on, or take it off."""

    def edit(now: Example) -> Example:
        others = [each for each in now.tags if each != tag]
        return now.with_tags([*now.tags, tag] if on else others)

    return Act("tag" if on else "untag", {"tag": tag}, lambda: edit)


def instructing(text: str) -> Act:
    """Give every row these instructions of its own; without any it inherits the shared ones."""
    kind = "instruct" if text else "inherit"
    return Act(kind, {}, lambda: lambda now: now.with_system(text or None))


def reviewing(review: str) -> Act:
    """Put every row into a state of review, one of `REVIEWS`."""
    if review not in REVIEWS:
        raise ValueError(f"no such state of review: {review}")
    return Act("review", {"review": review}, lambda: lambda now: now.with_review(review))


def holding_out(*, on: bool) -> Act:
    """Keep the rows for validation, or learn from them."""
    kind = "hold_out" if on else "learn_from"
    return Act(kind, {}, lambda: lambda now: now.with_held_out(on))


def fixing(code: str) -> Act:
    """Mend what findings of this code are about, one of `core.fixes.FIXES`."""
    return Act("fix", {"code": code}, lambda: partial(apply_fix, code))


def replacing(replacement: Replacement, project: Project, *, everywhere: bool = False) -> Act:
    """Find and replace; `everywhere` also in the instructions that all share.

    Raises:
        BadInput: `bad_pattern`, `bad_replacement`, `pattern_too_slow`.
    """
    first = Replacing(replacement)
    params = {"find": replacement.find, "by": replacement.by}
    prompt = project.system_prompt
    if everywhere and SYSTEM in replacement.where:
        prompt = first.in_text(prompt)
    changed = None if prompt == project.system_prompt else prompt
    return Act("replace", params, lambda: Replacing(replacement), changed)


def trimming_instructions(project: Project) -> Act:
    """Take the spaces and line breaks off both ends of the instructions that all share."""
    return Act("system_prompt", prompt=project.system_prompt.strip())


def preview_act(
    store: Store,
    project: Project,
    row_ids: Sequence[int],
    act: Act,
    advance: Advance = unwatched,
) -> Preview:
    """What `apply_act` would do now; reads every row once and writes nothing.

    Raises:
        BadInput: `pattern_too_slow`.
        Stopped: `advance` did.
    """
    edit = act.edit() if act.edit else None
    rows = changed = reopened = 0
    samples: list[Sample] = []
    for row in _telling(store.iterate_found(project.id, row_ids), advance):
        rows += 1
        before = row.example
        after = as_rewritten(before, edit(before)) if edit else None
        if after is not None and _is_alike(before, after):
            continue
        changed += 1
        reopened += act.kind != "review" and _is_reopened(before, after)
        if len(samples) < SAMPLES:
            samples.append(Sample(row.id, before, after))
    found = edit.found if isinstance(edit, Replacing) else 0
    prompt = None if act.prompt is None else (project.system_prompt, act.prompt)
    return Preview(rows, changed, reopened, found, tuple(samples), prompt)


def apply_act(
    store: Store,
    project: Project,
    row_ids: Sequence[int],
    act: Act,
    key: str | None = None,
    advance: Advance = unwatched,
) -> Change | None:
    """Do it, once under a `key`; None where it was done already or changes nothing.

    Raises:
        NotFound: `example_gone`.
        BadInput: `pattern_too_slow`.
        Stopped: `advance` did. In each case nothing is done.
    """
    return store.apply_change(
        project.id,
        act.kind,
        _telling(_edits(project, row_ids, act), advance),
        params=act.params,
        system_prompt=act.prompt,
        key=key,
        once=True,
    )


def find_copies(
    store: Store, project: Project, reckoning: Reckoning, advance: Advance = unwatched
) -> list[int]:
    """The rows that say the same as an earlier one, which is not among them."""
    alike = store.find_rows(project.id, Query(code=DUPLICATE), reckoning)
    seen: set[bytes] = set()
    copies: list[int] = []
    for row in _telling(store.iterate_found(project.id, alike), advance):
        says = hash_content(row.example)
        if says in seen:
            copies.append(row.id)
        seen.add(says)
    return copies


def count_fixes(
    store: Store,
    project: Project,
    row_ids: Sequence[int],
    dialect: Dialect,
    advance: Advance = unwatched,
) -> dict[str, int]:
    """By code, how many of these rows have what its fix can mend, in the order of `FIXES`.

    What a place with this dialect does not mind is no reason to change anything.
    """
    counts = dict.fromkeys(FIXES, 0)
    for row in _telling(store.iterate_found(project.id, row_ids), advance):
        found = check_example_once(row.example.inheriting(project.system_prompt))
        codes = {f.code for f in found if not dialect.accepts(f.code, f.detail)}
        for code in FIXES.keys() & {*codes, *UNSEEN}:
            counts[code] += can_fix(code, row.example)
    return {code: count for code, count in counts.items() if count}


def _edits(project: Project, row_ids: Sequence[int], act: Act) -> Iterator[Amend | Remove]:
    if act.edit is None:
        return map(Remove, row_ids)
    edit, facts = rewriting(act.edit()), facts_in(project)
    return (Amend(row_id, edit, facts) for row_id in row_ids)


def _telling(items: Iterable[_T], advance: Advance) -> Iterator[_T]:
    """The items; `advance` hears now and then how many more of them are done with."""
    number = 0
    for number, item in enumerate(items, 1):
        yield item
        if number % STEP == 0:
            advance(STEP)
    advance(number % STEP)


def _is_alike(before: Example, after: Example) -> bool:
    """Whether both are stored as the same; to Python, true and 1 are the same already."""
    if after is before:
        return True
    return after == before and write_content(after) == write_content(before)


def _is_reopened(before: Example, after: Example | None) -> bool:
    return after is not None and before.review == APPROVED != after.review
