"""core/templates: finished datasets that are really finished."""

from __future__ import annotations

import pytest
from core_builders import MARV, WEATHER_JOKES, lines_of

from core.blocking import is_blocked
from core.providers.profiles import load_profiles
from core.rules import check_example
from core.templates import TEMPLATES, Template, find_template
from core.words import LANGUAGES, has_words


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_template_can_be_trained_anywhere(template: Template) -> None:
    """Ten or more examples, none with a finding, and none refused by any place."""
    lines = lines_of(template.path.read_bytes())
    examples = [line.example for line in lines if line.example is not None]
    assert len(examples) == len(lines) >= max(p.min_examples for p in load_profiles())
    assert [finding for example in examples for finding in check_example(example)] == []
    blocked = [is_blocked(e, p.dialect) for e in examples for p in load_profiles()]
    assert not any(blocked)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_template_is_one_voice_with_different_questions(template: Template) -> None:
    """All share their instructions, no question comes twice, and unseen means unseen."""
    examples = [line.example for line in lines_of(template.path.read_bytes()) if line.example]
    questions = [example.turns[0].text for example in examples]
    assert len({example.system for example in examples}) == 1
    assert len(set(questions)) == len(questions)
    assert template.unseen
    assert not set(template.unseen) & set(questions)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_a_template_has_words_in_every_language(template: Template, language: str) -> None:
    """Its name, and what it is about."""
    assert has_words(language, f"template.{template.id}.name")
    assert has_words(language, f"template.{template.id}.about")


def test_the_weather_jokes_are_the_article_s_file() -> None:
    """Byte for byte."""
    template = find_template("weather_jokes")
    assert template is not None
    assert template.path.read_bytes() == WEATHER_JOKES.read_bytes()


def test_marv_keeps_its_three_published_examples() -> None:
    """They come first; ours follow."""
    template = find_template("marv")
    assert template is not None
    published = [line.example for line in lines_of(MARV.read_bytes())]
    assert [line.example for line in lines_of(template.path.read_bytes())][:3] == published


def test_a_blank_project_has_no_template() -> None:
    """An empty or unknown name is nobody's."""
    assert find_template("") is None
    assert find_template("no-such") is None
