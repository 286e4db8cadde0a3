"""Small builders for what comes in: a file read by its recipe, and what was said about it."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

from core.importing import TRANSCRIPT, Recipe, guess_recipe, read_by
from core.jsonl import Line

DATA = Path(__file__).resolve().parents[2] / "data"
IMPORTS = DATA / "imports"


def content_of(name: str) -> bytes:
    """One of the files that other tools wrote."""
    return (IMPORTS / name).read_bytes()


def recipe_for(content: bytes, name: str = "pasted", **given: Any) -> Recipe:
    """What is guessed of a content, or given; of a transcript the last speaker is the assistant."""
    recipe = guess_recipe(BytesIO(content), name, **given)
    if recipe.kind == TRANSCRIPT and not recipe.is_complete and recipe.talk.speakers:
        return recipe.with_assistant(recipe.talk.speakers[-1])
    return recipe


def lines_by(content: bytes, recipe: Recipe) -> list[Line]:
    """Everything that is read of a content."""
    return list(read_by(recipe)(BytesIO(content)))


def read_all(content: bytes | str, name: str = "pasted", **given: Any) -> list[Line]:
    """Everything that is read of a content by the recipe that is guessed."""
    content = content.encode() if isinstance(content, str) else content
    return lines_by(content, recipe_for(content, name, **given))


def said_in(lines: list[Line]) -> list[list[tuple[Any, Any]]]:
    """Who says what in each example."""
    return [[(m.role, m.content) for m in line.example.messages] for line in lines if line.example]


def found_in(lines: list[Line]) -> Counter[str]:
    """The codes of what is said about the lines, with their counts."""
    codes: Counter[str] = Counter()
    for finding in (finding for line in lines for finding in line.findings):
        codes[finding.code] += finding.count
    return codes
