"""Reading training files: a conversation a line, or a sentence that says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from real_trainer import WEATHER, as_jsonl, weather_rows

from trainer.bases import TINY_SCRATCH
from trainer.errors import BadTrainingFile
from trainer.examples import check_training_file, read_training_file

ROLES = TINY_SCRATCH.roles


def a_file(folder: Path, content: bytes) -> Path:
    """A file with this content."""
    path = folder / "training.jsonl"
    path.write_bytes(content)
    return path


def a_row(**last: Any) -> dict[str, Any]:
    """A good row, its last message changed."""
    row = weather_rows()[0]
    row["messages"][-1] |= last
    return row


def refusal(folder: Path, row: Any) -> str:
    """What is said of a file with nine good rows and then this one."""
    with pytest.raises(BadTrainingFile) as refused:
        check_training_file(a_file(folder, as_jsonl([a_row()] * 9 + [row])), ROLES)
    assert refused.value.code == "invalid_training_file"
    return refused.value.message


def test_a_good_file_is_read_whole() -> None:
    """Ten conversations with their lines, roles and contents."""
    examples = check_training_file(WEATHER, ROLES)
    assert [example.line for example in examples] == list(range(1, 11))
    said = [[(m["role"], m["content"]) for m in e.messages] for e in examples]
    assert said == [[(m["role"], m["content"]) for m in r["messages"]] for r in weather_rows()]


def test_blank_lines_line_ends_and_a_byte_order_mark_are_passed_over(tmp_path: Path) -> None:
    """What Windows programs add does not matter, and lines keep their numbers."""
    content = b"\xef\xbb\xbf\r\n" + WEATHER.read_bytes().replace(b"\n", b"\r\n\r\n")
    examples = check_training_file(a_file(tmp_path, content), ROLES)
    assert [example.line for example in examples] == list(range(2, 22, 2))


def test_name_and_weight_are_kept(tmp_path: Path) -> None:
    """They mean something to the chat template; null means absent."""
    row = a_row(weight=0, name="Ann", tool_calls=None)
    (example,) = read_training_file(a_file(tmp_path, as_jsonl([row])), ROLES)
    assert (example.messages[-1]["weight"], example.messages[-1]["name"]) == (0, "Ann")
    assert example.messages[0]["weight"] is None
    assert not example.learns


def test_keys_that_are_not_used_are_remembered(tmp_path: Path) -> None:
    """Tools beside the messages do no harm, but the story must say that they do nothing."""
    row = {**a_row(), "tools": [], "note": "mine"}
    (example,) = read_training_file(a_file(tmp_path, as_jsonl([row])), ROLES)
    assert example.unused == ("tools",)


def test_half_characters_are_replaced(tmp_path: Path) -> None:
    """A lone surrogate, which no tokenizer takes, becomes the replacement character."""
    content = json.dumps(a_row(content="a\ud800é")).encode()
    (example,) = read_training_file(a_file(tmp_path, content), ROLES)
    assert example.messages[-1]["content"] == "a\ufffdé"


def test_half_a_character_in_a_name_is_replaced_too(tmp_path: Path) -> None:
    """The chat template writes names as well."""
    content = json.dumps(a_row(name="An\ud800")).encode()
    (example,) = read_training_file(a_file(tmp_path, content), ROLES)
    assert example.messages[-1]["name"] == "An\ufffd"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "\ud800"}, 'Line 10, message 3: the role is "\ufffd"'),
        ({"role": ["é\ud800"]}, 'the role is ["é\ufffd"]'),
        ({"a\ud800": 1}, "Line 10, message 3: a\ufffd cannot be used here"),
    ],
)
def test_a_refusal_can_be_said_whatever_it_names(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """The sentence about half a character is itself made of whole ones."""
    rows = [*[a_row()] * 9, a_row(**change)]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    with pytest.raises(BadTrainingFile) as refused:
        check_training_file(a_file(tmp_path, content), ROLES)
    assert said in refused.value.message
    assert refused.value.message.encode()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([], "Line 10: this is not a JSON object"),
        ({}, "Line 10: there is no list of `messages`"),
        ({"messages": []}, "Line 10: there is no list of `messages`"),
        ({"messages": ["x"]}, "Line 10, message 1: a message must be a JSON object"),
        (a_row(role="tool"), 'Line 10, message 3: the role is "tool"; this model takes'),
        (a_row(role=["user"]), 'the role is ["user"]'),
        (a_row(content=""), "the content must be text, and not empty"),
        (a_row(content=[{"type": "text"}]), "the content must be text"),
        (a_row(name=7), "the name must be text"),
        (a_row(weight=0.5), "the weight must be 0 or 1"),
        (a_row(weight=True), "the weight must be 0 or 1"),
        (a_row(function_call={}, audio=1), "audio, function_call cannot be used here"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(tmp_path: Path, row: Any, said: str) -> None:
    """Line, message and reason."""
    assert said in refusal(tmp_path, row)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary()
    | st.text().map(str.encode)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["messages", "role", "content", "name", "weight"]), inner
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_are_examples_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    """Nothing but BadTrainingFile is ever raised, and it always has something to say."""
    try:
        for example in read_training_file(a_file(tmp_path, content), ROLES):
            assert example.messages
    except BadTrainingFile as problem:
        assert problem.message.endswith(".")
