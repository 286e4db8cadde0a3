"""Where rules are registered and run: a rule is a function with one decorator above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from core.examples import Example
from core.findings import Finding
from core.rules.checks import NO_CHECKS, Checks
from core.rules.codes import find


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What is known of all examples together, and the limits of the place they are for.

    duplicates: copies beyond the first of each; over_limit: examples with more than token_limit
    tokens; unlearned: examples of which no reply is learned from; file_bytes: what the file
    weighs, 0 where there is none yet; instructions: the system message they share, where it is
    kept once for all.
    """

    examples: int
    duplicates: int
    over_limit: int
    min_examples: int
    token_limit: int
    unlearned: int = 0
    file_bytes: int = 0
    max_file_bytes: int = 0
    instructions: str = ""


ExampleRule: TypeAlias = Callable[[Example], Iterator[Finding]]
ProjectRule: TypeAlias = Callable[[Example, Checks], Iterator[Finding]]
DatasetRule: TypeAlias = Callable[[DatasetFacts], Iterator[Finding]]

EXAMPLE_RULES: list[ExampleRule] = []
PROJECT_RULES: list[ProjectRule] = []
DATASET_RULES: list[DatasetRule] = []


def example_rule(rule: ExampleRule) -> ExampleRule:
    """Register a rule that looks at one example; it may rely on at least one message."""
    EXAMPLE_RULES.append(rule)
    return rule


def project_rule(rule: ProjectRule) -> ProjectRule:
    """Register a rule that looks at one example with what its project wants; as above."""
    PROJECT_RULES.append(rule)
    return rule


def dataset_rule(rule: DatasetRule) -> DatasetRule:
    """Register a rule that looks at all examples together."""
    DATASET_RULES.append(rule)
    return rule


def check_example_once(example: Example, checks: Checks = NO_CHECKS) -> tuple[Finding, ...]:
    """What is wrong with one example, in the order of the rules; what is switched off is not told.

    An example without messages gets `missing_messages_list` and no further check, as published.
    """
    if not example.messages:
        return (find("missing_messages_list"),)
    found = [finding for rule in EXAMPLE_RULES for finding in rule(example)]
    if checks is NO_CHECKS:
        return tuple(found)
    found += [finding for rule in PROJECT_RULES for finding in rule(example, checks)]
    return tuple(finding for finding in found if checks.wants(finding.code))


def check_example(example: Example, checks: Checks = NO_CHECKS) -> tuple[Finding, ...]:
    """The same, remembered: a page is drawn again and again, while in a file examples pass once."""
    if any(isinstance(message.weight, bool) for message in example.messages):
        return check_example_once(example, checks)  # true equals 1, but only one is a weight
    return _remember(example, checks)


_remember = lru_cache(maxsize=1024)(check_example_once)


def check_dataset(facts: DatasetFacts, checks: Checks = NO_CHECKS) -> tuple[Finding, ...]:
    """What is wrong with all examples together; `Finding.count` says how many it concerns."""
    found = (finding for rule in DATASET_RULES for finding in rule(facts))
    return tuple(finding for finding in found if checks.wants(finding.code))
