"""What will be learned, counted from the very bytes that go out, so that the count never lies.

A model learns a reply that says or calls something and is not switched off by weight 0, as far
as the place that trains it heeds the keys that call and weigh. A
conversation of which it learns nothing is dropped, with a reason. What is longer than a model
reads is cut by the place that trains it, and told there: only it knows its own tokens. How much
that will be, `core.readiness` foretells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
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
PASSED_OVER = "passed_over"  # replies only call, by a key that the place to train passes over
TOO_LONG = "too_long"  # the place to train leaves it out, or reads to none of its replies

_CALLS = ("tool_calls", "function_call")
_HEARD = ("weight", *_CALLS)  # keys that decide, beside the content, whether a reply is learned


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
    ignored: Collection[str] = (),
    read: int | None = None,
) -> Outcome:
    """What is learned of a conversation at a place that refuses it or does not.

    ignored: those of `ignored_keys` there; read: how many of its messages the model reads at
    least the beginning of, None for all.
    """
    replies = [message for message in example.messages if _is_reply(message, ignored)]
    kept = sum(is_learned(reply, ignored) for reply in replies)
    off = len(replies) - kept
    if refused:
        return Outcome(0, off, REFUSED)
    if read is not None:
        kept_all, kept = kept, sum(is_learned(m, ignored) for m in example.messages[:read])
        if kept_all and not kept:
            return Outcome(0, off, TOO_LONG)
    return Outcome(kept, off, "" if kept else _why_nothing(example, off))


def learned_replies(example: Example) -> int:
    """How many of its replies are learned from."""
    return sum(map(is_learned, example.messages))


def ignored_keys(dialect: Dialect) -> frozenset[str]:
    """Of the keys that decide whether a reply is learned, those that a place passes over."""
    return frozenset(key for key in _HEARD if passes_over(dialect, key))


def passes_over(dialect: Dialect, key: str) -> bool:
    """Whether a place takes a message with this key, and does nothing with what it says."""
    return key in dialect.ignores or (dialect.spare_keys and key not in dialect.keys)


def is_learned(message: Message, ignored: Collection[str] = ()) -> bool:
    """Whether a message is a reply that is learned from, where these keys are passed over."""
    return _is_reply(message, ignored) and ("weight" in ignored or not _is_off(message))


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
        self._ignored = ignored_keys(dialect) if dialect else frozenset[str]()
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
            self.add(outcome_of(example, refused=refused, ignored=self._ignored))

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
    if off:
        return SWITCHED_OFF
    return PASSED_OVER if any(map(_is_reply, example.messages)) else EMPTY


def _is_reply(message: Message, ignored: Collection[str] = ()) -> bool:
    """Whether it is the assistant's, and there is anything in it to learn."""
    if message.role != ASSISTANT:
        return False
    return bool(message.text) or any(message.get(key) for key in _CALLS if key not in ignored)


def _is_off(message: Message) -> bool:
    return message.weight == 0
