"""core/summary.py: the figures above the table, for a place to train and a base model."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest
from core_builders import WEATHER_JOKES, a_row, jsonl

from core.costs import CostRange
from core.dialects import Dialect
from core.editing import (
    DEFAULT_PRICED_FOR,
    count_missing,
    facts_in,
    priced_for,
    save_cell,
    save_priced_for,
    save_system_prompt,
)
from core.examples import APPROVED
from core.findings import Severity
from core.providers.profiles import load_profile
from core.queries import Query
from core.storage import Amend, Project, Store
from core.summary import Summary, reckoning_of, seen_as, summarise
from core.templates import find_template
from core.transfer import create_project, import_examples, read_preview


def a_project(store: Store, *rows: dict[str, object], model: str = DEFAULT_PRICED_FOR) -> Project:
    """A project of these rows, each with its own instructions."""
    project = store.create_project("Mine", priced_for=model)
    content = jsonl(*rows)
    preview = read_preview(BytesIO(content), "f")
    import_examples(store, project, BytesIO(content), preview, share_system=False)
    return store.load_project(project.id)


def summary_of(store: Store, project: Project) -> Summary:
    """The summary as the project is reckoned now, everything counted."""
    project = store.load_project(project.id)
    profile, model = priced_for(project)
    assert all(share <= 1 for share in count_missing(store, project, model.encoding))
    return summarise(store, project, profile, model)


def codes(summary: Summary) -> dict[str, tuple[Severity, int]]:
    """By code how bad and how often."""
    return {group.code: (group.severity, group.count) for group in summary.groups}


@pytest.mark.parametrize("shared", [True, False], ids=["inherited", "own"])
def test_the_article_s_figures(store: Store, shared: bool) -> None:
    """701 by the published checker, 681 a pass as the real job billed; 6,810 in ten passes."""
    if shared:
        project = create_project(store, "W", find_template("weather_jokes"))
    else:
        project = store.create_project("W", priced_for=DEFAULT_PRICED_FOR)
        content = WEATHER_JOKES.read_bytes()
        preview = read_preview(BytesIO(content), "f")
        import_examples(store, project, BytesIO(content), preview, share_system=False)
    mini = summary_of(store, project)
    assert (mini.billed, mini.published, mini.epochs) == (491, 521, 10)
    save_priced_for(store, project, "openai:gpt-3.5-turbo")
    turbo = summary_of(store, project)
    assert (turbo.billed, turbo.published) == (681, 701)
    assert turbo.billed * turbo.epochs == 6_810
    assert turbo.cost is not None
    assert turbo.cost == CostRange(pytest.approx(0.05448), pytest.approx(0.05608))


def test_an_empty_project_costs_nothing_and_says_what_is_missing(store: Store) -> None:
    """No tokens, no distribution, one thing in the way."""
    summary = summary_of(store, a_project(store))
    assert (summary.examples, summary.billed, summary.published) == (0, 0, 0)
    assert summary.tokens is None
    assert not summary.histogram
    assert [group.code for group in summary.blocking] == ["too_few_examples"]


def test_the_histogram_counts_every_example_once(store: Store) -> None:
    """Its tokens are the billed ones, as the table shows them, and add up to the whole."""
    summary = summary_of(store, create_project(store, "W", find_template("weather_jokes")))
    assert sum(summary.histogram.values()) == summary.examples
    assert sum(tokens * n for tokens, n in summary.histogram.items()) == summary.billed


def test_an_inherited_instruction_is_counted_for_those_who_inherit(store: Store) -> None:
    """One example of two has its own; the shared one weighs once."""
    project = a_project(store, a_row(), a_row(system=None))
    before = summary_of(store, project)
    save_system_prompt(store, project, "Be kind.")
    after = summary_of(store, project)
    assert after.prompt_tokens > 3
    assert after.billed - before.billed == after.prompt_tokens
    assert after.published - before.published == after.prompt_tokens


def test_an_inherited_instruction_answers_the_advice_to_have_one(store: Store) -> None:
    """Nobody lacks a system message once all inherit one."""
    project = a_project(store, *(a_row(system=None, user=str(n)) for n in range(10)))
    assert "missing_system_message" in codes(summary_of(store, project))
    save_system_prompt(store, project, "Be kind.")
    assert "missing_system_message" not in codes(summary_of(store, project))


def a_skipped_row(number: int) -> dict[str, object]:
    """A row whose only reply is not to be learned from."""
    skipped = {"role": "assistant", "content": f"Reply {number}", "weight": 0}
    return {"messages": [*a_row(user=str(number))["messages"][:-1], skipped]}


def test_a_dataset_of_which_nothing_is_learned_is_stopped_before_training(store: Store) -> None:
    """One reply that counts is enough; the others are told row by row."""
    rows = [a_skipped_row(number) for number in range(10)]
    nothing = summary_of(store, a_project(store, *rows))
    assert [group.code for group in nothing.blocking] == ["nothing_to_learn"]
    assert codes(nothing)["nothing_learned"] == (Severity.WARNING, 10)
    something = summary_of(store, a_project(store, *rows, a_row()))
    assert something.blocking == ()
    assert codes(something)["nothing_learned"] == (Severity.WARNING, 10)


def test_blanks_around_the_shared_instructions_are_told_once(store: Store) -> None:
    """Taken over from a file as they were, they are advice until they are saved anew."""
    content = jsonl(*(a_row(system="Be kind. ", user=str(n)) for n in range(10)))
    project = store.create_project("Mine", priced_for=DEFAULT_PRICED_FOR)
    preview = read_preview(BytesIO(content), "f")
    import_examples(store, project, BytesIO(content), preview, share_system=True)
    found = codes(summary_of(store, project))
    assert found["untrimmed_instructions"] == (Severity.ADVICE, 1)
    assert "untrimmed_whitespace" not in found
    save_system_prompt(store, project, "Be kind. ")
    assert "untrimmed_instructions" not in codes(summary_of(store, project))


def test_an_edit_changes_the_totals_by_its_own_tokens(store: Store) -> None:
    """What the row gains, the whole gains."""
    project = create_project(store, "W", find_template("weather_jokes"))
    before = summary_of(store, project)
    row = store.load_rows(project.id, limit=1, encoding="o200k_base")[0]
    save_cell(store, project, row.id, "assistant", "Hot.")
    edited = store.load_row(project.id, row.id, "o200k_base")
    assert row.tokens is not None
    assert edited.tokens is not None
    gained = edited.tokens.billed - row.tokens.billed
    assert gained != 0
    assert summary_of(store, project).billed == before.billed + gained


def test_findings_come_worst_first_and_add_up(store: Store) -> None:
    """Two empty replies are one group of two, before any advice."""
    rows = [a_row(user=str(n), assistant="" if n < 2 else "Yes.") for n in range(10)]
    summary = summary_of(store, a_project(store, *rows))
    assert codes(summary)["missing_content"] == (Severity.ERROR, 2)
    order = list(Severity)
    severities = [order.index(group.severity) for group in summary.groups]
    assert severities == sorted(severities)


def test_a_place_decides_what_blocks(store: Store) -> None:
    """A weight is no finding where it is taken; a foreign key is one everywhere."""
    weighted = a_row()
    weighted["messages"][-1]["weight"] = 0
    project = a_project(store, weighted)
    assert "message_unrecognized_key" not in codes(summary_of(store, project))
    odd = a_row()
    odd["messages"][-1]["mood"] = "good"
    found = codes(summary_of(store, a_project(store, odd)))
    assert found["message_unrecognized_key"] == (Severity.ERROR, 1)


def test_an_accepted_finding_is_not_seen() -> None:
    """None for what a dialect takes, an error for what it refuses, else as it is."""
    openai = load_profile("openai").dialect
    seen = seen_as(openai, "message_unrecognized_key", Severity.ERROR, "weight")
    assert seen is None
    refused = seen_as(openai, "last_message_not_assistant", Severity.WARNING, "")
    assert refused is Severity.ERROR
    assert seen_as(openai, "blank_content", Severity.WARNING, "") is Severity.WARNING
    assert isinstance(openai, Dialect)


def test_what_is_over_the_limit_is_cut_and_found(store: Store) -> None:
    """A long example counts up to the limit, and the finding leads to it."""
    long = a_row(user="word " * 1_500, assistant="end")
    project = a_project(store, a_row(), long, model="this_computer:local/tiny-scratch")
    summary = summary_of(store, project)
    _, model = priced_for(project)
    assert summary.over_limit == 1
    assert summary.tokens is not None
    assert summary.tokens.max > model.token_limit
    assert summary.published < sum(summary.histogram.elements())
    assert codes(summary)["over_token_limit"][1] == 1
    assert numbers(store, project, "over_token_limit") == [2]


def test_an_inherited_instruction_can_push_an_example_over_the_limit(store: Store) -> None:
    """Its own text is within, with what it inherits it is not."""
    within = a_row(system=None, user="word " * 1_000)
    project = a_project(store, within, model="this_computer:local/tiny-scratch")
    assert summary_of(store, project).over_limit == 0
    save_system_prompt(store, project, "word " * 100)
    project = store.load_project(project.id)
    assert summary_of(store, project).over_limit == 1
    assert numbers(store, project, "over_token_limit") == [1]


def numbers(store: Store, project: Project, code: str) -> list[int]:
    """Of the rows that a finding leads to, in their order."""
    reckoning = reckoning_of(project, priced_for(project)[1])
    ids = store.find_rows(project.id, Query(code=code), reckoning)
    return [row.number for row in store.load_found(project.id, ids)]


def test_findings_lead_to_their_rows(store: Store) -> None:
    """By code, in order; copies lead to all that say the same."""
    project = a_project(store, a_row(assistant=""), a_row(), a_row(), a_row(assistant=""))
    assert numbers(store, project, "missing_content") == [1, 4]
    assert numbers(store, project, "duplicate_example") == [1, 2, 3, 4]
    assert numbers(store, project, "blank_content") == []
    assert Counter(g.code for g in summary_of(store, project).groups)["duplicate_example"] == 1


def test_held_out_and_unapproved_examples_are_not_reckoned(store: Store) -> None:
    """What validates costs nothing to train on; of approved ones alone only these count."""
    project = a_project(store, a_row(), a_row(user="Two?"), a_row(user="Three?"))
    whole = summary_of(store, project)
    first, second, _ = (row.id for row in store.iterate_rows(project.id))
    facts = facts_in(project)
    marks = [
        Amend(first, lambda now: now.with_held_out(True), facts),
        Amend(second, lambda now: now.with_review(APPROVED), facts),
    ]
    store.apply_change(project.id, "mark", marks)
    training = summary_of(store, project)
    assert (training.examples, training.held_out, training.replies) == (2, 1, 2)
    assert 0 < training.billed < whole.billed
    profile, model = priced_for(project)
    approved = summarise(store, project, profile, model, approved_only=True)
    assert (approved.examples, approved.held_out, approved.conversations) == (1, 0, 1)
    assert 0 < approved.billed < training.billed
