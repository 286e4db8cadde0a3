"""Settings: language, connections, where the data lives."""

from __future__ import annotations

from ui.frame import open_page, page_errors, show_heading
from ui.settings import show_settings

with page_errors():
    store = open_page("settings")
    show_heading("settings")
    show_settings(store)
