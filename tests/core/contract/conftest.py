"""Without OpenAI's description there is nothing to hold anything to."""

from __future__ import annotations

import pytest
from openai_description import the_description


@pytest.fixture(autouse=True)
def description() -> None:
    """Skip with a reason where it is absent, before a server or hypothesis looks for it."""
    the_description()
