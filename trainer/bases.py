"""The base models that can be trained here: described as data, with a function that loads them.

Another base is one more entry in `BASES` and one loader beside `trainer.scratch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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

    context_length: in tokens; threads: how many train it, None for one a core; roles: whom its
    chat template can write.
    """

    id: str
    parameters: int
    context_length: int
    auto: Hyperparameters
    has_weights: bool
    threads: int | None
    roles: frozenset[str]
    licence: str
    limits: str
    created: int
    load: Callable[[Iterable[Messages], int], Loaded]

    def to_json(self) -> dict[str, Any]:
        """The model object of the OpenAI API, with our description under `base`."""
        described = {
            "parameters": self.parameters,
            "context_length": self.context_length,
            "has_weights": self.has_weights,
            "licence": self.licence,
            "limits": self.limits,
        }
        model = {"id": self.id, "object": "model", "created": self.created, "shutdown_date": None}
        return {**model, "owned_by": "tonesmith", "base": described}


def _load_tiny_scratch(conversations: Iterable[Messages], seed: int) -> Loaded:
    from trainer.scratch import load_tiny_scratch  # brings torch, which a server may never need

    return load_tiny_scratch(conversations, seed)


TINY_SCRATCH = Base(
    id="local/tiny-scratch",
    parameters=2_600_000,
    context_length=1024,
    # Measured on the ten weather jokes: 10 of 10 answers word for word on several seeds.
    auto=Hyperparameters(n_epochs=50, batch_size=2, learning_rate=5e-4),
    has_weights=False,
    # So small that two threads mostly wait for each other: on two cores 6 s against 8 s alone,
    # but 27 s against 8 s beside other programs. And the losses do not depend on the cores.
    threads=1,
    roles=frozenset({"system", "user", "assistant"}),
    licence="Apache-2.0",
    limits=(
        "It knows nothing but the examples it was trained on. "
        "To a question it has not seen it recites one of their replies."
    ),
    created=1_795_305_600,  # 2026-11-22
    load=_load_tiny_scratch,
)

BASES: Mapping[str, Base] = {base.id: base for base in (TINY_SCRATCH,)}
