"""core/errors.py: what went wrong stays the same wherever it is told."""

from __future__ import annotations

import copy
import pickle

import pytest

from core.errors import (
    BadInput,
    NotFound,
    Rejected,
    Stopped,
    StorageFailed,
    TonesmithError,
    Unavailable,
)

ERRORS = [
    TonesmithError("x"),
    StorageFailed("x", path="p"),
    BadInput("x", row=3, share=0.5),
    NotFound("x", name="n"),
    Unavailable("x"),
    Rejected("x", said="no"),
    Stopped(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_passes_from_process_to_process(error: TonesmithError, protocol: int) -> None:
    """Of its kind, with its code and its facts; what was noted on it stays, too."""
    error = copy.copy(error)
    error.add_note("seen")
    again = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  # it is our own
    assert type(again) is type(error)
    assert (again.code, again.params, again.args) == (error.code, error.params, error.args)
    assert again.__notes__ == ["seen"]
