"""Everything a writer does to a project, each as one Change: checked, counted, saved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from core.cells import blank_example, with_cell
from core.errors import NotFound
from core.examples import Example
from core.fast_tokens import batch_counter_for
from core.findings import Finding, Severity
from core.providers.profiles import Model, Profile, load_profile, load_profiles
from core.reviews import rewriting
from core.rules import NO_CHECKS, Checks, check_example, check_example_once
from core.storage import Amend, Change, FindingCount, Project, Put, Remove, RowFacts, Store
from core.tasks import Advance, unwatched
from core.tokens import KnownCounts, count_example, counter_for, texts_of

DEFAULT_PRICED_FOR = "openai:gpt-4o-mini"
BATCH = 500  # rows counted between two words about progress


def open_project(store: Store, project_id: str) -> Project:
    """The project, and its history cut to what is kept of it.

    Raises:
        NotFound: `project_gone`.
    """
    project = store.load_project(project_id)
    store.prune_history(project.id)
    return project


def priced_for(project: Project) -> tuple[Profile, Model]:
    """The place and base model that a project's tokens and cost are reckoned with.

    Where they are gone, with the first there are: the examples outlive every provider.
    """
    found = _find_priced(project.priced_for)
    if found is not None:
        return found
    first = next(profile for profile in load_profiles() if profile.models)
    return first, first.models[0]


def can_be_priced_for(value: str) -> bool:
    """Whether "place:model" is known here."""
    return _find_priced(value) is not None


def _find_priced(value: str) -> tuple[Profile, Model] | None:
    profile_id, _, model_id = value.partition(":")
    try:
        profile = load_profile(profile_id)
        return profile, profile.model(model_id)
    except NotFound:
        return None


def facts_of(example: Example, encoding: str, checks: Checks = NO_CHECKS) -> RowFacts:
    """What is stored beside a row: its findings by code and its tokens in one encoding."""
    return RowFacts(
        findings=findings_of(example, checks),
        tokens={encoding: count_example(example, counter_for(encoding))},
        checked_as=checks.fingerprint,
    )


def findings_of(example: Example, checks: Checks) -> tuple[FindingCount, ...]:
    """How often each finding stands in an example."""
    return _counted(check_example(example, checks))


def _counted(findings: tuple[Finding, ...]) -> tuple[FindingCount, ...]:
    counts: dict[tuple[str, Severity, str], int] = {}
    for finding in findings:
        key = (finding.code, finding.severity, finding.detail)
        counts[key] = counts.get(key, 0) + 1
    return tuple(FindingCount(*key, count) for key, count in counts.items())


def facts_in(project: Project) -> Callable[[Example], RowFacts]:
    """`facts_of` in the encoding that the project is reckoned with, under its checks."""
    encoding = priced_for(project)[1].encoding
    return partial(facts_of, encoding=encoding, checks=checks_in(project))


def facts_of_many(
    examples: Sequence[Example], encoding: str, checks: Checks, size: int
) -> Iterator[tuple[Example, RowFacts]]:
    """The same for many examples at a time, each with its facts.

    size: bytes of all texts, also of those that are still to come, which tells what counts them
    soonest.
    """
    texts = (text for example in examples for text in texts_of(example))
    known = KnownCounts(batch_counter_for(encoding, size).count_all(texts))
    fingerprint = checks.fingerprint
    for example in examples:
        findings = _counted(check_example_once(example, checks))
        yield example, RowFacts(findings, {encoding: count_example(example, known)}, fingerprint)


def checks_in(project: Project) -> Checks:
    """What the project wants to be checked, and how."""
    return _read_checks(project.checks)


@lru_cache(maxsize=64)
def _read_checks(text: str) -> Checks:
    try:
        return Checks.from_json(json.loads(text)) if text else NO_CHECKS
    except ValueError:  # damaged by hand: better our checks than none
        return NO_CHECKS


def change_checks(store: Store, project: Project, edit: Callable[[Checks], Checks]) -> Project:
    """Change the settings as they stand by now; the rows' findings then want `recheck`.

    Raises:
        NotFound: `project_gone`.
    """

    def rewrite(text: str) -> str:
        return json.dumps(edit(_read_checks(text)).to_json(), ensure_ascii=False)

    return replace(project, checks=store.change_checks(project.id, rewrite))


def is_checked(project: Project) -> bool:
    """Whether the findings that are stored are those of the project's checks."""
    return not project.examples or project.checked_as == checks_in(project).fingerprint


