"""The forms that examples have in files, by id; each module here but two is one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from core.importing.shapes import alpaca, chat, preference, prompt_completion, sharegpt
from core.importing.shapes.shape import Read, Shape

_KNOWN: tuple[Shape, ...] = (preference, chat, sharegpt, alpaca, prompt_completion)
SHAPES: dict[str, Shape] = {shape.id: shape for shape in _KNOWN}  # the choosier, the sooner


def guess_shape(values: Iterable[Any]) -> str:
    """The shape that most of the values have, or "" where nearly all have none."""
    objects = [value for value in values if isinstance(value, dict)]
    votes = Counter(
        next((shape.id for shape in _KNOWN if shape.recognises(value)), "") for value in objects
    )
    del votes[""]
    (shape, count), *_ = votes.most_common(1) or [("", 0)]
    return shape if count * 4 >= len(objects) else ""


__all__ = ["SHAPES", "Read", "Shape", "guess_shape"]
