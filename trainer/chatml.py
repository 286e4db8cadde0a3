"""ChatML: how a conversation is written for every base here, and which of it is learned."""

from __future__ import annotations

PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"

# `generation` marks what is learned: every reply with its end, unless its weight is 0.
# A name is written for those who speak to the model; its own replies all begin alike.
CHAT_TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] }}"
    "{%- if message['name'] and message['role'] != 'assistant' %}"
    "{{- ' name=' + message['name'] }}"
    "{%- endif %}"
    "{{- '\\n' }}"
    "{%- if message['role'] == 'assistant' and message['weight'] != 0 %}"
    "{% generation %}{{- message['content'] + '<|im_end|>' }}{% endgeneration %}"
    "{%- else %}"
    "{{- message['content'] + '<|im_end|>' }}"
    "{%- endif %}"
    "{{- '\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
