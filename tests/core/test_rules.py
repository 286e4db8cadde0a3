"""Tests of core.rules and docs/rules.md."""

import json
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from core_builders import MARV, WEATHER_JOKES, a_row, an_example, jsonl, lines_of, of_messages
from hypothesis import given
from hypothesis import strategies as st

from core.findings import Severity
from core.jsonl import read_jsonl
from core.rules import DatasetFacts, all_codes, check_dataset, check_example, check_example_once
from core.rules.registry import STRUCTURE_RULES
from core.words import LANGUAGES, has_words

RULES = Path(__file__).resolve().parents[2] / "docs" / "rules.md"
PUBLISHED = {
    "data_type",
    "missing_messages_list",
    "message_missing_key",
    "message_unrecognized_key",
    "unrecognized_role",
    "missing_content",
    "example_missing_assistant_message",
}
SYSTEM = {"role": "system", "content": "s"}
USER = {"role": "user", "content": "u"}
REPLY = {"role": "assistant", "content": "a"}


def found(*messages: dict) -> list[str]:
    """The codes for an example of these messages."""
    return [finding.code for finding in check_example(of_messages(*messages))]


def published_counts(rows: list) -> dict[str, int]:
    """What the published checker counts, retold from its description."""
    errors: Counter[str] = Counter()
    for row in rows:
        if not isinstance(row, dict):
            errors["data_type"] += 1
            continue
        messages = row.get("messages")
        if not messages:
            errors["missing_messages_list"] += 1
            continue
        for message in messages:
            role, content = message.get("role"), message.get("content")
            errors["message_missing_key"] += not {"role", "content"} <= message.keys()
            errors["message_unrecognized_key"] += not message.keys() <= {"role", "content", "name"}
            errors["unrecognized_role"] += role not in ("system", "user", "assistant")
            errors["missing_content"] += not (content and isinstance(content, str))
        replies = [message for message in messages if message.get("role") == "assistant"]
        errors["example_missing_assistant_message"] += not replies
    return dict(+errors)


ROLE = st.sampled_from(["system", "user", "assistant", "tool", "", None, 3, ["user"]])
CONTENT = st.sampled_from(["text", " ", "", None, 0, 7, [], ["text"], {}, True])
MESSAGE = st.fixed_dictionaries(
    {},
    optional={"role": ROLE, "content": CONTENT, "name": CONTENT, "weight": st.just(1), "x": ROLE},
)
ROW = st.one_of(
    st.fixed_dictionaries(
        {}, optional={"messages": st.lists(MESSAGE, max_size=4), "id": st.just(1)}
    ),
    st.sampled_from([None, 1, "text", [], [1], {"messages": None}, {"messages": 0}]),
)


@given(st.lists(ROW, max_size=8))
def test_the_seven_are_counted_as_published(rows):
    """On any rows, our findings under the published names are as many as the checker's."""
    counts: Counter[str] = Counter()
    for line in read_jsonl(BytesIO(jsonl(*rows))):
        counts.update(finding.code for finding in line.findings)
        if line.example:
            counts.update(finding.code for finding in check_example(line.example))
    assert {code: n for code, n in counts.items() if code in PUBLISHED} == published_counts(rows)


@pytest.mark.parametrize("path", [WEATHER_JOKES, MARV])
def test_the_known_files_are_clean(path):
    """The article's examples and the official sample have nothing to find."""
    assert [check_example(line.example) for line in lines_of(path.read_bytes())] == [()] * len(
        path.read_bytes().splitlines()
    )


def test_a_finding_names_its_message_and_key():
    """A person is led to the very message."""
    (finding,) = check_example(of_messages(SYSTEM, {**USER, "mood": 1, "age": 2}, REPLY))
    assert (finding.place.message, finding.place.key) == (1, "age")
    assert finding.detail == "age,mood"
    assert dict(finding.params) == {"keys": "age, mood"}


def test_an_example_without_messages_has_one_finding():
    """Nothing else is said about an example that says nothing."""
    assert found() == ["missing_messages_list"]


@pytest.mark.parametrize(
    ("messages", "codes"),
    [
        ((USER, REPLY), ["missing_system_message"]),
        (({"role": "developer", "content": "s"}, USER, REPLY), ["unrecognized_role"]),
        ((SYSTEM, REPLY), ["missing_user_message"]),
        ((SYSTEM, USER, REPLY, USER), ["last_message_not_assistant"]),
        ((SYSTEM, USER), ["example_missing_assistant_message"]),
        ((SYSTEM, USER, USER, USER, REPLY), ["consecutive_same_role", "consecutive_same_role"]),
        ((SYSTEM, SYSTEM, USER, REPLY), ["consecutive_same_role"]),
        ((SYSTEM, USER, {**REPLY, "content": " \n"}), ["blank_content"]),
        ((SYSTEM, USER, {**REPLY, "content": ""}), ["missing_content"]),
        ((SYSTEM, {**USER, "name": 5}, REPLY), ["bad_name"]),
        ((SYSTEM, {**USER, "name": "Ann"}, REPLY), []),
        ((SYSTEM, {**USER, "name": None}, REPLY), []),
        ((SYSTEM, {**USER, "content": " u"}, {**REPLY, "content": "a\n"}),
         ["untrimmed_whitespace", "untrimmed_whitespace"]),
        ((SYSTEM, USER, {**REPLY, "content": "a\n\nb"}), []),
        ((SYSTEM, USER, REPLY, USER, REPLY), []),
        ((SYSTEM, USER, {**REPLY, "weight": 0}),
         ["message_unrecognized_key", "nothing_learned"]),
        ((SYSTEM, USER, {**REPLY, "weight": 0}, USER, {**REPLY, "weight": 0.0}),
         ["message_unrecognized_key", "message_unrecognized_key", "nothing_learned"]),
        ((SYSTEM, USER, {**REPLY, "weight": 0}, USER, REPLY), ["message_unrecognized_key"]),
        ((SYSTEM, USER, {**REPLY, "weight": 1}), ["message_unrecognized_key"]),
    ],
)  # fmt: skip
def test_our_own_rules(messages, codes):
    """Each rule fires where its sentence is broken, and only there."""
    assert found(*messages) == codes


