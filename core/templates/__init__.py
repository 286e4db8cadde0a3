"""Finished little datasets to start from: one JSONL file each, named in `locales/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.examples import Example
from core.jsonl import read_jsonl

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Template:
    """`id` names the file and the sentences `template.ID.*`; `unseen` is a question it lacks."""

    id: str
    unseen: str

    @property
    def path(self) -> Path:
        """The examples, one JSON object a line."""
        return FOLDER / f"{self.id}.jsonl"


# The unseen question of the weather jokes is the one its author asked the tuned model.
TEMPLATES = (
    Template("weather_jokes", "今年武汉的冬天冷不冷？"),
    Template("marv", "Who discovered gravity?"),
)


@cache
def first_example(template: Template) -> Example:
    """The first of a template's examples, to give a taste of it."""
    with template.path.open("rb") as file:
        return next(line.example for line in read_jsonl(file) if line.example is not None)


def find_template(template_id: str) -> Template | None:
    """The template under `template_id`, or None, as for a project that began blank."""
    return next((template for template in TEMPLATES if template.id == template_id), None)
