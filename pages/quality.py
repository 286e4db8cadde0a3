"""Quality: are the examples good, consistent, on brand, safe to send, and taken where they go."""

from __future__ import annotations

from ui.frame import open_project_page, page_errors, show_heading
from ui.quality import show_quality

with page_errors():
    store, project = open_project_page("quality")
    show_heading("quality")
    show_quality(store, project)