@pytest.mark.parametrize(
    ("weight", "is_bad"),
    [(0, False), (1, False), (1.0, False), (None, False),
     (0.5, True), (2, True), (-1, True), (True, True), ("1", True), ([1], True), ({}, True)],
)  # fmt: skip
def test_a_weight_is_0_or_1(weight, is_bad):
    """Anything else is found at its message, whatever it is."""
    findings = check_example(of_messages(SYSTEM, USER, {**REPLY, "weight": weight}))
    assert [f.place.message for f in findings if f.code == "bad_weight"] == [2] * is_bad


def test_tools_may_answer_side_by_side():
    """Two tool messages in a row are what parallel calls look like."""
    tool = {"role": "tool", "content": "42", "tool_call_id": "call_1"}
    assert "consecutive_same_role" not in found(SYSTEM, USER, REPLY, tool, tool, REPLY)


def facts(**changed: int | str) -> DatasetFacts:
    """A dataset with nothing to find, or with what is changed."""
    sound = {"examples": 60, "duplicates": 0, "over_limit": 0, "min_examples": 10}
    return DatasetFacts(**{**sound, "token_limit": 4096, "max_file_bytes": 50_000_000, **changed})


@pytest.mark.parametrize(
    ("changed", "code", "count"),
    [
        ({"examples": 0}, "too_few_examples", 1),
        ({"examples": 9}, "too_few_examples", 1),
        ({"examples": 10}, "few_examples", 1),
        ({"examples": 49}, "few_examples", 1),
        ({"examples": 5, "min_examples": 3}, "few_examples", 1),
        ({"duplicates": 3}, "duplicate_example", 3),
        ({"over_limit": 2}, "over_token_limit", 2),
        ({"file_bytes": 50_000_001}, "file_too_large", 1),
        ({"unlearned": 60}, "nothing_to_learn", 1),
        ({"instructions": "Be kind.\n"}, "untrimmed_instructions", 1),
        ({"instructions": " "}, "untrimmed_instructions", 1),
    ],
)
def test_what_is_found_in_all_examples_together(changed, code, count):
    """Each limit is one finding that says how many it concerns."""
    (finding,) = check_dataset(facts(**changed))
    assert (finding.code, finding.count) == (code, count)


@pytest.mark.parametrize(
    "changed",
    [{}, {"examples": 50}, {"file_bytes": 50_000_000}, {"unlearned": 59}, {"instructions": "Be."}],
)
def test_at_the_limit_nothing_is_found(changed):
    """A limit itself is still allowed."""
    assert check_dataset(facts(**changed)) == ()


def test_every_code_has_words_in_every_language():
    """A person can read a title, what is wrong, why it matters and what to do."""
    parts = [(code, part) for code in all_codes() for part in ("title", "what", "why", "do")]
    for language in LANGUAGES:
        missing = [p for p in parts if not has_words(language, "finding.{}.{}".format(*p))]
        assert missing == []


def test_the_documentation_lists_every_code_with_its_severity():
    """docs/rules.md and the code say the same, no more and no less."""
    text = RULES.read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \| ([a-z]+) \|", text, re.MULTILINE)
    assert dict(table) == {code: str(severity) for code, severity in all_codes().items()}
    assert len(table) == len(all_codes())


def test_the_published_codes_are_errors():
    """What the published check complains about would be refused."""
    assert {all_codes()[code] for code in PUBLISHED} == {Severity.ERROR}


def test_equal_examples_have_equal_findings_whatever_came_before():
    """Checking is a function of the example alone."""
    row = json.loads(json.dumps(a_row(user=" x")))
    assert check_example(an_example(user=" x")) == check_example(of_messages(*row["messages"]))


TEXTS = st.sampled_from(
    ["", " ", "\n", "a", " a", "a ", "a b", "\u3000", "今天", "user", "half \ud83d"]
)
ROLES = st.sampled_from(["system", "user", "assistant", "tool", "robot", "", "developer"])
BUILT = st.fixed_dictionaries(
    {},
    optional={
        "role": ROLES | st.none() | st.integers(),
        "content": TEXTS | st.none() | st.lists(TEXTS, max_size=1),
        "name": TEXTS | st.integers(),
        "weight": st.sampled_from([0, 1, 2, True, False, 0.0, 0.5, None, "1"]),
        "tool_calls": st.lists(st.dictionaries(TEXTS, TEXTS, max_size=1), max_size=1),
        "mood": TEXTS,
    },
)


@given(st.lists(BUILT, min_size=1, max_size=4))
def test_what_is_built_alike_is_found_alike(messages):
    """Rules about structure say the same of an example and of the stand-ins for its texts."""
    example = of_messages(*messages)
    asked = tuple(finding for rule in STRUCTURE_RULES for finding in rule(example))
    assert check_example_once(example)[: len(asked)] == asked
