"""ui/conversation.py: what the browser is told of an example."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.dialects import PUBLISHED, Dialect
from core.examples import Example
from core.storage import Project, Row
from core.words import say
from ui.conversation import conversation_data

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CALL = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": }'}}


def told(
    *messages: dict[str, Any], prompt: str = "", dialect: Dialect = PUBLISHED
) -> dict[str, Any]:
    """What is told of an example of these messages."""
    project = Project("p", "Mine", prompt, "openai:gpt-4o-mini", "", NOW, NOW, 1)
    return conversation_data(
        project, Row(7, 3, Example.from_json({"messages": list(messages)})), dialect
    )


def test_a_message_is_told_whole() -> None:
    """Who, what, whether it is learned from, and its id and number in the project."""
    example = told({"role": "assistant", "content": "No.", "name": "bot", "weight": 0})
    assert (example["id"], example["number"]) == (7, 3)
    [message] = example["messages"]
    assert message["who"] == "You answer"
    assert (message["text"], message["name"]) == ("No.", "bot")
    assert (message["learned"], message["weighed"]) == (False, True)


def test_a_finding_is_told_at_its_own_message() -> None:
    """Inherited instructions are checked with the example, and shift no finding."""
    said = ({"role": "user", "content": "Hm?"}, {"role": "assistant", "content": " Yes"})
    for prompt in ("", "Be brief."):
        example = told(*said, prompt=prompt)
        user, assistant = example["messages"]
        assert user["notes"] == []
        [note] = assistant["notes"]
        assert note["code"] == "untrimmed_whitespace"
        assert note["fix"] == say("en", "finding.untrimmed_whitespace.fix")
        missing = [] if prompt else ["advice"]
        assert [note["severity"] for note in example["notes"]] == missing


def test_what_people_have_put_on_it_is_told() -> None:
    """Its state of review, whether it is held out, and the note."""
    project = Project("p", "Mine", "", "openai:gpt-4o-mini", "", NOW, NOW, 1)
    marked = Example().with_review("approved").with_held_out(True).with_note("Good.")
    told = conversation_data(project, Row(7, 3, marked), PUBLISHED)
    assert (told["review"], told["held_out"], told["note"]) == ("approved", True, "Good.")


def test_what_a_place_takes_is_no_finding_there() -> None:
    """A tool call is foreign to the published format only."""
    sound = {**CALL, "function": {"name": "f", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [sound]}
    takes = Dialect(keys=frozenset({"role", "content", "tool_calls"}), content_optional=True)
    assert told(message)["messages"][0]["notes"]
    assert told(message, dialect=takes)["messages"][0]["notes"] == []


def test_json_is_checked_where_json_stands() -> None:
    """Arguments always; a tool's answer where it looks like it; a list is an answer as well."""
    answers = ["plain words", '{"x": 1}', "[1, 2]", '{"x": 1']
    messages = [{"role": "tool", "tool_call_id": "a", "content": text} for text in answers]
    calling, *tools = told({"role": "assistant", "content": None, "tool_calls": [CALL]}, *messages)[
        "messages"
    ]
    assert calling["calls"][0]["problem"].startswith("Line 1, column 7: ")
    assert [bool(tool["problem"]) for tool in tools] == [False, False, False, True]


def test_what_is_no_text_is_told_to_be_read() -> None:
    """Parts and calls in another shape come as they stand in the file."""
    odd = {"role": "assistant", "content": [{"type": "text", "text": "嗨"}], "tool_calls": [1]}
    [message] = told(odd)["messages"]
    assert "嗨" in message["raw"]
    assert message["raw_calls"] == "[\n  1\n]"
    assert message["calls"] == []
