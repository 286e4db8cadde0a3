"""Opening pages, searching, filtering and sorting: 100,000 examples beside 1,000."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.browser import QUICK_QUIET, QUIET, Finder, a_browser, open_page
from benchmarks.figures import Table, ratios, spread
from benchmarks.programs import find_browser, the_app
from benchmarks.projects import a_home
from core.editing import facts_in
from core.examples import APPROVED, Example
from core.queries import Query
from core.storage import Amend, Store

SIZES, QUICK_SIZES = (1_000, 100_000), (100, 200)
ROUNDS, QUICK_ROUNDS = 5, 1
PAGES = ("", "editor", "transfer", "history", "train", "jobs", "compare", "settings")
# What is asked for, by what to call it; every one finds some rows and leaves some out.
ASKED = {
    "search: a word that half of them say": Query(text="kettle"),
    "search: two words": Query(text="kettle harvest"),
    "search: a beginning": Query(text="extraord"),
    "filter: a tag": Query(tag="sale"),
    "filter: review": Query(review=APPROVED),
    "filter: a finding": Query(code="untrimmed_whitespace"),
    "filter: tokens": Query(tokens_from=60, tokens_to=90),
    "search, filter and order": Query(text="kettle", tag="sale", sort="longest"),
}
ORDERS = {
    "order: longest first": Query(sort="longest"),
    "order: questions A to Z": Query(sort="question"),
}


@dataclass
class Seen:
    """Milliseconds by what was done, and then by size, round by round."""

    times: dict[str, dict[int, list[float]]] = field(default_factory=dict)

    def add(self, what: str, size: int, ms: float) -> None:
        """Note a round."""
        self.times.setdefault(what, {}).setdefault(size, []).append(ms)


def measure(*, quick: bool = False) -> Table:
    """Do everything in turn in a project of each size; nothing is timed without a browser."""
    sizes, rounds = (QUICK_SIZES, QUICK_ROUNDS) if quick else (SIZES, ROUNDS)
    seen = Seen()
    program = find_browser()
    if program is not None:
        with a_home(sizes) as (home, projects):
            _mark(projects)
            with the_app(home) as address, a_browser(program) as browser:
                quiet = QUICK_QUIET if quick else QUIET
                tabs = {
                    size: Finder(browser, address, id_, quiet) for size, id_ in projects.items()
                }
                for number in range(rounds + 1):
                    done = Seen() if number == 0 else seen  # the first round fills the caches
                    _one_round(tabs, address, projects, done)
    small, large = sizes
    lines = [
        (
            what,
            spread(times[small], "ms", 0),
            spread(times[large], "ms", 0),
            spread(ratios(times[large], times[small])),
        )
        for what, times in seen.times.items()
    ]
    return Table(
        title="Finding things in 100,000 examples",
        about=_ABOUT if program else "No browser here: nothing was timed.",
        columns=("what", f"{small:,} rows", f"{large:,} rows", "times that"),
        figures=tuple(lines),
    )


_ABOUT = (
    "In a headless Chromium, by the page's own clock, both sizes in turn. Opening a page: from the "
    "navigation until its script has run and its heading stands, with a warm browser cache. "
    "Narrowing: from Enter in the bar above the table until the table shows the page of rows that "
    "was asked for."
)


def _mark(projects: Mapping[int, str]) -> None:
    """Tags, states and findings for some of the rows, the same share in every project."""

    def edit(number: int, example: Example) -> Example:
        if number % 10 == 0:
            example = example.with_tags(["sale"])
        if number % 7 == 0:
            example = example.with_review(APPROVED)
        if number % 20 == 0:
            last = len(example.messages) - 1
            spaced = example.messages[last].with_value("content", f"{example.messages[last].text} ")
            example = example.with_message(last, spaced)
        return example

    with Store.open() as store:
        for id_ in projects.values():
            facts = facts_in(store.load_project(id_))
            edits = (
                Amend(row.id, lambda now, n=row.number: edit(n, now), facts)
                for row in store.iterate_rows(id_)
            )
            store.apply_change(id_, "mark", edits)


def _one_round(
    tabs: Mapping[int, Finder], address: str, projects: Mapping[int, str], seen: Seen
) -> None:
    for page in PAGES:
        for size, tab in tabs.items():
            seen.add(f"open: {page or 'home'}", size, open_page(tab, address, page, projects[size]))
    for tab in tabs.values():
        tab.view()
    for what, query in {**ASKED, **ORDERS}.items():
        for size, tab in tabs.items():
            seen.add(what, size, tab.narrow(query.to_address()))
        for tab in tabs.values():
            tab.narrow({})
    for size, tab in tabs.items():
        seen.add("the last page of all", size, tab.turn_to_last_page())
