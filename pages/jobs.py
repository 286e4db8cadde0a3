"""Jobs: watch one, find the others, also those started elsewhere."""

from __future__ import annotations

from ui.frame import open_page, page_errors
from ui.jobs import show_jobs

with page_errors():
    store = open_page("jobs")
    show_jobs(store)
