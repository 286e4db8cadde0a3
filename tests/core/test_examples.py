"""Tests of core.examples."""

import pytest
from core_builders import a_row, an_example, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.examples import Dataset, Example, Message, freeze, thaw

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(JSON)
def test_frozen_values_thaw_to_what_they_were(value):
    """Freezing loses nothing and gives something that can be hashed."""
    frozen = freeze(value)
    assert thaw(frozen) == value
    assert isinstance(hash(frozen), int)


@given(st.dictionaries(st.text(), JSON), st.lists(st.dictionaries(st.text(), JSON)), st.integers(0))
def test_a_row_survives_the_round_trip_with_its_order(extra, messages, position):
    """Unknown keys stay, and every key keeps its place."""
    extra.pop("messages", None)
    pairs = list(extra.items())
    pairs.insert(position % (len(pairs) + 1), ("messages", messages))
    row = dict(pairs)
    again = Example.from_json(row).to_json()
    assert again == row
    assert list(again) == list(row)
    assert [list(m) for m in again["messages"]] == [list(m) for m in messages]


@pytest.mark.parametrize("messages", [None, "text", {"role": "user"}, ["text"], [{}, 1]])
def test_only_a_list_of_objects_becomes_an_example(messages):
    """Anything else in the place of the messages is refused."""
    with pytest.raises(ValueError, match="messages"):
        Example.from_json({"messages": messages})


def test_absent_and_null_content_stay_different():
    """A message says what the file said, also where that was null or nothing."""
    absent, null = Message.from_json({"role": "user"}), Message.from_json({"content": None})
    assert "content" not in absent.keys
    assert null.keys == ("content",)
    assert absent.content is None
    assert null.content is None
    assert null.text == ""


def test_a_message_gives_access_to_the_known_keys():
    """Name, weight and tool calls can be read by name."""
    call = {"id": "call_1", "type": "function"}
    message = Message.of("assistant", "Hi", name="Marv", weight=0, tool_calls=freeze([call]))
    assert (message.role, message.name, message.weight) == ("assistant", "Marv", 0)
    assert thaw(message.tool_calls) == [call]
    assert Message.of("tool", "42", tool_call_id="call_1").tool_call_id == "call_1"


def test_a_role_that_is_not_text_is_no_role():
    """A number in the place of the role does not pass for one."""
    assert Message.from_json({"role": 7}).role is None


def test_setting_a_value_keeps_its_place():
    """An edited key stays where it stood; a new one comes last."""
    message = Message.of("user", "Hi", name="Ann")
    assert message.with_value("content", "Ho").keys == ("role", "content", "name")
    assert message.with_value("weight", 1).keys == ("role", "content", "name", "weight")


def test_an_example_inherits_the_prompt_it_lacks():
    """Only examples without a system message of their own inherit the project's."""
    own, bare = an_example(system="Own."), an_example(system=None)
    dataset = Dataset((own, bare), "Shared.")
    assert [example.system for example in dataset] == ["Own.", "Shared."]
    assert bare.inheriting("") == bare


def test_an_own_system_message_can_be_set_and_taken_away():
    """Setting adds or replaces in place; None removes it and leaves the turns alone."""
    bare = an_example(system=None)
    assert bare.with_system("New.").system == "New."
    assert bare.with_system("New.").with_system("Newer.").messages[0].text == "Newer."
    assert an_example().with_system(None).messages == an_example().turns


def test_a_system_message_in_the_middle_stays_there():
    """Editing the system message does not move it."""
    example = of_messages({"role": "user", "content": "a"}, {"role": "system", "content": "b"})
    assert [m.role for m in example.with_system("c").messages] == ["user", "system"]


def test_equal_examples_hash_alike():
    """Examples with the same content are one key of a cache."""
    assert {an_example(): 1}[Example.from_json(a_row())] == 1


def test_tools_are_kept_beside_the_messages():
    """Tools that the file names are part of the example."""
    row = {"tools": [{"type": "function"}], **a_row(), "note": "x"}
    example = Example.from_json(row)
    assert thaw(example.tools) == row["tools"]
    assert list(example.to_json()) == ["tools", "messages", "note"]
