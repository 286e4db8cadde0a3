"""core/turns.py: a conversation edited turn by turn keeps everything the person did not touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from core_builders import an_example, of_messages
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import BadInput
from core.examples import Example, Message
from core.turns import (
    Seen,
    Spot,
    add_call,
    add_turn,
    inherit_system,
    move_turn,
    remove_call,
    remove_turn,
    same_text,
    text_in,
    type_text,
    unanswered_calls,
    weigh_turn,
)

ROLES = ("system", "user", "assistant", "tool")
texts = st.text(max_size=12)
scalars = st.none() | st.booleans() | st.integers() | texts
extras = st.dictionaries(st.sampled_from(["name", "weight", "refusal", "x"]), scalars, max_size=3)
messages = st.builds(
    lambda role, text, more: Message.of(role, text, **more), st.sampled_from(ROLES), texts, extras
)
conversations = st.builds(
    Example,
    st.lists(messages, min_size=1, max_size=5).map(tuple),
    st.just((("id", 7),)),
    st.just(1),
)


def a_call(call_id: str = "call_1", arguments: str = '{"city": "Wuhan"}') -> dict[str, Any]:
    """One tool call as OpenAI writes it."""
    function = {"name": "get_weather", "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def a_tool_example(*calls: dict[str, Any]) -> Example:
    """A question, a reply that calls tools, and the first tool's answer."""
    return of_messages(
        {"role": "user", "content": "Will it rain?"},
        {"role": "assistant", "content": None, "tool_calls": list(calls or [a_call()])},
        {"role": "tool", "tool_call_id": "call_1", "content": "No."},
    )


def seen(example: Example, at: int) -> Seen:
    """The message as somebody who looks at it now sees it."""
    return Seen(at, example.messages[at].role, example.messages[at].text)


def refused(edit: Callable[[], Example]) -> dict[str, Any]:
    """The facts with which an edit is refused because something else stands there."""
    with pytest.raises(BadInput, match="changed_elsewhere") as told:
        edit()
    return told.value.params


def a_place(draw: st.DataObject, example: Example) -> int:
    """Any message of the example."""
    return draw.draw(st.integers(0, len(example.messages) - 1))


@given(conversations, texts, st.data())
def test_typing_changes_one_text_and_nothing_else(
    example: Example, text: str, draw: st.DataObject
) -> None:
    """The text is there; every other message, key and the order of the keys are as before."""
    at = a_place(draw, example)
    now = example.messages[at]
    typed = type_text(example, Spot(at, now.role), text, [now.text])
    expected = now.text if same_text(now.text, text) else text
    assert typed == example.with_message(at, now.with_value("content", expected))
    assert typed.messages[at].keys == now.keys


@given(conversations, texts, st.data())
def test_typing_sent_twice_is_typed_once(example: Example, text: str, draw: st.DataObject) -> None:
    """A message that is repeated after a broken connection does no harm."""
    at = a_place(draw, example)
    spot = Spot(at, example.messages[at].role)
    once = type_text(example, spot, text, [example.messages[at].text])
    assert type_text(once, spot, text, [example.messages[at].text]) == once


@given(conversations, texts, texts, st.data())
def test_typing_over_what_was_not_seen_is_refused(
    example: Example, base: str, text: str, draw: st.DataObject
) -> None:
    """Another tab's text is told, not overwritten."""
    at = a_place(draw, example)
    now = example.messages[at]
    assume(not same_text(now.text, base) and not same_text(now.text, text))
    assert refused(lambda: type_text(example, Spot(at, now.role), text, [base])) == {
        "theirs": now.text
    }


def test_a_text_area_s_line_breaks_are_as_good_as_the_file_s() -> None:
    """A browser shows \\r\\n as \\n; what it was typed over is still the same, and stays so."""
    example = an_example(assistant="one\r\ntwo")
    spot = Spot(2, "assistant")
    assert type_text(example, spot, "one\ntwo", []) == example
    assert type_text(example, spot, "one\nthree", ["one\ntwo"]).messages[2].text == "one\nthree"


@pytest.mark.parametrize("spot", [Spot(9, "user"), Spot(-1, "assistant"), Spot(1, "assistant")])
def test_typing_into_a_turn_that_is_no_longer_there_is_refused(spot: Spot) -> None:
    """A place beyond the end, or one that another role has taken."""
    refused(lambda: type_text(an_example(), spot, "Hello", ["Will it rain?"]))


def test_what_is_no_text_is_not_typed_over() -> None:
    """Parts of a picture message stay whole."""
    example = of_messages({"role": "user", "content": [{"type": "text", "text": "Hi"}]})
    assert refused(lambda: type_text(example, Spot(0, "user"), "Hello", [""])) == {}


def test_own_instructions_come_and_go() -> None:
    """Written they stand first; blank again, the shared ones count."""
    example = an_example(system=None)
    spot = Spot(None, "system")
    own = type_text(example, spot, "Be brief.", [""])
    assert [m.text for m in own.messages] == ["Be brief.", "Will it rain?", "Only on your parade."]
    assert type_text(own, spot, "", ["Be brief."]) == example
    assert inherit_system(own, "Be brief.") == example
    assert refused(lambda: inherit_system(own, "Be kind.")) == {"theirs": "Be brief."}


