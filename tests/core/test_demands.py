"""core/demands.py and core/blocking.py: what single places demand, and refuse for it."""

from __future__ import annotations

from typing import Any

import pytest
from core_builders import a_row, of_messages

from core.blocking import FOREIGN_BESIDE, find_blocking, is_blocked, look_at, refusals
from core.demands import DEMANDS, unmet
from core.dialects import PUBLISHED, Dialect
from core.examples import Example

CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def talk(*roles: str, **last: Any) -> Example:
    """An example in which these speak in turn; the last message carries what else is given."""
    messages: list[dict[str, Any]] = [{"role": role, "content": "A"} for role in roles]
    messages[-1].update(last)
    return of_messages(*messages)


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        (talk("system", "user", "assistant"), {}),
        (talk("user", "assistant"), {}),
        (talk("user", "system", "assistant"), {"system_first": 1}),
        (talk("system", "system", "user", "assistant"), {"system_first": 1, "user_first": 1}),
        (talk("system", "assistant"), {"user_first": 1}),
        (talk("assistant"), {"user_first": 0}),
        (talk("system"), {}),
        (talk("user", "assistant", weight=1), {}),
        (talk("user", "assistant", weight=1.0), {"whole_weights": 1}),
        (talk("user", "assistant", weight=0.5), {}),
        (talk("user", "assistant", tool_calls=[CALL]), {"last_reply_in_words": 1}),
        (talk("user", "assistant", function_call={"name": "f"}), {"last_reply_in_words": 1}),
        (talk("user", "assistant", tool_calls=[]), {}),
        (talk("assistant", "tool", tool_calls=[CALL]), {"user_first": 0}),
    ],
)
def test_a_demand_names_the_message_that_does_not_meet_it(
    example: Example, expected: dict[str, int]
) -> None:
    """And says nothing of an example that meets it; 0.5 is a fault of another name."""
    assert unmet(example) == expected
    assert expected.keys() <= DEMANDS.keys()


def test_a_place_refuses_what_does_not_meet_its_demands() -> None:
    """Of all that are unmet, only its own; no finding stands for them."""
    example = talk("system", "assistant")
    strict = Dialect(demands=frozenset({"user_first"}))
    assert is_blocked(example, strict)
    assert not is_blocked(example, Dialect(demands=frozenset({"system_first"})))
    assert not is_blocked(example, PUBLISHED)
    assert find_blocking(example, strict) is None


def test_a_place_may_take_nothing_beside_the_messages() -> None:
    """But what it uses."""
    row = Example.from_json({**a_row(), "tools": [], "id": 1})
    narrow = Dialect(spare_uses=False, uses=frozenset({"tools"}))
    assert list(refusals(look_at(row), narrow)) == [FOREIGN_BESIDE]
    assert not is_blocked(Example.from_json({**a_row(), "tools": []}), narrow)
    assert not is_blocked(row, PUBLISHED)


def test_what_has_no_messages_meets_every_demand() -> None:
    """It is refused for that alone."""
    strict = Dialect(demands=frozenset(DEMANDS))
    assert list(refusals(look_at(Example()), strict)) == ["missing_messages_list"]
