"""The rules for all examples together: enough, not too big, not twice, something to learn."""

from __future__ import annotations

from collections.abc import Iterator

from core.findings import Finding
from core.rules.codes import find
from core.rules.registry import DatasetFacts, dataset_rule

GOOD_EXAMPLES = 50  # OpenAI's guide: improvements usually show with 50 to 100 examples


@dataset_rule
def too_few_examples(facts: DatasetFacts) -> Iterator[Finding]:
    """The place to train takes so many examples."""
    if facts.examples < facts.min_examples:
        yield find("too_few_examples", examples=facts.examples, needed=facts.min_examples)


@dataset_rule
def nothing_to_learn(facts: DatasetFacts) -> Iterator[Finding]:
    """Some example has a reply that is learned from."""
    if facts.examples and facts.unlearned >= facts.examples:
        yield find("nothing_to_learn")


@dataset_rule
def untrimmed_instructions(facts: DatasetFacts) -> Iterator[Finding]:
    """The shared instructions neither begin nor end with spaces or line breaks.

    In a file they stand in every example, which says `untrimmed_whitespace` there.
    """
    if facts.instructions.strip() != facts.instructions:
        yield find("untrimmed_instructions")


@dataset_rule
def few_examples(facts: DatasetFacts) -> Iterator[Finding]:
    """Enough to start, but more would help."""
    if facts.min_examples <= facts.examples < GOOD_EXAMPLES:
        yield find("few_examples", examples=facts.examples, good=GOOD_EXAMPLES)


@dataset_rule
def over_token_limit(facts: DatasetFacts) -> Iterator[Finding]:
    """What is longer than the model reads is cut off at the end, where the reply is."""
    if facts.over_limit:
        yield find("over_token_limit", count=facts.over_limit, limit=facts.token_limit)


@dataset_rule
def duplicate_example(facts: DatasetFacts) -> Iterator[Finding]:
    """No example stands there twice; each copy beyond the first counts."""
    if facts.duplicates:
        yield find("duplicate_example", count=facts.duplicates)


@dataset_rule
def file_too_large(facts: DatasetFacts) -> Iterator[Finding]:
    """The place to train takes a file of this size."""
    if facts.file_bytes > facts.max_file_bytes:
        limit = facts.max_file_bytes // 1_000_000
        yield find("file_too_large", megabytes=facts.file_bytes // 1_000_000, limit=limit)
