"""Answers: streamed or whole, likely or by chance, long or cut short."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai import OpenAI
from real_trainer import Trained, answer, weather_rows

pytestmark = pytest.mark.training

ASKED = weather_rows()[0]["messages"][:-1]
REPLY = weather_rows()[0]["messages"][-1]["content"]
UNSEEN = [ASKED[0], {"role": "user", "content": "今年武汉的冬天冷不冷？"}]


def streamed(client: OpenAI, model: str, messages: list[Any], **more: Any) -> list[Any]:
    """The chunks of a streamed answer."""
    options: dict[str, Any] = {"temperature": 0, "stream": True, **more}
    with client.chat.completions.create(model=model, messages=messages, **options) as stream:
        return list(stream)


def text_of(chunks: list[Any]) -> str:
    """What the chunks say together."""
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def test_a_stream_says_the_same_as_the_whole(client: OpenAI, trained: Trained) -> None:
    """In several whole-character pieces, with the reason at the end."""
    model = trained.job.fine_tuned_model
    chunks = streamed(client, model, ASKED)
    assert text_of(chunks) == answer(client, model, ASKED) == REPLY
    assert len([c for c in chunks if c.choices[0].delta.content]) > 3
    assert not [c for c in chunks if "\ufffd" in (c.choices[0].delta.content or "")]
    assert [c.choices[0].finish_reason for c in chunks[-2:]] == [None, "stop"]


def test_usage_is_counted(client: OpenAI, trained: Trained) -> None:
    """Prompt and answer are counted in the model's own tokens, streamed or not."""
    model = trained.job.fine_tuned_model
    whole = client.chat.completions.create(model=model, messages=ASKED, temperature=0)
    counts = client.post(
        "/tokenize",
        cast_to=dict[str, Any],
        body={"model": model, "input": [REPLY, *(m["content"] for m in ASKED)]},
    )["counts"]
    assert whole.usage is not None
    assert whole.usage.completion_tokens == counts[0]
    assert whole.usage.prompt_tokens == sum(counts[1:]) + 5 * len(ASKED) + 3
    last = streamed(client, model, ASKED, stream_options={"include_usage": True})[-1]
    assert last.choices == []
    assert last.usage == whole.usage


def test_max_tokens_cuts_the_answer(client: OpenAI, trained: Trained) -> None:
    """Under either name, the answer ends with the reason `length`."""
    for name in ("max_tokens", "max_completion_tokens"):
        cut = client.chat.completions.create(
            model=trained.job.fine_tuned_model, messages=ASKED, temperature=0, **{name: 4}
        )
        assert cut.choices[0].finish_reason == "length"
        assert cut.usage.completion_tokens == 4
        assert REPLY.startswith(cut.choices[0].message.content)


def test_a_stop_sequence_ends_the_answer_before_it(client: OpenAI, trained: Trained) -> None:
    """Whole or streamed, not a character of the stop sequence is sent."""
    model, stop = trained.job.fine_tuned_model, ["心情一样", "不会出现"]
    before = REPLY.partition("心情一样")[0]
    assert answer(client, model, ASKED, stop=stop) == before
    chunks = streamed(client, model, ASKED, stop=stop)
    assert text_of(chunks) == before
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_seed_repeats_the_dice(client: OpenAI, trained: Trained) -> None:
    """At a high temperature the same seed gives the same answer and others give others."""
    model = trained.job.fine_tuned_model

    def throw(seed: int) -> str:
        return answer(client, model, UNSEEN, temperature=2, seed=seed, max_tokens=20)

    assert throw(1) == throw(1)
    assert len({throw(seed) for seed in range(5)}) > 1


def test_a_small_top_p_takes_the_likeliest(client: OpenAI, trained: Trained) -> None:
    """With nearly nothing allowed beside it, chance has no choice."""
    model = trained.job.fine_tuned_model
    assert answer(client, model, UNSEEN, temperature=1, top_p=0) == answer(client, model, UNSEEN)


def test_text_parts_and_developers_are_understood(client: OpenAI, trained: Trained) -> None:
    """Newer ways to write the same messages give the same answer."""
    parts = [
        {"role": "developer", "content": [{"type": "text", "text": ASKED[0]["content"]}]},
        {"role": "user", "content": [{"type": "text", "text": ASKED[1]["content"]}]},
    ]
    assert answer(client, trained.job.fine_tuned_model, parts) == REPLY


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages[0]"),
        ({"messages": [{"role": "user", "content": None}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": "天" * 9000}]}, "messages"),
        ({"temperature": 3}, "temperature"),
        ({"top_p": "x"}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop": [""]}, "stop"),
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_cannot_be_done_is_refused_with_its_name(
    client: OpenAI, trained: Trained, given: dict[str, Any], param: str, stream: bool
) -> None:
    """Also of a stream the refusal comes as a plain error, before any chunk."""
    body = {"model": trained.job.fine_tuned_model, "messages": ASKED, "stream": stream, **given}
    with pytest.raises(openai.BadRequestError) as refused:
        client.post("/chat/completions", cast_to=object, body=body)
    assert refused.value.param == param


def test_a_reader_who_leaves_does_not_block_the_next(client: OpenAI, trained: Trained) -> None:
    """A stream that is closed early gives the model back."""
    model = trained.job.fine_tuned_model
    with client.chat.completions.create(
        model=model, messages=ASKED, stream=True, temperature=2
    ) as stream:
        next(iter(stream))
    assert answer(client, model, ASKED) == REPLY
