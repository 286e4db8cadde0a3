"""Chat with a model at a place to train, whichever SDK carries it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import Unavailable
from core.jobs import ChatReply
from core.providers import shapes
from core.providers.asking import Asking


class Talking(Asking):
    """The part of a client that talks to models."""

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        temperature: float | None = None,
        max_tokens: int | None = None,
    ) -> ChatReply:
        """One whole answer; None leaves a setting to the provider."""
        asked = _question(model, messages, temperature, max_tokens)
        create = self._sdk.chat.completions.with_raw_response.create
        return shapes.read_reply(self._ask(create, **asked))

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
            self._translated(),
            self._sdk.chat.completions.create(**asked, stream=True) as chunks,
        ):
            for chunk in chunks:
                piece, finish_reason = shapes.read_piece(_plain(chunk))
                ended = ended or finish_reason is not None
                if piece:
                    yield piece
        if not ended:
            raise Unavailable("answer_cut_short")


def _question(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    temperature: float | None,
    max_tokens: int | None,
) -> dict[str, Any]:
    """What is not chosen is not sent."""
    chosen = {"temperature": temperature, "max_tokens": max_tokens}
    given = {name: value for name, value in chosen.items() if value is not None}
    return {"model": model, "messages": [dict(message) for message in messages], **given}


def _plain(chunk: object) -> dict[str, Any]:
    """A streamed chunk as JSON, whatever the SDK made of it."""
    to_dict = getattr(chunk, "to_dict", None)
    if to_dict is None:
        raise ValueError("a chunk that is no object")
    plain: dict[str, Any] = to_dict(warnings=False)
    return plain
