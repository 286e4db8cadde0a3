"""What a browser already holds of a page of rows, so that only what differs travels again."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]  # a row as the component takes it, with its "id"
KEPT = 20  # updates without a word from the browser, after which it gets the whole page again


class Feed:
    """The updates sent to one component since its page was opened.

    An update may never arrive: Streamlit sends only the latest where it is in a hurry. So a row is
    sent again and again until the browser, with the next thing it sends, says what it has seen.
    """

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(4)
        self._revision = 0
        self._seen = 0
        self._sent: dict[int, dict[int, bytes]] = {}  # by revision: the rows by id, as digests

    def acknowledge(self, epoch: str, seen: int) -> None:
        """The browser holds revision `seen`; 0, or one of another epoch: it asks anew."""
        self._seen = seen if epoch == self.epoch and seen in self._sent else 0
        self._sent = {
            revision: rows
            for revision, rows in self._sent.items()
            if self._seen and revision >= self._seen
        }

    def update(self, rows: Sequence[Values]) -> dict[str, Any]:
        """The next update: base (None where it is whole), revision, order, and the rows to send."""
        if len(self._sent) > KEPT:
            self.acknowledge(self.epoch, 0)
        now = {row["id"]: _digest(row) for row in rows}
        base = self._seen or None
        known = [self._sent[revision] for revision in self._sent if base]
        changed = [
            row
            for row in rows
            if not known or any(held.get(row["id"]) != now[row["id"]] for held in known)
        ]
        self._revision += 1
        self._sent[self._revision] = now
        return {
            "epoch": self.epoch,
            "base": base,
            "revision": self._revision,
            "order": list(now),
            "rows": changed,
        }


def _digest(row: Values) -> bytes:
    return hashlib.blake2b(json.dumps(row).encode(), digest_size=8).digest()
