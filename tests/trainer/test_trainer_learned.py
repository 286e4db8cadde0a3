"""The count that never lies: what the app promises of a file is what the trainer supervises."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openai import OpenAI
from real_trainer import all_events, as_jsonl, finished, start_job, weather_rows

from core.learned import NO_REPLY, REFUSED, SWITCHED_OFF, Tally, tally
from core.providers.profiles import load_profile
from trainer.bases import BASES
from trainer.errors import BadTrainingFile
from trainer.examples import read_training_file
from trainer.scratch import build_tokenizer
from trainer.sft import count_runs, fit_examples

DIALECT = load_profile("this_computer").dialect
BASE = BASES["local/tiny-scratch"]
PASS = {"hyperparameters": {"n_epochs": 1, "batch_size": 5}}


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    """One message."""
    return {"role": role, "content": content, **more}


def promised(content: bytes) -> Tally:
    """What the app says of a file before it is sent."""
    return tally(content.splitlines(), DIALECT)


def supervised(client: OpenAI, job_id: str) -> dict[str, int]:
    """What the trainer counted from its labels; told exactly once."""
    told = [e.data for e in all_events(client, job_id) if e.message.startswith("Learning from")]
    assert len(told) == 1
    return {name: told[0][name] for name in ("conversations", "replies", "beyond")}


@pytest.mark.training
def test_the_promise_is_what_is_supervised(client: OpenAI) -> None:
    """Several turns, replies of weight 0, blank ones, two in a row: each counts as learned."""
    rows = weather_rows()
    question = said("user", "And tomorrow?")
    rows[0]["messages"] += [
        question,
        said("assistant", "The same."),
        question,
        said("assistant", " "),
    ]
    rows[1]["messages"] += [question, said("assistant", "Never mind.", weight=0)]
    rows[2]["messages"][-1]["weight"] = 0
    rows[3]["messages"] += [said("assistant", "And again."), said("assistant", "!", weight=1)]
    rows[4]["messages"] += [question]
    content = as_jsonl(rows)
    before = promised(content)
    assert (before.conversations, before.learned_conversations, before.replies) == (10, 9, 13)
    assert (before.switched_off, before.reasons) == (2, {SWITCHED_OFF: 1})
    job = finished(client, start_job(client, content, **PASS).id)
    assert job.status == "succeeded"
    assert supervised(client, job.id) == {"conversations": 9, "replies": 13, "beyond": 0}


@pytest.mark.training
def test_what_is_cut_is_told_and_nothing_else_is_missing(client: OpenAI) -> None:
    """A reply that begins within what the model reads is learned; those after it are counted."""
    rows = weather_rows()
    endless = "".join(chr(0x4E00 + i) for i in range(2000))
    rows[1]["messages"] += [said("user", endless), said("assistant", "Too late.")]
    rows[2]["messages"][-1]["content"] = endless
    rows[4]["messages"][1]["content"] = endless
    content = as_jsonl(rows)
    before = promised(content)
    assert (before.learned_conversations, before.replies) == (10, 11)
    job = finished(client, start_job(client, content, **PASS).id)
    assert job.status == "succeeded"
    told = supervised(client, job.id)
    assert told == {"conversations": 9, "replies": 9, "beyond": 2}
    assert before.replies == told["replies"] + told["beyond"]


@pytest.mark.training
@pytest.mark.parametrize(
    "damage",
    [
        said("assistant", None, tool_calls=[{"id": "c", "type": "function"}]),
        said("assistant", ""),
        said("tool", "Sunny.", tool_call_id="c"),
        said("assistant", "x", weight=0.5),
    ],
)
def test_what_the_trainer_refuses_is_never_promised(client: OpenAI, damage: Any) -> None:
    """A file with it fails at once, and the app has called it refused, and promised the rest."""
    rows = weather_rows()
    rows[5]["messages"] += [damage, said("assistant", "So be it.")]
    assert promised(as_jsonl(rows)).reasons == {REFUSED: 1}
    job = finished(client, start_job(client, as_jsonl(rows), **PASS).id)
    assert (job.status, job.error.code) == ("failed", "invalid_training_file")


@cache
def a_tokenizer() -> Any:
    """One that can write any text."""
    return build_tokenizer([[said("user", "Will it rain?"), said("assistant", "It will.")]])


def read_there(line: bytes, folder: Path) -> tuple[int, int] | None:
    """Conversations and replies that the trainer marks in a line; None where it refuses it."""
    path = folder / "line.jsonl"
    path.write_bytes(line)
    try:
        examples = list(read_training_file(path, BASE.roles))
    except BadTrainingFile:
        return None
    found = fit_examples(examples, a_tokenizer(), context_length=1_000_000)
    return len(found.rows), found.replies


ROLES = st.sampled_from(["system", "user", "assistant", "assistant", "tool", "Assistant"])
CONTENTS = st.text(max_size=6) | st.sampled_from([None, " ", "<|im_end|>", "\n\n", 3, ["x"]])
WEIGHTS = st.sampled_from([0, 1, None, 0.0, 1.0, 0.5, True, False, "0"])
MESSAGES = st.fixed_dictionaries(
    {"role": ROLES, "content": CONTENTS},
    optional={
        "weight": WEIGHTS,
        "name": st.sampled_from(["Ann", None, 3]),
        "tool_calls": st.none(),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(MESSAGES, max_size=6))
@example([said("user", "a"), said("assistant", "b", weight=0.0)])
@example([said("user", "a"), said("assistant", "b"), said("assistant", "<|im_end|>")])
def test_both_read_every_line_alike(tmp_path: Path, messages: list[dict[str, Any]]) -> None:
    """Whatever stands in a line: what is refused there is not promised here, the rest is equal."""
    line = json.dumps({"messages": messages}).encode()
    here, there = tally([line], DIALECT), read_there(line, tmp_path)
    if there is None or here.reasons[REFUSED]:
        assert (here.learned_conversations, here.replies) == (0, 0)
    else:
        assert (here.learned_conversations, here.replies) == there


def test_a_reply_is_a_stretch_of_marked_tokens() -> None:
    """Two replies are parted by the header of the second."""
    assert [count_runs(marks) for marks in ([], [0, 0], [1], [0, 1, 1, 0, 1])] == [0, 0, 1, 2]


def test_a_conversation_without_a_reply_says_so() -> None:
    """It is not the place that minds, where no place is asked."""
    line = json.dumps({"messages": [said("user", "a")]}).encode()
    assert tally([line]).reasons == {NO_REPLY: 1}
