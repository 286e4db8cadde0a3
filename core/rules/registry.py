"""Where rules are registered and run: a rule is a function with one decorator above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from core.examples import Example, Message
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
_Outline: TypeAlias = tuple[tuple[tuple[str, str | int], ...], ...]

EXAMPLE_RULES: list[ExampleRule] = []
STRUCTURE_RULES: list[ExampleRule] = []
PROJECT_RULES: list[ProjectRule] = []
DATASET_RULES: list[DatasetRule] = []


def example_rule(rule: ExampleRule) -> ExampleRule:
    """Register a rule that looks at one example; it may rely on at least one message."""
    EXAMPLE_RULES.append(rule)
    return rule


def structure_rule(rule: ExampleRule) -> ExampleRule:
    """Register a rule that looks at how the messages are built, and never at what they say.

    It is asked once for all that are built alike, and sees stand-ins for their texts: nothing, a
    blank, something between blanks, or something. Roles and whole numbers are what they are.
    """
    STRUCTURE_RULES.append(rule)
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
    found = [*_check_structure(example)]
    found += [finding for rule in EXAMPLE_RULES for finding in rule(example)]
    if checks is NO_CHECKS:
        return tuple(found)
    found += [finding for rule in PROJECT_RULES for finding in rule(example, checks)]
    return tuple(finding for finding in found if checks.wants(finding.code))


def _check_structure(example: Example) -> tuple[Finding, ...]:
    outline = _outline(example)
    if outline is not None:
        return _check_outline(outline)
    return tuple(finding for rule in STRUCTURE_RULES for finding in rule(example))


def _outline(example: Example) -> _Outline | None:
    """The messages with stand-ins for their texts; None where not all is text or whole numbers."""
    outline = []
    for message in example.messages:
        pairs: list[tuple[str, str | int]] = []
        for key, value in message.pairs:
            if type(value) is str:
                pairs.append((key, value if key == "role" else _stand_in(value)))
            elif type(value) is int:  # true equals 1, but only one is a weight
                pairs.append((key, value))
            else:
                return None
        outline.append(tuple(pairs))
    return tuple(outline)


def _stand_in(text: str) -> str:
    trimmed = len(text.strip())
    if trimmed == len(text):
        return "x" if text else ""
    return " x" if trimmed else " "


@lru_cache(maxsize=128)
def _check_outline(outline: _Outline) -> tuple[Finding, ...]:
    example = Example(tuple(map(Message, outline)))
    return tuple(finding for rule in STRUCTURE_RULES for finding in rule(example))


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
