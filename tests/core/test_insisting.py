"""core/providers/insisting: what only reads is asked for again, a few times and no more."""

from __future__ import annotations

from functools import partial

import pytest

from core.errors import AuthenticationFailed, ProviderError, RateLimited, Rejected, Unavailable
from core.providers import insisting
from core.providers.insisting import insist


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which is waited for here."""
    waited: list[float] = []
    monkeypatch.setattr(insisting.time, "sleep", waited.append)
    return waited


def failing(*failures: ProviderError) -> list[ProviderError]:
    """Failures to come, the first one last."""
    return list(failures[::-1])


def ask_of(failures: list[ProviderError]) -> str:
    """An answer, when the failures are used up."""
    if failures:
        raise failures.pop()
    return "here"


def test_a_lost_answer_is_asked_for_again(waited: list[float]) -> None:
    """Twice, with a longer pause the second time, or as long as the provider asks for."""
    left = failing(Unavailable("connection_lost"), RateLimited("rate_limited", retry_after=7))
    assert insist(lambda: ask_of(left)) == "here"
    assert waited == [insisting.PAUSES[0], 7]


def test_the_third_failure_is_told(waited: list[float]) -> None:
    """A place that does not answer is left in peace."""
    left = failing(*[Unavailable("provider_failed")] * 4)
    with pytest.raises(Unavailable):
        insist(lambda: ask_of(left))
    assert (len(left), waited) == (1, list(insisting.PAUSES))


@pytest.mark.parametrize(
    "failure",
    [Rejected("not_found_there"), AuthenticationFailed("key_refused"),
     RateLimited("rate_limited", retry_after=60)],
)  # fmt: skip
def test_what_will_not_change_soon_is_told_at_once(
    waited: list[float], failure: ProviderError
) -> None:
    """A refusal, or a wait that nobody would sit through."""
    with pytest.raises(type(failure)):
        insist(partial(ask_of, [failure]))
    assert waited == []
