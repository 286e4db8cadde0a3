"""The checks: one rule, one small function, in a registry."""

from core.rules import published, conversation, dataset, sensitive, structured, brand, voice  # isort: skip  # registers the rules, in this order
from core.rules.checks import NO_CHECKS, Checks
from core.rules.codes import all_codes, find
from core.rules.dataset import GOOD_EXAMPLES
from core.rules.registry import (
    DatasetFacts,
    check_dataset,
    check_example,
    check_example_once,
    dataset_rule,
    example_rule,
    project_rule,
    structure_rule,
)

__all__ = [
    "GOOD_EXAMPLES",
    "NO_CHECKS",
    "Checks",
    "DatasetFacts",
    "all_codes",
    "brand",
    "check_dataset",
    "check_example",
    "check_example_once",
    "conversation",
    "dataset",
    "dataset_rule",
    "example_rule",
    "find",
    "project_rule",
    "published",
    "sensitive",
    "structure_rule",
    "structured",
    "voice",
]
