"""XML whose like elements stream past, one at a time, however many there are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element

LONGEST_BYTES = 8_000_000  # of one element: a row of 240 cells that are all full


def iterate_elements(source: IO[bytes], name: str, within: str) -> Iterator[tuple[Element, str]]:
    """Each element `name` in the element `within`, and the namespace before their names.

    Nothing is kept of an element that has passed.

    Raises:
        ParseError: no XML, from here on.
        ValueError: an element without end, or entities, which no workbook has.
    """
    from defusedxml.ElementTree import iterparse  # comes with openpyxl's need for it

    watched = _Watched(source, f"{name}>".encode())
    parent: Element | None = None
    for event, element in iterparse(watched, events=("start", "end"), forbid_dtd=True):
        namespace, _, local = element.tag.rpartition("}")
        if event == "start" and local == within:
            parent = element
        elif event == "end" and local == name and parent is not None:
            yield element, f"{namespace}}}" if namespace else ""
            parent.clear()
        elif event == "end" and element is parent:
            return


class _Watched(io.RawIOBase):
    """A source that refuses to go on where no element ends: it would be held in memory."""

    def __init__(self, source: IO[bytes], ending: bytes) -> None:
        self._source = source
        self._ending = ending
        self._since = 0  # bytes since an element ended
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the source.

        Raises:
            ValueError: for very long no element has ended.
        """
        chunk = self._source.read(size)
        found = (self._tail + chunk).rfind(self._ending)
        self._since = self._since + len(chunk) if found < 0 else len(chunk)
        self._tail = chunk[-len(self._ending) :]
        if self._since > LONGEST_BYTES:
            raise ValueError("an element without end")
        return chunk
