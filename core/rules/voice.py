"""The rule of the voice: an example sounds as those do that it was learned from."""

from __future__ import annotations

from collections.abc import Iterator

from core.examples import ASSISTANT, Example
from core.findings import Finding
from core.rules.checks import Checks
from core.rules.codes import find
from core.rules.registry import project_rule
from core.voice.distance import distance_of


@project_rule
def off_voice(example: Example, checks: Checks) -> Iterator[Finding]:
    """What is taught in two voices is learned as neither; told at the last reply, by its reason.

    `detail` is the strangest trait, such as "emoji_more"; see `core.voice.distance`.
    """
    if checks.voice is None:
        return
    distance = distance_of(example, checks.voice)
    if distance is None or distance.far < checks.limit("voice_distance") or not distance.reasons:
        return
    reason = distance.reasons[0]
    last = max(i for i, message in enumerate(example.messages) if message.role == ASSISTANT)
    yield find(
        "off_voice",
        message=last,
        key="content",
        detail=reason.code,
        value=reason.value,
        usual=reason.usual,
        examples=distance.examples,
    )
