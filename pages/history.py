"""History: named versions to go back to, and every change with what it changed."""

from __future__ import annotations

from ui.frame import open_project_page, page_errors, show_heading
from ui.history import show_history

with page_errors():
    store, project = open_project_page("history")
    show_heading("history")
    show_history(store, project.id)