def test_a_name_is_a_key_only_while_there_is_one() -> None:
    """Emptied, it is gone: an empty name is refused by providers."""
    example = an_example()
    spot = Spot(1, "user", "name")
    named = type_text(example, spot, "Ann", [""])
    assert named.messages[1].to_json() == {
        "role": "user",
        "content": "Will it rain?",
        "name": "Ann",
    }
    assert type_text(named, spot, "", ["Ann"]) == example


@given(conversations, st.data())
def test_a_reply_s_weight_is_set_and_taken_away(example: Example, draw: st.DataObject) -> None:
    """None takes the key away; 0 and 1 stand where a weight stood before."""
    at = a_place(draw, example)
    before = example.messages[at]
    for weight in (0, 1):
        weighed = weigh_turn(example, seen(example, at), weight).messages[at]
        assert weighed == before.with_value("weight", weight)
    assert weigh_turn(example, seen(example, at), None).messages[at] == before.without("weight")


@given(conversations, st.data())
def test_a_turn_moved_there_and_back_is_where_it_was(example: Example, draw: st.DataObject) -> None:
    """The others keep their order meanwhile."""
    at, to = a_place(draw, example), a_place(draw, example)
    moved = move_turn(example, seen(example, at), to)
    assert moved.messages[to] == example.messages[at]
    assert remove_turn(moved, seen(moved, to)) == remove_turn(example, seen(example, at))
    assert move_turn(moved, seen(moved, to), at) == example


@given(conversations, st.sampled_from(ROLES))
def test_a_turn_added_and_removed_leaves_nothing(example: Example, role: str) -> None:
    """It comes last and blank, and takes only itself away."""
    added = add_turn(example, role)
    last = len(example.messages)
    assert (added.messages[last].role, added.messages[last].text) == (role, "")
    assert remove_turn(added, seen(added, last)) == example


def test_a_turn_that_was_changed_meanwhile_is_neither_removed_nor_moved() -> None:
    """Another tab's words are not thrown away unseen."""
    example = an_example()
    for role, text in (("user", "Will it snow?"), ("assistant", "Will it rain?")):
        stale = Seen(1, role, text)
        refused(lambda stale=stale: remove_turn(example, stale))
        refused(lambda stale=stale: move_turn(example, stale, 0))
        refused(lambda stale=stale: weigh_turn(example, stale, 0))
    refused(lambda: move_turn(example, seen(example, 1), 3))


def test_a_call_is_edited_field_by_field() -> None:
    """Id, function and arguments change in place; the type beside them stays."""
    example = a_tool_example()
    fields = {"id": "call_9", "function": "get_climate", "arguments": '{"city":'}
    for field, text in fields.items():
        spot = Spot(1, "assistant", field, call=0)
        example = type_text(example, spot, text, [text_in(example, spot)])
    assert example.messages[1].to_json()["tool_calls"] == [
        {"id": "call_9", "type": "function",
         "function": {"name": "get_climate", "arguments": '{"city":'}}
    ]  # fmt: skip
    refused(lambda: text_in(example, Spot(1, "assistant", "id", call=1)))


def test_the_first_call_makes_silence_null_and_the_last_takes_it_back() -> None:
    """OpenAI takes a reply without words only beside a call, and then wants null."""
    blank = of_messages({"role": "assistant", "content": ""})
    calling = add_call(blank, seen(blank, 0))
    assert calling.messages[0].to_json() == {
        "role": "assistant", "content": None,
        "tool_calls": [{"id": "call_1", "type": "function",
                        "function": {"name": "", "arguments": "{}"}}],
    }  # fmt: skip
    spot = Spot(0, "assistant")
    talking = type_text(calling, spot, "One moment.", [""])
    assert talking.messages[0].content == "One moment."
    assert type_text(talking, spot, "", ["One moment."]) == calling
    assert remove_call(calling, seen(calling, 0), 0, "") == blank


def test_calls_are_added_and_removed_without_touching_their_neighbours() -> None:
    """A new id is one that no call has; the one removed is the one that was seen."""
    example = a_tool_example(a_call("call_2"), {**a_call("b"), "index": 0})
    added = add_call(example, seen(example, 1))
    calls = added.messages[1].to_json()["tool_calls"]
    assert [call["id"] for call in calls] == ["call_2", "b", "call_1"]
    assert calls[1]["index"] == 0
    removed = remove_call(added, seen(added, 1), 0, "get_weather")
    assert removed.messages[1].to_json()["tool_calls"] == calls[1:]
    refused(lambda: remove_call(added, seen(added, 1), 2, "get_weather"))


def test_calls_in_another_shape_are_left_alone() -> None:
    """Arguments that are an object, not text, cannot be shown in the form without being changed."""
    odd = {"id": "a", "type": "function", "function": {"name": "f", "arguments": {"x": 1}}}
    example = a_tool_example(odd)
    refused(lambda: add_call(example, seen(example, 1)))
    refused(lambda: text_in(example, Spot(1, "assistant", "arguments", call=0)))


def test_a_tool_s_answer_goes_to_the_first_call_without_one() -> None:
    """So that nobody copies ids by hand; another call is chosen by typing its id."""
    example = a_tool_example(a_call("call_1"), a_call("call_2"))
    assert unanswered_calls(example) == ["call_2"]
    answered = add_turn(example, "tool")
    assert answered.messages[3].to_json() == {
        "role": "tool", "tool_call_id": "call_2", "content": "",
    }  # fmt: skip
    assert unanswered_calls(answered) == []
    spot = Spot(3, "tool", "tool_call_id")
    chosen = type_text(answered, spot, "call_1", ["call_2"])
    assert chosen.messages[3].tool_call_id == "call_1"
