"""The exact bytes of a training file: kept, and what is learned of them counted from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.learned import Tally, tally
from core.storage import Snapshot, Store


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """What will be sent: its kept bytes, and what a model learns of them."""

    snapshot: Snapshot
    tally: Tally


def save_training_file(store: Store, lines: Iterable[bytes]) -> TrainingFile:
    """Keep the lines of a training file; the same bytes are kept once."""
    kept = list(lines)
    counted = tally(kept)
    return TrainingFile(store.save_snapshot(kept, counted.conversations), counted)
