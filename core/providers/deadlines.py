"""An answer has to be complete in time: each of its pieces may be, and all of them never end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any


def read_within(seconds: float, web: Any) -> Callable[[Any], None]:
    """A hook for the answers of an HTTP library: from its head each has so long to be complete.

    One that is spoken piece by piece, as a chat is, may take its time. web: httpx, or its like.
    """

    class InTime(web.SyncByteStream):  # type: ignore[misc]  # of whichever library
        def __init__(self, response: Any) -> None:
            self._stream, self._request = response.stream, response.request

        def __iter__(self) -> Iterator[bytes]:
            until = monotonic() + seconds
            for piece in self._stream:
                if monotonic() > until:
                    raise web.ReadTimeout("the answer does not end", request=self._request)
                yield piece

        def close(self) -> None:
            """Give the connection back."""
            self._stream.close()

    def limit(response: Any) -> None:
        is_spoken = "event-stream" in response.headers.get("content-type", "")
        if not is_spoken and isinstance(response.stream, web.SyncByteStream):
            response.stream = InTime(response)

    return limit
