"""Many rows changed as one Change: first looked at, then done, and taken back in one step.

Only a batch of examples is in memory at a time, however many rows there are; ids are held whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.copies import hash_row
from core.dialects import Dialect
from core.editing import checks_in, facts_in
from core.examples import APPROVED, REVIEWS, SYSTEM, Example
from core.fixes import FIXES, PROJECT_FIXES, UNSEEN, apply_fix, can_fix
from core.replacing import Replacement, Replacing
from core.reviews import Edit, as_rewritten, rewriting
from core.rules import NO_CHECKS, Checks, check_example_once
from core.storage import Amend, Change, Part, Project, Remove, Store
from core.storage.content import write_content
from core.tasks import Advance, telling, unwatched

SAMPLES = 3  # rows shown before and after


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done to rows, by the kind of Change that it becomes.

    edit: makes the edit for one pass over the rows; None takes them out. prompt: what becomes of
    the instructions that all share as they stand then, None where nothing does. stood: how rows to
    be taken out were when they were found; one that differs by then stays.
    """

    kind: str
    params: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[], Edit] | None = None
    prompt: Callable[[str], str] | None = None
    stood: Mapping[int, bytes] = field(default_factory=dict)


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
    would replace in the rows; prompt: the shared instructions before and after, if they change, and
    relying: how many approved examples go by them.
    """

    rows: int
    changed: int
    reopened: int = 0
    found: int = 0
    samples: tuple[Sample, ...] = ()
    prompt: tuple[str, str] | None = None
    relying: int = 0


def deleting() -> Act:
    """Take the rows out."""
    return Act("delete")


def deleting_copies(copies: Mapping[int, bytes]) -> Act:
    """Take out rows that say the same as a better one, as `find_copies` found them."""
    return Act("delete_duplicates", stood=copies)


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


def fixing(code: str, checks: Checks = NO_CHECKS) -> Act:
    """Mend what findings of this code are about, one of those that `core.fixes` knows."""
    return Act("fix", {"code": code}, lambda: partial(apply_fix, code, checks=checks))


def replacing(replacement: Replacement, *, everywhere: bool = False) -> Act:
    """Find and replace; `everywhere` also in the instructions that all share.

    Raises:
        BadInput: `bad_pattern`, `bad_replacement`, `pattern_too_slow`.
    """
    Replacing(replacement)  # so that what cannot be read is refused at once
    params = {"find": replacement.find, "by": replacement.by}
    shared = everywhere and SYSTEM in replacement.where
    prompt = (lambda text: Replacing(replacement).in_text(text)) if shared else None
    return Act("replace", params, lambda: Replacing(replacement), prompt)


def trimming_instructions() -> Act:
    """Take the spaces and line breaks off both ends of the instructions that all share."""
    return Act("system_prompt", prompt=str.strip)


def preview_act(
    store: Store,
    project: Project,
    row_ids: Sequence[int],
    act: Act,
    advance: Advance = unwatched,
) -> Preview:
    """What `apply_act` would do now; reads every row once and writes nothing.

    Raises:
        BadInput: `pattern_too_slow`, `bad_replacement`.
        Stopped: `advance` did.
    """
    edit = act.edit() if act.edit else None
    rows = changed = reopened = 0
    samples: list[Sample] = []
    for row in telling(store.iterate_found(project.id, row_ids), advance):
        rows += 1
        before = row.example
        after = as_rewritten(before, edit(before)) if edit else None
        if _differs(act, row.id, before) if after is None else _is_alike(before, after):
            continue
        changed += 1
        reopened += act.kind != "review" and _is_reopened(before, after)
        if len(samples) < SAMPLES:
            samples.append(Sample(row.id, before, after))
    found = edit.found if isinstance(edit, Replacing) else 0
    prompt = _prompt_change(project, act)
    relying = store.count_part(project.id, Part(APPROVED)).inheriting if prompt else 0
    return Preview(rows, changed, reopened, found, tuple(samples), prompt, relying)


def apply_act(
    store: Store,
    project: Project,
    row_ids: Sequence[int],
    act: Act,
    key: str | None = None,
    advance: Advance = unwatched,
) -> Change | None:
    """Do it, once under a `key`; None where it was done already or changes nothing.

    Rows that are gone by now are passed over.

    Raises:
        NotFound: `project_gone`.
        BadInput: `pattern_too_slow`, `bad_replacement`.
        Stopped: `advance` did. In each case nothing is done.
    """
    return store.apply_change(
        project.id,
        act.kind,
        telling(_edits(project, row_ids, act), advance),
        params=act.params,
        system_prompt=act.prompt,
        key=key,
        once=True,
    )


def count_fixes(
    store: Store,
    project: Project,
    row_ids: Sequence[int],
    dialect: Dialect,
    advance: Advance = unwatched,
) -> dict[str, int]:
    """By code, how many of these rows have what its fix can mend, in the order of the fixes.

    What a place with this dialect does not mind is no reason to change anything.
    """
    known, checks = {**FIXES, **PROJECT_FIXES}, checks_in(project)
    counts = dict.fromkeys(known, 0)
    for row in telling(store.iterate_found(project.id, row_ids), advance):
        found = check_example_once(row.example.inheriting(project.system_prompt), checks)
        codes = {f.code for f in found if not dialect.accepts(f.code, f.detail)}
        for code in known.keys() & {*codes, *UNSEEN}:
            counts[code] += can_fix(code, row.example, checks)
    return {code: count for code, count in counts.items() if count}


def _edits(project: Project, row_ids: Sequence[int], act: Act) -> Iterator[Amend | Remove]:
    if act.edit is None:
        return (Remove(row_id, _unless(act, row_id)) for row_id in row_ids)
    edit, facts = rewriting(act.edit()), facts_in(project)
    return (Amend(row_id, edit, facts, skip_missing=True) for row_id in row_ids)


def _prompt_change(project: Project, act: Act) -> tuple[str, str] | None:
    before = project.system_prompt
    after = act.prompt(before) if act.prompt else before
    return None if after == before else (before, after)


def _unless(act: Act, row_id: int) -> Callable[[Example], bool] | None:
    """None, which spares reading the row, where it goes whatever it says."""
    return partial(_differs, act, row_id) if row_id in act.stood else None


def _differs(act: Act, row_id: int, now: Example) -> bool:
    """Whether a row to be taken out is no longer as it was when it was found."""
    return row_id in act.stood and act.stood[row_id] != hash_row(now)


def _is_alike(before: Example, after: Example) -> bool:
    """Whether both are stored as the same; to Python, true and 1 are the same already."""
    if after is before:
        return True
    return after == before and write_content(after) == write_content(before)


def _is_reopened(before: Example, after: Example | None) -> bool:
    return after is not None and before.review == APPROVED != after.review
