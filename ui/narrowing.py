"""The bar above the table: what to look for, what to leave out, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from core.examples import REVIEWS
from core.providers.profiles import Model
from core.queries import PARTS, SORTS, Query
from core.scripts import SCRIPTS
from core.storage import Project, Store
from core.storage.sums import SCRIPT, TAG
from core.summary import Summary
from ui.component import load_component, pack
from ui.found import current_query, find_rows, look_again, narrow
from ui.inbox import Item, answer, take_items
from ui.text import t, words_of

NARROW = "narrow"
MOST_TAGS = 100  # offered, the most used of them: they travel with every edit
Option: TypeAlias = tuple[str, str, str]  # value, words, how many examples


def show_narrowing(store: Store, project: Project, summary: Summary, model: Model) -> None:
    """The bar; where there is nothing to look for, it only takes in what was asked before."""
    query, found = current_query(), find_rows(store, project, model)
    data = {
        "name": f"narrow.{project.id}",
        "words": words_of("narrow"),
        "query": query.to_address(),
        "options": _options(store, project, summary),
        "sorts": [(sort, t(f"narrow.sort_{sort}")) for sort in SORTS],
        "narrowed": query.is_narrow,
        "found": f"{len(found.ids):,}" if found else "",
        "total": f"{project.examples:,}",
        "stale": found is not None and found.edited_at != project.edited_at,
        **answer(NARROW),
    }
    load_component(NARROW)(
        data=pack(data), key=NARROW, on_sent_change=lambda: take_items(NARROW, carry_out)
    )


def carry_out(item: Item) -> None:
    """Narrow the table as asked, or ask once more."""
    if item["kind"] == "narrow":
        narrow(Query.from_address(item["query"]))
    else:
        look_again()


def _options(store: Store, project: Project, summary: Summary) -> dict[str, list[Option]]:
    """What each filter offers, with how many examples it would show."""
    reviews: dict[Any, int] = {}
    for (review, held_out), rows in store.count_reviews(project.id).items():
        for value in (review, PARTS[held_out]):
            reviews[value] = reviews.get(value, 0) + rows
    scripts, tags = (store.count_marks(project.id, kind) for kind in (SCRIPT, TAG))
    usual = sorted(tags, key=lambda tag: -tags[tag])[:MOST_TAGS]
    codes = {group.code: group.count for group in summary.groups if group.has_rows}
    return {
        "code": [(code, t(f"finding.{code}.title"), f"{n:,}") for code, n in codes.items()],
        "tag": [(tag, tag, f"{tags[tag]:,}") for tag in sorted(usual)],
        "review": _named(REVIEWS, reviews, "review."),
        "part": _named(PARTS, reviews, "narrow.part_"),
        "script": _named(SCRIPTS, scripts, "narrow.script_"),
    }


def _named(values: Iterable[str], rows: dict[Any, int], words: str) -> list[Option]:
    known = [value for value in values if value in rows]
    return [(value, t(f"{words}{value}"), f"{rows[value]:,}") for value in known]