def recheck(store: Store, project: Project, advance: Advance = unwatched) -> None:
    """Check every row of the project under its checks of now; `advance` is told rows.

    Raises:
        NotFound: `project_gone`.
        Stopped: `advance` did; what is checked by then stays.
    """
    checks = checks_in(store.load_project(project.id))
    store.begin_check(project.id, checks.fingerprint)
    last, rows = 0, 1
    while rows:
        last, rows = store.recheck(project.id, partial(findings_of, checks=checks), last)
        advance(rows)
    store.end_check(project.id, checks.fingerprint)


def save_cell(store: Store, project: Project, row_id: int, column: str, text: str) -> Change | None:
    """One cell as typed; None where that changes nothing."""
    return edit_example(store, project, row_id, lambda now: with_cell(now, column, text))


def edit_example(
    store: Store, project: Project, row_id: int, edit: Callable[[Example], Example]
) -> Change | None:
    """Change one example as it stands by now; None where that changes nothing."""
    edits = [Amend(row_id, rewriting(edit), facts_in(project))]
    return store.apply_change(project.id, "edit", edits)


def add_example(
    store: Store, project: Project, example: Example | None = None, key: str | None = None
) -> Change | None:
    """An example at the end, once under a `key`; a blank one where none is given."""
    example = example or blank_example()
    put = Put(example, facts_in(project)(example))
    return store.apply_change(project.id, "add", [put], key=key, once=True)


def duplicate_examples(
    store: Store, project: Project, row_ids: Sequence[int], key: str | None = None
) -> Change | None:
    """A copy of each row, right behind it, once under a `key`."""
    facts = facts_in(project)
    rows = (store.load_row(project.id, row_id) for row_id in row_ids)
    puts = (Put(row.example, facts(row.example), after=row.id) for row in rows)
    return store.apply_change(project.id, "duplicate", puts, key=key, once=True)


def delete_examples(
    store: Store, project: Project, row_ids: Sequence[int], key: str | None = None
) -> Change | None:
    """The rows gone, once under a `key`, until the Change is undone."""
    removes = [Remove(row_id) for row_id in row_ids]
    return store.apply_change(project.id, "delete", removes, key=key, once=True)


def save_system_prompt(store: Store, project: Project, text: str) -> Change | None:
    """The instructions that examples without their own inherit."""
    return store.apply_change(project.id, "system_prompt", [], system_prompt=text.strip())


def undo_change(
    store: Store, project: Project, change_id: int, advance: Advance = unwatched
) -> Change:
    """Put back what was there before a Change; `advance` is told rows.

    Raises:
        Stopped: `advance` did, and nothing is put back.
        BadInput: `changed_since`; a row was edited after it, and nothing is overwritten.
    """
    return store.undo_change(change_id, facts_in(project), advance)


def save_priced_for(store: Store, project: Project, value: str) -> Project:
    """Reckon with another base model from now on; `count_missing` then counts for it."""
    store.save_project(project.id, priced_for=value)
    return replace(project, priced_for=value)


def count_missing(store: Store, project: Project, encoding: str) -> Iterator[float]:
    """Count the rows not yet counted in `encoding`; yields the share done."""
    counter = counter_for(encoding)
    total = store.count_uncounted(project.id, encoding)
    done = 0
    while rows := store.uncounted_rows(project.id, encoding, BATCH):
        counts = {row: count_example(row.example, counter) for row in rows}
        store.save_token_counts(project.id, encoding, counts)
        done += len(rows)
        yield min(done / total, 1.0)
