"""Tests of core.dialects."""

from core_builders import of_messages

from core.dialects import PUBLISHED, Dialect
from core.findings import Finding, Severity
from core.rules import check_example

TOLERANT = Dialect(
    roles=frozenset({"system", "user", "assistant", "tool"}),
    keys=frozenset({"role", "content", "name", "weight", "tool_calls", "tool_call_id"}),
    content_optional=True,
    refuses=frozenset({"last_message_not_assistant"}),
)
TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def blocked_by(dialect: Dialect, *messages: dict) -> set[str]:
    """The codes that stop an example of these messages at a provider."""
    found: tuple[Finding, ...] = check_example(of_messages(*messages))
    return set(dialect.blocking((f.code, f.severity, f.detail, 1) for f in found))


def test_weight_stops_nobody_who_takes_it():
    """A weighted reply is foreign to the published check, and fine where weights are known."""
    messages = (
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b", "weight": 0},
    )
    assert blocked_by(PUBLISHED, *messages) == {"message_unrecognized_key"}
    assert blocked_by(TOLERANT, *messages) == set()


def test_one_foreign_key_is_enough():
    """A known key beside an unknown one does not excuse it."""
    messages = ({"role": "assistant", "content": "b", "weight": 0, "mood": "dry"},)
    assert blocked_by(TOLERANT, *messages) == {"message_unrecognized_key"}


def test_tool_calls_may_stand_in_for_content():
    """Absent or null content passes where tools are called, and only there."""
    user = {"role": "user", "content": "a"}
    answer = {"role": "tool", "content": "42", "tool_call_id": "call_1"}
    end = {"role": "assistant", "content": "42"}
    for call in ({"content": None}, {}):
        message = {"role": "assistant", "tool_calls": [TOOL_CALL], **call}
        assert blocked_by(TOLERANT, user, message, answer, end) == set()
        assert "missing_content" in blocked_by(PUBLISHED, user, message, answer, end)
    empty = {"role": "assistant", "content": None}
    assert blocked_by(TOLERANT, user, empty) == {"missing_content"}
    nobody = {"tool_calls": [TOOL_CALL]}
    assert "message_missing_key" in blocked_by(TOLERANT, user, nobody, end)


def test_a_role_is_judged_by_the_provider():
    """A tool's answer passes where the role is known; an absent role never does."""
    end = {"role": "assistant", "content": "42"}
    assert blocked_by(TOLERANT, {"role": "tool", "content": "1"}, end) == set()
    assert blocked_by(TOLERANT, {"role": "wizard", "content": "1"}, end) == {"unrecognized_role"}
    assert "unrecognized_role" in blocked_by(TOLERANT, {"content": "1"}, end)


def test_a_provider_may_refuse_what_is_a_warning_elsewhere():
    """What a dialect refuses blocks whatever its severity."""
    messages = ({"role": "assistant", "content": "b"}, {"role": "user", "content": "a"})
    assert blocked_by(TOLERANT, *messages) == {"last_message_not_assistant"}
    assert blocked_by(PUBLISHED, *messages) == set()


def test_blocking_findings_are_added_up():
    """Counts of the same code are summed, and what does not block is left out."""
    counts = [
        ("missing_content", Severity.ERROR, "", 2),
        ("missing_content", Severity.ERROR, "tool_calls", 3),
        ("blank_content", Severity.WARNING, "", 4),
    ]
    assert PUBLISHED.blocking(counts) == {"missing_content": 5}
    assert TOLERANT.blocking(counts) == {"missing_content": 2}


def test_a_place_may_pass_over_what_it_does_not_know():
    """Then no key of a message is refused; a role or a missing content still is."""
    lenient = Dialect(spare_keys=True)
    assert blocked_by(lenient, {"role": "assistant", "content": "b", "mood": "dry"}) == set()
    assert blocked_by(lenient, {"role": "bot", "content": "b"}) == {
        "unrecognized_role", "example_missing_assistant_message",
    }  # fmt: skip


def test_a_reply_can_be_switched_off_where_weights_are_heeded():
    """That is, unless a place says that it ignores them."""
    assert PUBLISHED.heeds_weight
    assert not Dialect(keys=TOLERANT.keys, ignores=frozenset({"weight"})).heeds_weight
