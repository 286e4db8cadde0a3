"""How any question travels to a place to train, and how its answer comes back as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai

from core.errors import Unavailable
from core.providers.errors_map import translated
from core.providers.keys import mask_answer
from core.providers.profiles import Profile


class Asking:
    """The part of the client that asks."""

    def __init__(self, profile: Profile, sdk: openai.OpenAI, key: str) -> None:
        self.profile = profile
        self._sdk = sdk
        self._key = key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.profile.id!r}, {str(self._sdk.base_url)!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._sdk.close()

    def _ask(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The JSON object a call answers with, unread by the SDK's strict types."""
        with translated(self._key):
            answer = mask_answer(json.loads(call(*args, **kwargs).content), self._key)
        if not isinstance(answer, dict):
            raise Unavailable("unreadable_answer", message=type(answer).__name__)
        return answer
