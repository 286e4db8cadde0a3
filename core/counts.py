"""What counting one example says: the one word for it, in the counter and in the store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenCount:
    """The tokens of one example.

    published: as OpenAI's published checker counts: 3 a message, all its text values, 1 a name,
    3 an example. billed: what a provider bills, without its constant an example
    (`Model.billed_per_example`): 3 a message, role and content. assistant: the replies' content.
    """

    published: int = 0
    billed: int = 0
    assistant: int = 0

    def __add__(self, other: TokenCount) -> TokenCount:
        """Two counts together."""
        return TokenCount(
            self.published + other.published,
            self.billed + other.billed,
            self.assistant + other.assistant,
        )
