"""Bases that knew something before: their weights made ready once, loaded with LoRA, and merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed
from transformers.utils.logging import disable_progress_bar

from trainer.bases import Loaded
from trainer.chatml import CHAT_TEMPLATE, END, PAD

RANK = 16
ALPHA = 32


def load_pretrained(weights: Path, seed: int) -> Loaded:
    """Load a base from its folder; what is learned goes into an adapter of rank 16."""
    model, tokenizer = read_weights(weights)
    set_seed(seed)  # the adapter begins at random
    adapter = LoraConfig(
        r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    return Loaded(model, tokenizer, adapter)


def read_weights(weights: Path, **options: Any) -> tuple[Any, Any]:
    """The model in bfloat16, half the memory of float32, and its tokenizer; nothing is fetched."""
    disable_progress_bar()  # nobody is there to see it
    options = {"local_files_only": True, **options}
    model = AutoModelForCausalLM.from_pretrained(weights, dtype=torch.bfloat16, **options)
    return model, AutoTokenizer.from_pretrained(weights, **options)


def prepare(found: Path, target: Path) -> None:
    """Write what was fetched, a GGUF file or a folder from the hub, as it is trained here."""
    model, tokenizer = read_gguf(found) if found.is_file() else read_weights(found)
    save_ready(model, tokenizer, target)


def read_gguf(file: Path) -> tuple[Any, Any]:
    """The model of a GGUF file without the marks by which transformers refuses to train it."""
    model, tokenizer = read_weights(file.parent, gguf_file=file.name)
    model.hf_quantizer, model.is_quantized = None, False
    del model.config.quantization_config
    return model, tokenizer


def save_ready(model: Any, tokenizer: Any, target: Path) -> None:
    """Save with ChatML as it is learned here: `<|im_end|>` ends every reply."""
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.eos_token, tokenizer.pad_token = END, PAD
    for config in (model.config, model.generation_config):
        config.eos_token_id, config.pad_token_id = tokenizer.eos_token_id, tokenizer.pad_token_id
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)


def merge_adapter(weights: Path, adapter: Path) -> Any:
    """A checkpoint holds only its adapter: the model that it makes of its base."""
    model, _ = read_weights(weights)
    return PeftModel.from_pretrained(model, adapter, local_files_only=True).merge_and_unload()
