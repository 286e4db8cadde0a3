"""Our verdicts for Together, held to the file check of its own package.

Up to 2.14.0 the package checks what the messages say; since 2.15.0 only that each line is a JSON
object, "semantic validation remains on the server" (togethercomputer/together-py, pull request
364). So the one is held to the letter, and the other only must never refuse what we call ready.
Every disagreement is explained in docs/decisions/0028-ready-for.md.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from readiness_files import FOLDER, expected, refused_at

from core.exporting import FILE_KINDS
from core.providers.terms import load_terms
from core.readiness import TO_TRAIN_ON, check_project
from core.storage import Store
from core.templates import TEMPLATES
from core.transfer import create_project, export_to
from core.verdicts import Verdict

os.environ["TOGETHER_DISABLE_TQDM"] = "true"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    files = pytest.importorskip(
        "together.lib.utils.files", reason="the package `together` is not installed"
    )
IS_STRICT = hasattr(files, "validate_messages")
TOGETHER = [terms for terms in load_terms() if terms.id == "together"]

# It takes what we would not send: nothing is learned of it, or its documents say otherwise.
TAKEN_THERE = {
    "null-content.jsonl",
    "empty-content.jsonl",
    "content-in-parts.jsonl",
    "weight-is-true.jsonl",
    "all-switched-off.jsonl",
    "two-questions.jsonl",
    "two-replies.jsonl",
    "reply-first.jsonl",
    "instructions-in-the-middle.jsonl",
}
# It refuses what its later versions and its documents take, and what we never write.
REFUSED_THERE = {"blank-line.jsonl"}
# What each line must be: the only thing that later versions look at.
NO_LINES_OF_OBJECTS = {
    "mark.jsonl",
    "mark-in-the-middle.jsonl",
    "empty.jsonl",
    "blank-lines-only.jsonl",
    "list.jsonl",
    "utf16.jsonl",
    "latin1.jsonl",
    "cut-off.jsonl",
    "not-json.jsonl",
    "line-is-a-list.jsonl",
}


def is_taken(path: Path) -> bool:
    """Whether the package would send the file."""
    return bool(files.check_file(path)["is_check_passed"])


def refused_there() -> set[str]:
    """The files that the package would not send."""
    return {name for name in expected() if not is_taken(FOLDER / name)}


@pytest.mark.skipif(not IS_STRICT, reason="this version of `together` looks at no message")
def test_both_refuse_the_same_files() -> None:
    """All but ten of them, each of which is understood."""
    assert refused_there() == refused_at("together") - TAKEN_THERE | REFUSED_THERE


@pytest.mark.skipif(IS_STRICT, reason="this version of `together` looks at messages as well")
def test_what_is_no_line_of_objects_is_refused_by_both() -> None:
    """And nothing that we call ready is refused there."""
    assert refused_there() == NO_LINES_OF_OBJECTS
    assert refused_at("together") >= NO_LINES_OF_OBJECTS


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_what_we_export_is_taken(store: Store, tmp_path: Path, template: object) -> None:
    """A project that we call ready there leaves as a file that the package takes."""
    project = create_project(store, "Mine", template)  # type: ignore[arg-type]
    [found] = check_project(store, project, TOGETHER)
    assert found.verdict is Verdict.READY
    path = tmp_path / "mine.jsonl"
    report = export_to(path, store, project, FILE_KINDS["jsonl"], TO_TRAIN_ON)
    assert is_taken(path)
    assert (report.size, report.tally.replies) == (found.file_bytes, found.tally.replies)
