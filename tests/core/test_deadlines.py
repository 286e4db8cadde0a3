"""core/providers/deadlines: an answer without an end is left, one that is spoken is heard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from a_fault_proxy import FaultProxy, a_fault_proxy, drip
from a_place import APlace, a_place
from a_training import HALF_A_SECOND, a_client

from core.errors import Unavailable

SPOKEN = b"".join(
    b'data: {"choices": [{"delta": {"content": "%d "}, "finish_reason": null}]}\n\n' % number
    for number in range(9)
)
END = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'


@pytest.fixture
def place() -> Iterator[APlace]:
    """A place to train."""
    with a_place() as place:
        yield place


@pytest.fixture
def proxy(place: APlace) -> Iterator[FaultProxy]:
    """A line to it on which everything takes two seconds, never long between two pieces."""
    with a_fault_proxy(place.base_url) as proxy:
        proxy.always[""] = drip(0.1)
        yield proxy


def test_an_answer_that_drips_is_left_in_time(place: APlace, proxy: FaultProxy) -> None:
    """Each piece comes soon enough, and the whole would not."""
    job_id = place.add_job()["id"]
    with a_client(proxy.base_url, timeout=HALF_A_SECOND) as client:
        with pytest.raises(Unavailable) as raised:
            client.load_job(job_id)
        assert raised.value.code == "no_answer_in_time"
        proxy.heal()
        assert client.load_job(job_id).id == job_id


def test_a_spoken_answer_may_take_its_time(place: APlace, proxy: FaultProxy) -> None:
    """A model on a slow computer says a word at a time, for minutes."""
    place.fault("POST /v1/chat/completions", SPOKEN + END)
    with a_client(proxy.base_url, timeout=HALF_A_SECOND) as client:
        pieces = list(client.stream_chat("m", [{"role": "user", "content": "Count."}]))
    assert "".join(pieces) == "0 1 2 3 4 5 6 7 8 "
