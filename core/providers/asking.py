"""How any question travels to a place to train, and how its answer comes back as plain JSON."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from core.errors import Unavailable
from core.providers.keys import mask_answer
from core.providers.profiles import Profile


class Asking(ABC):
    """The part of a client that asks, whichever SDK it asks through."""

    def __init__(self, profile: Profile, sdk: Any, key: str) -> None:
        self.profile = profile
        self._sdk = sdk
        self._key = key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.profile.id!r}, {str(self._sdk.base_url)!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._sdk.close()

    @abstractmethod
    def _translated(self) -> AbstractContextManager[None]:
        """Whatever the SDK raises inside leaves as one of ours, without the key."""

    def _ask_any(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The JSON a call answers with, unread by the SDK's strict types."""
        with self._translated():
            answer = call(*args, **kwargs)
            answer = getattr(answer, "http_response", answer)  # SDKs wrap it, but not always
            return mask_answer(json.loads(answer.read()), self._key)

    def _ask(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The same, where it has to be an object.

        Raises:
            Unavailable: `unreadable_answer`, where it is anything else.
        """
        answer = self._ask_any(call, *args, **kwargs)
        if not isinstance(answer, dict):
            raise Unavailable("unreadable_answer", message=type(answer).__name__)
        return answer
