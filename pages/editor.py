"""Write: the shared instructions, the table, the conversation at hand, and what they add up to."""

from __future__ import annotations

from ui.editor import show_editor
from ui.found import read_address
from ui.frame import open_project_page, page_errors, show_heading
from ui.grid import renew_feed

with page_errors():
    store, project = open_project_page("editor")
    show_heading("editor")
    read_address()
    renew_feed()
    show_editor(store, project.id)
