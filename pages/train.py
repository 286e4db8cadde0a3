"""Train: choose where and what, see what it costs, start."""

from __future__ import annotations

from ui.frame import open_project_page, page_errors, show_heading
from ui.train import show_training

with page_errors():
    store, project = open_project_page("train")
    show_heading("train")
    show_training(store, project)
