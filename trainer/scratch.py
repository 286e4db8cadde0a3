"""`local/tiny-scratch`: a 2.6M-parameter Llama and a vocabulary, both born with the job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

from trainer.bases import Loaded, Messages
from trainer.chatml import CHAT_TEMPLATE, END, PAD, START

CONTEXT_LENGTH = 1024
VOCABULARY_CAP = 1024


def load_tiny_scratch(conversations: Iterable[Messages], seed: int) -> Loaded:
    """Build the vocabulary from the conversations and a model with random weights from the seed."""
    tokenizer = build_tokenizer(conversations)
    set_seed(seed)
    return Loaded(LlamaForCausalLM(_config(tokenizer)), tokenizer)


def build_tokenizer(conversations: Iterable[Messages]) -> Any:
    """A byte-level BPE of at most 1,024 pieces; any text can be written with it."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    rules = trainers.BpeTrainer(
        vocab_size=VOCABULARY_CAP,
        min_frequency=2,
        special_tokens=[PAD, START, END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(_texts(conversations), rules)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        pad_token=PAD,
        eos_token=END,
        chat_template=CHAT_TEMPLATE,
        model_max_length=CONTEXT_LENGTH,
    )


def _texts(conversations: Iterable[Messages]) -> Iterator[str]:
    """Role names too: written in every message, they should not cost a token a letter."""
    for messages in conversations:
        for message in messages:
            yield message["role"]
            yield message["content"]


def _config(tokenizer: Any) -> Any:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=256,
        intermediate_size=736,
        num_hidden_layers=3,
        num_attention_heads=8,
        max_position_embeddings=CONTEXT_LENGTH,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
