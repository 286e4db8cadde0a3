"""A hub on disk: a tiny random model of the hub base's own architecture, with a tokenizer.

`python a_hub.py FOLDER` makes it in a process of its own, because it brings torch.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HUB_BASE = "hub/Qwen2.5-0.5B-Instruct"
REPOSITORY = "Qwen/Qwen2.5-0.5B-Instruct"


def make_hub(folder: Path) -> Path:
    """A folder that holds the repository of the hub base under its name."""
    subprocess.run([sys.executable, __file__, str(folder / REPOSITORY)], check=True)
    return folder


def save_tiny_repository(folder: Path) -> None:
    """Qwen2 with two layers and random weights; the vocabulary is 256 bytes and three marks."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, set_seed

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    bpe = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>")
    config = Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
        tie_word_embeddings=True, bos_token_id=None, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    set_seed(1)
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    save_tiny_repository(Path(sys.argv[1]))
