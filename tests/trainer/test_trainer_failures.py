"""Every way in which a job can fail has a sentence in the app, in every language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from core.words import LANGUAGES, has_words

TRAINER = Path(__file__).resolve().parents[2] / "trainer"
FAILING = {"BadTrainingFile", "TrainingDiverged", "BaseUnavailable", "_fail"}
FILES = ("training_file", "validation_file")  # what `{param}` stands for in a code
# Told to who talks to a base, never to a job: a job waits for the weights itself.
NEVER_OF_A_JOB = {"base_is_being_fetched"}


def texts_in(node: ast.expr) -> Iterator[str]:
    """The texts an argument can be: itself, either side of an `or`, an f-string for each file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from texts_in(value)
    elif isinstance(node, ast.JoinedStr):
        for param in FILES:
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else param for part in node.values
            )


def codes_in(tree: ast.AST) -> Iterator[str]:
    """The codes given to a failure's second argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > 1:
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in FAILING:
                yield from texts_in(node.args[1])


def all_codes() -> set[str]:
    """Every code that the trainer's own text gives to a failed job."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in TRAINER.glob("*.py"))
    return {code for tree in trees for code in codes_in(tree) if code} - NEVER_OF_A_JOB


def test_the_codes_are_found() -> None:
    """The search sees each of the ways in which a code is given."""
    assert {
        "server_failed",  # to `_fail` of the supervisor
        "worker_ended",
        "worker_failed",  # behind an `or`, to `_fail` of the worker
        "invalid_training_file",  # an f-string, to an exception
        "invalid_validation_file",
        "invalid_n_examples",
        "training_diverged",
        "base_disk_full",
    } <= all_codes()


def test_every_failure_has_a_sentence_in_every_language() -> None:
    """Under `error.CODE`, where the page of a job looks for it."""
    for language in LANGUAGES:
        missing = [code for code in all_codes() if not has_words(language, f"error.{code}")]
        assert missing == []
