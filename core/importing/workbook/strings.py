"""The strings that the cells of a workbook share: read as far as needed, kept on disk."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from types import TracebackType
from typing import IO
from xml.etree.ElementTree import Element

SPOOLED_BYTES = 4_000_000  # kept in memory; what is more goes to a temporary file


class SharedStrings:
    """Texts that can be asked for by place, as cells ask; there may be millions of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._coming = iter(texts)
        self._ends = array("Q", [0])

    def __enter__(self) -> SharedStrings:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOLED_BYTES)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __getitem__(self, at: int) -> str:
        text: str | None = None
        while at >= len(self._ends) - 1:
            text = next(self._coming, None)
            if text is None:
                raise IndexError(at)
            self._append(text)
        if text is not None or at < 0:  # most cells ask for the next that nobody asked for
            return text or ""
        self._file.seek(self._ends[at])
        size = self._ends[at + 1] - self._ends[at]
        return self._file.read(size).decode("utf-8", "surrogatepass")

    def _append(self, text: str) -> None:
        self._file.seek(self._ends[-1])
        written = self._file.write(text.encode("utf-8", "surrogatepass"))
        self._ends.append(self._ends[-1] + written)


def text_in(item: Element, namespace: str) -> str:
    """The text of a shared or inline string: its runs joined, without how it is pronounced."""
    texts = [each.text or "" for each in item.iterfind(f"{namespace}t")]
    texts += [each.text or "" for each in item.iterfind(f"{namespace}r/{namespace}t")]
    return "".join(texts)
