"""Reviewing: what people say of an example, and what becomes of it when its words change."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from core.examples import APPROVED, DRAFT, Example
from core.storage import Project, Store

Edit: TypeAlias = Callable[[Example], Example]


def says_the_same(one: Example, other: Example) -> bool:
    """Whether both are the same to a model: what stands beside the words does not count."""
    if one.messages is other.messages and one.extra is other.extra:
        return one.rejected == other.rejected
    return _words(one) == _words(other)


def as_rewritten(before: Example, after: Example) -> Example:
    """`after`, a draft again where it no longer says what was approved."""
    if after.review != APPROVED or before.review != APPROVED or says_the_same(before, after):
        return after
    return after.with_review(DRAFT)


def rewriting(edit: Edit) -> Edit:
    """`edit`, after which nothing is approved that nobody has read."""
    return lambda now: as_rewritten(now, edit(now))


def in_visit(store: Store, project: Project, row_id: int, visit: str, edit: Edit) -> Edit:
    """`rewriting` for an edit that is sent again and again while somebody types.

    Who takes back in the same visit what they typed has the approval back, too.
    """

    def rewrite(now: Example) -> Example:
        after = as_rewritten(now, edit(now))
        if after.review != DRAFT or after is now:
            return after
        began = _before_visit(store, project, row_id, visit)
        again = began is not None and began.review == APPROVED and says_the_same(began, after)
        return after.with_review(APPROVED) if again else after

    return rewrite


def _words(example: Example) -> str:
    """Compared as text, for in Python true equals 1, and only one of them is a weight."""
    rejected = [message.to_json() for message in example.rejected]
    return json.dumps([example.to_json(), rejected])


def _before_visit(store: Store, project: Project, row_id: int, visit: str) -> Example | None:
    """The example as it was when somebody came to type in it; None where this visit begins."""
    change = store.find_change(project.id, visit)
    if change is None or change.undone:
        return None
    items = store.load_change_items(change.id, limit=1)
    return next((item.before for item in items if item.example_id == row_id), None)
