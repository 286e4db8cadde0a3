"""Chat with a model at a place to train, the count of its tokens, and what it holds harmful."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2
import openai

from core.errors import Unavailable
from core.jobs import ChatReply
from core.providers import shapes
from core.providers.asking import Asking
from core.providers.errors_map import translated


class Talking(Asking):
    """The part of the client that talks to models."""

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> ChatReply:
        """One whole answer; None leaves a setting to the provider."""
        answer = self._ask(
            self._sdk.chat.completions.with_raw_response.create,
            **_question(model, messages, temperature, max_tokens),
        )
        return shapes.read_reply(answer)

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
                piece, finish_reason = shapes.read_piece(_plain(chunk))
                ended = ended or finish_reason is not None
                if piece:
                    yield piece
        if not ended:
            raise Unavailable("answer_cut_short")

    def moderate(self, texts: Sequence[str], model: str = "") -> list[tuple[str, ...]]:
        """For each text the categories under which the place flags it; none where it is fine."""
        answer = self._ask(
            self._sdk.moderations.with_raw_response.create,
            input=list(texts),
            model=model or openai.omit,
        )
        return shapes.read_moderation(answer, len(texts))

    def count_tokens(self, model: str, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has in the model's own vocabulary (our trainer's route)."""
        with translated(self._key):
            answer = self._sdk.post(
                "/tokenize", body={"model": model, "input": list(texts)}, cast_to=httpx2.Response
            ).json()
        counts = answer.get("counts") if isinstance(answer, dict) else None
        if not isinstance(counts, list) or len(counts) != len(texts):
            raise Unavailable("unreadable_answer", message="counts")
        return [int(count) for count in counts]


def _question(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    temperature: float | None,
    max_tokens: int | None,
) -> dict[str, Any]:
    return {
        "model": model,
        "messages": [dict(message) for message in messages],
        "temperature": openai.omit if temperature is None else temperature,
        "max_tokens": openai.omit if max_tokens is None else max_tokens,
    }


def _plain(chunk: object) -> dict[str, Any]:
    """A streamed chunk as JSON, whatever the SDK made of it."""
    to_dict = getattr(chunk, "to_dict", None)
    if to_dict is None:
        raise ValueError("a chunk that is no object")
    plain: dict[str, Any] = to_dict(warnings=False)
    return plain
