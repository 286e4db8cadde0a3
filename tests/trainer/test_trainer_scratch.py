"""tiny-scratch: what it reads, and what of it is learned."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from real_trainer import REPO, weather_rows

pytestmark = pytest.mark.training  # brings torch, though it trains nothing

# In a process of its own: the import of the training stack warns about things that are not ours.
LEARNED = """
import json, sys
from trainer.scratch import build_tokenizer, load_tiny_scratch
conversations = json.load(sys.stdin)
tokenizer = build_tokenizer(conversations)
said = []
for messages in conversations:
    encoded = tokenizer.apply_chat_template(
        messages, return_dict=True, return_assistant_tokens_mask=True
    )
    pairs = list(zip(encoded["input_ids"], encoded["assistant_masks"]))
    said.append([tokenizer.decode([i for i, _ in pairs]),
                 tokenizer.decode([i for i, mask in pairs if mask])])
model = load_tiny_scratch(conversations, 1).model
print(json.dumps([said, len(tokenizer), model.num_parameters()]))
"""


def learned_from(conversations: list[Any]) -> tuple[list[list[str]], int, int]:
    """For each conversation the text that is read and the text that is learned; sizes."""
    done = subprocess.run(
        [sys.executable, "-c", LEARNED],
        input=json.dumps(conversations),
        cwd=REPO,
        capture_output=True,
        text=True,
        check=True,
    )
    said, vocabulary, parameters = json.loads(done.stdout)
    return said, vocabulary, parameters


def test_only_replies_that_are_switched_on_are_learned() -> None:
    """The mask covers each reply with its end and nothing else; weight 0 takes a reply out."""
    conversation = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi", "name": "Ann"},
        {"role": "assistant", "content": "No!", "weight": 0},
        {"role": "user", "content": "Please 🙂"},
        {"role": "assistant", "content": "好的", "weight": 1, "name": "Bo"},
    ]
    jokes = [row["messages"] for row in weather_rows()]
    said, vocabulary, parameters = learned_from([conversation, *jokes])
    read, learned = said[0]
    assert read == (
        "<|im_start|>system\nBe kind.<|im_end|>\n"
        "<|im_start|>user name=Ann\nHi<|im_end|>\n"
        "<|im_start|>assistant\nNo!<|im_end|>\n"
        "<|im_start|>user\nPlease 🙂<|im_end|>\n"
        "<|im_start|>assistant\n好的<|im_end|>\n"
    )
    assert learned == "好的<|im_end|>"
    assert [text for _, text in said[1:]] == [m[-1]["content"] + "<|im_end|>" for m in jokes]
    assert vocabulary <= 1024
    assert 2_500_000 < parameters < 2_800_000
