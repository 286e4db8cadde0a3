"""What was asked of a tuned model and of its base, and what both said, kept across visits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from core.storage import Store

KEPT = 50  # turns of a model; the oldest go first
_SETTING = "chat:"  # followed by the job's id


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with the reply of the base and the reply of the tuned model.

    base_failed, tuned_failed: what stands there is no reply, but why there is none.
    """

    question: str
    base: str
    tuned: str
    base_failed: bool = False
    tuned_failed: bool = False


def load_turns(store: Store, job_id: str) -> list[Turn]:
    """The talk with a job's model, oldest first."""
    kept = store.load_setting(_SETTING + job_id)
    return [Turn(*turn) for turn in json.loads(kept)] if kept else []


def save_turns(store: Store, job_id: str, turns: Sequence[Turn]) -> None:
    """Keep the latest of these turns in place of what was kept; none empties the talk."""
    store.save_setting(_SETTING + job_id, json.dumps([astuple(turn) for turn in turns[-KEPT:]]))
