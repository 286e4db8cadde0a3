"""What a place to train holds harmful in the examples: asked only where a person pressed for it.

The texts of the messages travel, and nothing else of an example. What comes back is kept with the
task that asked, in memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.errors import PermissionRefused, RateLimited, Rejected
from core.examples import SYSTEM, Example, Message
from core.providers.place import Place
from core.sensitive import sensitive_texts
from core.tasks import Advance, unwatched

SHARED = 0  # stands for the instructions that all share, where other ids are rows
LATEST = "omni-moderation-latest"
EXAMPLES_AT_ONCE = 8
LONGEST = 20_000  # characters in one text; longer ones go in pieces
WAITS = (2.0, 8.0, 30.0)  # seconds, where the place says that it is asked too often
_BREATH = 0.1


@dataclass(frozen=True, slots=True)
class Flagged:
    """An example that the place flags: in which messages, and under which categories."""

    row_id: int
    messages: tuple[int, ...]
    categories: tuple[str, ...]


def find_moderator(client: Place) -> str | None:
    """The model that a place moderates with, "" where it has one of its own choice; None: it does
    not offer it. Nothing of the examples is sent to find that out.

    Raises:
        ProviderError: it does not answer, or not without another key.
    """
    listed = [model.id for model in client.list_models() if "moderation" in model.id.lower()]
    if listed:
        return LATEST if LATEST in listed else listed[0]
    try:
        client.moderate(["Hello."])
    except (Rejected, PermissionRefused):
        return None
    return ""


def shared_instructions(text: str) -> list[tuple[int, Example]]:
    """The instructions that all share as a row to be moderated; none where there are none."""
    return [(SHARED, Example((Message.of(SYSTEM, text),)))] if text else []


def moderate(
    client: Place,
    model: str,
    rows: Iterable[tuple[int, Example]],
    advance: Advance = unwatched,
    waits: Sequence[float] = WAITS,
) -> list[Flagged]:
    """The rows that the place flags; `advance` is told rows.

    Raises:
        ProviderError: it does not answer, or answers with something else.
        Stopped: `advance` did; what was sent by then was sent.
    """
    found: list[Flagged] = []
    rows = iter(rows)
    while some := list(islice(rows, EXAMPLES_AT_ONCE)):
        texts = [(row_id, at, text) for row_id, example in some for at, text in _texts(example)]
        flags = _ask(client, model, [text for _, _, text in texts], advance, waits)
        by_row: dict[int, dict[int, set[str]]] = {}
        for (row_id, at, _), categories in zip(texts, flags, strict=True):
            if categories:
                by_row.setdefault(row_id, {}).setdefault(at, set()).update(categories)
        for row_id, messages in by_row.items():
            categories = tuple(sorted(set().union(*messages.values())))
            found.append(Flagged(row_id, tuple(sorted(messages)), categories))
        advance(len(some))
    return found


def _texts(example: Example) -> Iterator[tuple[int, str]]:
    """What is said, by its message; long texts in pieces."""
    for at, message in enumerate(example.messages):
        for _, text in sensitive_texts(message):
            for start in range(0, len(text), LONGEST):
                piece = text[start : start + LONGEST]
                if piece.strip():
                    yield at, piece


def _ask(
    client: Place,
    model: str,
    texts: Sequence[str],
    advance: Advance,
    waits: Sequence[float],
) -> list[tuple[str, ...]]:
    if not texts:
        return []
    for seconds in waits:
        try:
            return client.moderate(texts, model)
        except RateLimited as problem:
            if problem.code == "no_credit":
                raise
            _wait(seconds, advance)
    return client.moderate(texts, model)


def _wait(seconds: float, advance: Advance) -> None:
    """Wait, but no longer than until somebody stops it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        advance(0)
        time.sleep(_BREATH)
