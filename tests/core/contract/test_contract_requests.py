"""What we ask a place for holds to OpenAI's description of its API, but for what is listed here."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest
from a_described_place import KEY, Problem, a_described_place
from all_calls import CALLS, NOT_ASKED, all_profiles, offered, speaking
from known_deviations import requests_that_deviate
from openai.types import ModerationCreateParams
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from openai.types.fine_tuning import JobCreateParams
from pydantic import TypeAdapter

from core.providers.place import Place
from core.providers.profiles import Profile

# The SDK's own words for a body; an upload travels as a form.
SDK_TYPES: Mapping[str, Any] = {
    "POST /fine_tuning/jobs": JobCreateParams,
    "POST /chat/completions": CompletionCreateParamsStreaming | CompletionCreateParamsNonStreaming,
    "POST /moderations": ModerationCreateParams,
}


def ask_everything(profile: Profile) -> tuple[set[Problem], dict[str, list[Any]]]:
    """Put every question that the profile has an answer to; what is wrong with them, and bodies."""
    with (
        a_described_place() as there,
        closing(speaking(profile, there.base_url, KEY)) as place,
    ):
        for name in offered(profile):
            CALLS[name](place)
        return there.problems, there.bodies


def test_every_question_is_among_those_that_are_put() -> None:
    """A new method of a place has to hold to the description too."""
    asked = {name for name in vars(Place) if not name.startswith("_")} - {"profile"}
    assert asked - NOT_ASKED == set(CALLS)


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.id)
def test_requests_are_as_described(profile: Profile) -> None:
    """Every route, name and value is, but for the listed ones; and each of those still occurs."""
    problems, _ = ask_everything(profile)
    assert problems == requests_that_deviate(profile)


@pytest.mark.parametrize("profile", all_profiles(), ids=lambda profile: profile.id)
def test_bodies_are_what_the_sdk_calls_them(profile: Profile) -> None:
    """Each value has the very type that the SDK gives to its name."""
    _, bodies = ask_everything(profile)
    assert set(SDK_TYPES) - {"POST /chat/completions"} <= set(bodies)
    for operation, kind in SDK_TYPES.items():
        for body in bodies.get(operation, []):
            assert TypeAdapter(kind).validate_python(body, strict=True)
