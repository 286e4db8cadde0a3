"""core/rules/sensitive.py: found in every message, told by kind, and never written down."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from core_builders import a_project_of, a_row, an_example, jsonl, of_messages

from core.editing import edit_example
from core.errors import TonesmithError
from core.examples import Example
from core.findings import Finding
from core.fixes import apply_fix, can_fix
from core.rules import DatasetFacts, check_dataset, check_example
from core.storage import Store

ROOT = Path(__file__).resolve().parents[2]
MAIL = "anna.schmidt@gmail.com"
KEY = "ghp_aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5"
ASK = {"role": "user", "content": "Hi"}


def found(*messages: dict[str, object]) -> list[Finding]:
    """What these messages hold."""
    findings = check_example(of_messages(*messages))
    return [each for each in findings if each.code in ("personal_data", "secret")]


def calling(arguments: object) -> dict[str, object]:
    """A reply that hands something to a tool."""
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "tool"])
def test_whoever_says_it(role: str) -> None:
    """Instructions and what tools answer as well."""
    (finding,) = found(ASK, {"role": role, "content": f"Ask {MAIL}."})
    place = finding.place
    assert (finding.code, finding.detail) == ("personal_data", "email")
    assert (place.message, place.key, place.start, place.end) == (1, "content", 4, 4 + len(MAIL))


def test_each_one_is_told() -> None:
    """A secret beside personal data, each under its own code."""
    held = found({"role": "user", "content": f"{MAIL} {KEY} 我的手机13912345670"})
    told = [(each.code, each.detail) for each in held]
    assert told == [("personal_data", "email"), ("secret", "key"), ("personal_data", "phone")]


@pytest.mark.parametrize("arguments", [json.dumps({"to": MAIL}), {"to": [{"mail": MAIL}]}])
def test_what_a_tool_is_handed(arguments: object) -> None:
    """As text or as an object; there is no place in a content to be marked."""
    (finding,) = found(ASK, calling(arguments))
    assert (finding.place.message, finding.place.key, finding.place.start) == (
        1,
        "tool_calls",
        None,
    )


def test_parts_of_a_content() -> None:
    """Those that are text; a picture is not read."""
    parts = [
        {"type": "text", "text": f"Mail {MAIL}"},
        {"type": "image_url", "image_url": {"url": f"https://x.org/{MAIL}"}},
    ]
    (finding,) = found({"role": "user", "content": parts})
    assert (finding.place.key, finding.place.start) == ("content", None)


def test_a_long_list_is_told_in_part() -> None:
    """So that one text cannot fill a database with findings."""
    assert len(found({"role": "user", "content": "打13912345670，" * 1_000})) == 200


def test_the_shared_instructions_are_looked_at() -> None:
    """They stand in no row."""
    facts = DatasetFacts(60, 0, 0, 10, 4096, instructions=f"Sign as {MAIL}.")
    assert [finding.code for finding in check_dataset(facts)] == ["sensitive_instructions"]


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("personal_data", f"Ask {MAIL}, not {KEY}", f"Ask [email], not {KEY}"),
        ("secret", f"Ask {MAIL}, not {KEY}", f"Ask {MAIL}, not [key]"),
        ("personal_data", "打13912345670", "打【电话】"),
        ("personal_data", "Nobody here", "Nobody here"),
    ],
)
def test_placeholders_take_their_place(code: str, before: str, after: str) -> None:
    """Each fix replaces what is of its own kinds."""
    example = an_example(user=before)
    assert apply_fix(code, example) == an_example(user=after)
    assert can_fix(code, example) == (before != after)


def test_arguments_stay_json() -> None:
    """A number that goes leaves a text behind."""
    example = of_messages(ASK, calling('{"phone": 13912345670}'))
    (call,) = apply_fix("personal_data", example).to_json()["messages"][1]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"phone": "[phone]"}


def test_nothing_found_is_written_down(
    store: Store, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in a finding, nor in what is stored beside the row, nor in a log or an error."""
    caplog.set_level(logging.DEBUG)
    held = {MAIL, KEY, "13912345670", "Tr0ub4dor&3"}
    example = an_example(user=f"{MAIL} 13912345670", assistant=f"{KEY}, password is Tr0ub4dor&3")
    project, (row,) = a_project_of(store, example)
    told = [repr(check_example(example)), repr(store.count_findings(project.id))]
    try:
        edit_example(store, project, row, lambda now: _broken(now))
    except TonesmithError as problem:
        told.append(repr(problem))
    told += [caplog.text, *capfd.readouterr()]
    assert "email" in told[1]
    assert [each for each in held for text in told if each in text] == []


def test_a_report_says_where_and_not_what(tmp_path: Path) -> None:
    """`python -m core check`, as words and as JSON."""
    path = tmp_path / "mine.jsonl"
    path.write_bytes(jsonl(a_row(user=f"Mail {MAIL}", assistant=f"The key is {KEY}")))
    for options in ([], ["--json"]):
        command = [sys.executable, "-m", "core", "check", str(path), *options]
        done = subprocess.run(  # our own program
            command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert "personal_data" in done.stdout
        assert not any(held in done.stdout + done.stderr for held in (MAIL, KEY))


def _broken(now: Example) -> Example:
    raise TonesmithError("unexpected")
