"""Bring in and take out: a file or pasted text becomes examples, examples become JSONL."""

from __future__ import annotations

import streamlit as st

from ui.frame import open_project_page, page_errors, show_heading
from ui.transfer import show_export, show_import
from ui.undo import show_undo

with page_errors():
    store, project = open_project_page("transfer")
    show_heading("transfer")
    left, right = st.columns(2, gap="large")
    with left:
        show_import(store, project)
    with right:
        show_export(store, project)
    show_undo(store, project)
