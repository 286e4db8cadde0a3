"""Compare: the same words to the base and to the tuned model, side by side."""

from __future__ import annotations

from ui.compare import show_comparison
from ui.frame import open_page, page_errors, show_heading

with page_errors():
    store = open_page("compare")
    show_heading("compare")
    show_comparison(store)
