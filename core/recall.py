"""How much of what it was shown a tuned model has learned: its own questions, asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from core.examples import ASSISTANT, USER, Example

Ask = Callable[[list[dict[str, str]]], str]
MOST = 20  # questions asked again; a large dataset is not asked whole


@dataclass(frozen=True, slots=True)
class Recall:
    """One trained question with the reply that was taught and the reply that came."""

    question: str
    taught: str
    replied: str

    @property
    def word_for_word(self) -> bool:
        """Whether the reply is the taught one, but for spaces around it."""
        return self.replied.strip() == self.taught.strip()


def recall_examples(examples: Iterable[Example], ask: Ask) -> Iterator[Recall]:
    """Ask again what single-turn examples asked; `ask` takes messages and returns the reply."""
    for example in islice(filter(_is_single_turn, examples), MOST):
        before = [m for m in example.messages if m.role != ASSISTANT]
        messages = [{"role": m.role or "", "content": m.text} for m in before]
        taught = example.messages[-1].text
        question = next(m.text for m in before if m.role == USER)
        yield Recall(question, taught, ask(messages))


def _is_single_turn(example: Example) -> bool:
    return [m.role for m in example.turns] == [USER, ASSISTANT]
