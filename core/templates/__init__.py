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
    """`id` names the file and the sentences `template.ID.*`; `unseen` are questions it lacks."""

    id: str
    language: str
    unseen: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The examples, one JSON object a line."""
        return FOLDER / f"{self.id}.jsonl"


# The unseen question of the weather jokes is the one its author asked the tuned model.
TEMPLATES = (
    Template("weather_jokes", "zh", ("今年武汉的冬天冷不冷？",)),
    Template("marv", "en", ("Who discovered gravity?",)),
    Template(
        "brand_voice",
        "en",
        (
            "Do you ship to Iceland?",
            "The lid does not fit my cup.",
            "Can I pick up my order myself?",
            "My cup smells of bamboo, is that normal?",
            "Do you have a newsletter?",
        ),
    ),
    Template("support_en", "en", ("The app is very slow today.", "Can I pay by invoice?")),
    Template("support_zh", "zh", ("可以货到付款吗？", "颜色和图片不一样，怎么办？")),
    Template(
        "json_extraction",
        "en",
        (
            "Ella Fox here, seven garden stools for the 2nd of May please.",
            "Any news about my sofa?",
        ),
    ),
)


@cache
def first_example(template: Template) -> Example:
    """The first of a template's examples, to give a taste of it."""
    with template.path.open("rb") as file:
        return next(line.example for line in read_jsonl(file) if line.example is not None)


def find_template(template_id: str) -> Template | None:
    """The template under `template_id`, or None, as for a project that began blank."""
    return next((template for template in TEMPLATES if template.id == template_id), None)
