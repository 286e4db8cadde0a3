"""Two states of an example are compared turn by turn, whatever was done to them."""

from __future__ import annotations

from dataclasses import replace

from core_builders import an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.diffs import INSERTED, REMOVED, SAME
from core.examples import Example, Message
from core.turn_diffs import diff_examples

TURNS = st.builds(
    Message.of, st.sampled_from(["system", "user", "assistant"]), st.sampled_from(["a", "b", ""])
)
EXAMPLES = st.lists(TURNS, max_size=6).map(lambda turns: Example(tuple(turns)))


def said(role: str, content: object, **more: object) -> dict[str, object]:
    """One message as JSON."""
    return {"role": role, "content": content, **more}


def kinds(before: Example | None, after: Example | None) -> list[str]:
    """What became of the turns, in reading order."""
    return [turn.kind for turn in diff_examples(before, after).turns]


@given(before=EXAMPLES, after=EXAMPLES)
def test_every_turn_of_both_is_told_once(before: Example, after: Example) -> None:
    """None is lost, and the order of each is kept."""
    turns = diff_examples(before, after).turns
    old = [t for t in turns if t.kind != "added"]
    new = [t for t in turns if t.kind != "removed"]
    assert [m.text for m in before.messages] == [
        "".join(p.text for p in t.pieces if p.kind != INSERTED) for t in old
    ]
    assert [(m.role, m.text) for m in after.messages] == [
        (t.role, "".join(p.text for p in t.pieces if p.kind != REMOVED)) for t in new
    ]


@given(example=EXAMPLES)
def test_an_example_does_not_differ_from_itself(example: Example) -> None:
    """Then every turn is the same."""
    assert set(kinds(example, example)) <= {"same"}


def test_a_new_and_a_deleted_example_are_told_whole() -> None:
    """Every turn came, or went."""
    assert kinds(None, an_example()) == ["added"] * 3
    assert kinds(an_example(), None) == ["removed"] * 3


def test_an_edited_reply_stays_beside_what_it_was() -> None:
    """Its words are marked, and the turns around it are the same."""
    found = diff_examples(an_example(assistant="We ship today."), an_example(assistant="We rest."))
    assert [turn.kind for turn in found.turns] == ["same", "same", "changed"]
    pieces = [(piece.kind, piece.text) for piece in found.turns[2].pieces]
    assert pieces == [(SAME, "We "), (REMOVED, "ship today"), (INSERTED, "rest"), (SAME, ".")]


def test_turns_added_to_an_edited_conversation_are_told_apart() -> None:
    """The edited reply is still the same turn, and the new ones are new."""
    before = of_messages(said("user", "Hi"), said("assistant", "Hello."))
    after = of_messages(
        said("user", "Hi"), said("assistant", "Hello!"), said("user", "?"), said("assistant", "!")
    )
    assert kinds(before, after) == ["same", "changed", "added", "added"]


def test_another_role_is_told_in_words() -> None:
    """The same text said by somebody else is one changed turn."""
    [turn] = diff_examples(of_messages(said("user", "Hi")), of_messages(said("tool", "Hi"))).turns
    assert (turn.kind, turn.role) == ("changed", "tool")
    assert [(fact.name, fact.before, fact.after) for fact in turn.facts] == [
        ("role", "user", "tool")
    ]


def test_what_stands_beside_a_text_is_told() -> None:
    """A weight, a name and a tool call, each as a person reads it."""
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"a": 1}'}}
    before = of_messages(said("assistant", "Hi", name="Ada"))
    after = of_messages(said("assistant", "Hi", weight=0, tool_calls=[call]))
    [turn] = diff_examples(before, after).turns
    assert [(fact.name, fact.before, fact.after) for fact in turn.facts] == [
        ("name", "Ada", None),
        ("weight", None, "0"),
        ("tool_calls", None, 'find({"a": 1})  c1'),
    ]


def test_content_that_is_no_text_is_compared_as_json() -> None:
    """A file may hold anything; what differs in it is seen all the same."""
    before = of_messages(said("user", [{"type": "text", "text": "one"}]))
    [turn] = diff_examples(
        before, of_messages(said("user", [{"type": "text", "text": "two"}]))
    ).turns
    assert [piece.text for piece in turn.pieces if piece.kind != SAME] == ["one", "two"]


def test_what_belongs_to_the_whole_example_is_told() -> None:
    """Keys beside the messages that came, went or changed."""
    before = Example.from_json({"messages": [], "tools": [], "kept": 1})
    found = diff_examples(before, Example.from_json({"messages": [], "kept": 1, "tag": "x"}))
    assert [(fact.name, fact.before, fact.after) for fact in found.facts] == [
        ("tools", "[]", None),
        ("tag", None, "x"),
    ]


def test_the_same_said_in_another_order_of_keys_is_a_change_without_words() -> None:
    """The turn is told as changed, though nothing in it differs to the eye."""
    before = of_messages({"role": "user", "content": "Hi"})
    [turn] = diff_examples(before, of_messages({"content": "Hi", "role": "user"})).turns
    assert turn.kind == "changed"
    assert {piece.kind for piece in turn.pieces} == {SAME}
    assert turn.facts == ()


def test_a_tag_that_came_is_told() -> None:
    """Tags stand beside the turns, as what they were and what they are."""
    before = an_example()
    found = diff_examples(before, before.with_tags(["returns", "urgent"]))
    assert [(fact.name, fact.before, fact.after) for fact in found.facts] == [
        ("tags", None, "returns, urgent")
    ]


def test_a_worse_reply_that_changed_is_told() -> None:
    """It is taught as well, though no turn of the conversation shows it."""
    before, after = (
        replace(an_example(), rejected=(Message.of("assistant", text),)) for text in ("No.", "Nope")
    )
    found = diff_examples(before, after)
    assert [(fact.name, fact.before, fact.after) for fact in found.facts] == [
        ("rejected", "No.", "Nope")
    ]
