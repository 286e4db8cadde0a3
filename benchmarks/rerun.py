"""A page's rerun on an empty, a large and a very large project, without a browser."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.figures import NotEqual, Table, measure_in_turn, ratios, seconds, spread
from benchmarks.programs import ROOT
from benchmarks.projects import a_home
from ui.frame import open_store

SIZES, QUICK_SIZES = (0, 10_000, 100_000), (0, 20)
PAGES = ("editor", "train", "transfer", "history")


def measure(*, quick: bool = False) -> Table:
    """Run the script of each page again and again on projects of each size, in turn."""
    sizes = QUICK_SIZES if quick else SIZES
    with a_home(sizes) as (_, projects):
        try:
            figures = [line for page in PAGES for line in _measure(page, dict(projects))]
        finally:
            open_store().close()
            st.cache_resource.clear()
    return Table(
        title="Running a page again",
        about=(
            "The whole script of a page, run by Streamlit's AppTest in one process: everything "
            "the server does for a rerun but sending it. An edit reruns less, the editor's "
            "fragment alone: see above, in a browser."
        ),
        columns=("page", "rows", "time", "times the time on an empty project"),
        figures=tuple(figures),
    )


def _measure(page: str, projects: dict[int, str]) -> list[tuple[str, ...]]:
    visits = {str(size): visit(page, project) for size, project in projects.items()}
    ways = {size: lambda app=app: seconds(app.run) for size, app in visits.items()}
    found = measure_in_turn(ways)
    for size, app in visits.items():
        if app.exception or app.error:
            raise NotEqual(f"{page} with {size} rows shows a failure")
    return [
        (page, f"{int(size):,}", spread([1000 * t for t in times], "ms", 0),
         spread(ratios(times, found["0"])))
        for size, times in found.items()
    ]  # fmt: skip


def visit(page: str, project: str) -> Any:
    """Open a page of a project through the entry point, and run it once to warm up."""
    app = AppTest.from_file(ROOT / "streamlit_app.py", default_timeout=300)
    app.query_params.update({"lang": "en", "project": project})
    return app.run().switch_page(f"pages/{page}.py").run()
