"""How Together is asked anything, and how its models answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from together import Together, omit

from core.errors import Rejected, Unavailable
from core.jobs import ChatReply
from core.providers import shapes
from core.providers.keys import mask_answer
from core.providers.profiles import Profile
from core.providers.together_place.errors import translated


class Talking:
    """The part of the place that asks, and talks to models."""

    def __init__(self, profile: Profile, sdk: Together, key: str) -> None:
        self.profile = profile
        self._sdk = sdk
        self._key = key

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.profile.id!r}, {str(self._sdk.base_url)!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._sdk.close()

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> ChatReply:
        """One whole answer; None leaves a setting to Together."""
        asked = _question(model, messages, temperature, max_tokens)
        create = self._sdk.chat.completions.with_raw_response.create
        return shapes.read_reply(self._ask_object(create, **asked))

    def stream_chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> Iterator[str]:
        """The answer piece by piece.

        Raises:
            Unavailable: also `answer_cut_short`, when it stops without having ended.
        """
        asked = _question(model, messages, temperature, max_tokens)
        ended = False
        with (
            translated(self._key),
            self._sdk.chat.completions.create(**asked, stream=True) as chunks,
        ):
            for chunk in chunks:
                piece, finish_reason = shapes.read_piece(chunk.to_dict(warnings=False))
                ended = ended or finish_reason is not None
                if piece:
                    yield piece
        if not ended:
            raise Unavailable("answer_cut_short")

    def moderate(self, texts: Sequence[str], model: str = "") -> list[tuple[str, ...]]:
        """Not offered there."""
        self._refuse()

    def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """Not offered there."""
        self._refuse()

    # Inside

    def _refuse(self) -> NoReturn:
        raise Rejected("not_offered_there", name=self.profile.name)

    def _ask(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The JSON that a call answers with, unread by the SDK's types."""
        with translated(self._key):
            return mask_answer(json.loads(call(*args, **kwargs).read()), self._key)

    def _ask_object(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer = self._ask(call, *args, **kwargs)
        if not isinstance(answer, dict):
            raise Unavailable("unreadable_answer", message=type(answer).__name__)
        return answer


def _question(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    temperature: float | None,
    max_tokens: int | None,
) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [dict(message) for message in messages],
        "temperature": omit if temperature is None else temperature,
        "max_tokens": omit if max_tokens is None else max_tokens,
    }
