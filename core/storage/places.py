"""Where rows stand: byte strings that leave room for another between any two, for ever.

A position is a big-endian number of eight bytes, compared byte by byte; where two neighbours have
no room left, the one between them gets another byte. So no row ever has to move for another, and
an undo finds every place as it was.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from core.errors import NotFound
from core.storage.schema import examples

_WIDTH = 8
_STEP = 1 << 32  # at the end: room for 2^32 rows, and 32 halvings between any two
_MANY = 64  # for rows in a sequence: a small step each, so that the room lasts for all of them


def between(low: bytes, high: bytes | None, part: int = 2) -> bytes:
    """A position above `low` and below `high` (None: no end), at one `part`-th of the way."""
    if high is None:
        number = int.from_bytes(low[:_WIDTH].ljust(_WIDTH, b"\0")) + _STEP
        return number.to_bytes(_WIDTH)
    width = max(_WIDTH, len(low), len(high))
    while (gap := _number(high, width) - _number(low, width)) < part:
        width += 1
    place = (_number(low, width) + gap // part).to_bytes(width)
    return place[:_WIDTH] + place[_WIDTH:].rstrip(b"\0")  # one spelling for each place


def _number(position: bytes, width: int) -> int:
    return int.from_bytes(position.ljust(width, b"\0"))


class Places:
    """Gives the new rows of one change their positions, in the order they ask."""

    def __init__(self, conn: Connection, project_id: str) -> None:
        self._conn = conn
        self._project_id = project_id
        self._gaps: dict[int | None, tuple[bytes, bytes | None]] = {}

    def after(self, row_id: int | None) -> bytes:
        """The position of the next row after `row_id`, or at the end.

        Raises:
            NotFound: `example_gone`.
        """
        low, high = self._gaps.get(row_id) or self._find_gap(row_id)
        place = between(low, high, _MANY if row_id in self._gaps else 2)
        self._gaps[row_id] = (place, high)
        return place

    def at_end(self, count: int) -> list[bytes]:
        """The positions of so many rows at the end, as `after` would give them."""
        low, _ = self._gaps.get(None) or self._find_gap(None)
        first = int.from_bytes(between(low, None))
        places = [(first + nth * _STEP).to_bytes(_WIDTH) for nth in range(count)]
        if places:
            self._gaps[None] = (places[-1], None)
        return places

    def _find_gap(self, row_id: int | None) -> tuple[bytes, bytes | None]:
        # Not max() and min(): PostgreSQL 15 has none for bytes.
        place = examples.c.position
        places = select(place).where(examples.c.project_id == self._project_id).limit(1)
        if row_id is None:
            return self._conn.scalar(places.order_by(place.desc())) or b"", None
        low = self._conn.scalar(places.where(examples.c.id == row_id))
        if low is None:
            raise NotFound("example_gone")
        return low, self._conn.scalar(places.where(place > low).order_by(place))
