"""Asking again for what only reads: in the middle of a long list, so that it is not begun anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from core.errors import RateLimited, Unavailable

T = TypeVar("T")

PAUSES = (0.5, 2.0)  # seconds before the second and the third time
LONGEST = 20.0  # of what a provider asks us to wait; beyond, the list is left for later


def insist(ask: Callable[[], T]) -> T:
    """What `ask` gives, asked up to three times.

    Raises:
        ProviderError: the last refusal; at once, where the wait asked for is too long.
    """
    for pause in PAUSES:
        try:
            return ask()
        except (RateLimited, Unavailable) as failure:
            asked_for = failure.params.get("retry_after", 0)
            wait = max(pause, asked_for if isinstance(asked_for, int | float) else 0)
            if wait > LONGEST:
                raise
            time.sleep(wait)
    return ask()
