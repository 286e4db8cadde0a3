"""How long an example is, message by message: what a model that reads so much would see of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.examples import ASSISTANT, Example
from core.tokens import PER_EXAMPLE, PER_MESSAGE, PER_NAME, TokenCounter


@dataclass(frozen=True, slots=True)
class Measure:
    """Tokens as the published checker counts them, of a whole example and of its messages.

    starts: before the content of each message; contents: of the content of each.
    """

    tokens: int
    starts: tuple[int, ...]
    contents: tuple[int, ...]

    def begun_before(self, limit: int) -> int:
        """How many messages begin within the first `limit` tokens."""
        return sum(start < limit for start in self.starts)

    def read_of(self, at: int, limit: int | None) -> int:
        """How many tokens of the content of the message `at` stand within the first `limit`."""
        if limit is None:
            return self.contents[at]
        return max(0, min(self.contents[at], limit - self.starts[at]))


def measure(example: Example, counter: TokenCounter) -> Measure:
    """The measure of an example; `tokens` is what `core.tokens.count_example` calls published."""
    tokens = 0
    starts, contents = [], []
    for message in example.messages:
        around = PER_MESSAGE
        for key, value in message.pairs:
            if isinstance(value, str) and key != "content":
                around += counter.count(value) + (PER_NAME if key == "name" else 0)
        content = counter.count(message.text) if message.text else 0
        starts.append(tokens + around)
        contents.append(content)
        tokens += around + content
    return Measure(tokens + PER_EXAMPLE, tuple(starts), tuple(contents))


def measure_replies(example: Example, counter: TokenCounter) -> Measure:
    """The same of an example that is surely short enough: only what is said in reply is counted."""
    counts = tuple(
        counter.count(m.text) if m.role == ASSISTANT and m.text else 0 for m in example.messages
    )
    return Measure(0, (0,) * len(counts), counts)


def learned_tokens(measured: Measure, learned: Iterable[int], limit: int | None) -> int:
    """The tokens of the replies at `learned`, as far as they are read."""
    return sum(measured.read_of(at, limit) for at in learned)
