"""What every route works with, and the two questions all of them ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from trainer.chat import Chat
from trainer.errors import BadRequest
from trainer.fetcher import Fetcher
from trainer.folders import DataFolder
from trainer.store import Store
from trainer.supervisor import Supervisor

LONGEST_LIMIT = 9  # digits; Python refuses to read thousands of them


@dataclass(frozen=True)
class Context:
    """One server's parts."""

    data: DataFolder
    store: Store
    supervisor: Supervisor
    fetcher: Fetcher
    chat: Chat = field(default_factory=Chat)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(_context)]


def read_limit(value: str | None, default: int, highest: int) -> int:
    """How many a list may show at most.

    Raises:
        BadRequest: it is not a whole number from 1 to `highest`.
    """
    if value is None:
        return default
    short = value.isdecimal() and len(value) <= LONGEST_LIMIT
    if not short or not 1 <= int(value) <= highest:
        raise BadRequest(
            f"`limit` must be a whole number from 1 to {highest}.", "invalid_value", "limit"
        )
    return int(value)


def check_cursor(context: Context, table: str, after: str | None) -> None:
    """Refuse a cursor that points at nothing, where a list would silently begin anew.

    Raises:
        BadRequest: nothing has this id.
    """
    if after is not None and not context.store.knows(table, after):
        raise BadRequest(f"`after` names nothing that is here: {after}", "invalid_value", "after")


def page(items: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A list object of at most `limit` items; the items given may be one more, to know of it."""
    shown = items[:limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else "",
        "last_id": shown[-1]["id"] if shown else "",
        "has_more": len(items) > limit,
    }
