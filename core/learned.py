"""What will be learned, counted from the very bytes that go out, so that the count never lies.

A model learns a reply that says or calls something and is not switched off by weight 0. A
conversation of which it learns nothing is dropped, with a reason. What is longer than a model
reads is cut by the place that trains it, and told there: only it knows its own tokens. How much
that will be, `core.readiness` foretells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.blocking import is_blocked
from core.dialects import Dialect
from core.examples import ASSISTANT, Example, Message
from core.jsonl import read_line
from core.lines import RawLine

# Why nothing is learned of a conversation, the first of them that holds.
UNREADABLE = "unreadable"  # it is none
REFUSED = "refused"  # the place to train takes no file with it
NO_REPLY = "no_reply"
SWITCHED_OFF = "switched_off"  # every reply that says something has weight 0
EMPTY = "empty"  # no reply says anything
TOO_LONG = "too_long"  # the place to train leaves it out, or reads to none of its replies


@dataclass(frozen=True, slots=True)
class Tally:
    """What is learned: of how many conversations, and how many replies.

    switched_off: replies with weight 0; reasons: of the conversations of which nothing is learned.
    """

    learned_conversations: int = 0
    replies: int = 0
    switched_off: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def conversations(self) -> int:
        """All that were counted."""
        return self.learned_conversations + self.dropped

    @property
    def dropped(self) -> int:
        """The conversations of which nothing is learned."""
        return self.reasons.total()

    def __add__(self, other: Tally) -> Tally:
        """Two tallies together."""
        return Tally(
            self.learned_conversations + other.learned_conversations,
            self.replies + other.replies,
            self.switched_off + other.switched_off,
            self.reasons + other.reasons,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is learned of one conversation: its replies, those switched off, or why nothing is."""

    replies: int = 0
    switched_off: int = 0
    reason: str = ""


def outcome_of(
    example: Example,
    *,
    refused: bool = False,
    heeds_weight: bool = True,
    read: int | None = None,
) -> Outcome:
    """What is learned of a conversation at a place that refuses it or does not.

    heeds_weight: whether a reply can be switched off there; read: how many of its messages the
    model reads at least the beginning of, None for all.
    """
    replies = [message for message in example.messages if _is_reply(message)]
    kept = sum(is_learned(reply, heeds_weight) for reply in replies)
    off = len(replies) - kept
    if refused:
        return Outcome(0, off, REFUSED)
    if read is not None:
        kept_all, kept = kept, sum(is_learned(m, heeds_weight) for m in example.messages[:read])
        if kept_all and not kept:
            return Outcome(0, off, TOO_LONG)
    return Outcome(kept, off, "" if kept else _why_nothing(example, off))


def learned_replies(example: Example) -> int:
    """How many of its replies are learned from."""
    return sum(map(is_learned, example.messages))


def is_learned(message: Message, heeds_weight: bool = True) -> bool:
    """Whether a message is a reply that is learned from, where a weight is heeded or is not."""
    return _is_reply(message) and not (heeds_weight and _is_off(message))


def tally(lines: Iterable[bytes], dialect: Dialect | None = None) -> Tally:
    """What is learned of the lines of a training file, one conversation each.

    With the `dialect` of a place to train, what it would refuse counts as dropped.
    """
    counting = Counting(dialect)
    for line in lines:
        counting.count(line)
    return counting.tally


class Counting:
    """A tally that grows line by line, as the lines are written."""

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._dialect = dialect
        self._learned = self._replies = self._off = 0
        self._reasons: Counter[str] = Counter()

    @property
    def tally(self) -> Tally:
        """All that was counted so far."""
        return Tally(self._learned, self._replies, self._off, Counter(self._reasons))

    def count(self, line: bytes) -> None:
        """Count one line of a training file."""
        example = read_line(RawLine(1, line.rstrip(b"\r\n"))).example
        if example is None:
            self.drop(UNREADABLE)
        else:
            refused = self._dialect is not None and is_blocked(example, self._dialect)
            heeds_weight = self._dialect is None or self._dialect.heeds_weight
            self.add(outcome_of(example, refused=refused, heeds_weight=heeds_weight))

    def add(self, outcome: Outcome) -> None:
        """Count one conversation of which is known what is learned of it."""
        self._off += outcome.switched_off
        self._replies += outcome.replies
        if outcome.reason:
            self.drop(outcome.reason)
        else:
            self._learned += 1

    def drop(self, reason: str) -> None:
        """Count a conversation of which nothing can be learned."""
        self._reasons[reason] += 1


def _why_nothing(example: Example, off: int) -> str:
    """Why nothing is learned of it, at whatever place; `off` replies are switched off."""
    if not any(message.role == ASSISTANT for message in example.messages):
        return NO_REPLY
    return SWITCHED_OFF if off else EMPTY


def _is_reply(message: Message) -> bool:
    """Whether it is the assistant's, and there is anything in it to learn."""
    says = bool(message.text or message.tool_calls or message.get("function_call"))
    return message.role == ASSISTANT and says


def _is_off(message: Message) -> bool:
    return message.weight == 0
