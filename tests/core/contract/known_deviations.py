"""Where places to train are known to differ from OpenAI's description: `deviations/PROFILE.toml`.

requests: what we ask for beside it. `what` is the word of JSON Schema that is broken, or
"undescribed" for a name that nobody described. All that occurs is listed, and the other way round.

answers: what comes back beside it, as `value` (JSON) at that place of the least answer; where none
is given, that is left out. The description must refuse it, and the method named by `call` read it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from a_described_place import Problem

from core.providers.profiles import Profile

LEFT_OUT = object()
FOLDER = Path(__file__).with_name("deviations")
LISTED: Mapping[str, Any] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.toml"))
}


@dataclass(frozen=True)
class AnswerThatDeviates:
    """At `at` in the answer to `operation` stands `value`, or nothing; `call` must read it."""

    profile: str
    operation: str
    call: str
    at: str
    value: Any

    def put_into(self, answer: Any) -> Any:
        """The answer with the deviation in it."""
        changed = json.loads(json.dumps(answer))
        *way, last = (int(step) if step.isdigit() else step for step in self.at.split("."))
        place = changed
        for step in way:
            place = place[step]
        if self.value is LEFT_OUT:
            del place[last]
        else:
            place[last] = self.value
        return changed


def requests_that_deviate(profile: Profile) -> set[Problem]:
    """What is known to be asked of such a place beside the description."""
    listed = LISTED.get(profile.id, {}).get("requests", [])
    return {(one["operation"], one["at"], one["what"]) for one in listed}


def answers_that_deviate() -> list[AnswerThatDeviates]:
    """What is known to come back beside the description."""
    return [
        AnswerThatDeviates(profile, one["operation"], one["call"], one["at"], _value(one))
        for profile, listed in LISTED.items()
        for one in listed.get("answers", [])
    ]


def _value(listed: dict[str, str]) -> Any:
    return json.loads(listed["value"]) if "value" in listed else LEFT_OUT
