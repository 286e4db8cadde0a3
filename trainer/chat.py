"""Talking to a tuned model: the last one used stays in memory, one answer is written at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.bases import Messages
from trainer.errors import BadRequest
from trainer.processes import half_the_cores

REPLACEMENT = "\ufffd"  # what a half-written character decodes to


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose tokens: temperature 0 always takes the likeliest; max_tokens None is "all"."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of an answer; the last piece also says why it ends. Counts are so far."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """A loaded model with its tokenizer."""

    path: Path
    model: Any
    tokenizer: Any

    @property
    def context_length(self) -> int:
        """In tokens, question and answer together."""
        return int(self.model.config.max_position_embeddings)


class Chat:
    """Answers from the models in the data folder."""

    def __init__(self) -> None:
        self._turn = threading.Lock()  # of one answer at a time; given back by whatever thread
        self._voice: Voice | None = None

    def forget(self, path: Path) -> None:
        """Let go of a model that is being deleted."""
        with self._turn:
            if self._voice is not None and self._voice.path.is_relative_to(path):
                self._voice = None

    def answer(
        self,
        path: Path,
        messages: Messages,
        sampling: Sampling,
        *,
        base: Path | None = None,
        threads: int | None,
    ) -> Iterator[Piece]:
        """Write the model's reply to the messages, piece by piece.

        Args:
            path: the folder of the model.
            messages: what was said so far, each with role and content.
            sampling: how to choose tokens.
            base: the weights of its base, for a model that is only an adapter to them.
            threads: how many may compute; None for half of the cores.

        Raises:
            BadRequest: the messages do not fit into the model's context.
        """
        with self._turn:
            voice = self._load(path, base)
            _use_threads(threads)
            prompt = _encode(voice, messages)
            yield from _write(voice, prompt, sampling)

    def _load(self, path: Path, base: Path | None) -> Voice:
        if self._voice is None or self._voice.path != path:
            self._voice = None  # the old one leaves the memory before the new one enters
            self._voice = _load_voice(path, base)
        return self._voice


def _load_voice(path: Path, base: Path | None) -> Voice:
    from transformers import AutoModelForCausalLM, AutoTokenizer  # brings torch: seconds
    from transformers.utils.logging import disable_progress_bar

    from trainer.pretrained import merge_adapter

    disable_progress_bar()  # nobody is there to see it
    if base is None:
        model = AutoModelForCausalLM.from_pretrained(path, local_files_only=True)
    else:
        model = merge_adapter(base, path)
    return Voice(path, model.eval(), AutoTokenizer.from_pretrained(path, local_files_only=True))


def _use_threads(threads: int | None) -> None:
    import torch

    torch.set_num_threads(threads or half_the_cores())


def _encode(voice: Voice, messages: Messages) -> list[int]:
    encoded = voice.tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_dict=True
    )
    prompt: list[int] = encoded["input_ids"]
    if len(prompt) >= voice.context_length:
        raise BadRequest(
            f"The messages are {len(prompt):,} tokens long; "
            f"this model reads fewer than {voice.context_length:,}.",
            "context_length_exceeded",
            "messages",
        )
    return prompt


def _write(voice: Voice, prompt: list[int], sampling: Sampling) -> Iterator[Piece]:
    """Turn tokens into text, keeping back half characters and what may be a stop sequence."""
    room = voice.context_length - len(prompt)
    most = min(room, sampling.max_tokens or room)
    written: list[int] = []
    sent, finish = 0, "length"
    for token in _tokens(voice, prompt, sampling):
        if token == voice.tokenizer.eos_token_id:
            finish = "stop"
            break
        written.append(token)
        text = _decode(voice, written)
        cut = _find_stop(text, sampling.stop)
        if cut is not None:
            yield Piece(text[sent:cut], len(prompt), len(written), "stop")
            return
        if len(written) == most:
            break
        ready = len(text) - _may_stop(text, sampling.stop)
        if ready > sent:
            yield Piece(text[sent:ready], len(prompt), len(written))
            sent = ready
    text = _decode(voice, written)
    yield Piece(text[sent:], len(prompt), len(written), finish)


def _decode(voice: Voice, written: list[int]) -> str:
    """The text so far, without the bytes that are no whole character: a tiny model writes some."""
    text: str = voice.tokenizer.decode(written, skip_special_tokens=True)
    return text.replace(REPLACEMENT, "")


def _find_stop(text: str, stop: tuple[str, ...]) -> int | None:
    """Where the earliest stop sequence begins."""
    return min((at for s in stop if (at := text.find(s)) >= 0), default=None)


def _may_stop(text: str, stop: tuple[str, ...]) -> int:
    """How many characters at the end of the text could be the beginning of a stop sequence."""
    lengths = (n for s in stop for n in range(1, len(s)) if text.endswith(s[:n]))
    return max(lengths, default=0)


def _tokens(voice: Voice, prompt: list[int], sampling: Sampling) -> Iterator[int]:
    """Endless tokens, each chosen from what the model says after all before it."""
    import torch

    dice = torch.Generator()
    dice.manual_seed(sampling.seed) if sampling.seed is not None else dice.seed()
    cache, fresh = None, torch.tensor([prompt])
    while True:
        with torch.inference_mode():
            said = voice.model(
                input_ids=fresh, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
        token = _choose(said.logits[0, -1], sampling, dice)
        yield token
        cache, fresh = said.past_key_values, torch.tensor([[token]])


def _choose(logits: Any, sampling: Sampling, dice: Any) -> int:
    """The likeliest token at temperature 0, else one by chance from the `top_p` likeliest."""
    import torch

    if sampling.temperature == 0:
        return int(logits.argmax())
    chances, order = torch.softmax(logits.float() / sampling.temperature, -1).sort(descending=True)
    before = chances.cumsum(-1) - chances
    chances[before >= sampling.top_p] = 0.0
    chances[0] = chances[0].clamp(min=1e-9)  # the likeliest one always stays
    return int(order[torch.multinomial(chances, 1, generator=dice)])
