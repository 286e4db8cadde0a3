"""Our own rules for one example: what a provider takes, but hardly anybody means."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.examples import ASSISTANT, SYSTEM, USER, Example
from core.findings import Finding
from core.rules.codes import find
from core.rules.registry import structure_rule

INSTRUCTIONS = (SYSTEM, "developer")  # newer models call the system role "developer"


@structure_rule
def missing_system_message(example: Example) -> Iterator[Finding]:
    """A system message tells the model who it is."""
    if not any(message.role in INSTRUCTIONS for message in example.messages):
        yield find("missing_system_message")


@structure_rule
def missing_user_message(example: Example) -> Iterator[Finding]:
    """A reply answers somebody."""
    if not any(message.role == USER for message in example.messages):
        yield find("missing_user_message")


@structure_rule
def last_message_not_assistant(example: Example) -> Iterator[Finding]:
    """Training needs a reply to learn from; what follows the last one is never used.

    Without any reply, `example_missing_assistant_message` says it all.
    """
    roles = [message.role for message in example.messages]
    if ASSISTANT in roles and roles[-1] != ASSISTANT:
        yield find("last_message_not_assistant", message=len(roles) - 1, role=roles[-1] or "")


@structure_rule
def consecutive_same_role(example: Example) -> Iterator[Finding]:
    """Nobody speaks twice in a row; only tools may answer side by side."""
    for index, (before, message) in enumerate(pairwise(example.messages), start=1):
        role = message.role
        if role and role != "tool" and role == before.role:
            yield find("consecutive_same_role", message=index, role=role)


@structure_rule
def blank_content(example: Example) -> Iterator[Finding]:
    """Content is more than spaces and line breaks.

    A warning for replies too: providers take it, and an error means that they would not.
    """
    for index, message in enumerate(example.messages):
        if message.text and not message.text.strip():
            role = message.role or ""
            yield find("blank_content", message=index, key="content", role=role)


@structure_rule
def bad_weight(example: Example) -> Iterator[Finding]:
    """A weight is 0 or 1: a reply is learned from, or it is not."""
    for index, message in enumerate(example.messages):
        weight = message.weight
        if weight is not None and (isinstance(weight, bool) or weight not in (0, 1)):
            yield find("bad_weight", message=index, key="weight")


@structure_rule
def nothing_learned(example: Example) -> Iterator[Finding]:
    """At least one reply is learned from; where all have weight 0, none is."""
    replies = [message for message in example.messages if message.role == ASSISTANT]
    if replies and all(message.weight == 0 for message in replies):
        yield find("nothing_learned")


@structure_rule
def bad_name(example: Example) -> Iterator[Finding]:
    """A name is text."""
    for index, message in enumerate(example.messages):
        if message.name is not None and not isinstance(message.name, str):
            yield find("bad_name", message=index, key="name")


@structure_rule
def untrimmed_whitespace(example: Example) -> Iterator[Finding]:
    """Content neither begins nor ends with spaces or line breaks; the model would learn them."""
    for index, message in enumerate(example.messages):
        trimmed = message.text.strip()
        if trimmed and trimmed != message.text:
            role = message.role or ""
            yield find("untrimmed_whitespace", message=index, key="content", role=role)
